"""Safetensors in blocks: what is written here the library reads, and the other way round."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load, load_file, save_file

from ganstudio.engine import tensor_file
from ganstudio.engine.tensor_file import Blocks, Part


def written(parts: dict[str, Part], metadata: dict[str, str] | None = None) -> bytes:
    file = io.BytesIO()
    tensor_file.write(file, parts, metadata or {})
    return file.getvalue()


def pieces_of(array: np.ndarray, rows: int) -> Iterator[memoryview]:
    return (array[start : start + rows].data for start in range(0, len(array), rows))


def test_the_library_reads_what_was_written_in_pieces(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(1000, 3)).astype(np.float32)
    path = tmp_path / "file"
    parts = {
        "odd": Part("U8", (3,), [b"\x01\x02\x03"]),  # first by name, and it would put the others at odd places
        "values": Part("F32", values.shape, pieces_of(values, 64)),
        "steps": Part("I64", (1000,), pieces_of(np.arange(1000), 300)),
        "empty": Part("F32", (0, 4), []),
        "half": Part("BF16", (2,), [torch.ones(2, dtype=torch.bfloat16).view(torch.uint8).numpy().data]),
        "number": Part("F32", (), [np.float32(7).tobytes()]),
    }
    path.write_bytes(written(parts, {"title": "ü"}))
    read = load_file(path)
    assert torch.equal(read["values"], torch.from_numpy(values))
    assert torch.equal(read["steps"], torch.arange(1000))
    assert torch.equal(read["odd"], torch.tensor([1, 2, 3], dtype=torch.uint8))
    assert torch.equal(read["half"], torch.ones(2, dtype=torch.bfloat16))
    assert read["empty"].shape == (0, 4)
    assert read["number"].item() == 7


def test_a_file_without_tensors_is_one_too() -> None:
    assert load(written({})) == {}


@pytest.mark.parametrize("data", [b"", b"123", b"12345"])
def test_pieces_that_are_not_what_the_shape_says_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"one: \d bytes of 4"):
        written({"one": Part("F32", (1,), [data])})


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_what_the_library_wrote_is_read_in_blocks(tmp_path: Path, rows: int) -> None:
    values = torch.randn(100, 3, generator=torch.Generator().manual_seed(0))
    path = tmp_path / "file"
    save_file({"values": values, "steps": torch.arange(100), "none": torch.zeros(0, 2)}, path)
    with path.open("rb") as file:
        blocks = Blocks(file)
        assert blocks.shape("values", "F32") == (100, 3)
        found = list(blocks.read("values", rows))
        assert max(len(block) for block in found) <= rows
        np.testing.assert_array_equal(np.concatenate(found), values.numpy())
        np.testing.assert_array_equal(np.concatenate(list(blocks.read("steps", rows))), np.arange(100))
        assert list(blocks.read("none", rows)) == []
        for name, dtype in (("values", "I64"), ("other", "F32")):
            with pytest.raises(ValueError, match=name):
                blocks.shape(name, dtype)
