"""GAN Lab's four data sets in the unit square (Kahng et al. 2019; poloclub/ganlab, demo/ganlab_input_providers.ts)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, Modes, distributions
from ganstudio.engine.distributions.draws import normal, uniform
from ganstudio.engine.distributions.mixtures import Mixture, equal_components
from ganstudio.engine.distributions.segments import Segment
from ganstudio.engine.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

# GAN Lab's own plot and metrics end at the unit square, beyond which some of the data and most early samples lie.
EXTENT: Extent = ((-0.25, 1.25), (-0.25, 1.25))


@distributions.register("ganlab_line")
@dataclass(frozen=True, kw_only=True, slots=True)
class GanLabLine(Segment):
    """GAN Lab's line: (0.8 - 0.75u, 0.6 + 0.3u), noise 0.01 (Kahng et al. 2019)."""

    title: ClassVar[str] = "GAN Lab: line"
    order: ClassVar[int] = 50

    @override
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return (0.8, 0.6), (0.05, 0.9)

    @property
    @override
    def blur(self) -> float:
        return 0.01

    @property
    @override
    def extent(self) -> Extent:
        return EXTENT


@distributions.register("ganlab_gaussians")
@dataclass(frozen=True, kw_only=True, slots=True)
class GanLabGaussians(Mixture):
    """GAN Lab's default: two Gaussians, a round one and an upright one (Kahng et al. 2019)."""

    title: ClassVar[str] = "GAN Lab: two Gaussians"
    order: ClassVar[int] = 51

    @override
    def components(self) -> Modes:
        return Modes(np.array([[0.3, 0.7], [0.7, 0.4]]), np.array([[0.1, 0.1], [0.05, 0.2]]), np.array([0.5, 0.5]))

    @property
    @override
    def extent(self) -> Extent:
        return EXTENT


@distributions.register("ganlab_ring")
@dataclass(frozen=True, kw_only=True, slots=True)
class GanLabRing(Distribution):
    """GAN Lab's ring: an ellipse of half axes 0.3 and 0.25, noise 0.025 (Kahng et al. 2019)."""

    title: ClassVar[str] = "GAN Lab: ring"
    order: ClassVar[int] = 52

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        angle = 2 * math.pi * uniform(generator, count)
        ellipse = torch.stack((0.5 + 0.3 * torch.cos(angle), 0.45 + 0.25 * torch.sin(angle)), 1)
        return ellipse + 0.025 * normal(generator, count, 2)

    @property
    @override
    def extent(self) -> Extent:
        return EXTENT


@distributions.register("ganlab_disjoint")
@dataclass(frozen=True, kw_only=True, slots=True)
class GanLabDisjoint(Mixture):
    """GAN Lab's three disjoint Gaussians, σ = 0.025 (Kahng et al. 2019)."""

    title: ClassVar[str] = "GAN Lab: disjoint"
    order: ClassVar[int] = 53

    @override
    def components(self) -> Modes:
        parts = equal_components([[0.35, 0.75], [0.75, 0.6], [0.45, 0.35]], 0.025)
        return Modes(parts.centres, parts.sds, np.array([0.333, 0.333, 0.334]))  # as its source has them

    @property
    @override
    def extent(self) -> Extent:
        return EXTENT
