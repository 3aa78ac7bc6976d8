"""Real and generated points of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, outside, probes
from ganstudio.engine.snapshot import Layout, Samples

COUNT = 512


@probes.register("samples")
@dataclass(frozen=True, kw_only=True, slots=True)
class SamplesProbe(Probe):
    """512 real points and G of 512 latents, the same ones in every snapshot."""

    layout: ClassVar[Layout] = "plane"

    @override
    def look(self, scene: Scene) -> Samples:
        fake = scene.generated_points(COUNT)
        if "samples" not in scene.kept:
            scene.kept["samples"] = scene.real(COUNT).astype(np.float32)
        (left, right), (bottom, top) = scene.extent
        columns, rows = outside(fake[:, 0], left, right), outside(fake[:, 1], bottom, top)
        return Samples(
            real=scene.kept["samples"],
            fake=fake.astype(np.float32),
            outside=(*columns, *rows),
        )
