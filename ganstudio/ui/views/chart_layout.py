"""Fonts and margins that all charts share, so that their plots stand exactly below one another."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

TITLE_PX = 12
SMALL_PX = 11


@dataclass(frozen=True, slots=True)
class ChartLayout:
    """Fonts, and the room around a plot in device-independent pixels.

    ``left`` holds tick labels, ``right`` the labels of reference lines, ``header`` the title and the values.
    """

    title: QFont
    small: QFont
    left: float
    right: float
    header: float
    line: float

    @classmethod
    def of(cls, font: QFont, scale: float) -> ChartLayout:
        """Return the layout for a widget's font and a factor for the size of text."""
        title, small = QFont(font), QFont(font)
        title.setPixelSize(round(TITLE_PX * scale))
        title.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(round(SMALL_PX * scale))
        metrics = QFontMetricsF(small)
        return cls(
            title=title,
            small=small,
            left=round(max(metrics.horizontalAdvance(text) for text in ("0.001", "100 %"))) + 8,
            right=round(metrics.horizontalAdvance("real data")) + 9,
            header=round(QFontMetricsF(title).height()) + 5,
            line=round(metrics.height()),
        )

    def plot(self, width: float, height: float) -> QRectF:
        """Return where the curves go in a chart of this size."""
        top, bottom = self.header + 2, self.line / 2
        return QRectF(self.left, top, max(1.0, width - self.left - self.right), max(1.0, height - top - bottom))


def step_tick_count(width: float, layout: ChartLayout) -> int:
    """Return about how many labels fit below a plot of this width."""
    room = QFontMetricsF(layout.small).horizontalAdvance("0 000 000")
    return max(2, min(10, int(width / room)))
