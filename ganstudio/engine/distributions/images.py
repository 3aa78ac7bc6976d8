"""What all image data share: drawing from a set of images, and the images' way into the nets and out of them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent
from ganstudio.engine.images import ImageSet, ImageSplit
from ganstudio.engine.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.engine.snapshot import Layout

RESIDENT_BYTES = 1 << 30  # of a set, up to which it is kept on the device; a larger one is read from the disk per batch


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageDistribution(Distribution):
    """Images drawn from a set, with replacement. For nets: (n, C, H, W) float32 from −1 to 1.

    The mean is not subtracted and nothing is scaled: a generator's tanh has the images' own range.
    """

    @abstractmethod
    def sets(self) -> ImageSplit:
        """Return the images to train with and those held out; equal distributions return the very same sets.

        Raises
        ------
        ConfigError
            If there are none, because a person's own files cannot be read.
        """

    @property
    @abstractmethod
    def flip_ok(self) -> bool:
        """Whether an image and its mirror image are equally likely, left for right."""

    @property
    def train(self) -> ImageSet:
        """The images that are drawn from."""
        return self.sets().train

    @property
    def held_out(self) -> ImageSet:
        """The images that are never drawn: a tenth of every class."""
        return self.sets().held_out

    @property
    @override
    def layout(self) -> Layout:
        return "images"

    @property
    @override
    def shape(self) -> tuple[int, ...]:
        """The shape of an image for nets: (C, H, W)."""
        return self.train.shape

    @property
    @override
    def dim(self) -> int:
        """How many numbers an image has: C · H · W."""
        channels, height, width = self.train.shape
        return channels * height * width

    @property
    def classes(self) -> int:
        """The number of classes; 0 without labels."""
        return self.train.classes

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.train.class_names

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return self._at(self._rows(count, generator))

    def sample_labelled(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return ``count`` images (n, C, H, W) and their classes (n,) int64, zeros without labels.

        With the generator in the same state, the images are those of :meth:`sample`.
        """
        rows = self._rows(count, generator)
        return self._at(rows), _labels_on(self.train, generator.device).index_select(0, rows)

    @property
    @override
    def extent(self) -> Extent:
        """The range of every value."""
        return ((-1.0, 1.0),)

    @override
    def moments(self) -> tuple[NDArray[np.float64], float]:
        """Return zeros (C, H, W) and 1: images go to the nets as they are."""
        return np.zeros(self.shape), 1.0

    def _rows(self, count: int, generator: torch.Generator) -> Tensor:
        return torch.randint(len(self.train), (count,), generator=generator, device=generator.device)

    def _at(self, rows: Tensor) -> Tensor:
        train = self.train
        if train.images.nbytes <= RESIDENT_BYTES:
            return _scaled(_on(train, rows.device).index_select(0, rows))  # 20 × as fast as [rows]
        return as_tensor(train.images[rows.cpu().numpy()], rows.device)  # the disk's pages of this batch alone


def as_tensor(images: NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
    """Return images (n, H, W, C) uint8 as nets see them, (n, C, H, W) float32 from −1 to 1."""
    return _scaled(_channels_first(images).to(device))


def as_pixels(images: Tensor) -> NDArray[np.uint8]:
    """Return images (n, C, H, W) from −1 to 1 as bytes (n, H, W, C), rounded; what lies beyond is cut off."""
    scaled = images.detach().float().add(1).mul_(127.5).round_().clamp_(0, 255)
    return scaled.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()


def _scaled(pixels: Tensor) -> Tensor:
    return pixels.float().mul_(1 / 127.5).sub_(1)  # 0 becomes −1 and 255 becomes 1, exactly


def _channels_first(images: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.array(images.transpose(0, 3, 1, 2), order="C"))  # a copy: the set may be read-only


@lru_cache(maxsize=2)
def _on(images: ImageSet, device: torch.device) -> Tensor:
    return _channels_first(images.images).to(device)


@lru_cache(maxsize=2)
def _labels_on(images: ImageSet, device: torch.device) -> Tensor:
    if images.labels is None:
        return torch.zeros(len(images), dtype=torch.int64, device=device)
    return torch.tensor(images.labels, device=device)
