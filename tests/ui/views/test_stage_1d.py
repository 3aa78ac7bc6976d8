from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from ganstudio.ui.palette import palette
from ganstudio.ui.views.stage_1d import ARROW_GAIN, LONGEST_ARROW, Stage1d
from tests.ui.views import snapshots

ALL = frozenset(layer.name for layer in Stage1d.LAYERS)


@pytest.fixture
def stage(qtbot) -> Stage1d:
    made = Stage1d(palette("dark"))
    qtbot.addWidget(made)
    made.resize(700, 650)
    return made


def picture(stage):
    image = stage.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def density_snapshot(peak: float):
    """Return a snapshot in which p_g is a bell of this height."""
    return snapshots.with_probe(
        snapshots.line(), "density", p_g=snapshots.f32(peak * np.exp(-0.5 * (snapshots.density().x / 0.5) ** 2))
    )


def test_the_first_snapshot_of_a_run_is_shown_in_its_extent_at_once(stage):
    stage.show_snapshot(snapshots.line())
    assert stage.x_range == (-4.0, 4.0)
    stage.show_snapshot(snapshots.line(run=2, extent=((-9.0, 5.0),)))
    assert stage.x_range == (-9.0, 5.0)


def test_an_extent_that_grows_is_reached_in_small_steps(stage):
    stage.show_snapshot(snapshots.line())
    lows = []
    for _ in range(20):
        stage.show_snapshot(snapshots.line(extent=((-12.0, 4.0),)))
        lows.append(stage.x_range[0])
    steps = -np.diff([-4.0, *lows])
    assert steps.max() < 0.4 * 8
    assert (steps >= 0).all()
    assert lows[8] < -11.5
    assert lows[-1] == -12.0


def test_a_range_goes_on_growing_when_no_further_snapshot_comes(stage, qtbot):
    stage.show_snapshot(snapshots.line())
    stage.show_snapshot(snapshots.line(extent=((-12.0, 4.0),)))
    assert stage.x_range != (-12.0, 4.0)
    qtbot.waitUntil(lambda: stage.x_range == (-12.0, 4.0))


def test_settling_ends_the_movement(stage):
    stage.show_snapshot(snapshots.line())
    stage.show_snapshot(snapshots.line(extent=((-12.0, 4.0),)))
    stage.settle()
    assert stage.x_range == (-12.0, 4.0)


def test_the_density_axis_does_not_follow_a_peak_that_trembles(stage):
    rng = np.random.default_rng(0)
    tops = set()
    for peak in 0.5 + 0.03 * rng.normal(size=60):
        stage.show_snapshot(density_snapshot(peak))
        tops.add(stage.density_top)
    stage.settle()
    grown = stage.density_top
    for peak in 0.45 + 0.03 * rng.normal(size=60):
        stage.show_snapshot(density_snapshot(peak))
        assert stage.density_top == grown
    assert max(tops) < 0.8


def test_a_collapsed_spike_is_cut_at_the_top_and_its_peak_written_there(stage):
    stage.show_snapshot(snapshots.line(collapsed=True))
    assert stage.density_top < 1
    assert [badge.text for badge in stage.badges()] == ["▲ peak 8.82"]
    stage.show_snapshot(snapshots.line(run=2))
    assert stage.badges() == []


def test_points_beyond_the_plot_are_counted_at_its_edges(stage):
    stage.show_snapshot(snapshots.line(outside=(12, 1300)))
    left, right = stage.badges()
    assert (left.text, right.text) == ("◀ 12", "1\u202f300 ▶")
    assert left.at[0] < right.at[0]
    stage.set_layers(ALL - {"generated"})
    assert stage.badges() == []


def test_a_probability_has_a_fixed_axis_and_a_critic_a_steady_one_of_its_own(stage):
    stage.show_snapshot(snapshots.line())
    assert stage.score_range == (0.0, 1.0)
    critic = snapshots.line(critic=True)
    stage.show_snapshot(critic)
    low, high = stage.score_range
    assert 0.5 < low < 1.5
    assert 4.5 < high < 6
    for gain in (1.0, 0.95, 0.9, 1.0):
        stage.show_snapshot(snapshots.with_probe(critic, "score", score=gain * critic.probes["score"].score))
        assert stage.score_range == (low, high)
    for _ in range(12):
        stage.show_snapshot(snapshots.with_probe(critic, "score", score=3 * critic.probes["score"].score))
    assert stage.score_range[1] >= 13.5
    stage.show_snapshot(snapshots.line())
    assert stage.score_range == (0.0, 1.0)


def test_a_score_without_a_sigmoid_is_shown_where_it_leaves_the_probabilities(stage):
    line = snapshots.line()
    stage.show_snapshot(line)
    stage.show_snapshot(snapshots.with_probe(line, "score", score=0.5 + 0 * line.probes["score"].score))
    assert stage.score_range == (0.0, 1.0)
    for _ in range(100):
        stage.show_snapshot(snapshots.with_probe(line, "score", score=3 + 0 * line.probes["score"].score))
    low, high = stage.score_range
    assert low == 0
    assert high >= 3


def test_a_critics_axis_shrinks_only_after_seconds(stage):
    critic = snapshots.line(critic=True)
    small = snapshots.with_probe(critic, "score", score=2 + 0.1 * critic.probes["score"].score)
    stage.show_snapshot(critic)
    wide = stage.score_range
    for _ in range(60):
        stage.show_snapshot(small)
    assert stage.score_range == wide
    for _ in range(60):
        stage.show_snapshot(small)
    assert stage.score_range[1] - stage.score_range[0] < 0.5 * (wide[1] - wide[0])


def test_arrows_are_proportional_to_the_push_and_vanish_with_it(stage):
    stage.show_snapshot(snapshots.line(push=0.5))
    half = stage.arrow_lengths()
    threads = snapshots.threads(0.5)
    np.testing.assert_allclose(half, ARROW_GAIN * threads.scale * threads.push, rtol=1e-5)
    stage.show_snapshot(snapshots.line(push=0.005))
    np.testing.assert_allclose(stage.arrow_lengths(), half / 100, rtol=1e-4, atol=1e-9)
    stage.show_snapshot(snapshots.line(push=0.0))
    none = picture(stage)
    assert not stage.arrow_lengths().any()
    stage.show_snapshot(snapshots.line(push=1.0))
    some = picture(stage)
    strip = stage._layout()
    rows = slice(int(strip.strip.top()), int(strip.x_line) - 6)
    assert (some[rows] != none[rows]).any()
    stage.set_layers(ALL - {"arrows"})
    assert (stage.grab().toImage().height()) == none.shape[0]


def test_arrows_are_cut_at_a_longest_one(stage):
    stage.show_snapshot(snapshots.line(push=1e6))
    assert np.abs(stage.arrow_lengths()).max() == pytest.approx(LONGEST_ARROW * snapshots.threads().scale)


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_layer_shows_when_on_and_leaves_nothing_when_off(stage, name):
    stage.show_snapshot(snapshots.line(push=2.0))
    stage.set_layers(frozenset())
    empty = picture(stage)
    stage.set_layers(frozenset({name}))
    shown = picture(stage)
    assert (shown != empty).any()
    stage.set_layers(frozenset())
    assert (picture(stage) == empty).all()


def test_without_threads_and_arrows_the_densities_take_all_the_room(stage):
    stage.show_snapshot(snapshots.line())
    before = stage._layout().main.height()
    stage.set_layers(ALL - {"threads", "arrows"})
    assert stage._layout().strip is None
    assert stage._layout().main.height() > 1.3 * before


def test_d_is_faded_where_it_was_not_trained(stage):
    snapshot = snapshots.line()
    stage.set_layers(frozenset({"d"}))
    stage.show_snapshot(snapshot)
    supported = picture(stage)
    stage.show_snapshot(snapshots.with_probe(snapshot, "score", supported=np.zeros(400, bool)))
    faded = picture(stage)
    violet = np.array([0xF0, 0x8C, 0xB6])  # blue, green, red of the dark theme's D
    main = stage._layout().main.toRect().adjusted(3, 3, -3, -3)
    inner = np.s_[main.top() : main.bottom(), main.left() : main.right(), :3]
    assert (supported[inner] == violet).all(axis=-1).any()
    assert not (faded[inner] == violet).all(axis=-1).any()
    assert (faded[inner] != supported[inner]).any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30])
def test_values_that_are_no_numbers_are_left_out(stage, bad):
    snapshot = snapshots.line(critic=True)
    for probe, arrays in (("density", ("p_data", "p_g")), ("score", ("score",)), ("threads", ("x", "push"))):
        for array in arrays:
            values = getattr(snapshot.probes[probe], array).copy()
            values[::3] = bad
            snapshot = snapshots.with_probe(snapshot, probe, **{array: values})
    stage.show_snapshot(snapshot)
    assert not stage.grab().isNull()
    assert np.isfinite([*stage.x_range, stage.density_top, *stage.score_range]).all()
    assert stage._reading(QPointF(350, 200)).startswith("x ")


def test_arrays_that_are_all_nan_or_empty_are_drawn_as_nothing(stage):
    for n in (400, 0):
        nothing = np.full(n, np.nan, np.float32)
        snapshot = snapshots.line(critic=True, run=n)
        snapshot = snapshots.with_probe(snapshot, "density", x=nothing[:n], p_data=nothing, p_g=nothing)
        snapshot = snapshots.with_probe(snapshot, "score", x=nothing, score=nothing, supported=np.zeros(n, bool))
        snapshot = snapshots.with_probe(snapshot, "threads", x=nothing[:64], z=nothing[:64], push=nothing[:64])
        stage.show_snapshot(snapshot)
        assert not stage.grab().isNull()
        assert stage.tips()
        stage._reading(QPointF(350, 200))


def test_the_reading_names_every_curve_and_its_value(stage):
    stage.show_snapshot(snapshots.line())
    view = stage._density_view()
    reading = stage._reading(QPointF(float(view.px(2.0)), 200))
    assert reading.startswith("x 2.00 · p_data 0.39")
    assert "D(x) 0." in reading
    assert "D*(x) 0." in reading
    assert stage._reading(QPointF(1, 200)) == ""


def test_a_slice_of_a_prior_of_many_dimensions_is_called_one(stage):
    snapshot = snapshots.with_probe(snapshots.line(), "threads", z_dim=4)
    stage.show_snapshot(snapshot)
    assert "z₁ varies, the other 3 central" in stage.caption()


def test_an_estimated_data_density_is_called_one(stage):
    stage.show_snapshot(snapshots.with_probe(snapshots.line(), "density", exact=False))
    assert "estimate" in stage.tips()["data"]
    stage.show_snapshot(dataclasses.replace(snapshots.line(), run=2))
    assert "exact" in stage.tips()["data"]
