"""Between the session's thread and Qt: a timer that pulls, and signals in the GUI thread."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ganstudio.engine import messages as m
from ganstudio.ui.frame_pace import FramePace

if TYPE_CHECKING:
    from ganstudio.engine.latent.snapshots import SnapshotRing
    from ganstudio.engine.mailbox import Mailbox
    from ganstudio.engine.snapshot import Snapshot

LONG_S = 2  # after which a person wants to know why nothing happens
POLL_MS = 3  # between two looks for the snapshot that was asked for
ANSWER_S = 0.1  # if none came in this time, training waits or an iteration takes long: there is no hurry any more


class SessionLike(Protocol):
    """What the bridge needs of a session."""

    mailbox: Mailbox[Snapshot]

    @property
    def weights(self) -> SnapshotRing | None:
        """The run's past; None while there is no session."""

    @property
    def waiting_s(self) -> float:
        """For how many seconds a command has waited for the end of the present step."""

    def send(self, command: m.Command) -> None:
        """Queue a command."""

    def events(self) -> list[m.Event]:
        """Return the events since the last call, in order."""

    def close(self, timeout_s: float = 5.0) -> bool:
        """End the thread."""


class SessionBridge(QObject):
    """Pulls the newest snapshot and all events fifteen to sixty times a second, as frames and training allow.

    The worker emits no signal: a queued one per step makes what is drawn old and the GUI's timers late. A snapshot is
    asked for when a frame is due and shown as soon as it is there, so that what is drawn is of this moment, and drawn
    while the compiled step, which the session begins with it, needs no lock of Python's.

    Signals
    -------
    snapshot_ready
        The newest :class:`Snapshot`.
    loaded, started, running_changed, parameter_changed, diverged, saved, failed
        The session's event of that name.
    delayed
        A command waits for the end of a long step: for so many seconds, a whole number, by now.
    """

    snapshot_ready = Signal(object)
    loaded = Signal(object)
    started = Signal(object)
    running_changed = Signal(object)
    parameter_changed = Signal(object)
    diverged = Signal(object)
    saved = Signal(object)
    failed = Signal(object)
    delayed = Signal(int)

    def __init__(self, session: SessionLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting = 0
        self._signals = {
            m.Loaded: self.loaded,
            m.Started: self.started,
            m.RunningChanged: self.running_changed,
            m.ParameterChanged: self.parameter_changed,
            m.Diverged: self.diverged,
            m.Saved: self.saved,
            m.Failed: self.failed,
        }
        self._pace = FramePace()
        self._held: int | None = None
        self._due = time.perf_counter()  # when the next snapshot is to be asked for
        self._asked_at: float | None = None
        self._timer = QTimer(self, interval=self._pace.interval_ms)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self._timer.start()

    @property
    def weights(self) -> SnapshotRing | None:
        """The run's past for the latent explorer; None while torch is loaded."""
        return self._session.weights

    def send(self, command: m.Command) -> None:
        """Queue a command for the session."""
        self._session.send(command)

    def pull(self) -> None:
        """Pass on what there is: events first, since a snapshot may already show what they tell."""
        for event in self._session.events():
            self._signals[type(event)].emit(event)
        waiting = int(self._session.waiting_s)
        if waiting != self._waiting:
            self._waiting = waiting
            if waiting >= LONG_S:
                self.delayed.emit(waiting)
        snapshot = self._session.mailbox.take(ask=False)
        if snapshot is None:
            self._await_one()
            return
        self._asked_at = None
        if self._held is None:
            self._pace.note(snapshot)
        self.snapshot_ready.emit(snapshot)
        self._timer.setInterval(max(0, round(1e3 * (self._due - time.perf_counter()))))

    def _await_one(self) -> None:
        now = time.perf_counter()
        if self._asked_at is None:
            self._session.mailbox.ask()
            self._asked_at = now
            self._due = max(self._due + 1e-3 * self.frame_interval_ms, now)
        interval = POLL_MS if now - self._asked_at < ANSWER_S else self.frame_interval_ms
        if interval != self._timer.interval():
            self._timer.setInterval(interval)

    @property
    def frame_interval_ms(self) -> int:
        """The time between two frames, in milliseconds."""
        return self._held or self._pace.interval_ms

    def hold_pace(self, interval_ms: int | None) -> None:
        """Pull this often, whatever frames cost, for measurements; None adapts again."""
        self._held = interval_ms

    def close(self, timeout_s: float = 1.0) -> bool:
        """Stop pulling and end the session; return whether its thread has ended."""
        self._timer.stop()
        return self._session.close(timeout_s)
