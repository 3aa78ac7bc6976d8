"""Distances between images by their pixels, exact: the nearest training images of a sample, and samples all alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

CHUNK_BYTES = 32 * 2**20  # of training images held as floats at a time
EXACT_IN_SINGLE = 2**24  # whole numbers up to here are exact in single precision
TWIN_SHARE = 0.01  # of training images that count as having a twin


class Neighbours(NamedTuple):
    """The nearest training images of some images, nearest first; of equally near ones, the first in the set."""

    indices: NDArray[np.int64]  # (n, k), into the training images
    distances: NDArray[np.float64]  # (n, k), root mean square difference of the pixels, 0 to 1


class NearestImages:
    """Search among training images by brute force.

    Sums of products of whole numbers are exact in floats of sufficient precision, so the distances are exact, and that
    of a training image to itself is 0. Nearness in pixels shows copies; its lack does not prove novelty, since a shift
    by a few pixels takes an image far away (Theis et al., 2016, "A note on the evaluation of generative models",
    section 4.1).

    Parameters
    ----------
    train
        (N, H, W, C) images; read in parts, so that they may be larger than the memory.
    """

    def __init__(self, train: NDArray[np.uint8]) -> None:
        self._train = train

    def __call__(self, images: NDArray[np.uint8], k: int = 1) -> Neighbours:
        """Return the k nearest training images of images (n, H, W, C), fewer if there are not so many.

        Raises
        ------
        ValueError
            If the images are of another shape than the training images.
        """
        if images.shape[1:] != self._train.shape[1:]:
            raise ValueError(f"images of {images.shape[1:]}; training images are {self._train.shape[1:]}")
        wanted, squares = _centred(images)
        nearest, indices = torch.empty(len(images), 0, dtype=torch.float64), torch.empty(len(images), 0).long()
        step = max(1, CHUNK_BYTES // (8 * wanted.shape[1]))
        for start in range(0, len(self._train), step):
            apart = _squared(wanted, squares, *_centred(np.asarray(self._train[start : start + step])))
            here = torch.arange(start, start + apart.shape[1]).expand(len(images), -1)
            if apart.shape[1] > k:
                apart, at = _smallest(apart, k)
                here = here.gather(1, at)
            nearest, indices = torch.cat([nearest, apart], 1), torch.cat([indices, here], 1)
            nearest, at = _smallest(nearest, k)
            indices = indices.gather(1, at)
        return Neighbours(indices.numpy(), _root_mean(nearest, wanted.shape[1]))


def _smallest(apart: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Return the k smallest of each row in order, and where they are; of equal ones, the first."""
    if k == 1 and apart.shape[1]:
        at = apart.argmin(1, keepdim=True)
        return apart.gather(1, at), at
    values, at = apart.sort(dim=1, stable=True)
    return values[:, :k], at[:, :k]


def nearest_other(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the root mean square distance of every image (n, H, W, C) to the nearest of the others, (n,); n ≥ 2."""
    pixels, squares = _centred(images)
    apart = _squared(pixels, squares, pixels, squares).fill_diagonal_(float("inf"))
    return _root_mean(apart.min(1).values, pixels.shape[1])


def twin_distance(images: NDArray[np.uint8]) -> float:
    """Return how near the nearest one in a hundred of these images (m, H, W, C), m ≥ 2, are to another of them."""
    ordered = np.sort(nearest_other(images))
    return float(ordered[max(0, round(TWIN_SHARE * len(ordered)) - 1)])


def duplicates(images: NDArray[np.uint8], within: float) -> int:
    """Return how many of the images (n, H, W, C) have another of them no further away than ``within``.

    By the birthday paradox, a generator that often shows such a pair among n samples has no more than about n²
    different images.

    References
    ----------
    Arora & Zhang, 2018, "Do GANs learn the distribution? Some theory and empirics", section 2; there a person decides
    which of the nearest pairs are the same.
    """
    return int(np.sum(nearest_other(images) <= within)) if len(images) > 1 else 0


def _centred(images: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """Return pixels less 128, (n, H · W · C), in floats that hold every sum of their products, and ‖·‖², (n,)."""
    flat = np.array(images, order="C").reshape(len(images), -1)
    exact = flat.shape[1] * 128**2 <= EXACT_IN_SINGLE
    pixels = torch.from_numpy(flat).to(torch.float32 if exact else torch.float64) - 128
    return pixels, (pixels * pixels).sum(1).double()


def _squared(a: Tensor, a_squares: Tensor, b: Tensor, b_squares: Tensor) -> Tensor:
    """Return ‖a_i - b_j‖² in steps of grey, whole numbers: (m, n)."""
    return a_squares[:, None] + b_squares[None] - 2 * (a @ b.T).double()


def _root_mean(squares: Tensor, pixels: int) -> NDArray[np.float64]:
    return np.sqrt(squares.numpy() / pixels) / 255
