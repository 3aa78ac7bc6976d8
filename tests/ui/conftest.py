"""What tests of the window share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganstudio.app import build_window
from ganstudio.engine.config import RunConfig
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.main_window import MainWindow
from tests.engine.configs import small


class Studio:
    """A window on a small experiment, with the newest snapshot at hand."""

    def __init__(self, qtbot: QtBot, config: RunConfig, settings: QSettings | None = None, *, start: bool) -> None:
        self.qtbot = qtbot
        self.window = build_window(config, title="Small", settings=settings, start=start)
        self.newest: Snapshot | None = None
        self.window.bridge.snapshot_ready.connect(self._keep)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitUntil(lambda: self.newest is not None, timeout=30_000)

    def _keep(self, snapshot: Snapshot) -> None:
        self.newest = snapshot

    @property
    def now(self) -> Snapshot:
        assert self.newest is not None
        return self.newest

    def until(self, condition: Callable[[Snapshot], bool]) -> Snapshot:
        self.qtbot.waitUntil(lambda: condition(self.now), timeout=30_000)
        return self.now


@pytest.fixture(autouse=True)
def _same_look_for_every_test(qapp: QApplication) -> Iterator[None]:
    font, sheet, palette = qapp.font(), qapp.styleSheet(), qapp.palette()
    yield
    if qapp.styleSheet() != sheet:
        qapp.setStyleSheet(sheet)
    qapp.setFont(font)
    qapp.setPalette(palette)


@pytest.fixture
def open_studio(qtbot: QtBot) -> Iterator[Callable[..., Studio]]:
    made: list[Studio] = []

    def make(config: RunConfig | None = None, settings: QSettings | None = None, *, start: bool = False) -> Studio:
        made.append(Studio(qtbot, config or small(), settings, start=start))
        return made[-1]

    yield make
    for studio in made:
        studio.window.close()


@pytest.fixture
def studio(open_studio: Callable[..., Studio]) -> Studio:
    return open_studio()


@pytest.fixture
def window(studio: Studio) -> MainWindow:
    return studio.window
