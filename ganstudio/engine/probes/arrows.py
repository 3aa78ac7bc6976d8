"""Where the generator's loss pushes generated points of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes, push
from ganstudio.engine.probes.samples import COUNT as SAMPLE_COUNT
from ganstudio.engine.snapshot import Arrows, Layout

COUNT = 160


@probes.register("arrows")
@dataclass(frozen=True, kw_only=True, slots=True)
class ArrowsProbe(Probe):
    """−∂L_G/∂x of the chosen loss at 160 of the generated points."""

    layout: ClassVar[Layout] = "plane"

    @override
    def look(self, scene: Scene) -> Arrows:
        points = scene.generated(SAMPLE_COUNT)[:COUNT]
        return Arrows(
            base=scene.generated_points(SAMPLE_COUNT)[:COUNT].astype(np.float32),
            push=push(scene, points).cpu().numpy(),
            scale=scene.scale,
        )
