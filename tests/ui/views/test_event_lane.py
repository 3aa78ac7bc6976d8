"""Texts beside event markers: which are shown, and where."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from ganstudio.engine.history import Event
from ganstudio.ui.palette import palette
from ganstudio.ui.views.event_lane import EventLane, Placed, placed


@pytest.fixture
def metrics(qtbot: QtBot) -> QFontMetricsF:
    return QFontMetricsF(QFont())


def texts(found: list[Placed]) -> list[str]:
    return [one.text for one in found]


def test_events_apart_all_have_their_text(metrics: QFontMetricsF) -> None:
    events = [Event(step, f"k {step}") for step in (1, 2, 3)]
    found = placed(events, [10, 150, 300], metrics, 400)
    assert texts(found) == ["k 1", "k 2", "k 3"]
    assert [one.left for one in found] == [14, 154, 304]


def test_events_at_one_place_share_the_newest_text(metrics: QFontMetricsF) -> None:
    events = [Event(step, f"lr {step}") for step in range(5)]
    found = placed(events, [100, 101, 102, 103, 104], metrics, 400)
    assert texts(found) == ["lr 4 +4"]
    assert found[0].events == tuple(events)


def test_texts_never_overlap_and_stay_inside(metrics: QFontMetricsF) -> None:
    events = [Event(step, "loss hinge→non saturating with more words than fit") for step in range(40)]
    found = placed(events, [9.0 * step for step in range(40)], metrics, 360)
    assert 1 < len(found) < 20
    assert found[-1].events[-1] is events[-1]
    for before, after in pairwise(found):
        assert before.left + before.width <= after.left
    assert found[0].left >= 0
    assert found[-1].left + found[-1].width <= 360


def test_the_lane_is_painted_in_both_themes(qtbot: QtBot) -> None:
    lane = EventLane(palette("dark"))
    qtbot.addWidget(lane)
    lane.resize(340, lane.sizeHint().height())
    empty = lane.grab().toImage()
    lane.set_steps(200)
    lane.set_events([Event(50, "k 1→5")])
    dark = lane.grab().toImage()
    assert dark != empty
    lane.set_palette(palette("light"))
    assert lane.grab().toImage() != dark
