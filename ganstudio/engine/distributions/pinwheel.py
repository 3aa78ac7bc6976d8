"""Pinwheel of curved blades."""

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

SIZE = 2.0


@distributions.register("pinwheel")
@dataclass(frozen=True, kw_only=True, slots=True)
class Pinwheel(Distribution):
    """Pinwheel: Gaussian blades, twisted the more the farther out (Johnson et al. 2016; Grathwohl et al. 2019)."""

    title: ClassVar[str] = "Pinwheel"
    order: ClassVar[int] = 30

    count: int = param(5, "Blades.", title="Blades", bounds=(2, 12))
    radial_sd: float = param(
        0.3, "Standard deviation along a blade.", title="Blade length", symbol="σᵣ", bounds=(0.01, 0.5)
    )
    tangential_sd: float = param(
        0.1, "Standard deviation across a blade.", title="Blade width", symbol="σₜ", bounds=(0.01, 0.5)
    )
    twist: float = param(0.25, "How fast the angle grows outwards; 0 makes the blades straight.", bounds=(0.0, 1.0))

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        blade = torch.floor(self.count * uniform(generator, count))
        along, across = normal(generator, 2, count)
        along, across = 1 + self.radial_sd * along, self.tangential_sd * across
        angle = 2 * math.pi / self.count * blade + self.twist * torch.exp(along)
        cos, sin = torch.cos(angle), torch.sin(angle)
        return SIZE * torch.stack((along * cos + across * sin, across * cos - along * sin), 1)

    @property
    @override
    def extent(self) -> Extent:
        reach = SIZE * (1 + 2.5 * self.radial_sd + self.tangential_sd)
        return square_around([-reach, -reach], [reach, reach])
