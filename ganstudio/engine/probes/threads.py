"""Threads from z to G(z) on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes, push
from ganstudio.engine.snapshot import Layout, Threads

COUNT = 64


@probes.register("threads")
@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadsProbe(Probe):
    """64 latents, evenly spaced in probability, where G sends them, and where its loss pushes them."""

    layout: ClassVar[Layout] = "line"

    @override
    def look(self, scene: Scene) -> Threads:
        if "threads" not in scene.kept:
            line = scene.prior.line(COUNT)
            scene.kept["threads"] = line.to(scene.device), line[:, 0].numpy()
        z, shown = scene.kept["threads"]
        points = scene.G(z)
        return Threads(
            z=shown,
            x=scene.to_data(points)[:, 0].astype(np.float32),
            push=push(scene, points)[:, 0].cpu().numpy(),
            scale=scene.scale,
            z_dim=scene.prior.dim,
        )
