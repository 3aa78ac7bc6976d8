"""The charts of runs on images, from hand-made snapshots."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from ganstudio.ui.palette import palette
from ganstudio.ui.views.chart_list import CHARTS
from ganstudio.ui.views.chart_list_images import IMAGE_CHARTS, estimators
from ganstudio.ui.views.chart_panel import ChartPanel
from ganstudio.ui.views.class_histogram import ClassBars, ClassHistogram
from tests.ui.views import image_snapshots, snapshots
from tests.ui.views.test_chart_panel import show, shown

EVERYTHING = ["losses", "scores", *(kind.key for kind in IMAGE_CHARTS), "gradients"]


@pytest.fixture
def panel(qtbot: QtBot) -> ChartPanel:
    made = ChartPanel(palette("dark"))
    qtbot.addWidget(made)
    made.resize(340, 1500)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_images_have_charts_of_their_own_and_points_none_of_them(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, image_snapshots.images(history=image_snapshots.history()))
    assert shown(panel) == EVERYTHING
    assert panel.classes.isVisible()
    show(qtbot, panel, snapshots.plane(run=2))
    assert shown(panel) == ["losses", "scores", "jsd", "w1", "modes", "quality", "gradients"]
    assert not panel.classes.isVisible()


def test_only_what_was_measured_has_a_chart(panel: ChartPanel, qtbot: QtBot) -> None:
    floors = {"metric/swd": 0.011}
    show(qtbot, panel, image_snapshots.images(floors=floors, history=snapshots.history(300)))
    assert "overfitting" not in shown(panel), "D was not asked about held-out images"
    assert not {"frechet", "precision", "class_kl"} & set(shown(panel))
    assert not panel.classes.isVisible()


def test_reference_lines_are_what_held_out_images_read(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, image_snapshots.images(history=image_snapshots.history()))
    for key, name in (("frechet", "metric/frechet"), ("confident", "metric/confident"), ("swd", "metric/swd")):
        (reference,) = panel.charts[key].references
        assert reference.value == image_snapshots.FLOORS[name]
        assert reference.label == "real data"
    assert [one.label for one in panel.charts["classes_found"].references] == ["all 10"]
    assert shown(panel).count("asked_class") == 1
    assert panel.charts["frechet"].values.log


def test_overfitting_shows_training_beside_held_out_images(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, image_snapshots.images(history=image_snapshots.history()))
    names = [curve.series.name for curve in panel.charts["overfitting"].curves]
    assert names == ["score/train", "score/held_out"]


@pytest.mark.parametrize("kind", IMAGE_CHARTS, ids=lambda kind: kind.key)
def test_every_tip_says_how_the_number_is_estimated(kind) -> None:
    snapshot = image_snapshots.images()
    tip = kind.tip(snapshot)
    assert len(tip) > 150
    if kind.key != "overfitting":
        assert f"Every {snapshot.config.training.metrics_every} iterations" in tip
        assert "up to 1,000" in tip


def test_a_frechet_distance_in_other_features_is_not_called_fid() -> None:
    assert "Not an FID" in estimators(image_snapshots.images())["metric/frechet"].estimator
    for kind in CHARTS:
        assert "FID" not in kind.title(image_snapshots.images())


def test_class_shares_follow_the_chosen_generator_and_the_pointer(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = image_snapshots.images(history=image_snapshots.history())
    show(qtbot, panel, snapshot)
    bars = panel.classes.bars
    assert bars is not None
    assert bars.names == image_snapshots.DIGITS
    np.testing.assert_allclose(bars.real, [image_snapshots.FLOORS[f"metric/class_share_{k}"] for k in range(10)])
    last = snapshot.history.last()
    np.testing.assert_allclose(bars.shares, [last[f"metric/class_share_{k}"] for k in range(10)])
    assert bars.divergence == pytest.approx(last["metric/class_kl"])
    loss = panel.charts["losses"]
    qtbot.mouseMove(loss, QPointF(loss.plot.left() + 0.2 * loss.plot.width(), loss.plot.center().y()).toPoint())
    assert panel.classes.bars.step < bars.step
    assert panel.classes.bars.shares != bars.shares
    qtbot.mouseMove(loss, QPointF(2, 2).toPoint())
    assert panel.classes.bars == bars
    show(qtbot, panel, image_snapshots.images(history=snapshot.history, generator="raw"))
    assert panel.classes.bars.generator == "raw"
    assert panel.classes.bars.divergence == pytest.approx(last["metric/class_kl_raw"])


def test_an_enlarged_chart_has_the_panel_for_itself(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, image_snapshots.images(history=image_snapshots.history()))
    panel.enlarge("frechet")
    assert not panel.classes.isVisible()
    panel.show_all()
    assert panel.classes.isVisible()


@pytest.fixture
def histogram(qtbot: QtBot) -> ClassHistogram:
    made = ClassHistogram(palette("dark"))
    qtbot.addWidget(made)
    made.resize(340, 160)
    return made


def test_bars_are_as_high_as_their_shares_and_a_line_marks_the_datas(histogram: ClassHistogram) -> None:
    bars = ClassBars((0.2, 0.4, 0.0), (0.3, 0.3, 0.3), ("a", "b", "c"), 0.5, 100, "EMA")
    histogram.show_bars(bars)
    image = histogram.grab().toImage()
    heights, marks = [], []
    for place in range(3):
        slot = histogram.slot(place)
        colors = [image.pixelColor(int(slot.center().x()), y) for y in range(int(slot.top()), int(slot.bottom()))]
        heights.append(sum(color.red() > 1.5 * color.blue() for color in colors))
        blue = QColor(palette("dark").real)
        marks.append([y for y, color in enumerate(colors) if color == blue])
    assert heights[0] == pytest.approx(heights[1] / 2, abs=3)
    assert heights[2] == 0
    assert all(marks)
    assert len({tuple(mark) for mark in marks}) == 1


def test_a_class_is_read_below_the_pointer(histogram: ClassHistogram) -> None:
    assert histogram.tip_at(QPointF(100, 80)) == ""
    histogram.show_bars(ClassBars((0.25, 0.75), (0.5, 0.5), ("cat", "dog"), 0.1, 1200, "raw"))
    assert histogram.tip_at(histogram.slot(1).center()) == "Class dog 75.0 %; held-out real images: 50.0 %"
    assert "1\u202f200" in histogram.tip_at(QPointF(5, 2))
    assert histogram.accessibleDescription() == "cat 25.0 %, dog 75.0 %"


def test_shares_without_a_reference_or_that_are_no_number_are_drawn(histogram: ClassHistogram) -> None:
    histogram.show_bars(ClassBars((float("nan"), 1.0), None, ("a", "b"), float("nan"), 1, "EMA"))
    histogram.set_palette(palette("light"))
    histogram.set_font_scale(1.5)
    assert histogram.grab().toImage().pixelColor(0, 0).name() == palette("light").surface
