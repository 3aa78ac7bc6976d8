"""Paths: exact at their key frames, on the shell between them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ganstudio.engine.latent.interpolation import exponential, lerp, logarithm, orthogonal, slerp
from ganstudio.engine.latent.walk import NoiseLoop, Retiming, Walk, frame_times, probe_times, stroke
from tests.engine.latent.nets import CHANCE

RNG = np.random.default_rng(2)
T = np.linspace(0, 1, 101)


def latent(dim: int = 16) -> np.ndarray:
    return RNG.standard_normal(dim).astype(np.float32)


def lengths(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points.astype(float), axis=1)


@pytest.mark.parametrize("way", [lerp, slerp])
def test_the_ends_are_exact(way: object) -> None:
    a, b = latent(), latent()
    ends = way(a, b, np.array([0.0, 1.0]))  # type: ignore[operator]
    assert ends.dtype == np.float32
    assert ends.tobytes() == np.stack((a, b)).tobytes()


def test_slerp_turns_at_constant_speed_and_goes_evenly_from_one_length_to_the_other() -> None:
    a, b = latent(), 3 * latent()
    points = slerp(a, b, T)
    assert lengths(points) == pytest.approx(np.linspace(np.linalg.norm(a), np.linalg.norm(b), 101), rel=1e-5)
    units = points / lengths(points)[:, None]
    angles = np.arccos(np.clip((units[1:] * units[:-1]).sum(1), -1, 1))
    assert angles == pytest.approx(np.full(100, angles.mean()), rel=1e-2)


def test_slerp_is_the_same_both_ways_round() -> None:
    a, b = latent(), latent()
    assert slerp(a, b, T) == pytest.approx(slerp(b, a, 1 - T), abs=1e-6)
    assert slerp(a, -a, T) == pytest.approx(slerp(-a, a, 1 - T), abs=1e-5)


def test_lerp_is_short_in_the_middle_and_slerp_is_not() -> None:
    a, b = (RNG.standard_normal(4096).astype(np.float32) for _ in range(2))
    middle = np.array([0.5])
    assert lengths(lerp(a, b, middle))[0] == pytest.approx(np.sqrt(4096 / 2), rel=0.05)
    assert lengths(slerp(a, b, middle))[0] == pytest.approx(np.sqrt(4096), rel=0.05)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-6, 1e-4, 1e-3, 3.0, np.pi - 1e-3, np.pi - 1e-5, np.pi - 1e-9, np.pi])
def test_parallel_and_opposite_directions_stay_finite_and_on_the_shell(angle: float) -> None:
    u, w = np.eye(8)[0], np.eye(8)[1]
    a, b = (3 * u).astype(np.float32), (3 * (np.cos(angle) * u + np.sin(angle) * w)).astype(np.float32)
    points = slerp(a, b, T)
    assert np.isfinite(points).all()
    assert lengths(points) == pytest.approx(np.full(101, 3.0), rel=1e-5)
    steps = lengths(np.diff(points, axis=0))
    assert steps.max() <= max(1.6 * 3 * np.pi / 100, 1e-5)  # no jumps


def test_slerp_without_a_direction_goes_straight() -> None:
    a = latent()
    assert slerp(np.zeros_like(a), a, np.array([0.5]))[0] == pytest.approx(a / 2)
    assert slerp(np.zeros_like(a), np.zeros_like(a), T) == pytest.approx(np.zeros((101, 16)))
    line = slerp(np.array([2.0], np.float32), np.array([-1.0], np.float32), np.array([0.0, 0.5, 1.0]))
    assert line[:, 0].tolist() == [2, 0.5, -1]


def test_the_logarithm_undoes_the_exponential() -> None:
    u = RNG.standard_normal((50, 6))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    tangent = RNG.standard_normal((50, 6))
    tangent -= (tangent * u).sum(1, keepdims=True) * u
    tangent *= RNG.uniform(0, 3, (50, 1)) / np.linalg.norm(tangent, axis=1, keepdims=True)
    assert logarithm(u, exponential(u, tangent)) == pytest.approx(tangent, abs=1e-7)
    opposite = logarithm(u, -u)
    assert np.linalg.norm(opposite, axis=1) == pytest.approx(np.full(50, np.pi))
    assert exponential(u, opposite) == pytest.approx(-u, abs=1e-7)


def test_an_orthogonal_vector_is_the_same_for_both_ends_of_a_line() -> None:
    directions = RNG.standard_normal((30, 5))
    assert np.array_equal(orthogonal(directions), orthogonal(-directions))
    assert np.abs((orthogonal(directions) * directions).sum(1)).max() < 1e-12


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("way", ["slerp", "spline", "lerp"])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_walk_meets_its_key_frames_exactly(way: str, closed: bool, count: int) -> None:
    keys = np.stack([latent(9) for _ in range(count)])
    walk = Walk(keys, way=way, closed=closed)  # type: ignore[arg-type]
    times = np.arange(walk.segments + 1) / max(walk.segments, 1)
    wanted = np.concatenate((keys, keys[:1]))[: walk.segments + 1]
    assert walk.at(times).tobytes() == wanted.tobytes()
    assert np.isfinite(walk.at(T)).all()


@pytest.mark.parametrize("way", ["slerp", "spline"])
def test_a_walk_on_the_sphere_keeps_the_length_within_that_of_its_key_frames(way: str) -> None:
    keys = np.stack([latent() for _ in range(5)])
    between = lengths(Walk(keys, way=way, closed=True).at(T))  # type: ignore[arg-type]
    assert between.min() >= lengths(keys).min() * (1 - 1e-6)
    assert between.max() <= lengths(keys).max() * (1 + 1e-6)


def test_a_spline_has_no_kinks_at_its_key_frames_where_slerp_has() -> None:
    keys = np.stack([latent(6) for _ in range(5)])
    step = 1e-5

    def turn(way: str) -> float:
        walk = Walk(keys, way=way, closed=True)  # type: ignore[arg-type]
        worst = 0.0
        for index in range(5):
            at = index / 5
            before, here, after = walk.at(np.array([(at - step) % 1, at, at + step])).astype(float)
            one, other = here - before, after - here
            cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
            worst = max(worst, float(np.arccos(min(1.0, cosine))))
        return worst

    assert turn("spline") < 0.05
    assert turn("slerp") > 0.5


@pytest.mark.parametrize("way", ["slerp", "spline", "lerp"])
def test_equal_and_opposite_and_zero_key_frames_are_no_trouble(way: str) -> None:
    a = latent(5)
    for keys in ([a, a, a], [a, -a, a], [a, np.zeros(5, np.float32), -a]):
        for closed in (False, True):
            walk = Walk(np.stack(keys), way=way, closed=closed)  # type: ignore[arg-type]
            assert np.isfinite(walk.at(T)).all()


def test_classes_are_mixed_evenly_along_the_way() -> None:
    walk = Walk(np.stack((latent(), latent())), classes=np.eye(2, dtype=np.float32))
    assert walk.class_weights(np.array([0, 0.25, 1.0])) == pytest.approx(np.array([[1, 0], [0.75, 0.25], [0, 1]]))
    assert Walk(np.stack((latent(), latent()))).class_weights(T) is None


def test_a_walk_without_key_frames_is_none() -> None:
    with pytest.raises(ValueError, match="key frame"):
        Walk(np.zeros((0, 3), np.float32))
    with pytest.raises(ValueError, match="class weights"):
        Walk(np.zeros((2, 3), np.float32), classes=np.ones((1, 1), np.float32))


@pytest.mark.parametrize("dim", [2, 16])
def test_a_noise_loop_is_closed_and_keeps_its_length(dim: int) -> None:
    start = latent(dim)
    loop = NoiseLoop.around(start, seed=4)
    points = loop.at(T)
    assert points[0].tobytes() == points[-1].tobytes() == start.tobytes()
    assert lengths(points) == pytest.approx(np.full(101, np.linalg.norm(start)), rel=1e-5)
    assert lengths(points[1:] - points[:-1]).std() < 1e-5


@pytest.mark.parametrize("dim", [1, 2, 4])
def test_every_point_of_noise_loops_is_a_draw_of_the_prior(dim: int) -> None:
    starts = RNG.standard_normal((1_000, dim)).astype(np.float32)
    there = np.concatenate([NoiseLoop.around(start, k).at(np.array([0.3])) for k, start in enumerate(starts)])
    for axis in range(dim):
        assert stats.kstest(there[:, axis], "norm").pvalue > CHANCE


def test_retimed_steps_are_equally_visible() -> None:
    def picture(t: np.ndarray) -> np.ndarray:
        return np.stack((np.tanh(8 * (t - 0.5)), np.tanh(8 * (t - 0.5))), -1)  # fast in the middle

    times = np.linspace(0, 1, 65)
    retiming = Retiming.measured(times, picture(times))
    even = lengths(np.diff(picture(retiming(np.linspace(0, 1, 21))), axis=0))
    assert even.max() / even.min() < 1.2
    assert retiming(np.array([0.0, 1.0])) == pytest.approx([0, 1])


def test_what_does_not_change_is_not_retimed() -> None:
    times = np.linspace(0, 1, 9)
    assert Retiming.measured(times, np.zeros((9, 4, 4, 1), np.uint8))(T) == pytest.approx(T)
    still = np.repeat(np.array([0, 255], np.uint8), [5, 4])[:, None]
    assert (np.diff(Retiming.measured(times, still)(T)) > 0).all()


def test_probes_and_frames_are_where_they_should_be() -> None:
    walk = Walk(np.stack([latent()] * 3))
    assert len(probe_times(walk)) == 33
    assert frame_times(4, closed=True).tolist() == [0, 0.25, 0.5, 0.75]
    assert frame_times(5, closed=False)[-1] == 1
    assert frame_times(1, closed=False).tolist() == [0]


def test_a_stroke_is_cut_into_even_pieces() -> None:
    keys = stroke([(0, 0), (1, 0), (1, 3)], 5)
    assert keys == pytest.approx(np.array([[0, 0], [1, 0], [1, 1], [1, 2], [1, 3]]))
    assert stroke([(2, 2)], 3) == pytest.approx(np.full((3, 2), 2))
    with pytest.raises(ValueError, match="at least one"):
        stroke([], 3)
