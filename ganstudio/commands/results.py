"""What a finished run leaves: run.json, history.csv, a checkpoint and a picture, each written as a whole."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from ganstudio.commands.console import NoPictureError, note
from ganstudio.engine import atomic, checkpoint
from ganstudio.engine.config import to_mapping
from ganstudio.engine.history import History
from ganstudio.engine.history_csv import csv_pieces
from ganstudio.engine.trainer import FINAL_COUNT, Trainer
from ganstudio.environment import versions

Record = dict[str, Any]

CHECKPOINT = f"checkpoint{checkpoint.SUFFIX}"


def record(trainer: Trainer, *, seconds: float, steps_trained: int, **words: str | int | None) -> Record:
    """Return what run.json says: config, seed, steps, seconds, versions and the final value of every scalar.

    ``seconds`` and ``steps_trained`` are those of this call; ``words`` are put in as they are.

    The metrics are measured anew, with more points than those along the way; ``floors`` are what as many real points
    read. What is not finite or not defined is None.
    """
    final = trainer.history.last() | trainer.evaluate(FINAL_COUNT)
    return {
        **words,
        "steps": trainer.step,
        "steps_trained": steps_trained,
        "seconds": seconds,
        "steps_per_s": steps_trained / seconds if steps_trained and seconds > 0 else None,
        "d_updates": trainer.d_updates,
        "g_updates": trainer.g_updates,
        "seed": trainer.config.run.seed,
        "device": str(trainer.device),
        "threads": torch.get_num_threads(),
        "execution": "eager" if trainer.compiled is None else "compiled",
        "finished_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "final": _plain(final),
        "floors": _plain(trainer.panel.floors(FINAL_COUNT)),
        "measured_points": FINAL_COUNT,
        "events": [{"step": event.step, "text": event.text} for event in trainer.history.events],
        "config": to_mapping(trainer.config),
        "versions": versions(),
    }


def write(folder: Path, trainer: Trainer, made: Record) -> bool:
    """Write everything; what cannot be written is told and does not keep the rest from being.

    Returns
    -------
    Whether everything was written that can be made on this machine: without Qt there is no picture.
    """
    writers: dict[str, Callable[[Path], None]] = {
        CHECKPOINT: lambda path: checkpoint.save(path, trainer),
        "run.json": lambda path: atomic.write(path, as_json(made)),
        "history.csv": lambda path: write_history(path, trainer.history),
        "picture.png": lambda path: _draw(path, trainer),
    }
    whole = True
    for name, writer in writers.items():
        try:
            writer(folder / name)
        except NoPictureError as error:
            note(f"{folder / name} was not written: {error}")
        except OSError as error:
            note(f"ganstudio: {folder / name} was not written: {error.strerror or error}")
            whole = False
    return whole


def _draw(path: Path, trainer: Trainer) -> None:
    from ganstudio.commands import picture  # imports Qt

    picture.write_stage(path, trainer)


def as_json(value: object) -> bytes:
    """Return strict JSON: no NaN, no infinity."""
    return (json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def write_history(path: Path, history: History) -> None:
    """Write every scalar as a CSV, one row per iteration.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with atomic.replacing(path) as file:
        for _, piece in csv_pieces(history):
            file.write(piece.encode())


def _plain(values: dict[str, float]) -> dict[str, float | None]:
    return {name: float(value) if math.isfinite(value) else None for name, value in values.items()}
