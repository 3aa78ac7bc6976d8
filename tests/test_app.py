"""How the window's program begins and ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganstudio import app, cli, paths
from ganstudio.ui.theme import Theme


@pytest.fixture
def _signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals_as_before")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_there_is_a_window_is_kept_until_there_is(qtbot: QtBot, number: signal.Signals) -> None:
    interrupts = app._Interrupts()
    signal.raise_signal(number)  # no KeyboardInterrupt in the midst of whatever is painted
    assert interrupts.asked
    closed: list[int] = []
    interrupts.then(lambda: closed.append(1))
    assert not closed
    qtbot.waitUntil(lambda: closed == [1])
    signal.raise_signal(number)
    qtbot.waitUntil(lambda: closed == [1, 1])


@pytest.mark.parametrize("broken", [("fig1",), ("fig1", "saturating")])
def test_a_window_opens_though_presets_are_broken(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: tuple[str, ...]
) -> None:
    names = ("fig1", "saturating")
    for name in names:
        text = "version = 1" if name not in broken else "version = ["
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    monkeypatch.setattr(paths, "presets", lambda: tmp_path)
    window = app._first_window("fig1", Theme("dark"), QSettings(str(tmp_path / "a.ini"), QSettings.Format.IniFormat))
    try:
        shown = window.messages.message()
        assert shown is not None
        assert "fig1.toml: not valid TOML" in shown.text
        assert [card.preset.name for card in window.gallery.cards] == sorted(names, key=lambda name: name in broken)
        window.gallery.thumbnails.ask(window.gallery.cards[-1].preset)
        window.gallery.thumbnails.finish()
        assert "not valid TOML" in window.gallery.cards[-1].problem
    finally:
        window.close()


def test_a_thread_in_a_long_step_does_not_keep_the_program() -> None:
    end = threading.Event()
    assert not cli._is_busy()
    thread = threading.Thread(target=end.wait, name="ganstudio-session", daemon=True)
    thread.start()
    assert cli._is_busy()
    end.set()
    thread.join()
    assert not cli._is_busy()
