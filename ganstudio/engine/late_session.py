"""A session that can be spoken to before torch is loaded. This module does not import torch."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganstudio.engine import messages as m
from ganstudio.engine import torch_loader
from ganstudio.engine.mailbox import Mailbox

if TYPE_CHECKING:
    from ganstudio.engine.config import RunConfig
    from ganstudio.engine.latent.snapshots import SnapshotRing
    from ganstudio.engine.session import Session
    from ganstudio.engine.snapshot import Snapshot

MODULE = "ganstudio.engine.session"
LONGEST_WAIT_S = 2.0  # for leave to import torch: whatever became of the window, a run was asked for


def open_session(config: RunConfig) -> Session | LateSession:
    """Return a session; one that loads torch in a thread of its own where that has not been done yet."""
    is_loaded = hasattr(sys.modules.get(MODULE), "Session")  # the last that a module half imported would have
    return _session(config) if is_loaded else LateSession(config, _session)


def _session(config: RunConfig) -> Session:
    torch_loader.import_torch()
    from ganstudio.engine.session import Session

    return Session(config)


class LateSession:
    """Stands in for a session while torch is loaded; commands wait for it, in order.

    Importing torch takes the interpreter's lock from whoever builds the window, so it begins when :meth:`proceed` is
    called; before that only torch's library is loaded, which does not. Once the session is there a
    :class:`~ganstudio.engine.messages.Loaded` event says so; if it cannot be loaded, a
    :class:`~ganstudio.engine.messages.Failed` one says why.

    Parameters
    ----------
    config
        Of the first run.
    opened
        Makes the session; called in a thread of its own.
    """

    def __init__(self, config: RunConfig, opened: Callable[[RunConfig], Session]) -> None:
        self.mailbox: Mailbox[Snapshot] = Mailbox()  # the session's own from when it is there
        self._config, self._opened = config, opened
        self._session: Session | None = None
        self._early: list[m.Command] = []
        self._events: list[m.Event] = []
        self._closed = False
        self._lock = threading.Lock()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._open, name="ganstudio-opening", daemon=True)
        self._thread.start()

    @property
    def weights(self) -> SnapshotRing | None:
        """The run's past for the latent explorer; None while torch is loaded."""
        return None if self._session is None else self._session.weights

    def proceed(self) -> None:
        """Give leave to import torch: the window is there."""
        self._leave.set()

    def send(self, command: m.Command) -> None:
        """Queue a command; never blocks."""
        with self._lock:
            if self._session is None:
                self._early.append(command)
                return
        self._session.send(command)

    @property
    def waiting_s(self) -> float:
        """For how many seconds a command has waited for the end of the present step; 0 while torch is loaded."""
        return 0.0 if self._session is None else self._session.waiting_s

    def events(self) -> list[m.Event]:
        """Return the events since the last call, in order."""
        with self._lock:
            found, self._events = self._events, []
            session = self._session
        return found + session.events() if session is not None else found

    def close(self, timeout_s: float = 5.0) -> bool:
        """End the session after its present step; return whether it has ended. Loading torch cannot be cut short."""
        with self._lock:
            self._closed = True
            session = self._session
        if session is None:
            return not self._thread.is_alive()
        return session.close(timeout_s)

    def _open(self) -> None:
        try:
            torch_loader.load_library()
            self._leave.wait(LONGEST_WAIT_S)
            session = self._opened(self._config)
        except Exception as error:  # noqa: BLE001 - whatever a broken installation raises becomes an event
            said = f"PyTorch could not be loaded: {error or type(error).__name__}"
            with self._lock:
                self._events.append(m.Failed(said, traceback.format_exc(), m.Reset(self._config)))
            return
        with self._lock:
            self._events.append(m.Loaded())
            for command in self._early:
                session.send(command)
            self._early.clear()
            self.mailbox, self._session = session.mailbox, session
            closed = self._closed
        if closed:
            session.close(0.0)
