"""How far progressive growing is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.image_tiles import side_of
from ganstudio.engine.snapshot import Growth, Layout

FIRST_SIDE = 4  # of the images of stage 0 (Karras et al. 2018, section 2)


@probes.register("growth")
@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthProbe(Probe):
    """The stage and the share of the newest layer, for a generator that grows."""

    layout: ClassVar[Layout] = "images"

    @override
    def look(self, scene: Scene) -> Growth | None:
        if scene.growth is None:
            return None
        resolutions = [FIRST_SIDE]
        while 2 * resolutions[-1] <= side_of(scene):
            resolutions.append(2 * resolutions[-1])
        stage, alpha = scene.growth
        if stage >= len(resolutions):  # the nets are whole, and time goes on
            stage, alpha = len(resolutions) - 1, 1.0
        return Growth(stage=stage, alpha=alpha, resolution=FIRST_SIDE * 2**stage, resolutions=tuple(resolutions))
