"""Precision, recall, density and coverage on points placed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.engine.quality.coverage import Manifold, radii, squared_distances


def line(*positions: float) -> np.ndarray:
    return np.array(positions)[:, None]


def test_points_placed_by_hand():
    real = line(0, 1, 3, 10)  # nearest neighbours at 1, 1, 2 and 7
    fake = line(0.5, 2.5, 2.6, 40)  # at 2, 0.1, 0.1 and 37.4
    found = Manifold(real, k=1).compare(fake)
    # Balls (-1, 1), (0, 2), (1, 5), (3, 17): 0.5 lies in two of them, 2.5 and 2.6 in one, 40 in none.
    assert found.precision == 3 / 4
    assert found.density == 4 / 4
    assert found.coverage == 3 / 4  # the last one is empty
    # Balls (-1.5, 2.5), (2.4, 2.6), (2.5, 2.7), (2.6, 77.4): only ... 0, 1 and 3, 10 lie in one.
    assert found.recall == 4 / 4


def test_the_same_points_again_have_precision_recall_density_and_coverage_1():
    points = np.random.default_rng(0).normal(size=(200, 6))
    found = Manifold(points).compare(points)
    assert (found.precision, found.recall, found.coverage) == (1, 1, 1)
    assert found.density == pytest.approx(1)


def test_against_plain_loops():
    rng = np.random.default_rng(1)
    real, fake, k = rng.normal(size=(40, 3)), rng.normal(0.4, 0.8, size=(30, 3)), 5

    def reach(points):
        return [sorted(np.linalg.norm(points - point, axis=1))[k] for point in points]

    inside = np.linalg.norm(real[:, None] - fake, axis=2) < np.array(reach(real))[:, None]
    covered = np.linalg.norm(real[:, None] - fake, axis=2) < np.array(reach(fake))
    found = Manifold(real, k).compare(fake)
    assert found.precision == pytest.approx(inside.any(0).mean())
    assert found.recall == pytest.approx(covered.any(1).mean())
    assert found.density == pytest.approx(inside.sum() / (k * 30))
    assert found.coverage == pytest.approx(inside.any(1).mean())


def test_half_the_modes_lower_recall_and_coverage_only():
    rng = np.random.default_rng(2)
    centres = 10 * np.eye(8)
    real = centres[np.arange(400) % 8] + rng.normal(size=(400, 8))
    fake = centres[np.arange(400) % 4] + rng.normal(size=(400, 8))
    found = Manifold(real).compare(fake)
    assert found.precision > 0.9
    assert found.density == pytest.approx(1, abs=0.15)
    assert found.recall == pytest.approx(0.5, abs=0.05)
    assert found.coverage == pytest.approx(0.5, abs=0.05)


def test_one_point_repeated_recalls_nothing():
    real = np.random.default_rng(3).normal(size=(100, 64))
    found = Manifold(real).compare(np.repeat(real[:1], 100, axis=0))
    assert found.precision == 1
    assert found.recall == 0
    assert found.coverage < 0.2


def test_distances_hold_far_from_the_origin():
    a = torch.tensor([[1e6, 0.0], [1e6 + 3, 4]], dtype=torch.float64)
    assert squared_distances(a, a).tolist() == [[0, 25], [25, 0]]
    assert radii(a, 1).tolist() == [25, 25]


def test_too_few_points_are_refused():
    points = np.zeros((5, 2))
    with pytest.raises(ValueError, match="more than k = 5"):
        Manifold(points)
    with pytest.raises(ValueError, match="more than k = 5"):
        Manifold(np.random.default_rng(0).normal(size=(6, 2))).compare(points)
