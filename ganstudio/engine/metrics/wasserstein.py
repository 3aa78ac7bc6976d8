"""One-dimensional Wasserstein distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.metrics import Measure, Metric, Points, metrics

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Distribution


@metrics.register("w1")
@dataclass(frozen=True, kw_only=True, slots=True)
class Wasserstein1(Metric):
    """Wasserstein-1 distance on the line, in data units: the mean of |F⁻¹_data - F⁻¹_g| over n even quantiles."""

    title: ClassVar[str] = "W1"

    @override
    def prepare(self, distribution: Distribution, real: Points) -> Measure | None:
        if distribution.dim != 1:
            return None
        ordered = np.sort(real[:, 0])

        def measure(points: Points) -> dict[str, float]:
            at = ((np.arange(len(points)) + 0.5) / len(points) * len(ordered)).astype(np.int64)
            return {"metric/w1": float(np.mean(np.abs(np.sort(points[:, 0]) - ordered[at])))}

        return measure
