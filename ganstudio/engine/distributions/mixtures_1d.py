"""One-dimensional mixtures of Gaussians, with exact density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.distributions import Modes, distributions
from ganstudio.engine.distributions.mixtures import Mixture, equal_components
from ganstudio.engine.params import param


def _sd(default: float, whose: str = " of each") -> Any:
    return param(
        default,
        f"Standard deviation{whose}.",
        title="Std. deviation",
        symbol="σ",
        bounds=(1e-3, 100),
        scale="log",
    )


def _distance(default: float) -> Any:
    return param(
        default,
        "Distance of neighbouring means. Farther apart, G must stretch more of its line across the gap.",
        bounds=(0, 100),
    )


@distributions.register("gaussian")
@dataclass(frozen=True, kw_only=True, slots=True)
class Gaussian(Mixture):
    """One Gaussian, N(μ, σ²); by default N(4, 0.5²), the target of many first GANs (AYLIEN, "gan-intro", 2016)."""

    title: ClassVar[str] = "Gaussian"
    order: ClassVar[int] = 0

    mean: float = param(4.0, "Mean.", symbol="μ", bounds=(-100, 100))
    sd: float = _sd(0.5, "")

    @override
    def components(self) -> Modes:
        return equal_components([[self.mean]], self.sd)


@distributions.register("two_gaussians")
@dataclass(frozen=True, kw_only=True, slots=True)
class TwoGaussians(Mixture):
    """Two equal Gaussians: the smallest data set on which a generator can miss a mode."""

    title: ClassVar[str] = "Two Gaussians"
    order: ClassVar[int] = 1

    distance: float = _distance(4.0)
    sd: float = _sd(0.5)

    @override
    def components(self) -> Modes:
        return equal_components([[-self.distance / 2], [self.distance / 2]], self.sd)


@distributions.register("five_gaussians")
@dataclass(frozen=True, kw_only=True, slots=True)
class FiveGaussians(Mixture):
    """Five equal Gaussians in a row: a continuous G of a connected latent must leave a bridge in each of four gaps."""

    title: ClassVar[str] = "Five Gaussians"
    order: ClassVar[int] = 2

    distance: float = _distance(2.0)
    sd: float = _sd(0.25)

    @override
    def components(self) -> Modes:
        return equal_components(self.distance * np.arange(-2.0, 3.0)[:, None], self.sd)


@distributions.register("unequal_mixture")
@dataclass(frozen=True, kw_only=True, slots=True)
class UnequalMixture(Mixture):
    """Three Gaussians of weights 0.3, 0.5 and 0.2: the smallest is the first that a generator drops."""

    title: ClassVar[str] = "Unequal mixture"
    order: ClassVar[int] = 3

    distance: float = _distance(3.0)
    sd: float = _sd(0.4)

    @override
    def components(self) -> Modes:
        centres = self.distance * np.array([[-1.0], [0.0], [1.0]])
        return Modes(centres, np.full_like(centres, self.sd), np.array([0.3, 0.5, 0.2]))
