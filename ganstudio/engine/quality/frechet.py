"""Fréchet distance between two sets of features, each taken as a Gaussian."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Gaussian(NamedTuple):
    """Mean and covariance of features."""

    mean: NDArray[np.float64]  # (d,)
    covariance: NDArray[np.float64]  # (d, d)


def fitted(features: NDArray[np.float64]) -> Gaussian:
    """Return the Gaussian with the mean and the unbiased covariance of features (n, d), n ≥ 2."""
    return Gaussian(features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False)))


def frechet_distance(a: Gaussian, b: Gaussian) -> float:
    """Return ‖μ_a - μ_b‖² + tr(A + B - 2 (A^½ B A^½)^½): the squared distance, as is usual, 0 or more.

    Both roots are of symmetric positive semi-definite matrices and taken by their eigenvalues, so that nothing turns
    complex and a covariance may be singular; eigenvalues that rounding made negative count as 0.

    References
    ----------
    Dowson & Landau, 1982, "The Fréchet distance between multivariate normal distributions"; for scoring generators:
    Heusel et al., 2017, "GANs trained by a two time-scale update rule", section 3 (there in Inception features).
    """
    values, vectors = np.linalg.eigh(a.covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    product = root @ b.covariance @ root
    trace_of_root = np.sqrt(np.maximum(np.linalg.eigvalsh((product + product.T) / 2), 0)).sum()
    apart = np.sum((a.mean - b.mean) ** 2)
    return max(0.0, float(apart + np.trace(a.covariance) + np.trace(b.covariance) - 2 * trace_of_root))
