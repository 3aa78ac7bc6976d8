"""The axis of iterations below the charts."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from typing_extensions import override

from ganstudio.ui.views.chart_layout import step_tick_count
from ganstudio.ui.views.chart_scale import linear_ticks, step_text
from ganstudio.ui.views.step_strip import StepStrip


class StepAxis(StepStrip):
    """Labels the steps from 0 to the last one shown, for all charts above it."""

    MARGIN_PX = 6

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        plot = self.plot
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
