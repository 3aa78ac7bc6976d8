"""One-dimensional mixtures of Gaussians, with exact density."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, Modes, distributions
from ganstudio.engine.params import param


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixture1d(Distribution):
    """Weighted Gaussians on the line; a subclass says which."""

    @abstractmethod
    def components(self) -> tuple[tuple[float, float, float], ...]:
        """Return (weight, mean, standard deviation) of each component; the weights sum to 1."""

    @property
    @override
    def dim(self) -> int:
        return 1

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        weights, means, sds = torch.tensor(self.components(), device=device).unbind(1)  # (K,) each
        which = torch.bucketize(
            torch.rand(count, generator=generator, device=device), weights.cumsum(0)[:-1], right=True
        )
        noise = torch.randn(count, generator=generator, device=device)
        return (means[which] + sds[which] * noise).unsqueeze(1)

    @property
    @override
    def extent(self) -> Extent:
        low = min(mean - 4 * sd for _, mean, sd in self.components())
        high = max(mean + 4 * sd for _, mean, sd in self.components())
        margin = 0.15 * (high - low)
        return ((low - margin, high + margin),)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        x = points[:, 0]
        return np.sum(
            [
                weight * np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
                for weight, mean, sd in self.components()
            ],
            axis=0,
        )

    @property
    @override
    def modes(self) -> Modes:
        weights, means, sds = np.array(self.components()).T
        return Modes(means[:, None], sds[:, None], weights)


@distributions.register("gaussian")
@dataclass(frozen=True, kw_only=True, slots=True)
class Gaussian(Mixture1d):
    """One Gaussian, N(μ, σ²)."""

    title: ClassVar[str] = "Gaussian"
    order: ClassVar[int] = 0

    mean: float = param(4.0, "Mean.", symbol="μ", bounds=(-100, 100))
    sd: float = param(
        0.5, "Standard deviation.", title="Standard deviation", symbol="σ", bounds=(1e-3, 100), scale="log"
    )

    @override
    def components(self) -> tuple[tuple[float, float, float], ...]:
        return ((1.0, self.mean, self.sd),)


@distributions.register("two_gaussians")
@dataclass(frozen=True, kw_only=True, slots=True)
class TwoGaussians(Mixture1d):
    """Two equal Gaussians."""

    title: ClassVar[str] = "Two Gaussians"
    order: ClassVar[int] = 1

    distance: float = param(
        4.0,
        "Distance of the two means. Farther apart, G must stretch more of its line across the gap.",
        bounds=(0, 100),
    )
    sd: float = param(
        0.5, "Standard deviation of each.", title="Standard deviation", symbol="σ", bounds=(1e-3, 100), scale="log"
    )

    @override
    def components(self) -> tuple[tuple[float, float, float], ...]:
        return ((0.5, -self.distance / 2, self.sd), (0.5, self.distance / 2, self.sd))
