"""Shares of something below what is in hand, on a line from 0 to 100 %."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed

Array = NDArray[np.float32]
MARK = 5.0
BINS = 40


class RankLine(QWidget):
    """Where a score falls among generated samples (a dot) and among real ones (a square)."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._fakes = self._reals = math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_ranks(self, fakes: float, reals: float) -> None:
        """Show shares from 0 to 1; nan is not shown."""
        self._fakes, self._reals = fakes, reals
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, round(4 * MARK + 2))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle, room = self.height() / 2, self.width() - 2 * MARK - 2
            painter.setPen(QPen(QColor(self._palette.border), 3))
            painter.drawLine(QPointF(MARK + 1, middle), QPointF(MARK + 1 + room, middle))
            painter.drawLine(QPointF(self.width() / 2, middle - 5), QPointF(self.width() / 2, middle + 5))
            painter.setPen(QPen(QColor(self._palette.surface), 1))
            if not math.isnan(self._reals):
                x = MARK + 1 + self._reals * room
                painter.setBrush(QColor(self._palette.real))
                painter.drawRect(QRectF(x - MARK, middle - MARK, 2 * MARK, 2 * MARK))
            if not math.isnan(self._fakes):
                x = MARK + 1 + self._fakes * room
                painter.setBrush(QColor(self._palette.fake))
                painter.drawEllipse(QPointF(x, middle), MARK, MARK)


class DistanceLine(QWidget):
    """The distances of training images to their nearest other one as a histogram, and a mark at one distance."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._distances: Array = np.zeros(0, np.float32)
        self._counts: NDArray[np.float64] = np.zeros(0)
        self._reach = 1.0
        self._distance = math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_distances(self, distances: Array) -> None:
        """Show the histogram of sorted distances (n,)."""
        if distances is self._distances:
            return
        self._distances = distances
        self._reach = max(1.25 * float(distances[-1]), 1e-6) if len(distances) else 1.0
        counts, _ = np.histogram(distances, BINS, (0.0, self._reach))
        self._counts = counts / max(counts.max(), 1)
        self.update()

    def set_distance(self, distance: float) -> None:
        """Mark one distance; nan marks none."""
        self._distance = distance
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, 38)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colors = self._palette
            base, left, room = self.height() - 8.0, 4.0, self.width() - 8.0
            color = QColor(mixed(colors.real, colors.surface, 0.5))
            width = room / BINS
            for index, share in enumerate(self._counts.tolist()):
                height = share * (base - 2)
                painter.fillRect(QRectF(left + index * width, base - height, max(width - 1, 1), height), color)
            painter.setPen(QPen(QColor(colors.border), 1))
            painter.drawLine(QPointF(left, base), QPointF(left + room, base))
            if not math.isnan(self._distance):
                x = left + room * min(self._distance / self._reach, 1.0)
                painter.setPen(QPen(QColor(colors.fake), 2))
                painter.drawLine(QPointF(x, 2), QPointF(x, base))
                painter.setBrush(QColor(colors.fake))
                corners = [QPointF(x, base), QPointF(x - 4, base + 7), QPointF(x + 4, base + 7)]
                painter.drawPolygon(QPolygonF(corners))
