"""Data distributions in one and two dimensions."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.params import Entry
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from ganstudio.engine.snapshot import Layout

distributions: Registry[Distribution] = Registry("distribution", __name__)

Extent = tuple[tuple[float, float], ...]  # (low, high) of each axis, data units


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """The components of a mixture.

    ``centres`` (K, d) and ``sds`` (K, d) are in data units, ``weights`` (K,) sum to 1. A sample belongs to its nearest
    centre; it is of high quality within three standard deviations of it (Mahalanobis; Srivastava et al. 2017, VEEGAN).
    """

    centres: NDArray[np.float64]
    sds: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution(Entry):
    """A data distribution. Everything is in data units; arrays of points are (n, d), also where d = 1."""

    @property
    @abstractmethod
    def dim(self) -> int:
        """The dimension of a point: 1 or 2."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one datum, as nets see it: (d,), or (C, H, W) of an image."""
        return (self.dim,)

    @property
    def layout(self) -> Layout:
        """What the data are: numbers on a line, points of a plane, or images."""
        return "line" if self.dim == 1 else "plane"

    @abstractmethod
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Return ``count`` points, (count, d) float32, on the generator's device."""

    @property
    def classes(self) -> int:
        """How many classes the data are labelled with; 0 if they are not."""
        return 0

    def sample_labelled(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return ``count`` points with their classes, (count,) int64, for data that have :attr:`classes`."""
        raise NotImplementedError("these data have no classes")

    @property
    @abstractmethod
    def extent(self) -> Extent:
        """What a plot shows: (low, high) of each axis, with nearly all of the mass and a margin."""

    def opened(self) -> Distribution:
        """Return this distribution as it is now: one that reads no file any more, whatever becomes of the file."""
        return self

    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the exact density at points (n, d) -> (n,), or None where there is no closed form."""
        return None

    @property
    def modes(self) -> Modes | None:
        """The components, where the distribution is a mixture of separated ones."""
        return None

    def moments(self) -> tuple[NDArray[np.float64], float]:
        """Return the mean (d,) and one scale: the root mean square of the coordinates' standard deviations.

        One scale for all axes keeps the geometry. Estimated from 65,536 draws of a fixed seed, so equal everywhere.
        """
        return _moments(self)


@lru_cache(maxsize=64)
def _moments(distribution: Distribution) -> tuple[NDArray[np.float64], float]:
    import torch

    points = distribution.sample(65_536, torch.Generator().manual_seed(0)).double()
    mean = points.mean(0)
    scale = float((points - mean).square().mean().sqrt())
    return mean.numpy(), scale if scale > 0 else 1.0
