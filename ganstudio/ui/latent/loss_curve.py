"""How an inversion's error falls, beside what training images leave."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_scale import log_tick_text, log_ticks
from ganstudio.ui.views.primitives import draw_curve
from ganstudio.ui.views.stage_axes import ticks, x_axis, y_axis
from ganstudio.ui.views.viewport import Viewport

Floats = NDArray[np.float64]

LEAST = 1e-6  # errors below count as this
DECADES = 1.0  # that the axis spans at least


class LossCurve(QWidget):
    """Errors over steps, on a logarithmic axis: the best candidate's strong, the others' thin."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._steps: list[int] = []
        self._errors: list[Floats] = []
        self._last = 1
        self._limit = math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Error over steps")
        self.setToolTip(
            "Mean squared difference of pixels, which range from −1 to 1, of each candidate's best place so far; the "
            "strong line is the best of all. Dashed: what 95 % of training images stay below after the same search."
        )

    @property
    def length(self) -> int:
        """How many steps are shown."""
        return len(self._steps)

    def clear(self) -> None:
        """Begin anew."""
        self._steps, self._errors = [], []
        self.update()

    def add(self, step: int, steps: int, errors: NDArray) -> None:
        """Go on with the sorted errors (k,) of ``step`` of ``steps``."""
        self._last = max(1, steps)
        self._steps.append(step)
        self._errors.append(np.log10(np.maximum(np.asarray(errors, np.float64), LEAST)))
        self.update()

    def set_limit(self, error: float) -> None:
        """Draw a dashed line at an error; nan for none."""
        self._limit = math.log10(max(error, LEAST)) if math.isfinite(error) else math.nan
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(260, 140)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 100)

    def _viewport(self, em: float) -> Viewport:
        errors = np.concatenate([*self._errors, np.array([self._limit])])
        errors = errors[np.isfinite(errors)]
        low, high = (float(errors.min()), float(errors.max())) if len(errors) else (-2.0, 0.0)
        spare = max(0.0, DECADES - (high - low)) / 2
        rect = QRectF(3.4 * em, 0.5 * em, max(10.0, self.width() - 4.4 * em), max(10.0, self.height() - 2.2 * em))
        return Viewport(rect, (0.0, float(self._last)), (low - spare - 0.08, high + spare + 0.08))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._palette
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colors.surface))
            font = QFont(self.font())
            font.setPointSizeF(0.9 * font.pointSizeF())
            painter.setFont(font)
            em = QFontMetricsF(font).height()
            view = self._viewport(em)
            marks = [
                (mark, log_tick_text(mark)) for mark in log_ticks(*view.y, max(2, round(view.rect.height() / (2 * em))))
            ]
            y_axis(painter, view, marks, colors)
            x_axis(painter, view, ticks(*view.x, view.rect.width(), em), colors)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(view.rect.adjusted(0, -2, 2, 2))
            self._paint_curves(painter, view)
            if math.isfinite(self._limit):
                y = round(float(view.py(self._limit))) + 0.5
                pen = QPen(QColor(colors.optimum), 1.2)
                pen.setDashPattern([5, 4])
                painter.setPen(pen)
                painter.drawLine(QPointF(view.rect.left(), y), QPointF(view.rect.right(), y))
                words = QRectF(view.rect.left() + 6, y - 1.2 * em, view.rect.width() - 10, 1.2 * em)
                painter.drawText(words, Qt.AlignmentFlag.AlignRight, "95 % of training images")

    def _paint_curves(self, painter: QPainter, view: Viewport) -> None:
        if len(self._steps) < 2:
            return
        x = view.px(np.array(self._steps, np.float64))
        count = min(len(errors) for errors in self._errors)
        table = np.array([errors[:count] for errors in self._errors])  # (steps, k), sorted
        faint = QColor(self._palette.muted)
        for index in range(count - 1, 0, -1):
            draw_curve(painter, x, view.py(table[:, index]), faint, 1.0)
        draw_curve(painter, x, view.py(table[:, 0]), QColor(self._palette.fake), 2.2)
