"""Checkpoints: exact, atomic, and refused with a reason when they are not what they should be."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ganstudio.engine import checkpoint
from ganstudio.engine.config import replaced
from ganstudio.engine.history import Event
from ganstudio.engine.optimizers import optimizers
from ganstudio.engine.spill import SpillFile
from ganstudio.engine.trainer import Trainer
from tests.engine.configs import small
from tests.engine.test_trainer import assert_equal_histories, run

Header = dict[str, Any]
Tensors = dict[str, torch.Tensor]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "run.gan.safetensors"
    checkpoint.save(path, run(small(), 25))
    return path


def rewritten(path: Path, change: Callable[[Header, Tensors], None]) -> Path:
    """Write the file again with its header or tensors changed, as a careless or hostile program would."""
    header = dict(checkpoint.read(path).header)
    tensors = load_file(path)
    change(header, tensors)
    save_file(tensors, path, {"ganstudio": json.dumps(header)})
    return path


@pytest.mark.parametrize("d_name", optimizers.names())
@pytest.mark.parametrize("steps", [0, 33])
def test_a_loaded_run_goes_on_bit_for_bit(tmp_path: Path, d_name: str, steps: int) -> None:
    config = small(
        d_optimizer__name=d_name, g_optimizer__name=d_name, loss__name="wasserstein_gp", training__instance_noise=0.1
    )
    if d_name == "sgd":
        config = replaced(config, "d_optimizer.momentum", 0.5)
    path = tmp_path / "run.gan.safetensors"
    trainer = run(config, steps)
    trainer.history.events.append(Event(3, "k 1→5"))
    checkpoint.save(path, trainer)
    loaded = checkpoint.load(path)
    assert loaded.step == steps
    assert loaded.config == config
    assert loaded.history.events == [Event(3, "k 1→5")]
    for _ in range(30):
        loaded.iterate()
    loaded.flush()
    assert_equal_histories(loaded.history, run(config, steps + 30).history)


IMAGES = {"data__name": "digits", "data__size": "32", "data__count": 40, "training__batch_size": 4}
KINDS: dict[str, dict[str, object]] = {
    **{name: {"generator__name": name, "discriminator__name": name} for name in ("dcgan", "sngan", "style", "r3gan")},
    "conditional": {"generator__name": "dcgan", "discriminator__name": "dcgan"}
    | {"generator__condition": "embedding", "discriminator__condition": "projection"},
    "progressive": {"generator__name": "progressive", "discriminator__name": "progressive"}
    | {"generator__stable_steps": 2, "generator__fade_steps": 6, "loss__name": "wasserstein_gp"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_run_of_images_goes_on_bit_for_bit(tmp_path: Path, kind: str) -> None:
    config = small(**IMAGES, **KINDS[kind], generator__width=4, discriminator__width=4, training__augment="translation")
    path = tmp_path / "run.gan.safetensors"
    at, end = (5, 11) if kind == "progressive" else (2, 4)  # from the middle of a fade into the next one
    assert config.generator.stage_at(at) == ((1, 0.5) if kind == "progressive" else None)
    before = run(config, at)
    checkpoint.save(path, before)
    loaded = checkpoint.load(path)
    z = config.prior.sample(3, torch.Generator().manual_seed(1))
    y = torch.eye(10)[:3] if loaded.classes else None
    np.testing.assert_array_equal(loaded.images(loaded.ema, z, y), before.images(before.ema, z, y))
    while loaded.step < end:
        loaded.iterate()
    loaded.flush()
    whole = run(config, end)
    assert_equal_histories(loaded.history, whole.history)
    for name, tensor in whole.state().tensors.items():
        assert torch.equal(tensor, loaded.state().tensors[name]), name


def test_saving_does_not_change_the_run(tmp_path: Path) -> None:
    trainer = run(small(), 10)
    checkpoint.save(tmp_path / "a.gan.safetensors", trainer)
    for _ in range(10):
        trainer.iterate()
    trainer.flush()
    assert_equal_histories(trainer.history, run(small(), 20).history)


def test_an_unwritable_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        checkpoint.save(tmp_path / "nowhere" / "run.gan.safetensors", run(small(), 1))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(checkpoint.CheckpointError, match="absent"):
        checkpoint.load(tmp_path / "absent")


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\xff" * 64, b"\x80\x04\x95pickle."])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(checkpoint.CheckpointError, match="not a whole safetensors file"):
        checkpoint.load(path)


@pytest.mark.parametrize("kept", [9, 500, -1])
def test_a_truncated_file_is_refused(saved: Path, kept: int) -> None:
    saved.write_bytes(saved.read_bytes()[:kept])
    with pytest.raises(checkpoint.CheckpointError, match="not a whole safetensors file"):
        checkpoint.load(saved)


def test_a_foreign_safetensors_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    save_file({"weight": torch.zeros(3)}, path)
    with pytest.raises(checkpoint.CheckpointError, match="not a GAN Studio checkpoint"):
        checkpoint.load(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header, tensors: header.update(version=99), "version 99"),
        (lambda header, tensors: header.update(step="seven"), "'step'"),
        (lambda header, tensors: header["config"]["generator"].update(width=9), r"G\.0\.weight is"),
        (lambda header, tensors: header["config"]["loss"].update(name="os.system"), "loss.name"),
        (lambda header, tensors: header["config"]["generator"].update(width=10**9), r"generator\.width"),
        (lambda header, tensors: tensors.pop("D.0.bias"), r"tensor D\.0\.bias is missing"),
        (lambda header, tensors: tensors.pop("d_optimizer.0.exp_avg"), r"d_optimizer\.0\.exp_avg is missing"),
        (lambda header, tensors: tensors.update(extra=torch.zeros(1)), "tensor extra"),
        (lambda header, tensors: tensors.update({"G.0.bias": torch.zeros(8, dtype=torch.int64)}), "int64"),
        (lambda header, tensors: tensors.pop("history.0.values"), "history is damaged"),
        (lambda header, tensors: header.update(history=[["one"]]), "history is damaged"),
        (lambda header, tensors: header.update(history=header["history"] * 2), "history is damaged"),
        (lambda header, tensors: tensors["history.0.steps"].neg_(), "history is damaged"),
        (lambda header, tensors: tensors.update({"history.0.steps": torch.zeros(25)}), "history is damaged"),
        (lambda header, tensors: tensors.update({"history.0.steps": torch.arange(24)}), "history is damaged"),
        (lambda header, tensors: tensors.pop("history.events"), "history is damaged"),
        (lambda header, tensors: tensors["history.events"].fill_(1), "history is damaged"),
    ],
)
def test_what_does_not_fit_is_named(saved: Path, change: Callable[[Header, Tensors], None], message: str) -> None:
    with pytest.raises(checkpoint.CheckpointError, match=message):
        checkpoint.load(rewritten(saved, change))


def test_a_generator_state_of_another_device_is_renewed(saved: Path) -> None:
    def as_from_cuda(header: Header, tensors: Tensors) -> None:
        tensors["rng.data"] = torch.zeros(16, dtype=torch.uint8)

    loaded = checkpoint.load(rewritten(saved, as_from_cuda))
    loaded.iterate()
    assert loaded.step == 26


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_and_a_folder_are_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.safetensors")
    with pytest.raises(checkpoint.CheckpointError, match="not a file"):
        checkpoint.load(tmp_path / "pipe.safetensors")
    with pytest.raises(checkpoint.CheckpointError, match="a folder"):
        checkpoint.load(tmp_path)


@pytest.mark.parametrize("step", [-5, True, 10**30])
def test_an_impossible_count_is_refused(saved: Path, step: int) -> None:
    path = rewritten(saved, lambda header, tensors: header.update(step=step))
    with pytest.raises(checkpoint.CheckpointError, match="'step'"):
        checkpoint.load(path)


def test_a_damaged_random_state_is_refused(saved: Path) -> None:
    path = rewritten(saved, lambda header, tensors: tensors["rng.data"].fill_(255))
    with pytest.raises(checkpoint.CheckpointError, match="random"):
        checkpoint.load(path)


def test_points_that_changed_since_leave_the_nets_in_their_coordinates(tmp_path: Path) -> None:
    file, path = tmp_path / "points.csv", tmp_path / "run.gan.safetensors"
    file.write_text("1\n2\n3\n", "utf-8")
    before = run(small(data__name="points", data__file=str(file)), 5)
    checkpoint.save(path, before)
    file.write_text("100\n200\n300\n", "utf-8")
    loaded = checkpoint.load(path)
    assert (loaded.mean.tolist(), loaded.scale) == (before.mean.tolist(), before.scale)
    z = torch.zeros(1, loaded.config.prior.dim)
    assert loaded.generated(loaded.ema, z) == before.generated(before.ema, z)


@pytest.mark.parametrize("values", [{"scale": 0.0}, {"scale": "x"}, {"mean": [0.0, 0.0]}, {"mean": None}])
def test_unusable_coordinates_are_refused(saved: Path, values: Header) -> None:
    path = rewritten(saved, lambda header, tensors: header.update(values))
    with pytest.raises(checkpoint.CheckpointError, match="'mean' and 'scale'"):
        checkpoint.load(path)


# -- histories of any length -------------------------------------------------------------------------------------------

ROWS = 500_000  # four times what a history keeps in memory
MEBIBYTE = 2**20


def lengthened(trainer: Trainer) -> Trainer:
    """Give a trainer the history of a long run."""
    table, metrics = trainer.history.tables[0], trainer.history.table(["metric/other"])
    values = np.random.default_rng(0).normal(size=(ROWS // 10, len(table.names))).astype(np.float32)
    for start in range(table.last_step + 1, ROWS, ROWS // 10):
        table.append(np.arange(start, start + ROWS // 10), values)
    metrics.append(np.arange(0, ROWS, 1000), values[: ROWS // 1000, :1])
    trainer.history.events.extend(Event(step, f"lr D →{step}") for step in range(0, ROWS, 50))
    return trainer


def test_a_long_history_is_saved_and_loaded_whole_and_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "run.gan.safetensors"
    trainer = lengthened(run(small(), 1))
    tracemalloc.start()
    try:
        checkpoint.save(path, trainer)
        saving = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        loaded = checkpoint.load(path)
        loading = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > ROWS * 32
    assert saving < 4 * MEBIBYTE
    assert loading < 12 * MEBIBYTE  # of which 4 MiB of rows stay
    assert_equal_histories(loaded.history, trainer.history)
    assert loaded.history.events == trainer.history.events
    assert loaded.history.nbytes < 6 * MEBIBYTE


def test_the_library_reads_every_tensor_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "run.gan.safetensors"
    trainer = run(small(generator__width=9, discriminator__width=7), 25)
    checkpoint.save(path, trainer)
    tensors = load_file(path)
    state = trainer.state().tensors
    assert {name for name in tensors if not name.startswith("history.")} == set(state)
    for name, tensor in state.items():
        assert tensors[name].dtype == tensor.dtype
        assert torch.equal(tensors[name], tensor)


def test_a_checkpoint_with_its_events_in_the_header_is_read(saved: Path) -> None:
    def as_before(header: Header, tensors: Tensors) -> None:
        del tensors["history.events"]
        header["events"] = [[7, "k 1→5"]]

    assert checkpoint.load(rewritten(saved, as_before)).history.events == [Event(7, "k 1→5")]


def test_a_file_that_is_replaced_between_two_looks_is_refused(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = checkpoint.read

    def replaced_after(path: Path) -> checkpoint.Contents:
        contents = read(path)
        checkpoint.save(path, run(small(), 30))
        return contents

    monkeypatch.setattr(checkpoint, "read", replaced_after)
    with pytest.raises(checkpoint.CheckpointError, match="replaced"):
        checkpoint.load(saved)


def test_a_save_that_fails_half_way_leaves_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def broken(self: SpillFile, offset: int, size: int) -> bytes:
        raise OSError(5, "Input/output error")

    trainer = lengthened(run(small(), 1))
    monkeypatch.setattr(SpillFile, "read", broken)
    with pytest.raises(OSError, match="Input/output"):
        checkpoint.save(saved, trainer)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
