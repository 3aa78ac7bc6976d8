"""Checkpoints: one safetensors file with a JSON header, written atomically. No pickle is read or written.

The file holds the nets, the averaged generator, both optimisers' moments, the state of every random generator, the
history and the config: a run saved and loaded goes on bit for bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

import ganstudio
from ganstudio.engine import atomic
from ganstudio.engine.config import RunConfig, from_mapping, replaced, to_mapping
from ganstudio.engine.history import Event, History, from_arrays
from ganstudio.engine.params import ConfigError
from ganstudio.engine.trainer import State, Trainer

FORMAT = "ganstudio checkpoint"
VERSION = 1
SUFFIX = ".gan.safetensors"
LARGEST_BYTES = 8 * 2**30


class CheckpointError(ValueError):
    """A file that cannot be used as a checkpoint; names the file and what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a checkpoint file holds, read and checked as far as that needs no nets."""

    path: Path
    config: RunConfig
    header: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def save(path: Path, trainer: Trainer) -> None:
    """Write a trainer's state to ``path``; a file that was there is replaced only by a whole new one.

    Raises
    ------
    OSError
        If the file cannot be written: no such folder, no right to, disk full. An earlier file stays as it was.
    """
    trainer.flush()
    state = trainer.state()
    tensors = {name: tensor.cpu().contiguous() for name, tensor in state.tensors.items()}
    names = []
    for index, table in enumerate(trainer.history.tables):
        steps, values = table.rows()
        tensors[f"history.{index}.steps"] = torch.from_numpy(steps.copy())
        tensors[f"history.{index}.values"] = torch.from_numpy(values.copy())
        names.append(table.names)
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
        "history": names,
        "events": [[event.step, event.text] for event in trainer.history.events],
    }
    atomic.write(path, to_bytes(tensors, {"ganstudio": json.dumps(header)}))


def read(path: Path) -> Contents:
    """Read a checkpoint file.

    Raises
    ------
    CheckpointError
        If it does not exist, is not a checkpoint, is damaged, or is of a later version.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise CheckpointError(path, error.strerror or "cannot be read") from None
    if not path.is_file():  # to read a pipe is to wait for ever
        raise CheckpointError(path, "a folder, not a file" if path.is_dir() else "not a file")
    if size > LARGEST_BYTES:
        raise CheckpointError(path, f"{size} bytes is more than a checkpoint can have ({LARGEST_BYTES})")
    try:
        with safe_open(path, framework="pt") as file:
            header = _header(path, file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError) as error:
        raise CheckpointError(path, f"not a whole safetensors file ({error})") from None
    try:
        config = from_mapping(header["config"])
    except ConfigError as error:
        raise CheckpointError(path, f"its settings are not usable here: {error}") from None
    return Contents(path, config, header, tensors)


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
    trainer.standardize(*_standardization(path, contents.header, trainer.data_dim))
    for optimizer_step in (trainer.step_discriminator, trainer.step_generator):
        optimizer_step()  # so that the optimisers have the state whose shapes the file must have
    template = trainer.state()
    header = contents.header
    tensors = {name: tensor for name, tensor in contents.tensors.items() if not name.startswith("history.")}
    _check(path, template.tensors, tensors, header)
    state = State(tensors, header["step"], header["d_updates"], header["g_updates"])
    try:
        trainer.restore(state)
    except RuntimeError as error:
        raise CheckpointError(path, f"its random numbers cannot go on: {error}") from None
    trainer.adopt(_history(path, contents))
    return trainer


def _standardization(path: Path, header: Mapping[str, Any], dim: int) -> tuple[NDArray[np.float64], float]:
    """Return the coordinates that the nets were trained in: those of the data as they were, if a file has changed."""
    try:
        mean, scale = np.array(header["mean"], np.float64), float(header["scale"])
    except (KeyError, TypeError, ValueError):
        mean, scale = np.empty(0), 0.0
    if mean.shape != (dim,) or not np.isfinite(mean).all() or not 0 < scale < np.inf:
        raise CheckpointError(path, f"its header has no usable 'mean' and 'scale' for data of {dim} dimensions")
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


def _history(path: Path, contents: Contents) -> History:
    try:
        arrays = {}
        for index, names in enumerate(contents.header["history"]):
            steps = contents.tensors[f"history.{index}.steps"].numpy()
            values = contents.tensors[f"history.{index}.values"].numpy()
            if steps.dtype != np.int64 or values.dtype != np.float32 or values.shape != (len(steps), len(names)):
                raise ValueError
            arrays[tuple(str(name) for name in names)] = (steps, values)
        history = from_arrays(arrays)
        history.events = [Event(int(step), str(text)) for step, text in contents.header.get("events", [])]
    except (KeyError, TypeError, ValueError):
        raise CheckpointError(path, "its history is damaged") from None
    return history
