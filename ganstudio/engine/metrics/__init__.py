"""Metrics: functions of generated points, each against a reference of the data that is prepared once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.params import Entry
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    import torch

    from ganstudio.engine.distributions import Distribution

metrics: Registry[Metric] = Registry("metric", __name__)

Points = NDArray[np.float64]
Measure = Callable[[Points], Mapping[str, float]]  # points (n, d), data units -> value by name ("metric/jsd")


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric(Entry):
    """One estimator, or a few that share their work."""

    @abstractmethod
    def prepare(self, distribution: Distribution, real: Points) -> Measure | None:
        """Return the function that measures points against ``real`` (N, d), many draws of the data.

        None where the metric is not defined for the distribution.
        """


class Panel:
    """Every metric that is defined for a distribution, with its noise floor.

    Parameters
    ----------
    distribution
        The data.
    generator
        A CPU generator of its own: the reference is drawn from it.
    """

    REFERENCE_COUNT = 262_144
    FLOOR_REPEATS = 5

    def __init__(self, distribution: Distribution, generator: torch.Generator) -> None:
        self._distribution = distribution
        self._generator = generator
        real = distribution.sample(self.REFERENCE_COUNT, generator).double().numpy()
        prepared = (entry().prepare(distribution, real) for entry in metrics)
        self._measures = [measure for measure in prepared if measure is not None]

    def measure(self, points: Points) -> dict[str, float]:
        """Return the value of every metric for points (n, d) in data units; those that are not finite are left out."""
        finite = points[np.isfinite(points).all(axis=1)]
        result: dict[str, float] = {}
        for measure in self._measures:
            result.update(measure(finite if len(finite) else np.full((1, points.shape[1]), np.inf)))
        return result

    def floors(self, count: int) -> dict[str, float]:
        """Return what ``count`` real points read, by name: the mean of five independent draws."""
        draws = [
            self.measure(self._distribution.sample(count, self._generator).double().numpy())
            for _ in range(self.FLOOR_REPEATS)
        ]
        return {name: float(np.mean([draw[name] for draw in draws])) for name in draws[0]}
