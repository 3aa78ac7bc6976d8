"""‖g‖ below every picture of a strip."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.latent.shell_gauge import paint_mark, shell, shell_tip
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed, tabular
from ganstudio.ui.views.primitives import draw_curve

HEIGHT_LINES = 4.0
TEXT_ROOM = 0.9  # lines, at each end of the scale


class GaugeLane(QWidget):
    """The lengths of latents as marks at given places, on the band of the prior; two lanes can share a scale."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._dim = 0
        self._lengths: NDArray[np.float64] = np.zeros(0)
        self._x: NDArray[np.float64] = np.zeros(0)
        self._range = (0.0, 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lengths(self) -> NDArray[np.float64]:
        """What is shown, (n,)."""
        return self._lengths

    def show_lengths(self, dim: int, lengths: NDArray[np.float64], bounds: tuple[float, float]) -> None:
        """Show lengths (n,) of latents of ``dim`` dimensions on a scale from one bound to the other."""
        self._dim, self._lengths, self._range = dim, np.asarray(lengths, np.float64), bounds
        self.setToolTip(shell_tip(dim, None) if dim else "")
        self.update()

    def set_places(self, x: NDArray[np.float64]) -> None:
        """Put the marks at these pixels (n,)."""
        self._x = np.asarray(x, np.float64)
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, math.ceil(HEIGHT_LINES * self.fontMetrics().height()))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._dim or len(self._lengths) != len(self._x) or not len(self._x):
            return
        colors, band = self._palette, shell(self._dim)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            text = self.fontMetrics().height()
            low, high = self._range
            room = QRectF(0, 3, self.width(), self.height() - 6)
            scale = room.height() / max(high - low, 1e-9)
            y = room.bottom() - (self._lengths - low) * scale
            top, bottom = room.bottom() - (band.high - low) * scale, room.bottom() - (band.low - low) * scale
            left, right = self._x[0] - text, self._x[-1] + text
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mixed(colors.optimum, colors.surface, 0.2)))
            painter.drawRect(QRectF(left, top, right - left, bottom - top))
            painter.setPen(QPen(QColor(colors.optimum), 1.0, Qt.PenStyle.DashLine))
            middle = room.bottom() - (band.median - low) * scale
            painter.drawLine(QPointF(left, middle), QPointF(right, middle))
            draw_curve(painter, self._x, y, QColor(colors.fake), 1.6)
            for place, height, length in zip(self._x.tolist(), y.tolist(), self._lengths.tolist(), strict=True):
                paint_mark(painter, QPointF(place, height), colors, inside=band.holds(length), radius=3.5)
            self._paint_numbers(painter, y)

    def _paint_numbers(self, painter: QPainter, y: NDArray[np.float64]) -> None:
        """Write the lengths at the ends and in the middle, above their marks, or below where there is no room."""
        colors, band = self._palette, shell(self._dim)
        font = tabular(self.font())
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for index in sorted({0, len(y) // 2, len(y) - 1}):
            length = float(self._lengths[index])
            shown = f"{length:.2f}"
            width, height = metrics.horizontalAdvance(shown), metrics.height()
            above = y[index] - height - 4
            top = above if above >= 0 else y[index] + 4
            left = min(max(self._x[index] - width / 2, 2.0), self.width() - width - 2)
            painter.setPen(QColor(colors.text if band.holds(length) else colors.warning))
            painter.drawText(QRectF(left, top, width + 2, height), Qt.AlignmentFlag.AlignCenter, shown)


def common_range(dim: int, *lengths: NDArray[np.float64]) -> tuple[float, float]:
    """Return a scale on which the band and all lengths have room."""
    band = shell(dim)
    low = min(band.low, *(float(part.min()) for part in lengths if len(part)), band.low)
    high = max(band.high, *(float(part.max()) for part in lengths if len(part)), band.high)
    room = 0.16 * (high - low)
    return low - room, high + room
