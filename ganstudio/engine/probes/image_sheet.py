"""Generated images of the same latents, with D's score of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.image_tiles import fake_tiles, scores_of
from ganstudio.engine.snapshot import Layout, Sheet


@probes.register("sheet")
@dataclass(frozen=True, kw_only=True, slots=True)
class SheetProbe(Probe):
    """64 generated images, or eight of every class; while training, a slice of them is made anew in each look."""

    layout: ClassVar[Layout] = "images"

    @override
    def look(self, scene: Scene) -> Sheet:
        tiles = fake_tiles(scene)
        return Sheet(
            images=tiles.images.copy(),
            scores=scores_of(scene, tiles),
            steps=tiles.steps.copy(),
            classes=tiles.classes,
            class_names=tuple(getattr(scene.distribution, "class_names", ())),
        )
