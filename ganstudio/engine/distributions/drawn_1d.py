"""A density on the line, drawn by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, distributions
from ganstudio.engine.distributions.draws import uniform
from ganstudio.engine.lazy import torch
from ganstudio.engine.params import ConfigError, param

if TYPE_CHECKING:
    from torch import Tensor

MAX_HEIGHTS = 4096
# What there is before anything is drawn: two unequal hills.
DEFAULT_HEIGHTS = (0.0, 0.05, 0.3, 0.8, 1.0, 0.8, 0.35, 0.12, 0.05, 0.08, 0.2, 0.4, 0.5, 0.4, 0.2, 0.05, 0.0)
TINY = 1e-30  # keeps 0/0 out of cells that begin at height 0


@distributions.register("drawn_1d")
@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn1d(Distribution):
    """A density drawn by hand over an interval: straight between evenly spaced heights, scaled to an area of one."""

    title: ClassVar[str] = "Drawn density"
    order: ClassVar[int] = 60

    heights: tuple[float, ...] = param(
        (),
        "Heights of the density from the left edge to the right one, evenly spaced, in any unit. "
        "None are two unequal hills.",
        title="Drawing",
        editor="drawing",
    )
    low: float = param(-4.0, "Left edge of the drawing.", title="Left edge", bounds=(-1000, 1000))
    high: float = param(4.0, "Right edge of the drawing.", title="Right edge", bounds=(-1000, 1000))

    _knots: NDArray[np.float64] = field(init=False, repr=False, compare=False)  # (K,)
    _density: NDArray[np.float64] = field(init=False, repr=False, compare=False)  # (K,), at the knots
    # (4, K - 1): left, density, its rise, mass before
    _cells: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        Distribution.__post_init__(self)
        if self.high <= self.low:
            raise ConfigError("high", self.high, f"a number above the left edge, {self.low:g}")
        object.__setattr__(self, "heights", _checked(self.heights))
        drawn = np.array(self.heights or DEFAULT_HEIGHTS)
        drawn = drawn / drawn.max()  # before the area, which could overflow
        knots = np.linspace(self.low, self.high, len(drawn))
        density = drawn / np.trapezoid(drawn, knots)
        masses = 0.5 * (density[1:] + density[:-1]) * np.diff(knots)
        cells = np.stack([knots[:-1], density[:-1], np.diff(density), np.cumsum(masses) - masses])
        object.__setattr__(self, "_knots", knots)
        object.__setattr__(self, "_density", density)
        object.__setattr__(self, "_cells", cells.astype(np.float32))

    @property
    @override
    def dim(self) -> int:
        return 1

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Return ``count`` points by the exact inverse of the distribution function: a square root each."""
        left, height, rise, before = torch.from_numpy(self._cells).to(generator.device)
        u = uniform(generator, count)
        cell = torch.bucketize(u, before[1:], right=True)
        a, b = height[cell], rise[cell]
        width = (self.high - self.low) / len(left)
        mass = (u - before[cell]).clamp_min(0) / width
        # The share t of the cell solves a·t + b·t²/2 = mass; in this form nothing cancels.
        root = torch.sqrt((a.square() + 2 * b * mass).clamp_min(0))
        share = (2 * mass / (a + root).clamp_min(TINY)).clamp_max(1)
        return (left[cell] + width * share).unsqueeze(1)

    @property
    @override
    def extent(self) -> Extent:
        margin = 0.1 * (self.high - self.low)
        return ((self.low - margin, self.high + margin),)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.interp(points[:, 0], self._knots, self._density, left=0.0, right=0.0)


def _checked(heights: tuple[object, ...]) -> tuple[float, ...]:
    """Return the heights as floats.

    Raises
    ------
    ConfigError
        If there is one or are too many, one is not a finite number from 0 on, or all are 0.
    """
    if len(heights) == 1 or len(heights) > MAX_HEIGHTS:
        raise ConfigError("heights", heights, f"no height, or 2 to {MAX_HEIGHTS} of them, not {len(heights)}")
    for index, height in enumerate(heights):
        number = isinstance(height, int | float) and not isinstance(height, bool)
        if not number or not math.isfinite(height) or height < 0:  # type: ignore[arg-type, operator]
            raise ConfigError(f"heights[{index}]", height, "a finite number from 0 on")
    if heights and not any(heights):
        raise ConfigError("heights", heights, "heights of which one at least is above 0")
    return tuple(float(height) for height in heights)  # type: ignore[arg-type]
