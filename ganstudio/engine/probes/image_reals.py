"""Real images, with D's score of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.image_tiles import real_tiles, scores_of
from ganstudio.engine.snapshot import Layout, RealSheet


@probes.register("real_sheet")
@dataclass(frozen=True, kw_only=True, slots=True)
class RealSheetProbe(Probe):
    """As many real images as the sheet has generated ones, the same in every snapshot; judged in slices."""

    layout: ClassVar[Layout] = "images"

    @override
    def look(self, scene: Scene) -> RealSheet:
        tiles = real_tiles(scene)
        return RealSheet(
            images=tiles.images,
            scores=scores_of(scene, tiles),
            classes=tiles.classes,
            class_names=tuple(getattr(scene.distribution, "class_names", ())),
        )
