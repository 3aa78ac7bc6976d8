"""Checkerboard."""

from __future__ import annotations

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


@distributions.register("checkerboard")
@dataclass(frozen=True, kw_only=True, slots=True)
class Checkerboard(Distribution):
    """Checkerboard of even density: sharp edges, and corners where squares barely touch."""

    title: ClassVar[str] = "Checkerboard"
    order: ClassVar[int] = 29

    cells: int = param(4, "Squares along each side, filled and empty ones.", title="Squares a side", bounds=(2, 16))
    side: float = param(4.0, "Length of the board's side.", bounds=(0.1, 100), scale="log")

    @property
    @override
    def dim(self) -> int:
        return 2

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        n = self.cells
        choice, across, up = uniform(generator, 3, count)
        # Every second square counted row by row; if the rows are even, every other row begins one square later.
        square = 2 * torch.floor(choice * self._filled())
        row = torch.floor(square / n)
        column = square - n * row
        if n % 2 == 0:
            column = column + row % 2
        return (torch.stack((column + across, row + up), 1) / n - 0.5) * self.side

    @property
    @override
    def extent(self) -> Extent:
        half = self.side / 2
        return square_around([-half, -half], [half, half])

    @override
    def density(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        where = (points / self.side + 0.5) * self.cells
        square = np.floor(where)
        inside = ((where >= 0) & (where <= self.cells)).all(axis=1)
        filled = square.sum(axis=1) % 2 == 0
        return (inside & filled) * self.cells**2 / (self._filled() * self.side**2)

    def _filled(self) -> int:
        return (self.cells**2 + 1) // 2
