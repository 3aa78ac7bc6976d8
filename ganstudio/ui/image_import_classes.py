"""The classes of a set with their counts, as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette

NAME_SHARE = 0.46  # of the width at most, for the names
PAD = 6.0


class ImageImportClasses(QWidget):
    """A row for every class: its name, a bar for its count, and the count. Only rows in sight are painted."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._rows: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_classes(self, names: tuple[str, ...], counts: tuple[int, ...]) -> None:
        """Show these classes and how many images each has."""
        self._rows = list(zip(names, counts, strict=True))
        self.setAccessibleName("; ".join(f"{name}: {count}" for name, count in self._rows[:50]))
        self.setFixedHeight(max(1, len(self._rows)) * self._row_height())
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def _row_height(self) -> int:
        return round(1.45 * self.fontMetrics().height())

    @override
    def sizeHint(self) -> QSize:
        return QSize(260, max(1, len(self._rows)) * self._row_height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        height = self._row_height()
        first, last = event.rect().top() // height, event.rect().bottom() // height
        metrics = QFontMetricsF(self.font())
        shown = [(name, count, thousands(count)) for name, count in self._rows]
        numbers = max(metrics.horizontalAdvance(text) for _, _, text in shown)
        names = min(max(metrics.horizontalAdvance(name) for name, _, _ in shown), NAME_SHARE * self.width())
        most = max(1, *(count for _, count, _ in shown))
        bar = QRectF(names + PAD, 0, max(1.0, self.width() - names - numbers - 2 * PAD), 0.42 * height)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for index in range(max(0, first), min(len(shown), last + 1)):
                name, count, text = shown[index]
                line = QRectF(0, index * height, self.width(), height)
                painter.setPen(QColor(self._palette.text))
                words = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, names + 1)
                painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
                painter.setPen(QColor(self._palette.muted))
                painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._palette.real))
                length = max(2.0, bar.width() * count / most)
                painter.drawRoundedRect(
                    QRectF(bar.left(), line.center().y() - bar.height() / 2, length, bar.height()), 2, 2
                )
