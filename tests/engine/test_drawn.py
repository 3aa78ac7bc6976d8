"""Data drawn by hand: densities on the line and points in the plane."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import stats

from ganstudio.engine.distributions import Distribution
from ganstudio.engine.distributions.drawn_1d import Drawn1d
from ganstudio.engine.distributions.drawn_2d import Drawn2d
from ganstudio.engine.params import ConfigError

COUNT = 50_000


def drawn(distribution: Distribution) -> NDArray[np.float64]:
    return distribution.sample(COUNT, torch.Generator().manual_seed(0)).double().numpy()


def inside(distribution: Distribution) -> float:
    points, (low, high) = drawn(distribution), np.array(distribution.extent).T
    return float(((points >= low) & (points <= high)).all(axis=1).mean())


DRAWINGS = [
    (0.0, 1.0),
    (1.0, 0.0),
    (3.0, 3.0, 3.0),
    (0.0, 0.0, 5.0, 0.0, 0.0),
    (0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    (1.0, 0.0, 0.0, 1e-9),
    (1e300, 1e-300, 0.0),
    tuple(1 + np.sin(np.linspace(0, 20, 1000))),
]


@pytest.mark.parametrize("heights", DRAWINGS, ids=range(len(DRAWINGS)))
def test_a_drawn_density_is_sampled_exactly(heights: tuple[float, ...]) -> None:
    drawing = Drawn1d(heights=heights, low=-1.0, high=3.0)
    knots = np.linspace(-1, 3, len(heights))
    ramp = np.array(heights) / max(heights)
    area = np.trapezoid(ramp, knots)

    def distribution_function(x: NDArray[np.float64]) -> NDArray[np.float64]:
        fine = np.unique(np.concatenate([knots, np.linspace(-1, 3, 20_001)]))
        height = np.interp(fine, knots, ramp) / area
        rising = np.concatenate([[0], np.cumsum(0.5 * (height[1:] + height[:-1]) * np.diff(fine))])
        return np.interp(x, fine, rising)

    x = drawn(drawing)[:, 0]
    assert stats.kstest(x, distribution_function).pvalue > 1e-3
    assert drawing.density(x[:, None]).min() > 0
    np.testing.assert_allclose(drawing.density(knots[:, None]), ramp / area, atol=1e-12)


def test_a_drawings_unit_of_height_does_not_matter() -> None:
    x = np.linspace(-4, 4, 101)[:, None]
    one, other = Drawn1d(heights=(1.0, 2.0, 1.0)), Drawn1d(heights=(10.0, 20.0, 10.0))
    np.testing.assert_allclose(one.density(x), other.density(x))


def test_nothing_drawn_yet_is_a_shape_of_its_own() -> None:
    assert Drawn1d().heights == ()
    assert Drawn1d().density(np.array([[-2.0]])).item() > 0
    assert Drawn2d().points == ()
    assert len(drawn(Drawn2d())) == COUNT


def test_the_canvas_stays_where_it_is_while_one_draws() -> None:
    assert Drawn1d(heights=(0.0, 1.0, 0.0)).extent == Drawn1d().extent
    assert Drawn2d(points=((0.1, 0.1),)).extent == Drawn2d().extent


def test_painted_points_outside_the_canvas_widen_the_plot() -> None:
    for far in (10.0, -3.0, 1e6):
        assert inside(Drawn2d(points=((0.0, 0.0), (far, 0.0)))) > 0.999


def test_whole_numbers_and_lists_are_the_same_drawing() -> None:
    assert Drawn1d(heights=[0, 1, 0]) == Drawn1d(heights=(0.0, 1.0, 0.0))  # type: ignore[arg-type]
    assert Drawn2d(points=[[0, 1]]) == Drawn2d(points=((0.0, 1.0),))  # type: ignore[arg-type]
    assert type(Drawn1d(heights=[0, 1, 0]).heights[0]) is float  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heights", "path", "allowed"),
    [
        ((1.0,), "heights", "2 to 4096 of them, not 1"),
        ((1.0,) * 4097, "heights", "2 to 4096 of them, not 4097"),
        ((0.0, 0.0), "heights", "one at least is above 0"),
        ((1.0, -0.5), "heights[1]", "a finite number from 0 on"),
        ((1.0, 1.0, float("nan")), "heights[2]", "a finite number from 0 on"),
        ((float("inf"), 1.0), "heights[0]", "a finite number from 0 on"),
        ((1.0, "2"), "heights[1]", "a finite number from 0 on"),
        ((1.0, True), "heights[1]", "a finite number from 0 on"),
        ((1.0, (2.0, 3.0)), "heights[1]", "a finite number from 0 on"),
    ],
)
def test_a_bad_height_is_named(heights: tuple, path: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Drawn1d(heights=heights)
    assert caught.value.path == path
    assert allowed in caught.value.allowed


def test_the_edges_of_a_drawing_must_be_in_order() -> None:
    with pytest.raises(ConfigError, match=r"high = 1\.0: allowed is a number above the left edge, 1"):
        Drawn1d(low=1.0, high=1.0)


@pytest.mark.parametrize(
    ("points", "path", "allowed"),
    [
        (((0.0, 0.0), 3.0), "points[1]", "a pair of numbers"),
        (((0.0, 0.0, 0.0),), "points[0]", "a pair of numbers"),
        (((0.0, 0.0), (1.0, "a")), "points[1][1]", "a number from"),
        (((float("nan"), 0.0),), "points[0][0]", "a number from"),
        (((0.0, 2e6),), "points[0][1]", "a number from -1e+06 to 1e+06"),
        (((0.0, True),), "points[0][1]", "a number from"),
        (((0.0, 0.0),) * 50_001, "points", "up to 50000 points"),
    ],
)
def test_a_bad_point_is_named(points: tuple, path: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Drawn2d(points=points)
    assert caught.value.path == path
    assert allowed in caught.value.allowed


def test_painted_points_are_resampled_with_jitter() -> None:
    points = drawn(Drawn2d(points=((0.0, 0.0), (1.0, 1.0)), jitter=0.02))
    first = points[points.sum(axis=1) < 1]
    assert len(first) / COUNT == pytest.approx(0.5, abs=0.02)
    assert first.std(axis=0) == pytest.approx(0.02, rel=0.03)


def test_the_density_of_many_painted_points_is_their_mean_gaussian() -> None:
    rng = np.random.default_rng(0)
    painted = rng.uniform(-1, 1, (3000, 2)).astype(np.float32).astype(float)
    at = rng.uniform(-1, 1, (500, 2))
    painting = Drawn2d(points=tuple(map(tuple, painted.tolist())), jitter=0.3)
    steps = at[:, None] - painted
    expected = np.exp(-np.square(steps).sum(2) / (2 * 0.3**2)).mean(1) / (2 * np.pi * 0.3**2)
    np.testing.assert_allclose(painting.density(at), expected, rtol=1e-9)
