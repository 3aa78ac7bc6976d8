"""How the window's program begins and ends."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ganstudio import app, cli, paths
from ganstudio.ui.theme import Theme
from tests.engine.configs import small


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


def test_the_benchmark_is_told_when_what_was_reached(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Window(QObject):
        snapshot_ready = Signal(object)
        closed = False

        @property
        def bridge(self) -> Window:
            return self

        def close(self) -> None:
            self.closed = True

    file, window = tmp_path / "milestones.json", Window()
    monkeypatch.setenv(app.MILESTONES, str(file))
    milestones = app.Milestones()
    milestones.reach("first_paint")
    milestones.watch(window)  # type: ignore[arg-type]
    for step in (0, 3, 999):
        window.snapshot_ready.emit(SimpleNamespace(step=step))
    assert not window.closed
    window.snapshot_ready.emit(SimpleNamespace(step=1_010))
    assert window.closed
    times = json.loads(file.read_text("utf-8"))
    assert list(times) == ["first_paint", "first_step", "thousand_steps"]
    for column in zip(*times.values(), strict=True):
        assert list(column) == sorted(column)


def test_nothing_is_noted_where_no_benchmark_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(app.MILESTONES, raising=False)
    milestones = app.Milestones()
    milestones.reach("first_paint")
    assert milestones._times == {}


def test_a_window_with_its_style_sheet_put_on_last_looks_like_one_built_in_it(qapp: QApplication, qtbot: QtBot) -> None:
    pictures = []
    for styled in (False, True):
        theme = Theme("dark")
        theme.apply(styled=styled)
        window = QWidget()
        qtbot.addWidget(window)
        column = QVBoxLayout(window)
        for made in (QPushButton("Run"), QLineEdit("0.5"), QCheckBox("Standardise")):
            column.addWidget(made)
        theme.apply()
        window.show()
        pictures.append(window.grab().toImage())
        qapp.setStyleSheet("")
    assert pictures[0] == pictures[1]


def test_a_thread_in_a_long_step_does_not_keep_the_program() -> None:
    end = threading.Event()
    assert not cli._is_busy()
    thread = threading.Thread(target=end.wait, name="ganstudio-session", daemon=True)
    thread.start()
    assert cli._is_busy()
    end.set()
    thread.join()
    assert not cli._is_busy()


def test_a_window_whose_state_is_kept_nowhere_writes_no_file(qtbot: QtBot) -> None:
    window = app.build_window(small(), start=False)
    qtbot.addWidget(window)
    assert not window.settings.isWritable()
    assert Path(window.settings.fileName()).parent == Path(os.devnull), "which is no folder"
    window.close()
    window.settings.sync()
    assert not Path(os.devnull).is_file()
    other = app.build_window(small(), start=False)
    qtbot.addWidget(other)
    assert other.settings.allKeys() == []
    other.close()
