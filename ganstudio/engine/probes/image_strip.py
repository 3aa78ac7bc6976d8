"""The same few latents over training time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.image_tiles import (
    COLUMNS,
    as_pixels,
    evaluated,
    latents_of,
    layout_of,
    side_of,
    with_classes,
)
from ganstudio.engine.snapshot import GeneratorChoice, Layout, Pixels, Strip

TILES = 6
SPACING = math.sqrt(2)  # between the steps of two frames: 40 frames for a million iterations
MOST_FRAMES = 64  # and a bound whatever happens: 4.7 MB for each generator at 64 × 64 RGB


class Album:
    """The frames of one run, of both generators: whoever chooses the other one has its past too."""

    def __init__(self, scene: Scene) -> None:
        _, classes = layout_of(scene)
        # Of a sheet by class, the first latent of every row; else the first ones.
        every = 1 if classes is None else COLUMNS
        self.tiles = np.arange(TILES) * every
        self.tiles = self.tiles[self.tiles < len(latents_of(scene))]
        chosen = torch.from_numpy(self.tiles)
        self._z: Tensor = latents_of(scene)[chosen.to(scene.device)]
        self._weights = None if classes is None else scene.class_weights(classes[self.tiles])
        self._steps: list[int] = []
        self._frames: dict[GeneratorChoice, list[Pixels]] = {"ema": [], "raw": []}
        self._stacked: dict[GeneratorChoice, Strip] = {}

    def follow(self, scene: Scene) -> None:
        """Add a frame if it is time for one; drop those of a future that was given up."""
        kept = sum(step <= scene.step for step in self._steps)
        if kept < len(self._steps):
            self._forget(slice(kept, None))
        if self._steps and scene.step < max(self._steps[-1] + 1, SPACING * self._steps[-1]):
            return
        if len(self._steps) == MOST_FRAMES:
            self._forget(slice(1, None, 2))
        for choice, net in scene.generators.items():
            with evaluated(net):
                made = with_classes(net, self._z, self._weights)
            self._frames[choice].append(as_pixels(made, side_of(scene)))
        self._steps.append(scene.step)
        self._stacked.clear()

    def strip(self, choice: GeneratorChoice) -> Strip:
        """Return all frames of a generator."""
        if choice not in self._stacked:
            steps = np.array(self._steps, np.int64)
            self._stacked[choice] = Strip(images=np.stack(self._frames[choice]), steps=steps, tiles=self.tiles)
        return self._stacked[choice]

    def _forget(self, part: slice) -> None:
        for frames in (self._steps, *self._frames.values()):
            del frames[part]  # type: ignore[attr-defined]
        self._stacked.clear()


@probes.register("strip")
@dataclass(frozen=True, kw_only=True, slots=True)
class StripProbe(Probe):
    """Six of the sheet's latents at log-spaced iterations; a frame is kept whether or not anybody asks for it."""

    layout: ClassVar[Layout] = "images"

    @override
    def follow(self, scene: Scene) -> None:
        _album(scene).follow(scene)

    @override
    def look(self, scene: Scene) -> Strip:
        return _album(scene).strip(scene.choice)


def _album(scene: Scene) -> Album:
    kept: dict[str, Any] = scene.kept
    if "strip" not in kept:
        kept["strip"] = Album(scene)
    return kept["strip"]
