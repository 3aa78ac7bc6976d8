"""Safetensors files with tensors that are longer than memory should have to hold: written and read in blocks.

The library writes a file from tensors that are whole and reads it through a mapping whose pages count as the process's
memory. This writes the same format (https://github.com/huggingface/safetensors, "Format") from pieces, and reads one
tensor's bytes by position. Whatever comes from outside is to be opened, and so checked, by the library first.
This module does not import torch.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

ITEM_BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


@dataclass(frozen=True, slots=True)
class Part:
    """A tensor to write: its type by the format's name, its shape, and its bytes (little-endian) in pieces."""

    dtype: str
    shape: tuple[int, ...]
    pieces: Iterable[bytes | memoryview]

    @property
    def nbytes(self) -> int:
        """Bytes of all its items."""
        return ITEM_BYTES[self.dtype] * math.prod(self.shape)


def write(file: BinaryIO, parts: Mapping[str, Part], metadata: Mapping[str, str]) -> None:
    """Write tensors by name, and texts, to an empty file.

    Raises
    ------
    OSError
        If it cannot be written.
    ValueError
        If the pieces of a part are not as many bytes as its shape says.
    """
    names = sorted(parts, key=lambda name: (-ITEM_BYTES[parts[name].dtype], name))  # so that every item is aligned
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    end = 0
    for name in names:
        part = parts[name]
        header[name] = {"dtype": part.dtype, "shape": part.shape, "data_offsets": (end, end + part.nbytes)}
        end += part.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little"))
    file.write(text)
    for name in names:
        done = 0
        for piece in parts[name].pieces:
            file.write(piece)
            done += memoryview(piece).nbytes
        if done != parts[name].nbytes:
            raise ValueError(f"{name}: {done} bytes of {parts[name].nbytes}")


class Blocks:
    """Reads tensors of a file that the library has found whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.seek(0)
        length = int.from_bytes(file.read(8), "little")
        self._header = json.loads(file.read(length))
        self._start = 8 + length

    def shape(self, name: str, dtype: str) -> tuple[int, ...]:
        """Return the shape of a tensor.

        Raises
        ------
        ValueError
            If there is none of that name and type.
        """
        entry = self._header.get(name)
        if entry is None or entry["dtype"] != dtype:
            raise ValueError(f"no tensor {name} of type {dtype}")
        return tuple(entry["shape"])

    def read(self, name: str, rows: int) -> Iterator[np.ndarray]:
        """Yield a tensor of at least one dimension, so many rows at a time."""
        entry = self._header[name]
        dtype = np.dtype({"I64": "<i8", "F32": "<f4", "U8": "u1"}[entry["dtype"]])
        total, *rest = entry["shape"]
        width = dtype.itemsize * math.prod(rest)
        for first in range(0, total, rows):
            count = min(rows, total - first)
            self._file.seek(self._start + entry["data_offsets"][0] + width * first)
            data = self._file.read(width * count)
            yield np.frombuffer(data, dtype).reshape(count, *rest)
