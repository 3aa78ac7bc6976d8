"""One chart: what it paints, how little it repaints, and what the pointer does."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ganstudio.engine.history import Table
from ganstudio.ui.palette import palette
from ganstudio.ui.views import chart_painting
from ganstudio.ui.views.chart import Chart, Curve, Reference, Series
from ganstudio.ui.views.chart_scale import ValueRange
from ganstudio.ui.views.thinner import Buckets, Thinner

D = Series(name="loss/d", label="D", role="d", symbol="circle")
G = Series(name="loss/g", label="G", role="g", symbol="triangle")
DARK = palette("dark")


def buckets(values: Sequence[float], cadence: int = 1) -> Buckets:
    table = Table(["x"])
    table.append(cadence * np.arange(1, len(values) + 1), np.array(values, np.float32)[:, None])
    thinner = Thinner(table)
    thinner.update()
    return thinner.buckets(0)


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    made = Chart("Losses", DARK, ValueRange())
    qtbot.addWidget(made)
    made.resize(340, 120)
    made.show()
    qtbot.waitExposed(made)
    return made


def image(chart: Chart) -> QImage:
    return chart.grab().toImage()


def channels(picture: QImage) -> np.ndarray:
    converted = picture.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(converted.constBits(), np.uint8).astype(int)


def near(colour: QColor, other: str) -> bool:
    wanted = QColor(other)
    return all(
        abs(one - two) < 40
        for one, two in zip(colour.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[index]
    )


def columns_with(picture: QImage, colour: str, top: float, bottom: float) -> set[int]:
    return {
        x
        for x in range(picture.width())
        for y in range(int(top), int(bottom))
        if near(picture.pixelColor(x, y), colour)
    }


def test_a_curve_is_drawn_from_its_first_to_its_last_step(chart: Chart) -> None:
    chart.set_steps(200)
    chart.set_curves([Curve(D, buckets([1.0] * 100))])
    found = columns_with(image(chart), DARK.d, chart.plot.top() + 2, chart.plot.bottom())
    assert min(found) == pytest.approx(chart.plot.left(), abs=5)
    assert max(found) == pytest.approx(chart.plot.left() + chart.plot.width() / 2, abs=5)


def test_a_curve_has_a_gap_and_a_mark_where_it_is_not_finite(chart: Chart) -> None:
    values = [1.0] * 100
    values[40:60] = [math.nan] * 20
    chart.set_curves([Curve(D, buckets(values))])
    picture = image(chart)
    plot = chart.plot
    found = columns_with(picture, DARK.d, plot.top() + 10, plot.bottom())
    middle = int(plot.left() + plot.width() / 2)
    assert not found & set(range(middle - 10, middle + 10))
    assert columns_with(picture, DARK.error, plot.top(), plot.top() + 6) & set(range(middle - 10, middle + 10))


def test_values_far_out_of_range_are_painted_without_harm(chart: Chart) -> None:
    chart.set_curves([Curve(D, buckets([1.0, 2.0] * 50 + [3e38, -3e38, math.inf]))])
    assert not image(chart).isNull()


def test_empty_curves_are_painted_as_a_grid(chart: Chart) -> None:
    chart.set_curves([Curve(D, buckets([])), Curve(G, buckets([1.0]))])
    assert not image(chart).isNull()


def test_a_reference_line_is_in_range_dashed_and_labelled(chart: Chart) -> None:
    chart.set_references([Reference(math.log(4), "log 4", "d")])
    chart.set_curves([Curve(D, buckets([0.2, 0.3, 0.25] * 30))])
    assert chart.values.low <= 0.2
    assert chart.values.high >= math.log(4)
    picture, plot = image(chart), chart.plot
    share = (math.log(4) - chart.values.low) / (chart.values.high - chart.values.low)
    y = round(plot.bottom() - share * plot.height())
    line = [near(picture.pixelColor(x, y), DARK.optimum) for x in range(int(plot.left()) + 2, int(plot.right()))]
    assert 0.4 < sum(line) / len(line) < 0.75
    label = columns_with(picture, DARK.d, y - 6, y + 6)
    assert any(x > plot.right() + 5 for x in label)


def test_a_reference_that_the_axis_makes_no_room_for_is_left_out(chart: Chart) -> None:
    chart.set_references([Reference(100.0, "far", in_range=False)])
    chart.set_curves([Curve(D, buckets([0.2, 0.3] * 30))])
    assert chart.values.high < 1


def test_events_are_thin_vertical_lines(chart: Chart) -> None:
    plain = image(chart)
    chart.set_events([50])
    picture, plot = image(chart), chart.plot
    x = int(plot.left() + plot.width() / 2)
    changed = {
        column
        for column in range(picture.width())
        if any(picture.pixel(column, y) != plain.pixel(column, y) for y in range(int(plot.top()), int(plot.bottom())))
    }
    assert changed == {x}


def test_the_end_of_a_growing_curve_is_painted_exactly_as_the_whole(
    chart: Chart, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    table = Table(["d", "g"])
    thinner = Thinner(table)
    whole = Chart("Losses", DARK, ValueRange())
    whole.resize(chart.size())
    ends = []
    original = chart_painting.paint_ends
    monkeypatch.setattr(chart_painting, "paint_ends", lambda *given: ends.append(1) or original(*given))
    for one in (chart, whole):
        one.set_steps(2000)
    chart.values.set_least((-4, 4))
    whole.values.set_least((-4, 4))
    for start in range(1, 1500, 83):
        at = np.arange(start, start + 83)
        rows = rng.normal(size=(83, 2)).astype(np.float32)
        rows[rng.random((83, 2)) < 0.01] = np.nan
        table.append(at, rows)
        thinner.update()
        curves = [Curve(D, thinner.buckets(0, 5)), Curve(G, thinner.buckets(1, 5))]
        chart.set_curves(curves)
        image(chart)
    whole.set_curves(curves)
    assert len(ends) > 10
    assert (chart.values.low, chart.values.high) == (whole.values.low, whole.values.high)
    # Where the clip cuts a line, blending may round the other way.
    assert np.abs(channels(image(chart)) - channels(image(whole))).max() <= 4
    whole.close()


def test_moving_the_cursor_paints_no_curve_again(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
    chart.set_curves([Curve(D, buckets([1.0, 2.0] * 50))])
    before = image(chart)
    calls = []
    monkeypatch.setattr(chart_painting, "paint_curves", lambda *given: calls.append(given))
    chart.set_cursor(50)
    assert image(chart) != before
    chart.set_cursor(None)
    assert image(chart) == before
    assert not calls


def test_a_theme_changes_the_picture(chart: Chart) -> None:
    assert image(chart).pixelColor(2, 60).name() == DARK.surface
    chart.set_palette(palette("light"))
    assert image(chart).pixelColor(2, 60).name() == palette("light").surface


def test_larger_type_takes_more_room(chart: Chart) -> None:
    least, plot = chart.minimumSizeHint().height(), chart.plot
    chart.set_font_scale(1.5)
    assert chart.minimumSizeHint().height() > least
    assert chart.plot.left() > plot.left()


def test_a_click_is_told_and_a_drag_is_not(chart: Chart, qtbot: QtBot) -> None:
    clicks = []
    chart.clicked.connect(lambda: clicks.append(1))
    middle = chart.plot.center().toPoint()
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=middle)
    assert len(clicks) == 1
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=middle + QPointF(30, 0).toPoint())
    qtbot.mouseClick(chart, Qt.MouseButton.RightButton, pos=middle)
    assert len(clicks) == 1
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert len(clicks) == 2


def test_the_pointer_is_told_inside_the_plot_only(chart: Chart, qtbot: QtBot) -> None:
    places: list[float] = []
    chart.pointed.connect(places.append)
    qtbot.mouseMove(chart, chart.plot.center().toPoint())
    qtbot.mouseMove(chart, QPointF(chart.width() - 2, 60).toPoint())
    assert places[0] == pytest.approx(chart.plot.center().x(), abs=1)
    assert math.isnan(places[-1])
    qtbot.mouseMove(chart, chart.plot.center().toPoint())
    qtbot.mouseMove(chart, QPointF(chart.plot.center().x(), 5).toPoint())
    assert math.isnan(places[-1]), "the header has a tool tip, which would cover the read-out"
    assert chart.step_at(chart.plot.left()) == 0
    assert chart.step_at(chart.plot.right() + 50) == 100


def test_values_stand_in_the_header(chart: Chart) -> None:
    chart.set_curves([Curve(D, buckets([1.0] * 5))])
    before = image(chart)
    chart.set_texts({"loss/d": "1.39"})
    after = image(chart)
    assert columns_with(after, DARK.d, 0, 18) - columns_with(before, DARK.d, 0, 18)
