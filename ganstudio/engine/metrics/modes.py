"""Modes found and the share of high-quality samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.metrics import Measure, Metric, Points, metrics

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Distribution, Modes

QUALITY_SDS = 3.0  # within how many standard deviations of a mode a sample is of high quality
SAMPLE_COUNT = 2_500  # of the published tables


@metrics.register("modes")
@dataclass(frozen=True, kw_only=True, slots=True)
class ModeMetrics(Metric):
    """Mode coverage, on the first 2,500 of the points.

    high_quality: share of points within three standard deviations of their nearest mode (Mahalanobis). modes: modes
    with at least one such point. effective_modes: exp of the entropy of the modes' shares. reverse_kl:
    KL(shares ‖ weights), in nats.

    References
    ----------
    Srivastava et al., 2017, "VEEGAN", section 4.1; Lin et al., 2018, "PacGAN", section 4.1.
    """

    title: ClassVar[str] = "Modes"

    @override
    def prepare(self, distribution: Distribution, real: Points) -> Measure | None:
        modes = distribution.modes
        if modes is None or len(modes.weights) == 1:
            return None  # one mode cannot be missed

        def measure(points: Points) -> dict[str, float]:
            counts, judged = mode_counts(points[:SAMPLE_COUNT], modes)
            held = counts > 0
            shares = counts[held] / max(1, counts.sum())
            found = bool(held.any())
            return {
                "metric/modes": float(held.sum()),
                "metric/effective_modes": float(np.exp(-np.sum(shares * np.log(shares)))) if found else 0.0,
                "metric/high_quality": float(counts.sum() / judged),
                # No mode at all is infinitely far; NaN is what a plot can leave out.
                "metric/reverse_kl": float(np.sum(shares * np.log(shares / modes.weights[held]))) if found else np.nan,
            }

        return measure


def mode_counts(points: Points, modes: Modes) -> tuple[NDArray[np.int64], int]:
    """Return how many high-quality points each mode has, (K,), and how many points were judged."""
    squares = np.zeros((len(points), len(modes.centres)))  # axis by axis: a sum over the last of three takes longer
    for axis in range(points.shape[1]):
        squares += ((points[:, axis, None] - modes.centres[:, axis]) / modes.sds[:, axis]) ** 2
    distances = np.sqrt(squares)
    nearest = np.argmin(distances, axis=1)
    good = distances[np.arange(len(points)), nearest] <= QUALITY_SDS
    return np.bincount(nearest[good], minlength=len(modes.weights)), len(points)
