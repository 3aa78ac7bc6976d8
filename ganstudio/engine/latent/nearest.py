"""The nearest training samples, exactly, and how near is near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.noise import hash64

Array = NDArray[np.float32]
Indices = NDArray[np.int64]

BLOCK_BYTES = 32 * 2**20  # of samples as float32 at a time, where they are kept as bytes
RESIDENT_BYTES = 256 * 2**20  # up to which they are kept as float32
NEIGHBOURS = 8
SPARE = 8  # candidates beyond those asked for, whose distances are then computed without cancellation


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """For each of n queries: ``indices`` (n, k) of the nearest samples and their ``distances`` (n, k), rising.

    A distance is the root mean square difference of pixels, as a share of black to white; of points it is Euclidean, in
    data units.
    """

    indices: Indices
    distances: Array


class NearestIndex:
    """Exact nearest neighbours among samples as they are looked at.

    That a picture has no near neighbour in pixels does not prove that it is new: a shift by a few pixels is far away
    (Theis et al. 2016, arXiv:1511.01844).

    Parameters
    ----------
    samples
        Images (N, H, W, C) uint8, or points (N, d).
    labels
        (N,) classes, or None.
    """

    def __init__(self, samples: NDArray, labels: Indices | None = None) -> None:
        self.samples, self.labels = samples, labels
        self._unit = 255.0 if samples.dtype == np.uint8 else 1.0
        self._width = width = int(np.prod(samples.shape[1:]))
        # Of an image the mean over pixels counts, of a point the sum over coordinates.
        self._mean_over = width if samples.dtype == np.uint8 else 1
        self._rows_per_block = max(1, BLOCK_BYTES // (4 * width))
        self._resident: Array | None = None
        if len(samples) * width * 4 <= RESIDENT_BYTES:
            self._resident = self._floats(samples)
        squares = [np.einsum("np,np->n", block, block) for _, block in self._blocks()]
        self._squares = np.concatenate([*squares, np.zeros(0, np.float32)])

    def __len__(self) -> int:
        return len(self.samples)

    def query(self, pictures: NDArray, count: int = NEIGHBOURS) -> Neighbours:
        """Return the ``count`` nearest samples to each of the pictures (n, …).

        Raises
        ------
        ValueError
            If they are not of the samples' shape.
        """
        if pictures.shape[1:] != self.samples.shape[1:] or pictures.dtype.kind != self.samples.dtype.kind:
            raise ValueError(f"{pictures.shape[1:]} {pictures.dtype} is not a sample of {self.samples.shape[1:]}")
        asked = self._floats(pictures)
        count = min(count, len(self))
        wanted = min(count + SPARE, len(self))
        best = np.zeros((len(asked), 0), np.int64)
        least = np.zeros((len(asked), 0), np.float32)
        for start, block in self._blocks():
            distance = self._squares[start : start + len(block)] - 2 * (asked @ block.T)  # (n, rows)
            least = np.concatenate((least, distance), 1)
            best = np.concatenate((best, np.broadcast_to(np.arange(start, start + len(block)), distance.shape)), 1)
            if least.shape[1] > wanted:
                kept = np.argpartition(least, wanted - 1, axis=1)[:, :wanted]
                least, best = np.take_along_axis(least, kept, 1), np.take_along_axis(best, kept, 1)
        return self._exact(asked, best, count)

    def _exact(self, asked: Array, best: Indices, count: int) -> Neighbours:
        near = self._floats(self.samples[best.reshape(-1)]).reshape(*best.shape, self._width)
        squares = ((near - asked[:, None]).astype(np.float64) ** 2).sum(-1)
        order = np.lexsort((best, squares), axis=1)[:, :count]  # of equal ones, the first
        distances = np.sqrt(np.take_along_axis(squares, order, 1) / self._mean_over)
        return Neighbours(np.take_along_axis(best, order, 1), distances.astype(np.float32))

    def own_distances(self, count: int = 1_024, *, seed: int = 0, chunk: int = 32) -> Iterator[Array]:
        """Yield, ever longer, the distances of training samples to their nearest other one, sorted.

        They are those of ``count`` samples drawn at random: the scale on which a generated sample's distance is read.
        """
        drawn = np.argsort(hash64(seed, np.arange(len(self))), kind="stable")[:count]
        found = np.zeros(0, np.float32)
        if len(self) < 2:
            return
        for start in range(0, len(drawn), chunk):
            rows = drawn[start : start + chunk]
            near = self.query(self.samples[rows], 2)
            # Itself is the nearest, unless an equal one with a lower number is.
            found = np.sort(np.concatenate((found, near.distances[:, 1])))
            yield found

    def _floats(self, samples: NDArray) -> Array:
        return np.asarray(samples, np.float32).reshape(len(samples), self._width) / np.float32(self._unit)

    def _blocks(self) -> Iterator[tuple[int, Array]]:
        if self._resident is not None:
            yield 0, self._resident
            return
        for start in range(0, len(self.samples), self._rows_per_block):
            yield start, self._floats(self.samples[start : start + self._rows_per_block])


def quantile(distance: float, distances: Array) -> float:
    """Return the share of sorted ``distances`` (n,) below ``distance``; nan if there are none."""
    return float(np.searchsorted(distances, distance) / len(distances)) if len(distances) else float("nan")


def purity(labels: Indices, neighbours: Neighbours) -> Array:
    """Return, for each query, the share of its neighbours with the most frequent label: (n,)."""
    near = labels[neighbours.indices]
    return np.array([np.bincount(row).max() / len(row) for row in near], np.float32)
