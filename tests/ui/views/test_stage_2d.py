from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from ganstudio.engine.config import replaced
from ganstudio.ui.palette import palette
from ganstudio.ui.views.stage_2d import ARROW_GAIN, LONGEST_ARROW, Stage2d
from tests.ui.views import snapshots

ALL = frozenset(layer.name for layer in Stage2d.LAYERS)


@pytest.fixture
def stage(qtbot) -> Stage2d:
    made = Stage2d(palette("dark"))
    qtbot.addWidget(made)
    made.resize(700, 650)
    made.set_layers(ALL)
    return made


def picture(stage):
    image = stage.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def turn_wheel(stage, at: QPointF, notches: int) -> None:
    modifiers, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    angle = QPoint(0, 120 * notches)
    event = QWheelEvent(at, at, QPoint(), angle, Qt.MouseButton.NoButton, modifiers, phase, False)
    stage.wheelEvent(event)


@pytest.mark.parametrize("size", [(700, 650), (900, 400), (380, 640)])
def test_the_plane_is_in_equal_aspect_and_ends_where_points_are_counted(stage, size):
    stage.resize(*size)
    stage.show_snapshot(snapshots.plane(extent=((-2.0, 2.0), (-1.0, 1.0))))
    view = stage._view()
    assert view.x_scale == pytest.approx(view.y_scale, rel=0.01)
    assert (view.x, view.y) == ((-2.0, 2.0), (-1.0, 1.0))
    assert 0 <= view.rect.left() < view.rect.right() <= size[0]
    assert 0 <= view.rect.top() < view.rect.bottom() <= size[1]


def test_an_extent_that_grows_is_reached_in_small_steps(stage):
    stage.show_snapshot(snapshots.plane())
    tops = [1.5]
    for _ in range(20):
        stage.show_snapshot(snapshots.plane(extent=((-1.5, 1.5), (-1.5, 4.5))))
        tops.append(stage.y_range[1])
    assert np.diff(tops).max() < 0.4 * 3
    assert (np.diff(tops) >= 0).all()
    assert tops[-1] == 4.5


def test_a_probability_has_fixed_levels_and_a_critic_symmetric_steady_ones(stage):
    stage.show_snapshot(snapshots.plane())
    assert stage.levels == (0.0, 1.0)
    critic = snapshots.plane(critic=True)
    stage.show_snapshot(critic)
    low, high = stage.levels
    assert low == -high
    assert high >= np.abs(critic.probes["field"].score).max()
    for gain in (0.9, 1.0, 0.8):
        stage.show_snapshot(snapshots.with_probe(critic, "field", score=gain * critic.probes["field"].score))
        assert stage.levels == (low, high)
    stage.show_snapshot(snapshots.plane())
    assert stage.levels == (0.0, 1.0)


def test_the_levels_of_one_critic_are_not_those_of_the_next(stage):
    critic = snapshots.plane(critic=True)
    wide = snapshots.with_probe(critic, "field", score=40 * critic.probes["field"].score)
    stage.show_snapshot(wide)
    widest = stage.levels[1]
    other = dataclasses.replace(critic, config=replaced(critic.config, "loss.name", "hinge"))
    stage.show_snapshot(snapshots.with_probe(other, "field", score=10 * critic.probes["field"].score))
    stage.settle()
    first = stage.levels[1]
    assert first < widest / 3
    for _ in range(30):  # and while D gets used to its new loss, they follow within a second
        stage.show_snapshot(other)
    stage.settle()
    assert stage.levels[1] < first / 4


def test_points_beyond_the_plot_are_counted_at_four_edges(stage):
    stage.set_layers(ALL - {"modes"})
    stage.show_snapshot(snapshots.plane(outside=(3, 40, 1, 1500)))
    assert [badge.text for badge in stage.badges()] == ["◀ 3", "40 ▶", "▼ 1", "▲ 1\u202f500"]
    stage.show_snapshot(snapshots.plane(outside=(0, 2, 0, 0)))
    assert [badge.text for badge in stage.badges()] == ["2 ▶"]


def test_each_of_few_modes_bears_its_share(stage):
    stage.show_snapshot(snapshots.plane())
    badges = stage.badges()
    assert [badge.text for badge in badges] == ["20 %", "16 %", "12 %", "0 %", "18 %", "15 %", "0 %", "0 %"]
    assert [badge.role for badge in badges[:4]] == ["real", "real", "real", "muted"]


def test_numbers_change_at_once_when_a_mode_is_lost(stage):
    stage.show_snapshot(snapshots.plane())
    stage.show_snapshot(snapshots.plane(collapsed=True))
    assert [badge.text for badge in stage._badges] == ["99 %", *["0 %"] * 7]


def test_many_modes_bear_no_numbers(stage):
    snapshot = snapshots.plane()
    many = {name: np.repeat(getattr(snapshot.probes["modes"], name), 3, axis=0) for name in ("centres", "radii")}
    shares = np.full(24, 1 / 24, np.float32)
    stage.show_snapshot(snapshots.with_probe(snapshot, "modes", **many, shares=shares, captured=shares > 0))
    assert stage.badges() == []
    assert not stage.grab().isNull()


def test_arrows_are_proportional_to_the_push_and_vanish_with_it(stage):
    stage.show_snapshot(snapshots.plane(push=1.0))
    one = stage.arrow_shifts()
    arrows = snapshots.arrows(1.0)
    np.testing.assert_allclose(one, ARROW_GAIN * arrows.scale * arrows.push, rtol=1e-5)
    stage.show_snapshot(snapshots.plane(push=0.01))
    np.testing.assert_allclose(stage.arrow_shifts(), one / 100, rtol=1e-4)
    stage.set_layers(frozenset({"arrows"}))
    starved = picture(stage)
    stage.set_layers(frozenset())
    assert (picture(stage) == starved).all(), "the push is there, and too small to be seen"
    stage.show_snapshot(snapshots.plane(push=1e6))
    lengths = np.hypot(*stage.arrow_shifts().T)
    np.testing.assert_allclose(lengths, LONGEST_ARROW * arrows.scale, rtol=1e-5)


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_layer_shows_when_on_and_leaves_nothing_when_off(stage, name):
    stage.show_snapshot(snapshots.plane(push=2.0))
    stage.set_layers(frozenset())
    empty = picture(stage)
    stage.set_layers(frozenset({name}))
    assert (picture(stage) != empty).any()
    stage.set_layers(frozenset())
    assert (picture(stage) == empty).all()


def test_the_heat_map_is_upright(stage):
    score = np.zeros((48, 48), np.float32)
    score[24:, :24] = 1.0  # high, left
    stage.set_layers(frozenset({"d"}))
    stage.show_snapshot(snapshots.with_probe(snapshots.plane(), "field", score=score))
    shown, view = picture(stage), stage._view()
    teal, violet = (shown[int(view.py(y)), int(view.px(x)), :3].astype(int) for x, y in ((-0.75, 0.75), (0.75, -0.75)))
    assert teal[1] > teal[2], "green above red"
    assert violet[2] > violet[1]


def test_the_wheel_zooms_about_the_pointer_and_a_double_click_shows_all_again(stage, qtbot):
    stage.show_snapshot(snapshots.plane())
    view = stage._view()
    at = QPointF(*view.pixels(np.array([0.5, 0.5])))
    turn_wheel(stage, at, 3)
    assert stage.zoomed
    assert stage.x_range[1] - stage.x_range[0] < 1.7
    assert stage._view().data(at.x(), at.y()) == pytest.approx((0.5, 0.5), abs=1e-6)
    assert any("double-click" in badge.text for badge in stage.badges())
    zoomed = stage.x_range
    for _ in range(20):
        stage.show_snapshot(snapshots.plane(extent=((-3.0, 3.0), (-3.0, 3.0))))
    assert stage.x_range == zoomed, "the person's view stays"
    qtbot.mouseDClick(stage, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert not stage.zoomed
    assert stage.x_range == (-3.0, 3.0)


def test_zooming_has_an_end_on_both_sides(stage):
    stage.show_snapshot(snapshots.plane())
    at = stage._view().rect.center()
    turn_wheel(stage, at, 200)
    assert stage.x_range[1] - stage.x_range[0] == pytest.approx(3 / 60)
    turn_wheel(stage, at, -400)
    assert stage.x_range[1] - stage.x_range[0] == pytest.approx(9)


def test_a_drag_pans(stage, qtbot):
    stage.show_snapshot(snapshots.plane())
    start = stage._view().rect.center().toPoint()
    qtbot.mousePress(stage, Qt.MouseButton.LeftButton, pos=start)
    stage.mouseMoveEvent(_drag_to(start + QPoint(50, 20)))
    qtbot.mouseRelease(stage, Qt.MouseButton.LeftButton, pos=start + QPoint(50, 20))
    view = stage._view()
    assert stage.x_range[0] == pytest.approx(-1.5 - 50 / view.x_scale)
    assert stage.y_range[0] == pytest.approx(-1.5 + 20 / view.y_scale)


def _drag_to(at: QPoint):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    left = Qt.MouseButton.LeftButton
    return QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(at), Qt.MouseButton.NoButton, left, Qt.KeyboardModifier.NoModifier
    )


def test_another_run_is_shown_whole(stage):
    stage.show_snapshot(snapshots.plane())
    turn_wheel(stage, stage._view().rect.center(), 5)
    stage.show_snapshot(snapshots.plane(run=2))
    assert not stage.zoomed


def test_the_reading_gives_place_score_and_nearest_mode(stage):
    snapshot = snapshots.plane()
    stage.show_snapshot(snapshot)
    at = stage._view().pixels(np.array([1.0, 0.01]))
    reading = stage._reading(QPointF(*at))
    score = snapshot.probes["field"].score[24, 40]
    assert reading.startswith("x 1.00, y 0.01")
    assert f"D(x) {score:.3f}" in reading
    assert "nearest mode: 20.0 %" in reading
    assert stage._reading(QPointF(2, 2)) == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30])
def test_values_that_are_no_numbers_are_left_out(stage, bad):
    snapshot = snapshots.plane(critic=True)
    wrong = (
        ("samples", "fake"), ("field", "score"), ("latent_grid", "points"), ("arrows", "push"), ("arrows", "base"),
        ("modes", "centres"),
    )  # fmt: skip
    for probe, array in wrong:
        values = getattr(snapshot.probes[probe], array).copy()
        values.reshape(-1)[::5] = bad
        snapshot = snapshots.with_probe(snapshot, probe, **{array: values})
    stage.show_snapshot(snapshot)
    assert not stage.grab().isNull()
    assert np.isfinite([*stage.x_range, *stage.y_range, *stage.levels]).all()
    stage._reading(stage._view().rect.center())


def test_empty_arrays_are_drawn_as_nothing(stage):
    snapshot = snapshots.plane()
    none = np.empty((0, 2), np.float32)
    for probe, arrays in (
        ("samples", {"real": none, "fake": none}),
        ("field", {"score": np.empty((0, 0), np.float32)}),
        ("latent_grid", {"points": np.empty((1, 0, 2), np.float32)}),
        ("arrows", {"base": none, "push": none}),
        ("modes", {"centres": none, "radii": none, "shares": none[:, 0], "captured": np.empty(0, bool)}),
    ):
        snapshot = snapshots.with_probe(snapshot, probe, **arrays)
    stage.show_snapshot(snapshot)
    assert not stage.grab().isNull()
    assert stage.badges() == []
    stage._reading(stage._view().rect.center())


def test_a_lattice_of_one_row_is_a_curve(stage):
    snapshot = snapshots.plane()
    curve = snapshots.latent_grid().points[:1]
    stage.show_snapshot(snapshots.with_probe(snapshot, "latent_grid", points=curve, z_dim=1))
    assert "curve" in stage.tips()["latent_grid"]
    assert not stage.grab().isNull()


def test_a_slice_of_a_prior_of_many_dimensions_is_called_one(stage):
    stage.show_snapshot(snapshots.with_probe(snapshots.plane(), "latent_grid", z_dim=16))
    assert "the other 14 central" in stage.caption()
