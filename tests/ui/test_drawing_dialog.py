"""Drawing the data, with the mouse and the keyboard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox
from pytestqt.qtbot import QtBot

from ganstudio.engine.distributions import distributions
from ganstudio.ui.density_canvas import KNOTS, DensityCanvas
from ganstudio.ui.drawing_dialog import DrawingDialog
from ganstudio.ui.number_edit import NumberEdit
from ganstudio.ui.palette import palette
from ganstudio.ui.points_canvas import MOST_POINTS, PointsCanvas

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform alone
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def opened(qtbot: QtBot, name: str, **settings: Any) -> DrawingDialog:
    dialog = DrawingDialog(distributions.get(name)(**settings), palette("dark"))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


@pytest.fixture
def line(qtbot: QtBot) -> DrawingDialog:
    return opened(qtbot, "drawn_1d")


@pytest.fixture
def plane(qtbot: QtBot) -> DrawingDialog:
    return opened(qtbot, "drawn_2d")


def stroke(qtbot: QtBot, dialog: DrawingDialog, *points: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
    """Press at the first point, move along the others and release; points are shares of the plot from bottom left."""
    rect = dialog.canvas.viewport().rect
    places = [
        QPoint(round(rect.left() + x * rect.width()), round(rect.bottom() - y * rect.height())) for x, y in points
    ]
    qtbot.mousePress(dialog.canvas, button, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(dialog.canvas, place)
    qtbot.mouseRelease(dialog.canvas, button, pos=places[-1])


def heights(dialog: DrawingDialog) -> np.ndarray:
    return np.asarray(dialog.canvas.drawing.heights)


def points(dialog: DrawingDialog) -> np.ndarray:
    return np.asarray(dialog.canvas.drawing.points)


def ok(dialog: DrawingDialog) -> Any:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def test_dragging_draws_the_density_without_gaps_however_fast(line: DrawingDialog, qtbot: QtBot) -> None:
    line.canvas.clear()
    stroke(qtbot, line, (0.1, 0.2), (0.5, 0.8), (0.9, 0.2))
    drawn = heights(line)
    inside = drawn[round(0.1 * (KNOTS - 1)) + 2 : round(0.9 * (KNOTS - 1)) - 2]
    assert (inside > 0.15).all()
    assert drawn[: round(0.08 * KNOTS)].max() == 0
    assert abs(np.argmax(drawn) / (KNOTS - 1) - 0.5) < 0.02
    assert np.abs(np.diff(inside)).max() < 0.03


def test_a_stroke_leaves_what_it_does_not_touch(line: DrawingDialog, qtbot: QtBot) -> None:
    before = heights(line)
    stroke(qtbot, line, (0.6, 0.9), (0.8, 0.9))
    after = heights(line)
    assert np.array_equal(after[: round(0.58 * KNOTS)], before[: round(0.58 * KNOTS)])
    assert after[round(0.7 * KNOTS)] > 0.9


def test_a_stroke_beyond_the_canvas_stays_in_it(line: DrawingDialog, qtbot: QtBot) -> None:
    stroke(qtbot, line, (0.5, 0.5), (1.1, 1.5), (1.1, -0.5), (0.5, -0.5))
    assert heights(line).min() == 0
    assert heights(line).max() <= 1


def test_drawing_is_live_during_the_stroke_and_one_step_of_undo(line: DrawingDialog, qtbot: QtBot) -> None:
    before = heights(line)
    rect = line.canvas.viewport().rect
    start = rect.center().toPoint()
    qtbot.mousePress(line.canvas, LEFT, pos=start)
    seen = []
    for shift in range(10, 60, 10):
        qtbot.mouseMove(line.canvas, start + QPoint(shift, -shift))
        seen.append(heights(line))
    assert not line.canvas.can_undo
    assert not np.array_equal(seen[0], seen[-1])
    qtbot.mouseRelease(line.canvas, LEFT, pos=start)
    assert line.canvas.can_undo
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(heights(line), before)
    assert not line.undo_button.isEnabled()
    assert line.redo_button.isEnabled()
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert np.array_equal(heights(line), seen[-1])


def test_the_right_button_erases_and_so_does_the_eraser(line: DrawingDialog, qtbot: QtBot) -> None:
    stroke(qtbot, line, (0.3, 0.5), (0.4, 0.5), button=RIGHT)
    middle = slice(round(0.3 * KNOTS) + 1, round(0.4 * KNOTS) - 1)
    assert heights(line)[middle].max() == 0
    line.canvas.undo()
    assert heights(line)[middle].min() > 0
    qtbot.mouseClick(line.eraser_button, LEFT)
    stroke(qtbot, line, (0.3, 0.9), (0.4, 0.9))
    assert heights(line)[middle].max() == 0


def test_an_empty_drawing_cannot_be_accepted_and_says_why(line: DrawingDialog, qtbot: QtBot) -> None:
    assert ok(line).isEnabled()
    qtbot.mouseClick(line.clear_button, LEFT)
    assert not ok(line).isEnabled()
    assert line.reason.text() == "Nothing is drawn yet."
    line.accept()
    assert line.result() != QDialog.DialogCode.Accepted
    stroke(qtbot, line, (0.5, 0.5), (0.52, 0.5))
    assert ok(line).isEnabled()
    assert line.reason.text() == ""


def test_accepting_gives_the_drawing_as_a_frozen_distribution(line: DrawingDialog, qtbot: QtBot) -> None:
    first = line.distribution
    line.canvas.clear()
    stroke(qtbot, line, (0.25, 0.9), (0.27, 0.9))
    assert line.distribution is first
    qtbot.mouseClick(ok(line), LEFT)
    made = line.distribution
    assert type(made) is type(first)
    assert len(made.heights) == KNOTS
    density = made.density(np.array([[-2.0], [1.0]]))
    assert density[0] > 1
    assert density[1] == 0


def test_cancel_leaves_all_as_it_was(line: DrawingDialog, qtbot: QtBot) -> None:
    first = line.distribution
    stroke(qtbot, line, (0.1, 0.9), (0.9, 0.9))
    qtbot.mouseClick(line.buttons.button(QDialogButtonBox.StandardButton.Cancel), LEFT)
    assert line.distribution is first


def test_accepting_without_a_change_gives_the_very_same_distribution(plane: DrawingDialog, qtbot: QtBot) -> None:
    first = plane.distribution
    stroke(qtbot, plane, (0.5, 0.5), (0.6, 0.6))
    plane.canvas.undo()
    qtbot.mouseClick(ok(plane), LEFT)
    assert plane.distribution is first


def typed(qtbot: QtBot, edit: NumberEdit, text: str) -> None:
    """Type a number into a field and press Enter."""
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_the_edges_of_the_line_are_data_units_and_can_be_undone(line: DrawingDialog, qtbot: QtBot) -> None:
    typed(qtbot, line.high, "10")
    assert line.isVisible()
    assert line.canvas.drawing.high == 10
    typed(qtbot, line.low, "20")  # makes no interval
    assert line.canvas.drawing.low == -4
    assert line.low.value == -4
    typed(qtbot, line.low, "-5000")
    assert "-1000" in line.reason.text()
    qtbot.mouseClick(line.undo_button, LEFT)
    assert line.canvas.drawing.high == 4
    assert line.high.value == 4


def test_smoothing_rounds_corners_and_keeps_the_mass(line: DrawingDialog, qtbot: QtBot) -> None:
    line.canvas.clear()
    stroke(qtbot, line, (0.4, 0.8), (0.6, 0.8))
    before = heights(line)
    qtbot.mouseClick(line.smooth_button, LEFT)
    after = heights(line)
    assert np.abs(np.diff(after)).max() < 0.5 * np.abs(np.diff(before)).max()
    assert after.sum() == pytest.approx(before.sum())


def test_the_line_starts_from_another_density(line: DrawingDialog, qtbot: QtBot) -> None:
    names = [line.start_from.itemData(index) for index in range(line.start_from.count())]
    assert "two_gaussians" in names
    assert not {"drawn_1d", "ring8", "points_1d"} & set(names)
    line.start_from.setCurrentIndex(names.index("two_gaussians"))
    line.start_from.activated.emit(names.index("two_gaussians"))
    source = distributions.get("two_gaussians")()
    ((low, high),) = source.extent
    assert (line.canvas.drawing.low, line.canvas.drawing.high) == pytest.approx((low, high))
    line.accept()
    x = np.linspace(low, high, 500)[:, None]
    expected, made = source.density(x), line.distribution.density(x)
    assert expected is not None
    assert np.abs(made - expected).max() < 0.03 * expected.max()


@pytest.mark.parametrize("dim", [1, 2])
def test_every_offered_start_can_be_taken(qtbot: QtBot, dim: int) -> None:
    dialog = opened(qtbot, f"drawn_{dim}d")
    assert dialog.start_from.count() > 5
    for index in range(dialog.start_from.count()):
        dialog.start_from.activated.emit(index)
        assert dialog.canvas.problem == ""
        assert dialog.canvas.applied_to(dialog.distribution).dim == dim


def test_painting_leaves_points_along_the_stroke_within_the_brush(plane: DrawingDialog, qtbot: QtBot) -> None:
    plane.canvas.clear()
    stroke(qtbot, plane, (0.2, 0.5), (0.8, 0.5))
    made = points(plane)
    reach = plane.canvas.brush_px / plane.canvas.viewport().x_scale
    assert np.abs(made[:, 1]).max() <= reach * 1.02
    counts, _ = np.histogram(made[:, 0], bins=12, range=(-1.2, 1.2))
    assert counts.min() > 0
    assert made[:, 0].min() >= -1.2 - 1.02 * reach


def test_the_spray_is_as_dense_for_slow_strokes_as_for_fast_ones(plane: DrawingDialog, qtbot: QtBot) -> None:
    made = []
    for steps in (2, 200):
        plane.canvas.clear()
        stroke(qtbot, plane, *((x, 0.5) for x in np.linspace(0.1, 0.9, steps)))
        made.append(len(points(plane)))
    assert made[1] == pytest.approx(made[0], rel=0.05)


def test_brush_and_spray_follow_their_sliders(plane: DrawingDialog, qtbot: QtBot) -> None:
    assert isinstance(plane.canvas, PointsCanvas)
    plane.brush.setFocus()
    before = plane.canvas.brush_px
    qtbot.keyClick(plane.brush, Qt.Key.Key_Right)
    assert plane.canvas.brush_px > before
    plane.spray.setValue(plane.spray.maximum())
    plane.canvas.clear()
    stroke(qtbot, plane, (0.5, 0.5))
    assert len(points(plane)) == plane.canvas.spray == 30


def test_points_are_erased_below_the_brush_only(plane: DrawingDialog, qtbot: QtBot) -> None:
    before = points(plane)
    stroke(qtbot, plane, (0.0, 0.8), (1.0, 0.8), button=RIGHT)
    after = points(plane)
    view = plane.canvas.viewport()
    y = view.data(0, view.rect.bottom() - 0.8 * view.rect.height())[1]
    reach = plane.canvas.brush_px / view.x_scale
    assert 0 < len(after) < len(before)
    assert np.abs(after[:, 1] - y).min() > 0.97 * reach
    far = np.abs(before[:, 1] - y) > 1.03 * reach
    assert {tuple(point) for point in before[far].tolist()} <= {tuple(point) for point in after.tolist()}


def test_erasing_everything_disables_ok(plane: DrawingDialog, qtbot: QtBot) -> None:
    plane.canvas.clear()
    assert not ok(plane).isEnabled()
    assert plane.reason.text() == "No point is painted yet."
    plane.canvas.undo()
    assert ok(plane).isEnabled()


def test_a_full_canvas_takes_no_more_points(plane: DrawingDialog, qtbot: QtBot) -> None:
    assert isinstance(plane.canvas, PointsCanvas)
    plane.canvas.spray = MOST_POINTS
    stroke(qtbot, plane, (0.3, 0.5), (0.7, 0.5))
    assert len(points(plane)) == MOST_POINTS
    assert "full" in plane.summary.text()


def test_painted_points_become_the_distribution(plane: DrawingDialog, qtbot: QtBot) -> None:
    plane.canvas.clear()
    stroke(qtbot, plane, (0.75, 0.75))
    typed(qtbot, plane.half_width, "3")
    qtbot.mouseClick(ok(plane), LEFT)
    made = plane.distribution
    assert made.half_width == 3
    assert 0 < len(made.points) <= 4
    assert np.abs(np.array(made.points) - 1).max() < 0.3


def test_the_preview_shows_samples_of_what_is_drawn(line: DrawingDialog, plane: DrawingDialog, qtbot: QtBot) -> None:
    line.canvas.clear()
    stroke(qtbot, line, (0.7, 0.9), (0.8, 0.9))
    qtbot.waitUntil(lambda: len(line.preview.points) > 0 and line.preview.points.min() > 1.4)
    assert line.preview.points.max() < 2.6
    plane.canvas.clear()
    qtbot.waitUntil(lambda: len(plane.preview.points) == 0)


def test_a_second_button_does_not_disturb_a_stroke(line: DrawingDialog, qtbot: QtBot) -> None:
    centre = line.canvas.viewport().rect.center().toPoint()
    qtbot.mousePress(line.canvas, LEFT, pos=centre)
    qtbot.mousePress(line.canvas, RIGHT, pos=centre)
    qtbot.mouseRelease(line.canvas, RIGHT, pos=centre)
    assert line.canvas.is_stroking
    qtbot.mouseMove(line.canvas, centre + QPoint(40, 0))
    qtbot.mouseRelease(line.canvas, LEFT, pos=centre)
    assert not line.canvas.is_stroking
    assert heights(line)[KNOTS // 2] > 0.4


def test_grid_and_theme_change_the_picture(line: DrawingDialog, plane: DrawingDialog, qtbot: QtBot) -> None:
    for dialog in (line, plane):
        first = dialog.canvas.grab().toImage()
        dialog.grid.click()
        without = dialog.canvas.grab().toImage()
        assert without != first
        dialog.set_palette(palette("light"))
        assert dialog.canvas.grab().toImage().pixelColor(2, 2).name() == palette("light").surface


def test_a_drawing_survives_being_opened_again(line: DrawingDialog, qtbot: QtBot) -> None:
    stroke(qtbot, line, (0.1, 0.7), (0.9, 0.3))
    line.accept()
    again = DensityCanvas(line.distribution, palette("dark"))
    qtbot.addWidget(again)
    drawn = again.drawing.heights / again.drawing.heights.max()
    kept = np.array(line.distribution.heights) / max(line.distribution.heights)
    assert np.abs(drawn - kept).max() < 1e-6
