from __future__ import annotations

import numpy as np
import pytest

from ganstudio.ui.views import strokes
from ganstudio.ui.views.contour import contour


def lengths(segments):
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])


def test_a_polyline_breaks_at_what_is_no_number_and_outside_what_is_kept():
    x, y = np.arange(6.0), np.array([0.0, 1, np.nan, 3, 4, 5])
    assert strokes.polyline(x, y)[:, 0].tolist() == [0, 3, 4]
    keep = np.array([True, True, True, True, True, False])
    assert strokes.polyline(x, y, keep)[:, 0].tolist() == [0, 3]
    assert len(strokes.polyline(x[:1], y[:1])) == 0


def test_dashes_stay_where_they_are_when_the_curve_moves():
    x = np.linspace(0, 100, 400)
    low, high = strokes.dashed(x, np.sin(x / 9), 8, 5), strokes.dashed(x, 30 * np.sin(x / 9 + 1), 8, 5)
    np.testing.assert_array_equal(low[:, [0, 2]], high[:, [0, 2]])
    covered = (low[:, 2] - low[:, 0]).sum()
    assert covered == pytest.approx(100 * 8 / 13, rel=0.05)


def test_an_arrow_is_a_shaft_and_two_barbs_and_too_short_ones_are_none():
    base = np.array([[0.0, 0], [5, 5], [np.nan, 1]])
    shift = np.array([[20.0, 0], [0.3, 0], [20, 0]])
    shaft, *barbs = strokes.arrows(base, shift, 6)
    assert shaft.tolist() == [0, 0, 20, 0]
    assert len(barbs) == 2
    assert all(barb[:2].tolist() == [20, 0] and barb[2] < 20 for barb in barbs)


def test_threads_start_and_end_where_they_should():
    made = strokes.threads(np.array([0.0, 10]), np.array([5.0, np.nan]), 100, 20).reshape(-1, strokes.THREAD_PIECES, 4)
    assert made.shape[0] == 1
    assert made[0, 0, :2].tolist() == [0, 100]
    assert made[0, -1, 2:].tolist() == [5, 20]


def test_a_lattice_has_lines_both_ways():
    points = np.stack(np.meshgrid(np.arange(4.0), np.arange(3.0)), axis=-1)
    assert len(strokes.mesh(points)) == 3 * 3 + 4 * 2
    assert len(strokes.mesh(points[:1])) == 3


def pieces(x, y):
    return {frozenset(((a, b), (c, d))) for a, b, c, d in zip(x[:-1], y[:-1], x[1:], y[1:], strict=True)}


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (5, 5), (24, 24)])
def test_a_lattice_in_one_stroke_has_the_same_lines_and_no_others(shape):
    points = np.stack(np.meshgrid(np.arange(float(shape[1])), np.arange(float(shape[0]))), axis=-1)
    lines = {frozenset(((a, b), (c, d))) for a, b, c, d in strokes.mesh(points).tolist()}
    x, y = strokes.mesh_as_one(points)
    assert {one for one in pieces(x, y) if len(one) == 2} == lines
    assert len(strokes.mesh_as_one(points[:1])[0]) == shape[1]


def test_threads_in_one_stroke_turn_beyond_their_ends():
    start, end = np.array([0.0, 10, 20]), np.array([5.0, np.nan, 15])
    x, y = strokes.threads_as_one(start, end, 100.0, 20.0)
    inside = (y <= 100) & (y >= 20)
    assert x[y > 100].tolist() == [0, 20]
    assert x[y < 20].tolist() == [5, 15]
    assert inside.sum() == 2 * (strokes.THREAD_PIECES + 1)
    assert (y[1 : strokes.THREAD_PIECES + 2] == np.rint(y[1 : strokes.THREAD_PIECES + 2])).all()


def test_a_curve_on_whole_pixels_is_the_same_curve():
    x = np.linspace(3.3, 97.8, 200)
    at, y = strokes.on_pixels(x, np.sin(x / 20))
    assert (at == np.rint(at)).all()
    assert (at[0], at[-1]) == (4, 96)
    np.testing.assert_allclose(y, np.sin(at / 20), atol=1e-3)


def test_a_broken_circle_is_half_of_a_whole_one():
    centre, radius = np.array([[3.0, 4.0]]), np.array([[2.0, 2.0]])
    whole, broken = strokes.circles(centre, radius), strokes.circles(centre, radius, broken=True)
    assert len(broken) == len(whole) / 2
    np.testing.assert_allclose(np.hypot(whole[:, 0] - 3, whole[:, 1] - 4), 2)
    assert len(strokes.circles(centre, 50 * radius)) > len(whole), "a large one needs more pieces to look round"


def test_the_contour_of_a_cone_is_a_closed_circle():
    at = np.linspace(-1, 1, 48)
    x, y = np.meshgrid(at, at)
    made = contour(at, at, np.hypot(x, y).astype(np.float32), 0.6)
    np.testing.assert_allclose(np.hypot(made[:, 0], made[:, 1]), 0.6, atol=2e-3)
    assert lengths(made).sum() == pytest.approx(2 * np.pi * 0.6, rel=2e-3)
    starts, ends = (sorted(map(tuple, np.round(part, 6))) for part in (made[:, :2], made[:, 2:]))
    assert starts == ends, "every piece ends where another begins: the same side is always above"


def test_a_contour_keeps_the_corners_of_a_saddle_apart():
    made = contour(np.arange(2.0), np.arange(2.0), np.array([[1.0, 0.0], [0.0, 1.0]]), 0.5)
    assert len(made) == 2


def test_a_flat_field_and_one_of_no_numbers_have_no_contour():
    at = np.arange(5.0)
    assert len(contour(at, at, np.full((5, 5), 0.5), 0.5)) == 0
    assert len(contour(at, at, np.full((5, 5), np.nan), 0.5)) == 0
