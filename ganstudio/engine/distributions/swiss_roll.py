"""Swiss roll, seen from its end."""

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

SHRINK = 7.5  # of Gulrajani et al. 2017, gan_toy.py: "standard deviation plus a little"


@distributions.register("swiss_roll")
@dataclass(frozen=True, kw_only=True, slots=True)
class SwissRoll(Distribution):
    """Swiss roll in the plane, as WGAN-GP's toy experiment draws it (Gulrajani et al. 2017, gan_toy.py)."""

    title: ClassVar[str] = "Swiss roll"
    order: ClassVar[int] = 28

    noise: float = param(
        0.25,
        "Standard deviation of the Gaussian noise, before all is divided by 7.5.",
        symbol="σ",
        bounds=(0.0, 5.0),
    )

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        angle = 1.5 * math.pi * (1 + 2 * uniform(generator, count))
        roll = angle.unsqueeze(1) * torch.stack((torch.cos(angle), torch.sin(angle)), 1)
        return (roll + self.noise * normal(generator, count, 2)) / SHRINK

    @property
    @override
    def extent(self) -> Extent:
        # The roll ends at 4.5π, on the vertical axis; half a turn before it is at 3.5π below, and 4π is on the right.
        reach = 3 * self.noise
        low = [(-3.1 * math.pi - reach) / SHRINK, (-3.6 * math.pi - reach) / SHRINK]
        high = [(4.1 * math.pi + reach) / SHRINK, (4.5 * math.pi + reach) / SHRINK]
        return square_around(low, high)
