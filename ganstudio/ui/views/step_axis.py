"""The axis of iterations below the charts."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_layout import ChartLayout, step_tick_count
from ganstudio.ui.views.chart_scale import linear_ticks, step_text


class StepAxis(QWidget):
    """Labels the steps from 0 to the last one shown, for all charts above it."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._layout = ChartLayout.of(self.font(), 1.0)
        self._last_shown = 100
        self._inset = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def set_font_scale(self, scale: float) -> None:
        """Make the text larger or smaller by a factor."""
        self._layout = ChartLayout.of(self.font(), scale)
        self.updateGeometry()
        self.update()

    def set_steps(self, last_shown: int) -> None:
        """Show the steps from 0 to ``last_shown``."""
        if last_shown != self._last_shown:
            self._last_shown = last_shown
            self.update()

    def set_inset(self, width: int) -> None:
        """Leave so many pixels free at the right, for the charts' scroll bar."""
        if width != self._inset:
            self._inset = width
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(220, round(self._layout.line) + 6)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        plot = self._layout.plot(self.width() - self._inset, self.height())
        metrics = QFontMetricsF(self._layout.small)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._palette.surface))
            painter.setFont(self._layout.small)
            name = "iteration"
            name_left = self.width() - self._inset - metrics.horizontalAdvance(name) - 6
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(QPointF(name_left, 3 + metrics.ascent()), name)
            ticks = np.array(linear_ticks(0, self._last_shown, step_tick_count(plot.width(), self._layout)))
            for tick, x in zip(ticks, plot.left() + ticks / self._last_shown * plot.width(), strict=True):
                text = step_text(tick, self._last_shown)
                half = metrics.horizontalAdvance(text) / 2
                painter.setPen(QPen(QColor(self._palette.border), 1))
                painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, 3))
                if x + half < name_left - 4:
                    painter.setPen(QColor(self._palette.muted))
                    box = QRectF(x - half - 4, 3, 2 * half + 8, metrics.height())
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
