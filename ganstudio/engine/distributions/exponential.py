"""Exponential distribution."""

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


@distributions.register("exponential")
@dataclass(frozen=True, kw_only=True, slots=True)
class Exponential(Distribution):
    """Exponential: a jump at zero on one side and a long tail on the other."""

    title: ClassVar[str] = "Exponential"
    order: ClassVar[int] = 6

    scale: float = param(1.0, "Mean, the inverse of the rate λ.", title="Mean", symbol="1/λ", bounds=(1e-2, 100))

    @property
    @override
    def dim(self) -> int:
        return 1

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return -self.scale * torch.log1p(-uniform(generator, count, 1))  # 1 - u is never 0

    @property
    @override
    def extent(self) -> Extent:
        return square_around(0.0, 6 * self.scale)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        x = points[:, 0] / self.scale
        return np.where(x >= 0, np.exp(-np.maximum(x, 0)), 0.0) / self.scale
