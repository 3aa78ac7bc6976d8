"""The person's own points, from a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.distributions import Distribution, Extent, distributions
from ganstudio.engine.distributions.draws import normal
from ganstudio.engine.distributions.extents import widened
from ganstudio.engine.distributions.point_files import PointTable, read_points
from ganstudio.engine.lazy import torch
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor


@distributions.register("points")
@dataclass(frozen=True, kw_only=True, slots=True)
class Points(Distribution):
    """Your own points: draws, with replacement, from a CSV or .npy file of one or two columns.

    The file is read at first use, and again if it has changed since, but not in the midst of a run; whatever needs it
    raises ConfigError if it cannot be read. A setting without a file is legal: this can be chosen before a file is.
    """

    title: ClassVar[str] = "Own points"
    order: ClassVar[int] = 62

    file: str = param(
        "",
        "CSV (comma, semicolon, tab or spaces; a line of names and # comments are skipped) or .npy, with one or two "
        "columns. With semicolons or tabs, numbers may have decimal commas.",
        title="File",
        editor="file",
    )
    jitter: float = param(
        0.0,
        "Standard deviation of Gaussian noise added to every draw, in data units. It fills gaps between few points.",
        symbol="σ",
        bounds=(0.0, 1000.0),
    )

    @override
    def opened(self) -> OpenedPoints:
        return OpenedPoints(table=read_points(self.file), jitter=self.jitter)

    @property
    @override
    def dim(self) -> int:
        return self.opened().dim

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return self.opened().sample(count, generator)

    @property
    @override
    def extent(self) -> Extent:
        return self.opened().extent

    @override
    def moments(self) -> tuple[NDArray[np.float64], float]:
        """Return the mean (d,) and the scale of the file's points, exactly; not those of a file as it once was."""
        return self.opened().moments()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class OpenedPoints(Distribution):
    """The points of a file as they were when it was read."""

    table: PointTable
    jitter: float

    @property
    @override
    def dim(self) -> int:
        return int(self.table.points.shape[1])

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        points = _on(self.table, generator.device)
        which = torch.randint(len(points), (count,), generator=generator, device=generator.device)
        drawn = points[which]  # (n, d)
        return drawn + self.jitter * normal(generator, *drawn.shape) if self.jitter else drawn

    @property
    @override
    def extent(self) -> Extent:
        return widened(self.table.extent, 3 * self.jitter)

    @override
    def moments(self) -> tuple[NDArray[np.float64], float]:
        """Return the mean (d,) and the scale of the file's points, exactly."""
        return self.table.mean, math.sqrt(self.table.variance + self.jitter**2) or 1.0


@lru_cache(maxsize=4)
def _on(table: PointTable, device: torch.device) -> Tensor:
    return torch.from_numpy(table.points).to(device)
