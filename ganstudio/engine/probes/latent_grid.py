"""The image of a regular latent lattice under G."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.snapshot import LatentGrid, Layout

COUNT = 24  # lines each way
CURVE_COUNT = 256  # points where the lattice is a curve


@probes.register("latent_grid")
@dataclass(frozen=True, kw_only=True, slots=True)
class LatentGridProbe(Probe):
    """G of a lattice of latents, even in probability: 24 × 24, or one curve where the prior is one."""

    layout: ClassVar[Layout] = "plane"

    @override
    def look(self, scene: Scene) -> LatentGrid:
        if "latent_grid" not in scene.kept:
            z = scene.prior.grid(COUNT)
            z = z if len(z) > 1 else scene.prior.grid(CURVE_COUNT)
            scene.kept["latent_grid"] = z.to(scene.device)
        z = scene.kept["latent_grid"]
        points = scene.to_data(scene.G(z.flatten(0, 1))).reshape(*z.shape[:2], 2)
        return LatentGrid(points=points.astype(np.float32), z_dim=scene.prior.dim)
