"""Metrics on samples with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from ganstudio.engine.distributions import distributions
from ganstudio.engine.distributions.mixtures_1d import Gaussian
from ganstudio.engine.metrics import Panel
from ganstudio.engine.metrics.jensen_shannon import histogram, jensen_shannon


def panel(name: str, **settings: object) -> tuple[Panel, np.ndarray]:
    data = distributions.get(name)(**settings)
    real = data.sample(20_000, torch.Generator().manual_seed(1)).double().numpy()
    return Panel(data, torch.Generator().manual_seed(0)), real


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_jensen_shannon_is_the_divergence_and_not_its_square_root(rng: np.random.Generator) -> None:
    p, q = rng.dirichlet(np.ones(20)), rng.dirichlet(np.ones(20))
    assert jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q) ** 2)
    assert jensen_shannon(p, p) == 0
    assert jensen_shannon(np.array([1.0, 0]), np.array([0, 1.0])) == pytest.approx(math.log(2))


@pytest.mark.parametrize("dim", [1, 2])
def test_every_sample_counts_also_outside_the_grid(dim: int) -> None:
    extent = ((0.0, 1.0),) * dim
    points = np.array([[0.5] * dim, [-9.0] * dim, [1e30] * dim, [np.inf] * dim, [1.0] * dim])
    shares = histogram(points, extent)
    assert shares.sum() == pytest.approx(1)
    assert shares[-1] == pytest.approx(4 / 5)


def test_points_below_the_grid_do_not_alias_into_it() -> None:
    shares = histogram(np.array([[0.5, -0.01], [-0.01, 0.5]]), ((0.0, 1.0), (0.0, 1.0)))
    assert shares[-1] == 1


def test_real_data_score_their_floor_and_a_shifted_copy_scores_more() -> None:
    measured, real = panel("gaussian")
    floor = measured.floors(20_000)
    value = measured.measure(real)
    assert value["metric/jsd"] == pytest.approx(floor["metric/jsd"], abs=5e-4)
    assert value["metric/jsd"] < 0.002
    shifted = measured.measure(real + 0.25)
    assert shifted["metric/jsd"] > 10 * value["metric/jsd"]
    assert shifted["metric/w1"] == pytest.approx(0.25, abs=0.02)


def test_jsd_agrees_with_the_closed_form_of_two_gaussians_apart() -> None:
    measured, real = panel("gaussian", mean=0.0, sd=0.5)
    x = np.linspace(-8, 8, 4001)[:, None]
    p, q = Gaussian(mean=0.0, sd=0.5).density(x), Gaussian(mean=0.6, sd=0.5).density(x)
    middle = (p + q) / 2
    exact = np.trapezoid(0.5 * p * np.log(p / middle) + 0.5 * q * np.log(q / middle), x[:, 0])
    assert measured.measure(real + 0.6)["metric/jsd"] == pytest.approx(exact, rel=0.05)


def test_w1_agrees_with_scipy(rng: np.random.Generator) -> None:
    measured, real = panel("two_gaussians")
    points = rng.normal(1.0, 2.0, (20_000, 1))
    expected = wasserstein_distance(points[:, 0], real[:, 0])
    assert measured.measure(points)["metric/w1"] == pytest.approx(expected, rel=0.05)


def test_w1_is_for_the_line_alone() -> None:
    assert "metric/w1" not in panel("ring8")[0].measure(np.zeros((10, 2)))


def test_half_the_modes_are_seen_as_half_the_modes() -> None:
    measured, real = panel("ring8")
    angle = np.arctan2(real[:, 1], real[:, 0])
    half = measured.measure(real[np.abs(angle) < np.pi / 2 + 0.1][:2500])
    assert half["metric/modes"] in (4, 5)
    assert half["metric/effective_modes"] == pytest.approx(half["metric/modes"], rel=0.02)
    assert half["metric/reverse_kl"] == pytest.approx(np.log(8 / half["metric/modes"]), abs=0.02)
    assert half["metric/high_quality"] == pytest.approx(0.989, abs=0.01)


def test_one_point_repeated_is_one_mode_of_full_quality_and_no_mode_is_none() -> None:
    measured, _ = panel("ring8")
    collapsed = measured.measure(np.tile([[1.0, 0.0]], (2500, 1)))
    assert (collapsed["metric/modes"], collapsed["metric/effective_modes"]) == (1, pytest.approx(1))
    assert collapsed["metric/high_quality"] == 1
    lost = measured.measure(np.zeros((2500, 2)))
    assert (lost["metric/modes"], lost["metric/effective_modes"], lost["metric/high_quality"]) == (0, 0, 0)
    assert math.isnan(lost["metric/reverse_kl"])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_points_that_are_not_finite_do_not_raise(value: float) -> None:
    measured, real = panel("two_gaussians")
    points = real.copy()
    points[::2] = value
    assert math.isfinite(measured.measure(points)["metric/jsd"])
    assert measured.measure(np.full((10, 1), value))["metric/jsd"] == pytest.approx(math.log(2))
