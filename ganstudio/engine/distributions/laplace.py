"""Laplace distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, distributions
from ganstudio.engine.distributions.draws import uniform
from ganstudio.engine.distributions.extents import square_around
from ganstudio.engine.lazy import torch
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor


@distributions.register("laplace")
@dataclass(frozen=True, kw_only=True, slots=True)
class Laplace(Distribution):
    """Laplace: a sharp peak and tails heavier than those of the latent."""

    title: ClassVar[str] = "Laplace"
    order: ClassVar[int] = 5

    mean: float = param(0.0, "Mean.", symbol="μ", bounds=(-100, 100))
    scale: float = param(
        1.0, "Mean distance from the mean; the standard deviation is √2 of it.", symbol="b", bounds=(1e-2, 100)
    )

    @property
    @override
    def dim(self) -> int:
        return 1

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        # The difference of two exponentials is Laplace; 1 - u is never 0.
        forth, back = -torch.log1p(-uniform(generator, 2, count, 1))
        return self.mean + self.scale * (forth - back)

    @property
    @override
    def extent(self) -> Extent:
        return square_around(self.mean - 5 * self.scale, self.mean + 5 * self.scale)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.exp(-np.abs(points[:, 0] - self.mean) / self.scale) / (2 * self.scale)
