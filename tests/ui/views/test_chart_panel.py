"""All charts of a run, from hand-made snapshots."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from ganstudio.engine.history import Event, History
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.history_export import HistoryExport
from ganstudio.ui.palette import palette
from ganstudio.ui.views import chart_list, chart_panel
from ganstudio.ui.views.chart import Chart
from ganstudio.ui.views.chart_panel import EVENTS_SHOWN, ChartPanel
from tests.ui.views import snapshots

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform alone


@pytest.fixture
def panel(qtbot: QtBot) -> ChartPanel:
    made = ChartPanel(palette("dark"))
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def show(qtbot: QtBot, panel: ChartPanel, snapshot: Snapshot) -> None:
    """Show a snapshot and let the panel finish drawing."""
    panel.show_snapshot(snapshot)
    qtbot.waitUntil(lambda: is_finished(panel))


def is_finished(panel: ChartPanel) -> bool:
    return not panel._finish.isActive() and all(chart.curves for chart in panel.charts.values() if chart.isVisible())


def shown(panel: ChartPanel) -> list[str]:
    return [key for key, chart in panel.charts.items() if not chart.isHidden()]


def append(history: History, steps: range, value: float = 1.0) -> None:
    at = np.array(steps)
    history.tables[0].append(at, np.full((len(at), 6), value, np.float32))


def test_charts_stand_in_order_and_those_without_data_are_hidden(panel: ChartPanel, qtbot: QtBot) -> None:
    assert shown(panel) == []
    show(qtbot, panel, snapshots.line(history=snapshots.history(50)))
    assert shown(panel) == ["losses", "scores", "gradients"]
    show(qtbot, panel, snapshots.line())
    assert shown(panel) == ["losses", "scores", "jsd", "w1", "modes", "quality", "gradients"]


def test_an_empty_run_says_so(panel: ChartPanel) -> None:
    panel.show_snapshot(snapshots.line(history=History(), step=0))
    assert shown(panel) == []
    assert panel._empty.isVisible()


def test_a_hidden_panel_does_nothing_until_it_is_shown(
    panel: ChartPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.hide()
    panel.show_snapshot(snapshots.line())
    assert panel._feed is None
    assert not panel._finish.isActive()
    panel.show()
    qtbot.waitUntil(lambda: is_finished(panel) and len(shown(panel)) == 7)


def test_reference_lines_are_the_equilibrium_the_neutral_score_and_the_floors(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.plane(equilibrium={"loss/d": math.log(4), "loss/g": -math.log(2)})
    show(qtbot, panel, snapshot)
    labels = {key: [one.label for one in chart.references] for key, chart in panel.charts.items()}
    assert labels["losses"] == ["log 4", "−log 2"]
    assert labels["scores"] == ["0.5"]
    assert labels["jsd"] == ["noise\nfloor"]
    assert labels["modes"] == ["all 8"]
    assert labels["quality"] == ["real data\n98.9 %"]
    assert labels["gradients"] == []
    assert panel.charts["quality"].references[0].value == snapshot.floors["metric/high_quality"]
    for chart in panel.charts.values():
        for reference in chart.references:
            at = chart.values.position(np.array([reference.value]))[0]
            assert chart.values.low <= at <= chart.values.high


def test_a_critic_has_its_own_words_and_no_equilibrium(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.line(critic=True))
    assert panel.charts["scores"].title == "What the critic says"
    assert list(panel.charts["losses"].references) == []
    assert [one.label for one in panel.charts["scores"].references] == ["0"]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (math.log(2), "log 2"),
        (-math.log(2), "−log 2"),
        (2 * math.log(2), "log 4"),
        (0.25, "0.25"),
        (0.125, "0.125"),
        (2.0, "2"),
    ],
)
def test_equilibria_are_written_as_in_the_books(value: float, label: str) -> None:
    assert chart_list.exact_label(value) == label


def test_the_shown_generator_is_strong_and_the_other_thin(panel: ChartPanel, qtbot: QtBot) -> None:
    for generator, strong in (("ema", "metric/jsd"), ("raw", "metric/jsd_raw")):
        show(qtbot, panel, snapshots.line(generator=generator))
        curves = panel.charts["jsd"].curves
        assert {curve.series.name: curve.series.strong for curve in curves} == {
            "metric/jsd": strong == "metric/jsd",
            "metric/jsd_raw": strong == "metric/jsd_raw",
        }


def test_all_charts_share_one_rounded_range_of_steps(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.line(history=snapshots.history(1_230)))
    ends = {chart.step_at(chart.plot.right()) for chart in panel.charts.values()}
    assert ends == {1_250}
    lefts = {chart.plot.left() for chart in panel.charts.values()}
    assert len(lefts) == 1


def test_new_rows_reach_the_curves_and_the_text(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.line()
    show(qtbot, panel, snapshot)
    append(snapshot.history, range(501, 601), 3.25)
    show(qtbot, panel, snapshot)
    loss = panel.charts["losses"]
    assert loss.curves[0].buckets.last[-1] == 600
    assert loss._texts["loss/d"] == "3.25"


def test_a_frame_redraws_few_charts_and_an_idle_one_none(
    panel: ChartPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_panel, "PACE_MS", 0)
    snapshot = snapshots.line(history=snapshots.history(450))
    show(qtbot, panel, snapshot)
    drawn: list[str] = []
    original = Chart.set_curves
    monkeypatch.setattr(Chart, "set_curves", lambda self, curves: drawn.append(self.title) or original(self, curves))
    panel.show_snapshot(snapshot)
    assert drawn == []
    append(snapshot.history, range(451, 453))
    for frame in range(1, 4):
        panel.show_snapshot(snapshot)
        assert 0 < len(drawn) <= frame * chart_panel.CHARTS_PER_FRAME
    assert len(set(drawn)) == len(drawn) == 3  # losses, scores and gradient norms, each once


def test_between_two_frames_at_which_it_draws_the_panel_reads_nothing(
    panel: ChartPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = snapshots.line()
    show(qtbot, panel, snapshot)
    monkeypatch.setattr(chart_panel, "PACE_MS", 10**6)
    assert panel._feed is not None
    append(snapshot.history, range(501, 511))
    panel.show_snapshot(snapshot)
    assert panel._feed.taken("loss/d") == 500
    panel.show_snapshot(dataclasses.replace(snapshot, generator="raw"))
    assert panel._feed.taken("loss/d") == 510, "another setting is shown at once"


def test_another_run_or_another_history_starts_afresh(panel: ChartPanel, qtbot: QtBot) -> None:
    first = snapshots.line(history=snapshots.history(3_000))
    show(qtbot, panel, first)
    show(qtbot, panel, snapshots.line(run=2, history=snapshots.history(120)))
    assert panel.charts["losses"].step_at(1e9) == 125
    assert panel.charts["losses"].curves[0].buckets.last[-1] == 120
    cut = dataclasses.replace(first, run=2, history=first.history.until(110))
    show(qtbot, panel, cut)
    assert panel.charts["losses"].curves[0].buckets.last[-1] == 110


def test_a_reset_keeps_the_charts_in_their_places(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.plane())
    before = shown(panel)
    panel.show_snapshot(snapshots.plane(run=2, step=0, history=History()))
    assert shown(panel) == before
    assert panel.charts["losses"].curves == []


def test_modes_are_hidden_where_the_data_have_none(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.plane())
    assert "modes" in shown(panel)
    moons = snapshots.configs.from_mapping({"data": {"name": "two_moons"}})
    panel.show_snapshot(snapshots.plane(run=2, config=moons, history=snapshots.history(50), floors={}))
    assert shown(panel) == ["losses", "scores", "gradients"]


def test_non_finite_values_are_shown_as_such(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.line()
    append(snapshot.history, range(501, 502), math.nan)
    show(qtbot, panel, snapshot)
    assert panel.charts["losses"]._texts["loss/d"] == "NaN"
    assert panel.charts["losses"].curves[0].buckets.bad[-1]


def test_events_are_marked_in_all_charts_and_named_above_them(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.line()
    show(qtbot, panel, snapshot)
    assert not panel._lane.isVisible()
    snapshot.history.events.append(Event(250, "k 1→5"))
    show(qtbot, panel, snapshot)
    assert panel._lane.isVisible()
    assert [one.text for one in panel._lane.texts()] == ["k 1→5"]
    assert all(chart._events == (250,) for chart in panel.charts.values())


def test_of_very_many_events_the_newest_are_marked(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.line()
    snapshot.history.events.extend(Event(index // 10, f"lr D →{index}") for index in range(5_000))
    show(qtbot, panel, snapshot)
    shown = panel.charts["losses"]._events
    assert (len(shown), shown[0], shown[-1]) == (EVENTS_SHOWN, (5_000 - EVENTS_SHOWN) // 10, 499)
    snapshot.history.events[-1] = Event(499, "lr D →1")  # a slider is still being dragged
    show(qtbot, panel, snapshot)
    assert panel._lane.texts()[-1].events[-1].text == "lr D →1"


def test_the_pointer_reads_every_chart_at_one_step(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.line()
    snapshot.history.events.append(Event(250, "k 1→5"))
    show(qtbot, panel, snapshot)
    loss = panel.charts["losses"]
    newest = loss._texts["loss/d"]
    qtbot.mouseMove(loss, loss.plot.center().toPoint())
    step = loss._cursor
    assert step == pytest.approx(250, abs=2)
    assert {chart._cursor for chart in panel.charts.values()} == {step}
    assert panel._readout.isVisible()
    assert "Iteration" in panel._readout.text()
    assert "k 1→5" in panel._readout.text()
    index = loss.curves[0].buckets.index_at(step)
    assert loss._texts["loss/d"] == f"{loss.curves[0].buckets.mean[index]:.2f}"
    assert panel.charts["jsd"]._texts["metric/jsd"] == chart_list.number(
        float(panel.charts["jsd"].curves[0].buckets.mean[2 if step >= 250 else 1])
    )
    qtbot.mouseMove(loss, QPoint(2, 2))
    assert not panel._readout.isVisible()
    assert loss._cursor is None
    assert loss._texts["loss/d"] == newest


def test_a_click_enlarges_a_chart_and_escape_or_a_click_brings_the_others_back(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.line())
    everything = shown(panel)
    told: list[bool] = []
    panel.enlarged_changed.connect(told.append)
    jsd = panel.charts["jsd"]
    qtbot.mouseClick(jsd, Qt.MouseButton.LeftButton, pos=jsd.plot.center().toPoint())
    assert panel.enlarged == "jsd"
    assert shown(panel) == ["jsd"]
    show(qtbot, panel, snapshots.line())
    assert shown(panel) == ["jsd"]
    jsd.setFocus()
    qtbot.keyClick(jsd, Qt.Key.Key_Escape)
    assert shown(panel) == everything
    qtbot.mouseClick(jsd, Qt.MouseButton.LeftButton, pos=jsd.plot.center().toPoint())
    qtbot.mouseClick(jsd, Qt.MouseButton.LeftButton, pos=jsd.plot.center().toPoint())
    assert shown(panel) == everything
    assert told == [True, False, True, False]


def test_an_enlarged_chart_that_loses_its_data_gives_its_place_back(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.plane())
    panel.enlarge("modes")
    moons = snapshots.configs.from_mapping({"data": {"name": "two_moons"}})
    panel.show_snapshot(snapshots.plane(run=2, config=moons, history=snapshots.history(50), floors={}))
    assert panel.enlarged == ""
    assert "losses" in shown(panel)


def test_a_long_history_is_read_over_several_frames(
    panel: ChartPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_panel, "ROWS_PER_FRAME", 200)
    panel.show_snapshot(snapshots.line())
    assert panel._feed is not None
    assert panel._feed.taken("loss/d") == 200
    qtbot.waitUntil(lambda: is_finished(panel) and panel._feed.taken("loss/d") == 500)


def test_every_tip_names_its_estimator(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.plane()
    tips = {kind.key: kind.tip(snapshot) for kind in chart_list.CHARTS}
    assert "histogram" in tips["jsd"]
    assert "log 2" in tips["jsd"]
    assert "4\u202f096" in tips["jsd"]
    assert "quantiles" in tips["w1"]
    assert "three standard deviations" in tips["quality"]
    assert "batch" in tips["losses"]
    assert "batch" in tips["scores"]
    assert "Euclidean" in tips["gradients"]


def test_themes_and_sizes_of_type_reach_every_part(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.line())
    panel.set_palette(palette("light"))
    panel.set_font_scale(1.3)
    show(qtbot, panel, snapshots.line())
    picture = panel.grab().toImage()
    assert picture.pixelColor(3, picture.height() - 3).name() == palette("light").surface


def test_the_menu_enlarges_copies_and_exports(panel: ChartPanel, qtbot: QtBot) -> None:
    show(qtbot, panel, snapshots.line())
    menu = panel.menu(panel.charts["scores"].geometry().center())
    actions = {action.text(): action for action in menu.actions() if not action.isSeparator()}
    assert list(actions) == ["Enlarge “What D says”", "Copy picture", "Export history as CSV…"]
    actions["Copy picture"].trigger()
    assert QGuiApplication.clipboard().pixmap().size() == panel.grab().size()
    actions["Enlarge “What D says”"].trigger()
    assert panel.enlarged == "scores"
    menu.deleteLater()


def test_the_history_is_exported_as_it_is(panel: ChartPanel, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "history.csv"
    export = HistoryExport(snapshots.history(300), panel)
    with qtbot.waitSignal(export.finished):
        export.write(target)
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("step,loss/d,loss/g")
    assert len(lines) == 301


def test_an_export_that_fails_keeps_the_old_file(
    panel: ChartPanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(HistoryExport, "_say", lambda self, text: said.append(text))
    export = HistoryExport(snapshots.history(300), panel)
    with qtbot.waitSignal(export.finished):
        export.write(tmp_path / "nowhere" / "history.csv")
    assert len(said) == 1
    assert "not written" in said[0]
    target = tmp_path / "history.csv"
    target.write_text("old")
    export = HistoryExport(snapshots.history(50_000), panel)
    export.write(target)
    export._cancel()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_where_scores_become_those_of_a_critic_their_chart_begins_anew(panel: ChartPanel, qtbot: QtBot) -> None:
    snapshot = snapshots.line(step=500)
    show(qtbot, panel, snapshot)
    scores = panel.charts["scores"]
    assert scores.values.high < 2
    critic = dataclasses.replace(snapshots.line(critic=True, step=500), history=snapshot.history, run=snapshot.run)
    show(qtbot, panel, critic)
    assert [len(curve.buckets) for curve in scores.curves] == [0, 0]
    append(snapshot.history, range(501, 540), 40.0)
    show(qtbot, panel, critic)
    assert 500 < scores.curves[0].buckets.first[0] <= 504, "the first bucket of new values only"
    assert scores.values.low <= 40 <= scores.values.high
    assert len(panel.charts["gradients"].curves[0].buckets) > 100, "what means the same as before goes on"
    append(snapshot.history, range(540, 560), 0.5)
    show(qtbot, panel, dataclasses.replace(snapshot, step=545))
    assert 545 < scores.curves[0].buckets.first[0] <= 549
    assert scores.values.high < 2
