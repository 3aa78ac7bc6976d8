"""The bridge pulls, in the GUI thread, everything and in order."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ganstudio.engine import messages as m
from ganstudio.engine.mailbox import Mailbox
from ganstudio.ui import session_bridge
from ganstudio.ui.session_bridge import POLL_MS, SessionBridge
from tests.ui.views import snapshots


class FakeSession:
    def __init__(self) -> None:
        self.mailbox: Mailbox[Any] = Mailbox()
        self.sent: list[m.Command] = []
        self.queued: list[m.Event] = []
        self.closed = False
        self.waiting_s = 0.0

    def send(self, command: m.Command) -> None:
        self.sent.append(command)

    def events(self) -> list[m.Event]:
        taken, self.queued = self.queued, []
        return taken

    def close(self, timeout_s: float = 5.0) -> bool:
        self.closed = True
        return True


def test_it_emits_events_in_order_and_then_the_newest_snapshot(qtbot: QtBot) -> None:
    session = FakeSession()
    bridge = SessionBridge(session)
    seen: list[object] = []
    for signal in (bridge.running_changed, bridge.saved, bridge.failed, bridge.diverged, bridge.snapshot_ready):
        signal.connect(seen.append)
    events: list[m.Event] = [m.RunningChanged(True), m.Diverged(9, 3), m.Failed("no", ""), m.RunningChanged(False)]
    session.queued = list(events)
    newest = snapshots.line(step=2)
    session.mailbox.put(snapshots.line(step=1))
    session.mailbox.put(newest)
    with qtbot.waitSignal(bridge.snapshot_ready):
        pass
    assert seen == [*events, newest]
    bridge.close()


def test_a_snapshot_is_asked_for_when_a_frame_is_due_and_shown_as_soon_as_it_is_there(qtbot: QtBot) -> None:
    session = FakeSession()
    bridge = SessionBridge(session)
    bridge.hold_pace(500)
    bridge.pull()  # asks
    session.mailbox.put(snapshots.line(step=1))
    with qtbot.waitSignal(bridge.snapshot_ready):
        pass
    assert not session.mailbox.wanted  # the next frame is not due yet
    assert 3 < bridge._timer.remainingTime() <= 500
    bridge.pull()
    assert session.mailbox.wanted
    assert bridge._timer.interval() == POLL_MS
    bridge.close()


def test_what_does_not_come_is_not_waited_for_in_a_hurry(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    session = FakeSession()
    bridge = SessionBridge(session)
    bridge.pull()
    assert bridge._timer.interval() == POLL_MS
    monkeypatch.setattr(session_bridge, "ANSWER_S", 0.0)
    bridge.pull()
    assert bridge._timer.interval() == bridge.frame_interval_ms
    bridge.close()


def test_every_event_there_is_has_a_signal() -> None:
    bridge = SessionBridge(FakeSession())
    assert set(bridge._signals) == set(m.Event.__args__)
    bridge.close()


def test_closed_it_pulls_no_more(qtbot: QtBot) -> None:
    session = FakeSession()
    bridge = SessionBridge(session)
    bridge.send(m.Pause())
    assert bridge.close()
    assert session.closed
    assert session.sent == [m.Pause()]
    assert not bridge._timer.isActive()


def test_a_command_that_waits_long_is_told_once_a_second(qtbot: QtBot) -> None:
    session = FakeSession()
    bridge = SessionBridge(session)
    told: list[int] = []
    bridge.delayed.connect(told.append)
    for seconds in (0.5, 1.9, 2.1, 2.4, 3.2, 0.0, 2.5):
        session.waiting_s = seconds
        bridge.pull()
    assert told == [2, 3, 2]
    bridge.close()


def test_a_pace_that_is_held_does_not_adapt(qtbot: QtBot) -> None:
    session = FakeSession()
    bridge = SessionBridge(session)
    bridge.hold_pace(20)
    session.mailbox.put(snapshots.line())
    bridge.pull()
    assert bridge.frame_interval_ms == 20
    bridge.hold_pace(None)
    assert bridge.frame_interval_ms == 33
    bridge.close()
