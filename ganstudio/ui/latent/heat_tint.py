"""Numbers over pictures as a translucent tint, with a legend that says which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QLinearGradient, QPainter

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import rgb

STRENGTH = 0.55  # of the tint where it is strongest
BAR = 90.0  # logical pixels of the legend's gradient
MARGIN = 6.0

Shares = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Legend:
    """What the tint means: a title, and what its two ends stand for; ``signed`` has no tint in the middle."""

    title: str
    low: str
    high: str
    signed: bool


SCORE_LEGEND = Legend("More real to D than … of generated", "0 %", "100 %", signed=True)


def tint(shares: Shares, palette: Palette, *, signed: bool) -> QImage:
    """Return shares from 0 to 1 (rows, columns), nan where there is none, as a picture with a pixel for each.

    ``signed`` goes from D's low colour over nothing, at a half, to its high one; else from nothing to one colour.
    """
    known = np.nan_to_num(np.clip(shares, 0, 1), nan=0.5 if signed else 0.0)
    if signed:
        strength = np.abs(2 * known - 1)
        colors = np.where(known < 0.5, rgb(palette.score_low), rgb(palette.score_high)).astype(np.uint32)
    else:
        strength = known
        colors = np.full(known.shape, rgb(palette.warning), np.uint32)
    alpha = np.rint(255 * STRENGTH * strength).astype(np.uint32)
    values = np.ascontiguousarray(alpha << 24 | colors & 0x00FFFFFF)
    rows, columns = values.shape
    return QImage(values.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()


def paint_legend(painter: QPainter, area: QSize, legend: Legend, palette: Palette) -> None:
    """Paint the legend into the lower left corner of an area, in logical pixels."""
    metrics = QFontMetricsF(painter.font())
    em = metrics.height()
    ends = max(metrics.horizontalAdvance(legend.low) + metrics.horizontalAdvance(legend.high) + 3 * MARGIN + BAR, 0)
    width = max(ends, metrics.horizontalAdvance(legend.title)) + 2 * MARGIN
    box = QRectF(MARGIN, area.height() - 2 * em - 4 * MARGIN, width, 2 * em + 3 * MARGIN)
    ground = QColor(palette.raised)
    ground.setAlphaF(0.92)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(palette.text))
    line = QRectF(box.left() + MARGIN, box.top() + MARGIN, width - 2 * MARGIN, em)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, legend.title)
    line.translate(0, em + MARGIN)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, legend.low)
    left = line.left() + metrics.horizontalAdvance(legend.low) + MARGIN
    bar = QRectF(left, line.top() + em / 4, BAR, em / 2)
    shades = QLinearGradient(bar.topLeft(), QPointF(bar.right(), bar.top()))
    shades.setColorAt(0, QColor(palette.score_low) if legend.signed else QColor(palette.window))
    if legend.signed:
        shades.setColorAt(0.5, QColor(palette.window))
    shades.setColorAt(1, QColor(palette.score_high) if legend.signed else QColor(palette.warning))
    painter.fillRect(bar, shades)
    room = QRectF(bar.right() + MARGIN, line.top(), line.right() - bar.right(), em)
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, legend.high)


def spread(values: Shares) -> tuple[Shares, float, float]:
    """Return values as shares of the way from their 5th to their 95th percentile, and these two; nan stays nan."""
    known = values[np.isfinite(values)]
    if not len(known):
        return np.full(values.shape, np.nan, np.float32), 0.0, 0.0
    low, high = (float(value) for value in np.percentile(known, (5, 95)))
    return ((values - low) / max(high - low, 1e-12)).astype(np.float32), low, high
