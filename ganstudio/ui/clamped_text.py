"""Text in a few lines at most, the last one elided."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override


def clamped(text: str, font: QFont, width: float, lines: int) -> list[str]:
    """Return the text in at most ``lines`` lines of ``width`` pixels; what does not fit ends in an ellipsis."""
    metrics = QFontMetricsF(font)
    flat = " ".join(text.split())
    layout = QTextLayout(flat, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    found: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start, end = line.textStart(), line.textStart() + line.textLength()
        if len(found) == lines - 1 and end < len(flat):
            found.append(metrics.elidedText(flat[start:], Qt.TextElideMode.ElideRight, width))
            break
        found.append(flat[start:end].rstrip())
    layout.endLayout()
    return found


class ClampedText(QWidget):
    """A text that takes the width it is given and up to ``lines`` lines; the tool tip has all of it."""

    def __init__(self, lines: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self.setAccessibleName(text)
        self._take_height()
        self.update()

    def shown_lines(self) -> list[str]:
        """Return the lines as they are drawn at the present width."""
        return clamped(self._text, self.font(), max(self.width(), 1), self._lines)

    def _take_height(self) -> None:
        """Ask for the height that the text needs at this width; windows pass over a height that depends on a width."""
        self.setMinimumHeight(max(1, len(self.shown_lines())) * self.fontMetrics().lineSpacing() + 2)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._take_height()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_height()

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(min(metrics.horizontalAdvance(self._text), 40 * metrics.height()), metrics.lineSpacing())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(8 * self.fontMetrics().height(), self.fontMetrics().lineSpacing())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            lines = self.shown_lines()
            spacing = self.fontMetrics().lineSpacing()
            top = (self.height() - len(lines) * spacing) / 2
            draw_lines(painter, QRectF(0, top, self.width(), len(lines) * spacing), lines)


def draw_lines(painter: QPainter, rect: QRectF, lines: list[str]) -> None:
    """Draw lines of text with the painter's font and pen, from the rectangle's top."""
    metrics = QFontMetricsF(painter.font())
    for index, line in enumerate(lines):
        painter.drawText(QPointF(rect.left(), rect.top() + index * metrics.lineSpacing() + metrics.ascent()), line)
