"""Checkpoints: one safetensors file with a JSON header, written atomically. No pickle is read or written.

The file holds the nets, the averaged generator, both optimisers' moments, the state of every random generator, the
history and the config: a run saved and loaded goes on bit for bit. The history, which has no limit, passes through
in blocks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor

import ganstudio
from ganstudio.engine import atomic, tensor_file
from ganstudio.engine.config import RunConfig, from_mapping, replaced, to_mapping
from ganstudio.engine.history import CHUNK_ROWS, Event, EventLog, History, Table
from ganstudio.engine.params import ConfigError
from ganstudio.engine.tensor_file import Part
from ganstudio.engine.trainer import State, Trainer

FORMAT = "ganstudio checkpoint"
VERSION = 1
SUFFIX = ".gan.safetensors"
LARGEST_BYTES = 8 * 2**30
HISTORY = "history."  # begins the names of the history's tensors
EVENTS = f"{HISTORY}events"
DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


class CheckpointError(ValueError):
    """A file that cannot be used as a checkpoint; names the file and what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a checkpoint file holds but for its history, read and checked as far as that needs no nets.

    ``identity`` tells whether the path still leads to the file that was read.
    """

    path: Path
    config: RunConfig
    header: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    identity: tuple[int, ...]


def save(path: Path, trainer: Trainer) -> None:
    """Write a trainer's state to ``path``; a file that was there is replaced only by a whole new one.

    Raises
    ------
    OSError
        If the file cannot be written: no such folder, no right to, disk full. An earlier file stays as it was.
    """
    trainer.flush()
    state = trainer.state()
    parts = {name: _part(tensor) for name, tensor in state.tensors.items()}
    for index, table in enumerate(trainer.history.tables):
        parts[f"{HISTORY}{index}.steps"] = Part("I64", (len(table),), _steps(table))
        parts[f"{HISTORY}{index}.values"] = Part("F32", (len(table), len(table.names)), _values(table))
    parts[EVENTS] = _text(trainer.history.events)
    header = {
        "format": FORMAT,
        "version": VERSION,
        "ganstudio": ganstudio.__version__,
        "torch": torch.__version__,
        "config": to_mapping(trainer.config),
        "step": state.step,
        "d_updates": state.d_updates,
        "g_updates": state.g_updates,
        "data_dim": trainer.data_dim,
        "mean": trainer.mean.tolist(),
        "scale": trainer.scale,
        "history": [table.names for table in trainer.history.tables],
    }
    with atomic.replacing(path) as file:
        tensor_file.write(file, parts, {"ganstudio": json.dumps(header)})


def _part(tensor: Tensor) -> Part:
    flat = tensor.detach().cpu().contiguous().reshape(-1)  # a single number has no bytes to view otherwise
    return Part(DTYPES[tensor.dtype], tuple(tensor.shape), [flat.view(torch.uint8).numpy().data])


def _steps(table: Table) -> Iterator[memoryview]:
    return (steps.data for steps, _ in table.blocks())


def _values(table: Table) -> Iterator[memoryview]:
    return (values.data for _, values in table.blocks())


def _text(events: EventLog) -> Part:
    text = json.dumps([[event.step, event.text] for event in events]).encode()
    return Part("U8", (len(text),), [text])


def read(path: Path) -> Contents:
    """Read a checkpoint file.

    Raises
    ------
    CheckpointError
        If it does not exist, is not a checkpoint, is damaged, or is of a later version.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise CheckpointError(path, error.strerror or "cannot be read") from None
    if not path.is_file():  # to read a pipe is to wait for ever
        raise CheckpointError(path, "a folder, not a file" if path.is_dir() else "not a file")
    if status.st_size > LARGEST_BYTES:
        raise CheckpointError(path, f"{status.st_size} bytes is more than a checkpoint can have ({LARGEST_BYTES})")
    try:
        with safe_open(path, framework="pt") as file:
            header = _header(path, file.metadata() or {})
            names = [name for name in file.keys() if not name.startswith(HISTORY)]  # noqa: SIM118 - not a mapping
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(path, f"not a whole safetensors file ({error})") from None
    try:
        config = from_mapping(header["config"])
    except ConfigError as error:
        raise CheckpointError(path, f"its settings are not usable here: {error}") from None
    return Contents(path, config, header, tensors, _identity(status))


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _header(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    try:
        header = json.loads(metadata["ganstudio"])
        if header["format"] != FORMAT:
            raise ValueError
        version = int(header["version"])
    except (KeyError, TypeError, ValueError):
        raise CheckpointError(path, "a safetensors file, but not a GAN Studio checkpoint") from None
    if version > VERSION:
        raise CheckpointError(path, f"of version {version}; this program reads versions up to {VERSION}")
    wanted = {"config": dict, "step": int, "d_updates": int, "g_updates": int, "data_dim": int, "history": list}
    for key, kind in wanted.items():
        if not isinstance(header.get(key), kind):
            raise CheckpointError(path, f"its header has no usable {key!r}")
    for key in ("step", "d_updates", "g_updates"):
        if isinstance(header[key], bool) or not 0 <= header[key] < 2**53:
            raise CheckpointError(path, f"its header has no usable {key!r}")
    return header


def load(path: Path, device: str | None = None) -> Trainer:
    """Return a trainer that goes on where the file was saved.

    Parameters
    ----------
    path
        The file.
    device
        Where to go on, if not where the config says.

    Raises
    ------
    CheckpointError
        If the file cannot be used; nothing else is changed by the attempt.
    """
    contents = read(path)
    config = contents.config if device is None else replaced(contents.config, "run.device", device)
    try:
        trainer = Trainer(config)
    except (ConfigError, OSError) as error:
        raise CheckpointError(path, f"its run cannot be built here: {error}") from None
    trainer.standardize(*_standardization(path, contents.header, trainer.mean.shape))
    for optimizer_step in (trainer.step_discriminator, trainer.step_generator):
        optimizer_step()  # so that the optimisers have the state whose shapes the file must have
    template = trainer.state()
    header = contents.header
    tensors = dict(contents.tensors)
    _check(path, template.tensors, tensors, header)
    state = State(tensors, header["step"], header["d_updates"], header["g_updates"])
    try:
        trainer.restore(state)
    except RuntimeError as error:
        raise CheckpointError(path, f"its random numbers cannot go on: {error}") from None
    trainer.adopt(_history(contents))
    return trainer


def _standardization(
    path: Path, header: Mapping[str, Any], shape: tuple[int, ...]
) -> tuple[NDArray[np.float64], float]:
    """Return the coordinates that the nets were trained in: those of the data as they were, if a file has changed."""
    try:
        mean, scale = np.array(header["mean"], np.float64), float(header["scale"])
    except (KeyError, TypeError, ValueError):
        mean, scale = np.empty(0), 0.0
    if mean.shape != shape or not np.isfinite(mean).all() or not 0 < scale < np.inf:
        raise CheckpointError(path, f"its header has no usable 'mean' and 'scale' for data of shape {shape}")
    return mean, scale


def _check(path: Path, wanted: Mapping[str, Tensor], found: dict[str, Tensor], header: Mapping[str, Any]) -> None:
    """Compare the file's tensors with those that a run of its config has; RNG states of another device are renewed."""
    updates = {"d_optimizer": header["d_updates"], "g_optimizer": header["g_updates"]}
    for name, tensor in wanted.items():
        if updates.get(name.partition(".")[0], 1) == 0 and name not in found:
            continue  # a player that has not moved yet has no moments
        if name not in found:
            raise CheckpointError(path, f"tensor {name} is missing")
        if name.startswith("rng."):
            if found[name].shape != tensor.shape or found[name].dtype != tensor.dtype:
                found[name] = tensor  # saved on another kind of device: its stream cannot go on here
            continue
        if found[name].shape != tensor.shape or found[name].dtype != tensor.dtype:
            raise CheckpointError(
                path,
                f"tensor {name} is {tuple(found[name].shape)} {found[name].dtype}, "
                f"its settings ask for {tuple(tensor.shape)} {tensor.dtype}",
            )
    for name in found:
        if name not in wanted:
            raise CheckpointError(path, f"tensor {name} does not belong to a run of its settings")


def _history(contents: Contents) -> History:
    path, history = contents.path, History()
    try:
        with path.open("rb") as file:
            if _identity(os.fstat(file.fileno())) != contents.identity:
                raise CheckpointError(path, "it was replaced while it was read")
            blocks = tensor_file.Blocks(file)
            for index, names in enumerate(contents.header["history"]):
                _read_table(blocks, f"{HISTORY}{index}", history.table([str(name) for name in names]))
            history.events.extend(Event(int(step), str(text)) for step, text in _events(blocks, contents.header))
    except OSError as error:
        raise CheckpointError(path, f"its history cannot be read ({error.strerror or error})") from None
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(path, "its history is damaged") from None
    return history


def _read_table(blocks: tensor_file.Blocks, prefix: str, table: Table) -> None:
    """Append the rows of a file to a table, so many at a time that no more than a few are in memory."""
    steps, values = f"{prefix}.steps", f"{prefix}.values"
    shape = blocks.shape(steps, "I64")
    if len(shape) != 1 or blocks.shape(values, "F32") != (*shape, len(table.names)) or len(table):
        raise ValueError
    for some, their_values in zip(blocks.read(steps, CHUNK_ROWS), blocks.read(values, CHUNK_ROWS), strict=True):
        if (np.diff(some, prepend=table.last_step) < 0).any():
            raise ValueError
        table.append(some, their_values)


def _events(blocks: tensor_file.Blocks, header: Mapping[str, Any]) -> list[tuple[int, str]]:
    if "events" in header:
        return list(header["events"])  # as files of the first months have them
    (size,) = blocks.shape(EVENTS, "U8")
    return json.loads(b"".join(block.tobytes() for block in blocks.read(EVENTS, size)))
