"""Uniform distribution on an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, distributions, draws
from ganstudio.engine.distributions.extents import square_around
from ganstudio.engine.params import ConfigError, param


@distributions.register("uniform")
@dataclass(frozen=True, kw_only=True, slots=True)
class Uniform(Distribution):
    """Uniform on an interval: no tails, but two edges that a smooth generator rounds off."""

    title: ClassVar[str] = "Uniform"
    order: ClassVar[int] = 4

    low: float = param(-2.0, "Lower edge.", bounds=(-100, 100))
    high: float = param(2.0, "Upper edge.", bounds=(-100, 100))

    def __post_init__(self) -> None:
        Distribution.__post_init__(self)
        if self.high <= self.low:
            raise ConfigError("high", self.high, f"a number above the lower edge, {self.low:g}")

    @property
    @override
    def dim(self) -> int:
        return 1

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return self.low + (self.high - self.low) * draws.uniform(generator, count, 1)

    @property
    @override
    def extent(self) -> Extent:
        margin = 0.2 * (self.high - self.low)
        return square_around(self.low - margin, self.high + margin)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        x = points[:, 0]
        return ((x >= self.low) & (x <= self.high)) / (self.high - self.low)
