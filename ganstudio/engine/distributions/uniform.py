"""Uniform distribution on an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, distributions, draws
from ganstudio.engine.distributions.extents import square_around
from ganstudio.engine.lazy import torch
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor


@distributions.register("uniform")
@dataclass(frozen=True, kw_only=True, slots=True)
class Uniform(Distribution):
    """Uniform on an interval: no tails, but two edges that a smooth generator rounds off."""

    title: ClassVar[str] = "Uniform"
    order: ClassVar[int] = 4

    mean: float = param(0.0, "Middle of the interval.", title="Middle", symbol="μ", bounds=(-100, 100))
    width: float = param(4.0, "Length of the interval.", bounds=(0.01, 200), scale="log")

    @property
    @override
    def dim(self) -> int:
        return 1

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return self.mean + self.width * (draws.uniform(generator, count, 1) - 0.5)

    @property
    @override
    def extent(self) -> Extent:
        return square_around(self.mean - 0.7 * self.width, self.mean + 0.7 * self.width)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return (np.abs(points[:, 0] - self.mean) <= self.width / 2) / self.width
