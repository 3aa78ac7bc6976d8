"""Pictures of a run without a window: the stage as it would show it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.commands import offscreen
from ganstudio.engine.device import random_generator
from ganstudio.engine.observer import Observer
from ganstudio.engine.probes import outside
from ganstudio.engine.probes.density import estimate
from ganstudio.engine.snapshot import Density, GeneratorChoice, ProbeResult, Samples, Snapshot
from ganstudio.engine.trainer import Trainer

SIZE = (1280, 860)
THEME: Literal["light"] = "light"  # it may well be printed
REAL_STREAM = 101  # of random numbers, apart from those that training and sampling use
POINT_LAYERS = ("data", "generated")


def write_stage(path: Path, trainer: Trainer) -> None:
    """Write the stage of a run, with its usual layers.

    Raises
    ------
    NoPictureError
        If Qt cannot paint here.
    OSError
        If the picture cannot be written.
    """
    offscreen.application()
    _write(path, trainer, "ema", None, {})


def write_points(path: Path, trainer: Trainer, points: NDArray[np.float32], choice: GeneratorChoice) -> None:
    """Write a picture of these generated points (n, d) beside as many real ones: a scatter, or densities on the line.

    Raises
    ------
    NoPictureError
        If Qt cannot paint here.
    OSError
        If the picture cannot be written.
    """
    offscreen.application()
    finite = points[np.isfinite(points).all(axis=1)].astype(np.float64)
    observer = Observer(trainer)
    snapshot = observer.snapshot({"density"}, choice)
    made = _densities(snapshot, finite) if trainer.data_dim == 1 else _scatter(snapshot, trainer, finite)
    _write(path, trainer, choice, POINT_LAYERS, made)


def _densities(snapshot: Snapshot, points: NDArray[np.float64]) -> dict[str, ProbeResult]:
    shown = snapshot.probes["density"]
    if not isinstance(shown, Density):
        raise TypeError(type(shown).__name__)
    low, high = snapshot.extent[0]
    p_g = estimate(points[:, 0], low, high).astype(np.float32)
    beyond = outside(points[:, 0], low, high)
    return {"density": dataclasses.replace(shown, p_g=p_g, count=len(points), outside=beyond)}


def _scatter(snapshot: Snapshot, trainer: Trainer, points: NDArray[np.float64]) -> dict[str, ProbeResult]:
    (left, right), (bottom, top) = snapshot.extent
    generator = random_generator(trainer.device, trainer.config.run.seed, REAL_STREAM)
    real = trainer.data.sample(max(1, len(points)), generator).cpu().numpy()
    beyond = (*outside(points[:, 0], left, right), *outside(points[:, 1], bottom, top))
    return {"samples": Samples(real=real, fake=points.astype(np.float32), outside=beyond)}


def _write(
    path: Path,
    trainer: Trainer,
    choice: GeneratorChoice,
    layers: Sequence[str] | None,
    made: dict[str, ProbeResult],
) -> None:
    """Show a trainer on a stage of its own, with ``made`` in place of what probes find, and save it."""
    from ganstudio.ui.palette import palette
    from ganstudio.ui.theme import apply, base_points
    from ganstudio.ui.views.stage import Stage

    apply(offscreen.application(), THEME, base_points())
    stage = Stage(palette(THEME))
    if layers is not None:
        stage.restore({f"layers_{dim}d": layers for dim in (1, 2)})
    stage.restore({"generator": choice})
    snapshot = Observer(trainer).snapshot(stage.watch().probes, choice)
    stage.resize(*SIZE)
    stage.show_snapshot(dataclasses.replace(snapshot, probes={**snapshot.probes, **made}))
    stage.grab()  # which lays it out: its words may say how much there is room for
    stage.settle()
    offscreen.save(stage, path)
    stage.deleteLater()
