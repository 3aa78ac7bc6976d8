"""Mixtures of Gaussians in the plane, with exact density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.distributions import Modes, distributions
from ganstudio.engine.distributions.mixtures import Mixture, equal_components
from ganstudio.engine.params import param


def _sd(default: float, whose: str = " of each mode") -> Any:
    return param(
        default,
        f"Standard deviation{whose} along each axis (not the variance).",
        title="Std. deviation",
        symbol="σ",
        bounds=(1e-3, 10),
        scale="log",
    )


@distributions.register("gaussian_2d")
@dataclass(frozen=True, kw_only=True, slots=True)
class Gaussian2d(Mixture):
    """One round Gaussian in the plane: all that is left to learn is where and how wide, so rotation shows plainly."""

    title: ClassVar[str] = "2-D Gaussian"
    order: ClassVar[int] = 20

    mean_x: float = param(0.0, "Horizontal mean.", title="Mean, horizontal", symbol="μ₁", bounds=(-100, 100))
    mean_y: float = param(0.0, "Vertical mean.", title="Mean, vertical", symbol="μ₂", bounds=(-100, 100))
    sd: float = _sd(1.0, "")

    @override
    def components(self) -> Modes:
        return equal_components([[self.mean_x, self.mean_y]], self.sd)


@distributions.register("two_disjoint_gaussians")
@dataclass(frozen=True, kw_only=True, slots=True)
class TwoDisjointGaussians(Mixture):
    """Two small Gaussians far apart: supports that a generator's do not touch, where JSD is flat and W1 is not."""

    title: ClassVar[str] = "Two disjoint Gaussians"
    order: ClassVar[int] = 22

    distance: float = param(
        4.0, "Distance of the two means. D is certain sooner when they are far apart.", bounds=(0, 100)
    )
    sd: float = _sd(0.1)

    @override
    def components(self) -> Modes:
        return equal_components([[-self.distance / 2, 0.0], [self.distance / 2, 0.0]], self.sd)


@distributions.register("ring8")
@dataclass(frozen=True, kw_only=True, slots=True)
class Ring8(Mixture):
    """Ring of Gaussians, by default the published eight of σ = radius/100 (Metz et al. 2017; Lin et al. 2018)."""

    title: ClassVar[str] = "Ring of Gaussians"
    order: ClassVar[int] = 23

    radius: float = param(1.0, "Radius of the ring.", symbol="r", bounds=(0.1, 100), scale="log")
    sd: float = _sd(0.01)
    count: int = param(
        8, "Modes on the ring, evenly spaced. The published tables have eight.", title="Modes", bounds=(2, 32)
    )

    @override
    def components(self) -> Modes:
        angles = 2 * np.pi * np.arange(self.count) / self.count  # without the endpoint, which is the first one again
        return equal_components(self.radius * np.column_stack([np.cos(angles), np.sin(angles)]), self.sd)


@distributions.register("grid25")
@dataclass(frozen=True, kw_only=True, slots=True)
class Grid25(Mixture):
    """Grid of Gaussians, by default the published {-4, -2, 0, 2, 4}² with σ = 0.05 (Lin et al. 2018, PacGAN)."""

    title: ClassVar[str] = "Grid of Gaussians"
    order: ClassVar[int] = 24

    spacing: float = param(2.0, "Distance of neighbouring modes.", bounds=(0.1, 100), scale="log")
    sd: float = _sd(0.05)
    per_side: int = param(
        5, "Modes along each side. The published tables have five.", title="Modes per side", bounds=(2, 8)
    )

    @override
    def components(self) -> Modes:
        ticks = self.spacing * (np.arange(self.per_side) - (self.per_side - 1) / 2)
        return equal_components([(x, y) for x in ticks for y in ticks], self.sd)
