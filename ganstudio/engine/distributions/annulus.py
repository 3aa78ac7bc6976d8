"""Ring of even density."""

from __future__ import annotations

import math
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


@distributions.register("annulus")
@dataclass(frozen=True, kw_only=True, slots=True)
class Annulus(Distribution):
    """Ring (annulus) of even density: a hole that a continuous G of a disc-like latent must tear open."""

    title: ClassVar[str] = "Ring"
    order: ClassVar[int] = 25

    radius: float = param(2.0, "Radius of the ring's middle.", symbol="r", bounds=(0.1, 100), scale="log")
    width: float = param(
        0.25, "Width of the band, as a share of the radius; at 2 there is no hole.", bounds=(0.01, 2.0), scale="log"
    )

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        inner, outer = self._radii()
        along, across = uniform(generator, 2, count)
        radius = torch.sqrt(inner**2 + (outer**2 - inner**2) * across)  # even in area
        return radius.unsqueeze(1) * torch.stack((torch.cos(2 * math.pi * along), torch.sin(2 * math.pi * along)), 1)

    @property
    @override
    def extent(self) -> Extent:
        _, outer = self._radii()
        return square_around([-outer, -outer], [outer, outer])

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        inner, outer = self._radii()
        radius = np.hypot(points[:, 0], points[:, 1])
        return ((radius >= inner) & (radius <= outer)) / (math.pi * (outer**2 - inner**2))

    def _radii(self) -> tuple[float, float]:
        half = self.width / 2
        return self.radius * (1 - half), self.radius * (1 + half)
