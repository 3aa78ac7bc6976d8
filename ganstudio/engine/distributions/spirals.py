"""Spiral arms around one centre."""

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

RADIUS = 3.0


@distributions.register("spirals")
@dataclass(frozen=True, kw_only=True, slots=True)
class Spirals(Distribution):
    """Intertwined spirals of even density along the arm: thin, long and close, so coverage and sharpness compete."""

    title: ClassVar[str] = "Spirals"
    order: ClassVar[int] = 27

    count: int = param(2, "Spiral arms.", title="Arms", bounds=(1, 6))
    turns: float = param(1.5, "Turns of each arm. More of them lie closer together.", bounds=(0.1, 4.0))
    noise: float = param(
        0.1, "Standard deviation of the Gaussian noise around the arms.", symbol="σ", bounds=(0.0, 1.0)
    )

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        along, which = uniform(generator, 2, count)
        share = torch.sqrt(along)  # the arm's length grows with the square of the angle
        angle = 2 * math.pi * (self.turns * share + torch.floor(self.count * which) / self.count)
        points = (RADIUS * share).unsqueeze(1) * torch.stack((torch.cos(angle), torch.sin(angle)), 1)
        return points + self.noise * normal(generator, count, 2)

    @property
    @override
    def extent(self) -> Extent:
        reach = RADIUS + 2.5 * self.noise
        return square_around([-reach, -reach], [reach, reach])
