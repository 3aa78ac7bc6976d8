"""One of a few choices, as buttons that touch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed


class SegmentedChoice(QWidget):
    """A choice of which all alternatives are in sight.

    Parameters
    ----------
    choices
        Names and titles, in order; the first one is chosen.

    Signals
    -------
    chosen
        The person chose another one; carries its name.
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self._palette = palette
        self._index = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> str:
        """The name of the present choice."""
        return self._choices[self._index][0]

    def set_value(self, name: str) -> None:
        """Choose by name; a name that is none is passed over."""
        for index, (known, _) in enumerate(self._choices):
            if known == name:
                self._choose(index)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def segment(self, name: str) -> QRectF:
        """Return where a choice is, in this widget's pixels."""
        return self._segments()[[known for known, _ in self._choices].index(name)]

    def _choose(self, index: int) -> None:
        index = min(max(index, 0), len(self._choices) - 1)
        if index != self._index:
            self._index = index
            self.update()
            self.chosen.emit(self.value)

    @override
    def sizeHint(self) -> QSize:
        return QSize(round(sum(self._widths())), round(1.6 * self.fontMetrics().height()))

    def _widths(self) -> list[float]:
        metrics = self.fontMetrics()
        return [metrics.horizontalAdvance(title) + 1.4 * metrics.height() for _, title in self._choices]

    def _segments(self) -> list[QRectF]:
        left, found = 0.75, []
        for width in self._widths():
            found.append(QRectF(left, 0.75, width - 1.5 / len(self._choices), self.height() - 1.5))
            left = found[-1].right()
        return found

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        for index, segment in enumerate(self._segments()):
            if segment.left() <= event.position().x() < segment.right():
                self._choose(index)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._index + step)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            body = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
            radius = body.height() / 2
            rim = QPen(QColor(colors.accent if self.hasFocus() else colors.border), 1.5 if self.hasFocus() else 1.0)
            for index, ((_, title), segment) in enumerate(zip(self._choices, self._segments(), strict=True)):
                here = index == self._index
                if here:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(mixed(colors.accent, colors.surface, 0.28)))
                    painter.drawRoundedRect(segment.adjusted(1, 1, -1, -1), radius - 1, radius - 1)
                painter.setPen(QColor(colors.text if here else colors.muted))
                painter.drawText(segment, Qt.AlignmentFlag.AlignCenter, title)
            painter.setPen(rim)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, radius, radius)
            painter.setPen(QPen(QColor(colors.border), 1.0))
            for segment in self._segments()[1:] if len(self._choices) > 2 else []:
                painter.drawLine(QPointF(segment.left(), 5), QPointF(segment.left(), self.height() - 5))
