"""Points painted by hand in the plane."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, Modes, distributions
from ganstudio.engine.distributions.draws import normal
from ganstudio.engine.distributions.extents import MARGIN, square_around
from ganstudio.engine.distributions.mixtures import equal_components, mixture_density
from ganstudio.engine.lazy import torch
from ganstudio.engine.params import ConfigError, param

if TYPE_CHECKING:
    from torch import Tensor

MAX_POINTS = 50_000
MAX_COORDINATE = 1e6


@distributions.register("drawn_2d")
@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn2d(Distribution):
    """Points painted by hand: each draw is one of them with a little Gaussian jitter, as in GAN Lab's drawing."""

    title: ClassVar[str] = "Painted points"
    order: ClassVar[int] = 61

    points: tuple[tuple[float, float], ...] = param(
        (), "The painted points. None are a heart.", title="Painting", editor="drawing"
    )
    jitter: float = param(
        0.05,
        "Standard deviation of the Gaussian that every point is blurred with. Larger closes the gaps between points.",
        symbol="σ",
        bounds=(1e-3, 10),
        scale="log",
    )
    half_width: float = param(
        2.0, "Half the side of the canvas, whose middle is the origin.", title="Canvas", bounds=(0.1, 1000), scale="log"
    )

    _painted: NDArray[np.float32] = field(init=False, repr=False, compare=False)  # (K, 2)

    def __post_init__(self) -> None:
        Distribution.__post_init__(self)
        object.__setattr__(self, "points", _checked(self.points))
        painted = np.array(self.points) if self.points else 0.8 * self.half_width * _heart()
        object.__setattr__(self, "_painted", painted.astype(np.float32))

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        painted = torch.from_numpy(self._painted).to(generator.device)
        which = torch.randint(len(painted), (count,), generator=generator, device=generator.device)
        return painted[which] + self.jitter * normal(generator, count, 2)

    @property
    @override
    def extent(self) -> Extent:
        """The canvas and a margin, so that painting does not move it; more where points lie outside."""
        painted = self._painted.astype(np.float64)
        low = np.minimum(painted.min(0) - 3 * self.jitter, -self.half_width)
        high = np.maximum(painted.max(0) + 3 * self.jitter, self.half_width)
        margin = MARGIN * float(np.max(high - low))
        return square_around(low + margin / 2, high - margin / 2)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return mixture_density(points, self.components())

    def components(self) -> Modes:
        """Return the Gaussian around each painted point. They are no modes: neighbours overlap."""
        return equal_components(self._painted, self.jitter)


def _heart() -> NDArray[np.float64]:
    """Return 240 points of a heart within ±1, at about equal distances."""
    t = np.linspace(0, 2 * np.pi, 4096)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t) + 2.5
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    even = np.linspace(0, length[-1], 240, endpoint=False)
    return np.column_stack([np.interp(even, length, x), np.interp(even, length, y)]) / 16


def _checked(points: tuple[object, ...]) -> tuple[tuple[float, float], ...]:
    """Return the points as pairs of floats.

    Raises
    ------
    ConfigError
        If there are too many or one is not a pair of finite numbers; names its index.
    """
    if len(points) > MAX_POINTS:
        raise ConfigError("points", len(points), f"up to {MAX_POINTS} points")
    return tuple(_pair(index, point) for index, point in enumerate(points))


def _pair(index: int, point: object) -> tuple[float, float]:
    if not isinstance(point, tuple) or len(point) != 2:
        raise ConfigError(f"points[{index}]", point, "a pair of numbers")
    for axis, value in enumerate(point):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or abs(value) > MAX_COORDINATE:
            raise ConfigError(
                f"points[{index}][{axis}]", value, f"a number from {-MAX_COORDINATE:g} to {MAX_COORDINATE:g}"
            )
    return float(point[0]), float(point[1])
