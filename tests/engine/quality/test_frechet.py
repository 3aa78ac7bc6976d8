"""The Fréchet distance of Gaussians with known answers."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from ganstudio.engine.quality.frechet import Gaussian, fitted, frechet_distance


def random_gaussian(rng: np.random.Generator, dim: int) -> Gaussian:
    factor = rng.normal(size=(dim, dim))
    return Gaussian(rng.normal(size=dim), factor @ factor.T)


def test_a_shift_counts_by_its_square():
    covariance = random_gaussian(np.random.default_rng(0), 5).covariance
    a, b = Gaussian(np.zeros(5), covariance), Gaussian(np.array([3.0, 0, 4, 0, 0]), covariance)
    assert frechet_distance(a, b) == pytest.approx(25)


def test_of_commuting_covariances_the_standard_deviations_count():
    a, b = Gaussian(np.zeros(3), np.diag([1.0, 4, 9])), Gaussian(np.zeros(3), np.diag([4.0, 4, 0]))
    assert frechet_distance(a, b) == pytest.approx((1 - 2) ** 2 + 0 + 3**2)


def test_any_two_agree_with_scipy_s_square_root():
    rng = np.random.default_rng(1)
    a, b = random_gaussian(rng, 8), random_gaussian(rng, 8)
    root = scipy.linalg.sqrtm(a.covariance @ b.covariance).real
    expected = np.sum((a.mean - b.mean) ** 2) + np.trace(a.covariance + b.covariance - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(b, a) == pytest.approx(expected, rel=1e-9)


def test_equal_gaussians_are_0_apart_also_where_the_covariance_is_singular():
    flat = np.random.default_rng(2).normal(size=(30, 64))  # fewer points than dimensions
    assert frechet_distance(fitted(flat), fitted(flat)) == pytest.approx(0, abs=1e-5)
    point = fitted(np.zeros((10, 64)))
    assert frechet_distance(point, point) == 0
    assert frechet_distance(point, fitted(flat)) == pytest.approx(
        np.sum(flat.mean(0) ** 2) + np.trace(np.cov(flat, rowvar=False))
    )


def test_fitting_takes_mean_and_unbiased_covariance():
    found = fitted(np.array([[0.0, 0], [2, 0], [0, 2], [2, 2]]))
    assert found.mean.tolist() == [1, 1]
    np.testing.assert_allclose(found.covariance, np.eye(2) * 4 / 3)
