"""Two interleaving half circles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, distributions
from ganstudio.engine.distributions.draws import normal, uniform
from ganstudio.engine.distributions.extents import square_around
from ganstudio.engine.lazy import torch
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor


@distributions.register("two_moons")
@dataclass(frozen=True, kw_only=True, slots=True)
class TwoMoons(Distribution):
    """Two interleaving half circles, as in scikit-learn's make_moons."""

    title: ClassVar[str] = "Two moons"
    order: ClassVar[int] = 26

    noise: float = param(
        0.05,
        "Standard deviation of the Gaussian noise around the half circles.",
        symbol="σ",
        bounds=(0.0, 1.0),
    )

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        along, which = uniform(generator, 2, count)
        angle = math.pi * along
        side = 1 - 2 * (which < 0.5).float()  # +1: the upper moon, -1: the lower one
        lower = 0.5 - 0.5 * side
        x = lower + side * torch.cos(angle)
        y = 0.5 * lower + side * torch.sin(angle)
        return torch.stack((x, y), 1) + self.noise * normal(generator, count, 2)

    @property
    @override
    def extent(self) -> Extent:
        reach = 3 * self.noise
        return square_around([-1 - reach, -0.5 - reach], [2 + reach, 1 + reach])
