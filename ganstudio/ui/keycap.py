"""A key as it looks on a keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

NATIVE = QKeySequence.SequenceFormat.NativeText


class Keycap(QWidget):
    """One key with its name, in the colours of the application's palette."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        high = round(1.55 * metrics.height())
        return QSize(max(high, round(metrics.horizontalAdvance(self.name) + 0.9 * metrics.height())), high)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        roles = self.palette()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = QColor(roles.color(QPalette.ColorRole.Mid))
            body = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
            painter.setPen(QPen(edge, 1.0))
            painter.setBrush(edge)
            painter.drawRoundedRect(body, 5, 5)  # the key's side, of which the lower edge stays in sight
            top = body.adjusted(0, 0, 0, -2)
            painter.setBrush(roles.color(QPalette.ColorRole.Button))
            painter.drawRoundedRect(top, 5, 5)
            painter.setPen(roles.color(QPalette.ColorRole.ButtonText))
            painter.drawText(top, Qt.AlignmentFlag.AlignCenter, self.name)


def key_names(sequence: QKeySequence) -> list[str]:
    """Return the keys of a shortcut, in the system's words: modifiers first."""
    text = sequence.toString(NATIVE)
    # The plus key itself is written like the sign between keys.
    body, plus = (text[:-1].removesuffix("+"), ["+"]) if text.endswith("+") else (text, [])
    return [part for part in body.split("+") if part] + plus
