"""Sliced Wasserstein distance between patches of Laplacian pyramids."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

PATCH = 7  # pixels
PATCHES = 16_384  # of each level, whatever the number of images
PROJECTIONS = 512
SMALLEST = 14  # size of the coarsest level
UNIT = 1e3  # the paper's tables show the distance times 1,000
BATCH = 250  # images whose pyramids are made at a time
SLICE = 64  # projections at a time: what is sorted then fits the cache


class _Level(NamedTuple):
    """What a level of the pyramid of the reference images is compared by."""

    directions: Tensor  # (PATCH² C, PROJECTIONS), of length 1
    mean: Tensor  # (1, C, 1, 1), of the reference's patches
    sd: Tensor
    ordered: NDArray[np.float32]  # (PROJECTIONS, PATCHES), the projections of the reference's patches


class SlicedWasserstein:
    """Distance to reference images by the look of their small parts.

    Of every level of the Laplacian pyramid, 16,384 patches of 7 × 7 pixels, spread evenly over the images and at random
    places, are projected on 512 random directions; the Wasserstein-1 distances between the projections are averaged,
    then the levels. Equal images at equal places in the sequence give exactly 0.

    Unlike in the paper, both sides are standardised with the reference's mean and standard deviation of each channel:
    with each side's own, a shift in brightness would not count and images of one colour would be undefined.

    Parameters
    ----------
    reference
        (N, H, W, C) images.
    seed
        Of the places and the directions.

    Raises
    ------
    ValueError
        If the images are smaller than a patch.

    References
    ----------
    Karras et al., 2018, "Progressive growing of GANs", section 5; Rabin et al., 2011, "Wasserstein barycenter and its
    application to texture mixing".
    """

    def __init__(self, reference: NDArray[np.uint8], seed: int = 0) -> None:
        self.sizes = level_sizes(min(reference.shape[1:3]))
        generator = torch.Generator().manual_seed(seed)
        height, width, channels = reference.shape[1:]
        self._corners = [
            (_corners(height >> level, generator), _corners(width >> level, generator))
            for level in range(len(self.sizes))
        ]
        self._levels: list[_Level] = []
        for patches in self._patches(reference):
            directions = torch.randn(PATCH**2 * channels, PROJECTIONS, generator=generator)
            directions /= directions.norm(dim=0)
            mean = patches.mean((0, 2, 3), keepdim=True)
            sd = patches.std((0, 2, 3), keepdim=True).clamp_min(1e-6)  # images of one colour have none
            ordered = np.empty((PROJECTIONS, PATCHES), np.float32)
            for part in _slices():
                ordered[part] = _ordered((patches - mean) / sd, directions[:, part])
            self._levels.append(_Level(directions, mean, sd, ordered))

    def levels(self, images: NDArray[np.uint8]) -> list[float]:
        """Return the distance of images (n, H, W, C) at each level, finest first, times 1,000."""
        distances = []
        for patches, level in zip(self._patches(images), self._levels, strict=True):
            patches = (patches - level.mean) / level.sd
            total = 0.0
            for part in _slices():
                apart = _ordered(patches, level.directions[:, part]) - level.ordered[part]
                total += float(np.abs(apart, out=apart).sum(dtype=np.float64))
            distances.append(UNIT * total / (PROJECTIONS * PATCHES))
        return distances

    def __call__(self, images: NDArray[np.uint8]) -> float:
        """Return the mean of the levels' distances, times 1,000."""
        return float(np.mean(self.levels(images)))

    def _patches(self, images: NDArray[np.uint8]) -> list[Tensor]:
        """Return the patches of each level, (PATCHES, C, 7, 7); the images (n, H, W, C) take turns."""
        source = torch.arange(PATCHES) % len(images)
        result = [torch.empty(PATCHES, images.shape[3], PATCH, PATCH) for _ in self.sizes]
        offsets = torch.arange(PATCH)
        for start in range(0, len(images), BATCH):
            which = torch.nonzero((source >= start) & (source < start + BATCH)).flatten()
            levels = pyramid(_signed(images[start : start + BATCH]), len(self.sizes))
            for level, (rows, columns), patches in zip(levels, self._corners, result, strict=True):
                row = (rows[which, None] + offsets)[:, :, None]
                column = (columns[which, None] + offsets)[:, None, :]
                found = level[(source[which] - start)[:, None, None], :, row, column]  # (., 7, 7, C)
                patches[which] = found.permute(0, 3, 1, 2)
        return result


def level_sizes(size: int) -> list[int]:
    """Return the sizes of the pyramid's levels, finest first: halves, down to 14 at the least.

    64 gives 64, 32 and 16 as in the paper; 28 gives 28 and 14.
    """
    if size < PATCH:
        raise ValueError(f"images of {size} pixels are smaller than a patch of {PATCH}")
    sizes = [size]
    while sizes[-1] % 2 == 0 and sizes[-1] // 2 >= SMALLEST:
        sizes.append(sizes[-1] // 2)
    return sizes


def pyramid(images: Tensor, levels: int) -> list[Tensor]:
    """Return the Laplacian pyramid of images (n, C, H, W): what each halving loses, finest first, and what is left.

    References
    ----------
    Burt & Adelson, 1983, "The Laplacian pyramid as a compact image code".
    """
    result = []
    for _ in range(levels - 1):
        down, across = _halving(images.shape[2]), _halving(images.shape[3])
        smaller = down @ images @ across.T
        result.append(images - _doubling(images.shape[2]) @ smaller @ _doubling(images.shape[3]).T)
        images = smaller
    return [*result, images]


@lru_cache
def _blurring(size: int) -> Tensor:
    """Return the matrix of Burt & Adelson's kernel (1, 4, 6, 4, 1) / 16 along an axis whose ends mirror, (size, size).

    As products of small matrices, pyramids take a fifth of the time of convolutions with one channel.
    """
    mirrored = F.pad(torch.eye(size)[None], (2, 2), mode="reflect")[0]  # (size, size + 4)
    kernel = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    return mirrored.unfold(1, 5, 1).matmul(kernel).T.contiguous()


def _halving(size: int) -> Tensor:
    """Return the matrix that blurs an axis and drops every other pixel, (size / 2, size)."""
    return _blurring(size)[::2]


def _doubling(size: int) -> Tensor:
    """Return the matrix that puts a black pixel after each and blurs, (size, size / 2); 2 makes up for the black."""
    return 2 * _blurring(size)[:, ::2]


def _signed(images: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.array(images, order="C")).permute(0, 3, 1, 2).float() / 127.5 - 1


def _corners(size: int, generator: torch.Generator) -> Tensor:
    """Return where along an axis of this size the patches begin, (PATCHES,)."""
    return torch.randint(size - PATCH + 1, (PATCHES,), generator=generator)


def _ordered(patches: Tensor, directions: Tensor) -> NDArray[np.float32]:
    """Return the patches' projections, each direction's in ascending order: (directions, PATCHES)."""
    projected = (directions.T @ patches.flatten(1).T).numpy()
    projected.sort(axis=1)  # numpy's sort of floats is several times faster than torch's
    return projected


def _slices() -> list[slice]:
    return [slice(start, start + SLICE) for start in range(0, PROJECTIONS, SLICE)]
