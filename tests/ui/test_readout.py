"""A line of text that changes several times a second."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from ganstudio.ui.palette import palette
from ganstudio.ui.readout import Readout


class Paints(QObject):
    """Counts what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QObject] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen.append(watched)
        return False


def test_another_text_paints_nothing_but_the_text(qtbot: QtBot) -> None:
    bar = QWidget()
    qtbot.addWidget(bar)
    readout = Readout()
    readout.set_palette(palette("dark"))
    readout.setFixedWidth(120)
    QHBoxLayout(bar).addWidget(readout)
    bar.show()
    qtbot.waitExposed(bar)
    readout.set_text("it 1")
    QApplication.processEvents()
    before = readout.grab().toImage()
    assert before.pixelColor(118, 1).name() == palette("dark").surface
    assert any(before.pixelColor(x, y) != QColor(palette("dark").surface) for x in range(40) for y in range(12))
    paints = Paints()
    for widget in (bar, readout):
        widget.installEventFilter(paints)
    readout.set_text("it 2")
    QApplication.processEvents()
    assert paints.seen == [readout]
    assert readout.text() == "it 2"
    assert readout.grab().toImage() != before
    paints.seen.clear()
    readout.set_text("it 2")
    QApplication.processEvents()
    assert paints.seen == []
