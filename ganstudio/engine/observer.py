"""Looks at a trainer for a viewer: runs probes, keeps the plot's extent, and changes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.distributions import Extent
from ganstudio.engine.probes import JUDGED_COUNT, Scene, probes
from ganstudio.engine.snapshot import Execution, GeneratorChoice, ProbeResult, Snapshot
from ganstudio.engine.trainer import Trainer

OUTSIDE_SHARE = 0.05  # of them beyond the plot before it grows
CALM_SHARE = 0.01  # of them beyond the data's own extent at most, for the plot to go back to it
JUDGED_EVERY = 4  # looks: a tenth of a second
PATIENCE = 3  # judgements in a row
CALM = 75  # judgements in a row without anything beyond the data's own extent before the plot goes back to it: 10 s
LARGEST_GROWTH = 4.0  # times the data's own extent


class Observer:
    """The eyes on one trainer. All that it draws at random comes from its own generators."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._own_extent = trainer.data.extent
        self._looks = 0
        self._calm = 0
        self._patience = 0  # the first look may grow the plot at once: G can start far from the data
        self._layout = trainer.data.layout
        self._probes = {entry.name: entry() for entry in probes if entry.layout == self._layout}
        self._scene = Scene(
            G=trainer.ema,
            D=trainer.D,
            loss=trainer.config.loss,
            prior=trainer.config.prior,
            distribution=trainer.data,
            mean=trainer.mean,
            scale=trainer.scale,
            extent=self._own_extent,
            device=trainer.device,
            seed=trainer.config.run.seed,
            classes=trainer.classes,
        )

    @property
    def extent(self) -> Extent:
        """What plots show now."""
        return self._scene.extent

    def look(
        self, names: Iterable[str], choice: GeneratorChoice, *, is_training: bool = False
    ) -> dict[str, ProbeResult]:
        """Return the results of the named probes that are for this data."""
        scene, trainer = self._scene, self._trainer
        scene.choice, scene.step, scene.is_training = choice, trainer.step, is_training
        scene.generators = {"ema": trainer.ema, "raw": trainer.G}
        scene.G = scene.generators[choice]
        scene.growth = trainer.config.generator.stage_at(trainer.step)
        scene.D, scene.loss = trainer.D, trainer.config.loss
        scene.made.clear()
        wanted = [name for name in sorted(names) if probes.get(name).layout == self._layout]
        with torch.no_grad():
            if self._looks % JUDGED_EVERY == 0 and self._layout != "images":
                self._grow()
            self._looks += 1
            for probe in self._probes.values():
                probe.follow(scene)
            results = {name: self._probes[name].look(scene) for name in wanted}
        return {name: result for name, result in results.items() if result is not None}

    def snapshot(
        self,
        names: Iterable[str],
        choice: GeneratorChoice = "ema",
        *,
        run: int = 1,
        running: bool = False,
        steps_per_s: float = 0.0,
        execution: Execution = "eager",
        execution_reason: str = "",
    ) -> Snapshot:
        """Return the trainer as it stands, with the results of the named probes."""
        results = self.look(names, choice, is_training=running)  # first: it may grow the extent
        trainer, loss = self._trainer, self._trainer.config.loss
        return Snapshot(
            run=run,
            step=trainer.step,
            d_updates=trainer.d_updates,
            g_updates=trainer.g_updates,
            config=trainer.config,
            history=trainer.history,
            floors=trainer.floors,
            equilibrium=loss.equilibrium(),
            score_title=loss.score_title,
            neutral=loss.neutral,
            is_critic=loss.is_critic,
            data_dim=trainer.data_dim,
            layout=self._layout,
            extent=self.extent,
            generator=choice,
            steps_per_s=steps_per_s,
            running=running,
            device=str(trainer.device),
            execution=execution,
            execution_reason=execution_reason,
            probes=results,
        )

    def _grow(self) -> None:
        """Widen the extent if many generated points stay beyond it; go back to the data's own after a long calm."""
        points = self._scene.generated_points(JUDGED_COUNT)
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return
        low, high = np.quantile(points, (0.01, 0.99), axis=0)
        self._calm = self._calm + 1 if _share_beyond(points, self._own_extent) < CALM_SHARE else 0
        if self._calm >= CALM:
            self._take_extent(self._own_extent)
        self._patience = self._patience - 1 if _share_beyond(points, self.extent) > OUTSIDE_SHARE else PATIENCE
        if self._patience > 0:
            return
        self._patience = PATIENCE
        grown = tuple(
            _widened(now, own, float(low[axis]), float(high[axis]))
            for axis, (now, own) in enumerate(zip(self.extent, self._own_extent, strict=True))
        )
        self._take_extent(grown)

    def _take_extent(self, extent: Extent) -> None:
        if extent != self.extent:
            self._scene.extent = extent
            for name in ("density", "density shown", "score", "field"):  # what probes prepared for the old extent
                self._scene.kept.pop(name, None)


def _share_beyond(points: NDArray[np.float64], extent: Extent) -> float:
    beyond = np.zeros(len(points), bool)
    for axis, (start, end) in enumerate(extent):
        beyond |= (points[:, axis] < start) | (points[:, axis] > end)
    return float(beyond.mean())


def _widened(now: tuple[float, float], own: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    """Return a range that holds ``low`` to ``high`` too, in whole eighths of the data's own, within a limit."""
    step = (own[1] - own[0]) / 8
    reach = (LARGEST_GROWTH - 1) * (own[1] - own[0])
    start = now[0] if low >= now[0] else max(own[0] - reach, own[0] - step * math.ceil((own[0] - low) / step + 0.5))
    end = now[1] if high <= now[1] else min(own[1] + reach, own[1] + step * math.ceil((high - own[1]) / step + 0.5))
    return min(now[0], start), max(now[1], end)
