"""Mixtures of Gaussians with axis-parallel ellipses, in one or two dimensions, with exact density."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, Modes
from ganstudio.engine.distributions.draws import normal, uniform
from ganstudio.engine.distributions.extents import square_around
from ganstudio.engine.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

CHUNK = 1 << 16  # terms of a density held at once: what fits into a cache


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixture(Distribution):
    """Weighted Gaussians; a subclass says which."""

    @abstractmethod
    def components(self) -> Modes:
        """Return every Gaussian of the mixture."""

    @property
    @override
    def dim(self) -> int:
        return self.components().centres.shape[1]

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        edges, centres, sds = _tables(self, generator.device)
        which = torch.bucketize(uniform(generator, count), edges, right=True)
        return torch.addcmul(centres[which], sds[which], normal(generator, count, centres.shape[1]))

    @property
    @override
    def extent(self) -> Extent:
        parts = self.components()
        return square_around((parts.centres - 4 * parts.sds).min(0), (parts.centres + 4 * parts.sds).max(0))

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return mixture_density(points, self.components())

    @property
    @override
    def modes(self) -> Modes | None:
        parts = self.components()
        return parts if _separated(parts) else None


@lru_cache(maxsize=64)
def _tables(mixture: Mixture, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Return the inner edges of the weights' running sum (K - 1,), the centres (K, d) and the deviations (K, d)."""
    parts = mixture.components()
    edges, centres, sds = (
        torch.tensor(table, dtype=torch.float32, device=device)
        for table in (parts.weights.cumsum()[:-1], parts.centres, parts.sds)
    )
    return edges, centres, sds


def _separated(parts: Modes) -> bool:
    """Tell whether every two components are farther apart than the sum of their standard deviations.

    Two equal Gaussians nearer than that have one peak only, and counting them as two would be a fiction.
    """
    apart = np.linalg.norm(parts.centres[:, None] - parts.centres, axis=2)  # (K, K)
    reach = parts.sds.max(axis=1)
    np.fill_diagonal(apart, np.inf)
    return bool((apart > reach[:, None] + reach).all())


def equal_components(centres: ArrayLike, sd: float) -> Modes:
    """Return equally weighted, round Gaussians at ``centres`` (K, d)."""
    where = np.array(centres, np.float64)
    return Modes(where, np.full_like(where, sd), np.full(len(where), 1 / len(where)))


def mixture_density(points: NDArray[np.float64], parts: Modes) -> NDArray[np.float64]:
    """Return the density at points (n, d) -> (n,), a block of points at a time."""
    peaks = parts.weights / np.prod(np.sqrt(2 * np.pi) * parts.sds, axis=1)  # (K,)
    result = np.empty(len(points))
    block = max(1, CHUNK // len(peaks))
    for start in range(0, len(points), block):
        exponent = np.zeros((1, 1))
        for x, centres, sds in zip(points[start : start + block].T, parts.centres.T, parts.sds.T, strict=True):
            exponent = exponent - 0.5 * np.square((x[:, None] - centres) / sds)  # (n, K)
        result[start : start + block] = np.exp(exponent) @ peaks
    return result
