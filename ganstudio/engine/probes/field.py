"""D over the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.snapshot import Field, Layout

CELLS = 48  # per axis


@probes.register("field")
@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProbe(Probe):
    """D(x) as its loss reads it, at the centres of 48 × 48 cells of the plot."""

    layout: ClassVar[Layout] = "plane"

    @override
    def look(self, scene: Scene) -> Field:
        if "field" not in scene.kept:
            (left, right), (bottom, top) = scene.extent
            even = (np.arange(CELLS) + 0.5) / CELLS
            x, y = np.meshgrid(left + even * (right - left), bottom + even * (top - bottom))
            scene.kept["field"] = scene.to_nets(np.stack((x.ravel(), y.ravel()), axis=1))
        return Field(extent=scene.extent, score=scene.scores(scene.kept["field"]).reshape(CELLS, CELLS))
