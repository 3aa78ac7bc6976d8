"""Jensen–Shannon divergence on a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.metrics import Measure, Metric, Points, metrics

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Distribution, Extent

CELLS = {1: 100, 2: 64}  # per axis


@metrics.register("jsd")
@dataclass(frozen=True, kw_only=True, slots=True)
class JensenShannon(Metric):
    """Jensen–Shannon divergence of two histograms, in nats (0 to log 2).

    Cells: 100 over the plot's extent in one dimension, 64 × 64 in two, and one more for all that lies outside, so that
    every sample counts. Biased upwards by about (occupied cells - 1) / (4 n); the noise floor shows by how much.

    References
    ----------
    Lin, 1991, "Divergence measures based on the Shannon entropy", equation 4.1 with equal weights.
    """

    title: ClassVar[str] = "JSD"

    @override
    def prepare(self, distribution: Distribution, real: Points) -> Measure:
        extent = distribution.extent
        p_data = histogram(real, extent)
        return lambda points: {"metric/jsd": jensen_shannon(p_data, histogram(points, extent))}


def histogram(points: Points, extent: Extent) -> NDArray[np.float64]:
    """Return the share of points (n, d) in each cell of the extent, and last that of points outside."""
    cells = CELLS[len(extent)]
    flat = np.zeros(len(points), np.int64)
    outside = np.zeros(len(points), bool)
    for axis, (low, high) in enumerate(extent):
        scaled = (points[:, axis] - low) / (high - low) * cells
        index = np.floor(np.clip(scaled, -1, cells)).astype(np.int64)  # clipped: far points must not overflow
        outside |= (index < 0) | (index >= cells)
        flat += index * cells**axis
    flat[outside] = cells ** len(extent)
    return np.bincount(flat, minlength=cells ** len(extent) + 1) / len(points)


def jensen_shannon(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Return the Jensen–Shannon divergence of two discrete distributions, in nats."""
    middle = 0.5 * (p + q)
    return float(0.5 * _relative_entropy(p, middle) + 0.5 * _relative_entropy(q, middle))


def _relative_entropy(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    held = p > 0
    return float(np.sum(p[held] * np.log(p[held] / q[held])))
