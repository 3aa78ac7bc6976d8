"""Straight segments in the plane, blurred by Gaussian noise, with exact density."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, distributions
from ganstudio.engine.distributions.draws import normal, uniform
from ganstudio.engine.distributions.extents import square_around
from ganstudio.engine.lazy import torch
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment(Distribution):
    """Points evenly spread on a segment, each with round Gaussian noise; a subclass says which segment."""

    @abstractmethod
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return where the segment begins and ends."""

    @property
    @abstractmethod
    def blur(self) -> float:
        """Standard deviation of the noise."""

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        start, end = torch.tensor(self.ends(), device=generator.device)
        along = uniform(generator, count, 1)  # (n, 1)
        return torch.lerp(start, end, along) + self.blur * normal(generator, count, 2)

    @property
    @override
    def extent(self) -> Extent:
        ends = np.array(self.ends())
        return square_around(ends.min(0) - 4 * self.blur, ends.max(0) + 4 * self.blur)

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        start, end = np.array(self.ends())
        length = float(np.linalg.norm(end - start))
        direction = (end - start) / length
        along = (points - start) @ direction / self.blur
        across = (points - start) @ np.array([-direction[1], direction[0]]) / self.blur
        spread = (_phi(along) - _phi(along - length / self.blur)) / length
        return spread * np.exp(-0.5 * across**2) / (np.sqrt(2 * np.pi) * self.blur)


def _phi(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distribution function of the standard normal distribution."""
    return torch.special.ndtr(torch.from_numpy(x)).numpy()


@distributions.register("line")
@dataclass(frozen=True, kw_only=True, slots=True)
class Line(Segment):
    """A straight line in the plane: data of one dimension within two, where D can tell perfectly off the line."""

    title: ClassVar[str] = "Line"
    order: ClassVar[int] = 21

    length: float = param(4.0, "Length.", bounds=(0.1, 100), scale="log")
    angle: float = param(30.0, "Slope, counter-clockwise from the horizontal.", unit="°", bounds=(-90, 90))
    noise: float = param(
        0.05,
        "Standard deviation of the Gaussian noise around the line. The less, the steeper D must be to follow it.",
        symbol="σ",
        bounds=(1e-3, 10),
        scale="log",
    )

    @override
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        x = self.length / 2 * float(np.cos(np.deg2rad(self.angle)))
        y = self.length / 2 * float(np.sin(np.deg2rad(self.angle)))
        return (-x, -y), (x, y)

    @property
    @override
    def blur(self) -> float:
        return self.noise
