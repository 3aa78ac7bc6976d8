"""What the probes of images share: the sheet's latents, its images and scores, looked at in slices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine.distributions import images
from ganstudio.engine.probes import Scene
from ganstudio.engine.snapshot import Array, GeneratorChoice, Pixels, Steps

COLUMNS = 8
COUNT = 64  # images of a sheet, where G takes no classes
MOST_CLASSES = 16  # rows of a sheet: the first ones of more
SLICE_S = 0.005  # of the training thread's time for one look at a sheet
SLICE_MULTIPLE = 4  # D may compare the images of a batch in groups of four (Karras et al. 2018, section 3)
DRAWN_AT_ONCE = 256  # real images, until every class has its row
MOST_DRAWS = 16

Labels = NDArray[np.int64]


@contextmanager
def evaluated(*nets: object) -> Iterator[None]:
    """Have nets as they are used, not as they are trained: what looks at them moves no running statistics."""
    modes = [(part, part.training) for net in nets if isinstance(net, nn.Module) for part in net.modules()]
    for part, _ in modes:
        part.training = False
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training


def with_classes(net: Callable[..., Tensor], x: Tensor, weights: Tensor | None) -> Tensor:
    """Return a net's answer, with class weights (n, K) if it takes them."""
    return net(x) if weights is None else net(x, weights)


def as_pixels(x: Tensor, side: int) -> Pixels:
    """Return images (n, C, h, w) in [−1, 1] as uint8 (n, H, W, C), enlarged to ``side`` in whole pixels if they can be.

    What is not a number becomes the middle grey.
    """
    return enlarged(images.as_pixels(torch.nan_to_num(x.float(), nan=0.0)), side)


def enlarged(pixels: NDArray, side: int) -> NDArray:
    """Return images (n, h, w, …) with every pixel repeated to a height of ``side``, where that is a multiple of h."""
    factor = side // pixels.shape[1] if side % pixels.shape[1] == 0 else 1
    return pixels if factor == 1 else pixels.repeat(factor, axis=1).repeat(factor, axis=2)


def side_of(scene: Scene) -> int:
    """Return the height of the data's images."""
    data: Any = scene.distribution
    return int(data.shape[1])


def layout_of(scene: Scene) -> tuple[int, Labels | None]:
    """Return how many images the sheet has, and the class (n,) of each where G takes one: eight of a class in a row."""
    if not scene.classes:
        return COUNT, None
    classes = np.repeat(np.arange(min(scene.classes, MOST_CLASSES)), COLUMNS)
    return len(classes), classes


def latents_of(scene: Scene) -> Tensor:
    """Return the sheet's latents (n, d): where G takes classes, every row has the same eight."""
    count, classes = layout_of(scene)
    if classes is None:
        return scene.latents(count)
    return scene.latents(COLUMNS).repeat(count // COLUMNS, 1)


class Slices:
    """Which images to look at now: as many as fit in the time for one look, in turn, or all of them."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._next = 0
        self._each_s = 0.0  # what one image took

    def take(self, *, whole: bool) -> slice:
        """Return what is due; all of it if ``whole``, or if nothing was looked at yet."""
        if whole or self._each_s == 0:
            self._next = 0
            return slice(0, self._count)
        fitting = int(SLICE_S / max(self._each_s, 1e-9)) // SLICE_MULTIPLE * SLICE_MULTIPLE
        start = self._next
        end = min(self._count, start + max(SLICE_MULTIPLE, fitting))
        self._next = end % self._count
        return slice(start, end)

    def took(self, seconds: float, count: int) -> None:
        """Remember how long looking at so many took."""
        self._each_s = seconds / max(1, count)


class FakeTiles:
    """The sheet: its images as G made them and D judged them, each at its own iteration."""

    def __init__(self, scene: Scene) -> None:
        count, self.classes = layout_of(scene)
        self.z = latents_of(scene)  # (n, d)
        self.weights = None if self.classes is None else scene.class_weights(self.classes)
        self.side = side_of(scene)
        self.raw: Tensor | None = None  # (n, C, h, w) as G made them
        self.logits = torch.zeros(count, device=scene.device)
        self.steps: Steps = np.zeros(count, np.int64)
        self.images: Pixels = np.zeros((count, 1, 1, 1), np.uint8)  # (n, H, W, C)
        self.now = slice(0, count)  # what this look renewed
        self._slices = Slices(count)
        self._choice: GeneratorChoice = scene.choice

    def renew(self, scene: Scene) -> None:
        """Make and judge what is due: all of it when nothing trains, or after another generator was chosen."""
        whole = not scene.is_training or scene.choice != self._choice
        self._choice = scene.choice
        self._make(scene, self._slices.take(whole=whole))
        if self.raw is None:  # G makes images of another size: of what was made before, nothing is left
            self._make(scene, self._slices.take(whole=True))

    def _make(self, scene: Scene, part: slice) -> None:
        start = time.perf_counter()
        weights = None if self.weights is None else self.weights[part]
        with evaluated(scene.G, scene.D):
            made = with_classes(scene.G, self.z[part], weights)
            logits = with_classes(scene.D, made, weights)[:, 0]
        pixels = as_pixels(made, self.side)
        if len(made) == len(self.z):
            self.raw, self.images = made.clone(), pixels
        elif self.raw is None or self.raw.shape[1:] != made.shape[1:]:
            self.raw = None
            return
        else:
            self.raw[part], self.images[part] = made, pixels
        self.logits[part], self.steps[part], self.now = logits, scene.step, part
        self._slices.took(time.perf_counter() - start, part.stop - part.start)


class RealTiles:
    """A sheet of real images, drawn once, as D sees and judges them."""

    def __init__(self, scene: Scene) -> None:
        self.drawn, self.classes = _drawn(scene)  # (n, C, H, W)
        self.weights = None
        if scene.classes and self.classes is not None:
            self.weights = scene.class_weights(self.classes)
        self.side = side_of(scene)
        self.logits = torch.zeros(len(self.drawn), device=scene.device)
        self.images: Pixels = as_pixels(self.drawn, self.side)
        self._slices = Slices(len(self.drawn))
        self._growth: tuple[int, float] | None = None

    def renew(self, scene: Scene) -> None:
        """Judge what is due."""
        part = self._slices.take(whole=not scene.is_training)
        start = time.perf_counter()
        prepare = getattr(scene.D, "prepare", None)
        with evaluated(scene.D):
            seen = self.drawn[part] if prepare is None else prepare(self.drawn[part])
            weights = None if self.weights is None else self.weights[part]
            self.logits[part] = with_classes(scene.D, seen, weights)[:, 0]
            if prepare is not None and scene.growth != self._growth:
                self.images = as_pixels(prepare(self.drawn), self.side)
        self._growth = scene.growth
        self._slices.took(time.perf_counter() - start, part.stop - part.start)


def fake_tiles(scene: Scene) -> FakeTiles:
    """Return the sheet, renewed once in this look."""
    if "fake tiles" not in scene.kept:
        scene.kept["fake tiles"] = FakeTiles(scene)
    if "fake tiles" not in scene.made:
        scene.made["fake tiles"] = True
        scene.kept["fake tiles"].renew(scene)
    return scene.kept["fake tiles"]


def real_tiles(scene: Scene) -> RealTiles:
    """Return the sheet of real images, judged once in this look."""
    if "real tiles" not in scene.kept:
        scene.kept["real tiles"] = RealTiles(scene)
    if "real tiles" not in scene.made:
        scene.made["real tiles"] = True
        scene.kept["real tiles"].renew(scene)
    return scene.kept["real tiles"]


def scores_of(scene: Scene, tiles: FakeTiles | RealTiles) -> Array:
    """Return D as its loss reads it (n,).

    Where the loss leaves a constant free, D is shown about the middle between its means on the two sheets, as
    :meth:`Scene.scores` does for points.
    """
    score = scene.loss.score(tiles.logits)
    if scene.loss.offset_free:
        score = score - 0.5 * (fake_tiles(scene).logits.mean() + real_tiles(scene).logits.mean())
    return score.float().cpu().numpy().copy()


def _drawn(scene: Scene) -> tuple[Tensor, Labels | None]:
    """Return real images (n, C, H, W) and their labels (n,), None where the data have none; one class in a row.

    For a G without classes they are a plain draw.
    """
    generator = torch.Generator().manual_seed(scene.seed)
    count, wanted = layout_of(scene)
    data: Any = scene.distribution
    if wanted is None:
        if not getattr(data, "classes", 0):
            return data.sample(count, generator).to(scene.device), None
        drawn, labels = data.sample_labelled(count, generator)
        return drawn.to(scene.device), labels.cpu().numpy()
    found: dict[int, list[Tensor]] = {int(label): [] for label in np.unique(wanted)}
    for _ in range(MOST_DRAWS):
        drawn, labels = data.sample_labelled(DRAWN_AT_ONCE, generator)
        for image, label in zip(drawn, labels.tolist(), strict=True):
            if len(found.get(label, range(COLUMNS))) < COLUMNS:
                found[label].append(image)
        if all(len(row) == COLUMNS for row in found.values()):
            break
    # A rare class may have fewer.
    kept = [(image, label) for label, row in found.items() for image in row]
    return torch.stack([image for image, _ in kept]).to(scene.device), np.array([label for _, label in kept])
