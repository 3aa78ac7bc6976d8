"""The bridge pulls, in the GUI thread, everything and in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pytestqt.qtbot import QtBot

from ganstudio.engine import messages as m
from ganstudio.engine.mailbox import Mailbox
from ganstudio.ui.session_bridge import SessionBridge


class FakeSession:
    def __init__(self) -> None:
        self.mailbox: Mailbox[Any] = Mailbox()
        self.sent: list[m.Command] = []
        self.queued: list[m.Event] = []
        self.closed = False
        self.is_held = False
        self.waiting_s = 0.0

    def send(self, command: m.Command) -> None:
        self.sent.append(command)

    def events(self) -> list[m.Event]:
        taken, self.queued = self.queued, []
        return taken

    @contextmanager
    def held(self) -> Iterator[None]:
        self.is_held = True
        yield
        self.is_held = False

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
    session.mailbox.put("old")
    session.mailbox.put("new")
    with qtbot.waitSignal(bridge.snapshot_ready):
        pass
    assert seen == [*events, "new"]
    assert session.mailbox.wanted
    bridge.close()


def test_the_session_is_held_while_a_snapshot_is_drawn_and_only_then(qtbot: QtBot) -> None:
    session = FakeSession()
    bridge = SessionBridge(session)
    held: list[bool] = []
    bridge.snapshot_ready.connect(lambda snapshot: held.append(session.is_held))
    session.mailbox.put("new")
    with qtbot.waitSignal(bridge.snapshot_ready):
        pass
    assert held == [True]
    assert not session.is_held
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
