"""The axes of a stage: lines, ticks and numbers, painted once for each range."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_scale import linear_ticks, nice_step, tick_text
from ganstudio.ui.views.layers import faint
from ganstudio.ui.views.viewport import Viewport

TICK_PX = 4.0
GRID_ALPHA = 0.45

Ticks = Sequence[tuple[float, str]]


def ticks(low: float, high: float, length_px: float, em: float) -> Ticks:
    """Return values and labels for an axis of this length: about one for every four and a half lines of text."""
    count = max(2, round(length_px / (4.5 * em)))
    step = nice_step(high - low, count)
    return [(value, tick_text(value, step)) for value in linear_ticks(low, high, count)]


def x_axis(painter: QPainter, view: Viewport, marks: Ticks, palette: Palette, *, grid_to: float | None = None) -> None:
    """Paint the axis along the bottom of the viewport, with faint lines up to ``grid_to`` (a pixel) if given."""
    rect, metrics = view.rect, QFontMetricsF(painter.font())
    for value, text in marks:
        x = round(float(view.px(value))) + 0.5
        if grid_to is not None:
            painter.setPen(QPen(faint(palette.border, GRID_ALPHA), 1))
            painter.drawLine(QPointF(x, grid_to), QPointF(x, rect.bottom()))
        painter.setPen(QPen(QColor(palette.muted), 1))
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x, rect.bottom() + TICK_PX))
        box = QRectF(x - 60, rect.bottom() + TICK_PX, 120, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setPen(QPen(QColor(palette.muted), 1))
    painter.drawLine(QPointF(rect.left(), rect.bottom() + 0.5), QPointF(rect.right(), rect.bottom() + 0.5))


def y_axis(
    painter: QPainter, view: Viewport, marks: Ticks, palette: Palette, *, right: bool = False, role: str = "muted"
) -> None:
    """Paint the axis at the left or the right side of the viewport."""
    rect, metrics = view.rect, QFontMetricsF(painter.font())
    side = round(rect.right() if right else rect.left()) + 0.5
    outwards = TICK_PX if right else -TICK_PX
    color = QColor(getattr(palette, role))
    for value, text in marks:
        y = round(float(view.py(value))) + 0.5
        painter.setPen(QPen(color, 1))
        painter.drawLine(QPointF(side, y), QPointF(side + outwards, y))
        if right:
            box = QRectF(side + 2 * TICK_PX, y - metrics.height() / 2, 200, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        else:
            box = QRectF(side - 200 - 2 * TICK_PX, y - metrics.height() / 2, 200, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
    painter.setPen(QPen(color, 1))
    painter.drawLine(QPointF(side, rect.top()), QPointF(side, rect.bottom()))
