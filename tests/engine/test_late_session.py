"""A session that can be spoken to before torch is loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from ganstudio.engine import late_session
from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig
from ganstudio.engine.late_session import LateSession, open_session
from ganstudio.engine.mailbox import Mailbox
from ganstudio.engine.session import Session
from tests.engine.configs import small


class Opened:
    """A session that is there when it is let."""

    def __init__(self) -> None:
        self.mailbox: Mailbox[Any] = Mailbox()
        self.sent: list[m.Command] = []
        self.let = threading.Event()
        self.closed = False
        self.waiting_s = 3.0
        self.configs: list[RunConfig] = []

    def open(self, config: RunConfig) -> Any:
        assert self.let.wait(10)
        self.configs.append(config)
        return self

    def send(self, command: m.Command) -> None:
        self.sent.append(command)

    def events(self) -> list[m.Event]:
        return [m.Started(1, self.configs[0])]

    def close(self, timeout_s: float = 5.0) -> bool:
        self.closed = True
        return True


@pytest.fixture(autouse=True)
def _no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_session.torch_loader, "load_library", lambda: False)


def ended(late: LateSession) -> None:
    late._thread.join(10)
    assert not late._thread.is_alive()


def test_commands_wait_for_it_in_order_and_later_ones_follow() -> None:
    inner, config = Opened(), small()
    late = LateSession(config, inner.open)
    late.send(m.Watch(frozenset(), "ema"))
    late.send(m.Advance(None))
    assert late.events() == []
    assert late.waiting_s == 0
    assert late.mailbox.take() is None
    late.proceed()
    inner.let.set()
    ended(late)
    late.send(m.Pause())
    assert inner.sent == [m.Watch(frozenset(), "ema"), m.Advance(None), m.Pause()]
    assert inner.configs == [config]
    assert late.mailbox is inner.mailbox
    assert late.waiting_s == 3
    assert late.events() == [m.Loaded(), m.Started(1, config)]
    assert late.events() == [m.Started(1, config)]
    assert late.close()
    assert inner.closed


def test_torch_is_not_imported_before_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_session, "LONGEST_WAIT_S", 60.0)
    inner, library = Opened(), threading.Event()
    monkeypatch.setattr(late_session.torch_loader, "load_library", library.set)
    inner.let.set()
    late = LateSession(small(), inner.open)
    assert library.wait(10)
    assert not inner.configs
    late.proceed()
    ended(late)
    assert inner.configs


def test_it_is_loaded_though_nobody_ever_says_that_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_session, "LONGEST_WAIT_S", 0.01)
    inner = Opened()
    inner.let.set()
    ended(LateSession(small(), inner.open))
    assert inner.configs


def test_closed_before_it_is_there_it_is_closed_as_soon_as_it_is() -> None:
    inner = Opened()
    late = LateSession(small(), inner.open)
    late.proceed()
    assert not late.close(0)
    inner.let.set()
    ended(late)
    assert inner.closed


@pytest.mark.parametrize("error", [ImportError("no libtorch_cpu.so"), OSError("truncated"), RuntimeError("no memory")])
def test_what_cannot_be_loaded_is_said(error: Exception) -> None:
    def fail(config: RunConfig) -> Session:
        raise error

    config = small()
    late = LateSession(config, fail)
    late.proceed()
    ended(late)
    (event,) = late.events()
    assert isinstance(event, m.Failed)
    assert event.message == f"PyTorch could not be loaded: {error}"
    assert "Traceback" in event.traceback
    assert event.command == m.Reset(config)
    assert late.close()


def test_where_torch_is_there_already_the_session_is_too(closing: Callable[[Session], Session]) -> None:
    session = open_session(small())
    assert isinstance(session, Session)
    closing(session)


def test_the_same_run_comes_of_it(closing: Callable[[Session], Session]) -> None:
    late = LateSession(small(), late_session._session)
    late.send(m.Advance(3))
    late.proceed()
    ended(late)
    closing(late)  # type: ignore[arg-type]
    seen: list[m.Event] = []
    while not (seen and seen[-1] == m.RunningChanged(False)):
        seen += late.events()
        assert not [event for event in seen if isinstance(event, m.Failed)]
    assert seen[0] == m.Loaded()
    assert [type(event) for event in seen[1:]] == [m.Started, m.RunningChanged, m.RunningChanged]


@pytest.fixture
def closing(request: pytest.FixtureRequest) -> Callable[[Session], Session]:
    def close_later(session: Session) -> Session:
        request.addfinalizer(lambda: session.close(30))
        return session

    return close_later
