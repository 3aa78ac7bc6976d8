"""The latent itself: a bar for every coordinate, to be read and to be painted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette

Array = NDArray[np.float32]
REACH = 3.0  # standard deviations at a bar's end
ROW = 34  # logical pixels of a row of bars
GAP = 5
PER_ROW = (16, 32, 64)


class InspectorStrip(QWidget):
    """Coordinates as bars about zero, from −3 to 3 standard deviations. A drag across them paints their heights.

    Signals
    -------
    painted
        Other coordinates (d,), and whether the gesture goes on.
    """

    painted = Signal(object, bool)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._g: Array = np.zeros(0, np.float32)
        self._last: QPointF | None = None
        self._goes_on = False
        self._over = -1
        self.setMouseTracking(True)
        self.setAccessibleName("Coordinates of the latent")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_latent(self, g: Array) -> None:
        """Show other coordinates (d,)."""
        resized = len(g) != len(self._g)
        self._g = g
        if resized:
            self.updateGeometry()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @property
    def columns(self) -> int:
        """How many bars a row has."""
        count = len(self._g)
        return next((width for width in PER_ROW if count <= 4 * width), PER_ROW[-1])

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return max(1, math.ceil(len(self._g) / self.columns))

    def cell(self, index: int) -> QRectF:
        """Return where a coordinate's bar may reach."""
        row, column = divmod(index, self.columns)
        width = self.width() / min(self.columns, max(len(self._g), 1))
        return QRectF(column * width, row * (ROW + GAP), width, ROW)

    def index_at(self, place: QPointF) -> int:
        """Return the coordinate under a place, −1 if there is none."""
        width = self.width() / min(self.columns, max(len(self._g), 1))
        column, row = math.floor(place.x() / width), math.floor((place.y() + GAP / 2) / (ROW + GAP))
        index = row * self.columns + column
        return index if 0 <= column < self.columns and row >= 0 and index < len(self._g) else -1

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, self.rows * (ROW + GAP))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    # -- hand ---------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._last, self._goes_on = event.position(), False
            self._paint_to(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is not None:
            self._paint_to(event.position())
            self._last = event.position()
        index = self.index_at(event.position())
        if index != self._over:
            self._over = index
            self.setToolTip("" if index < 0 else f"g[{index}] = {self._g[index]:+.3f}\nDrag to set, twice for zero")
            self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if index >= 0:
            changed = self._g.copy()
            changed[index] = 0
            self.painted.emit(changed, True)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()

    def _paint_to(self, place: QPointF) -> None:
        """Set every bar between the last place and this one to the height of the line between them."""
        start = self._last or place
        steps = max(1, round(abs(place.x() - start.x())))
        changed = self._g.copy()
        for step in range(steps + 1):
            at = start + (place - start) * (step / steps)
            index = self.index_at(QPointF(min(max(at.x(), 0), self.width() - 1), at.y()))
            if index >= 0:
                cell = self.cell(index)
                up = (cell.center().y() - at.y()) / (cell.height() / 2)
                changed[index] = REACH * min(max(up, -1.0), 1.0)
        if not np.array_equal(changed, self._g):
            self.painted.emit(changed, self._goes_on)
            self._goes_on = True

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            colors = self._palette
            for row in range(self.rows):
                top = row * (ROW + GAP)
                painter.fillRect(QRectF(0, top, self.width(), ROW), QColor(colors.window))
                painter.setPen(QPen(QColor(colors.border), 1))
                painter.drawLine(QPointF(0, top + ROW / 2), QPointF(self.width(), top + ROW / 2))
            high, low = QColor(colors.score_high), QColor(colors.score_low)
            for index, value in enumerate(self._g.tolist()):
                cell = self.cell(index)
                share = min(max(value / REACH, -1.0), 1.0) * ROW / 2
                middle = cell.center().y()
                gap = 1.0 if cell.width() > 4 else 0.0
                box = QRectF(cell.left(), middle - max(share, 0), cell.width() - gap, abs(share))
                painter.fillRect(box, high if value > 0 else low)
                if abs(value) > REACH:  # it goes on beyond the row
                    edge = cell.top() if value > 0 else cell.bottom() - 2
                    painter.fillRect(QRectF(cell.left(), edge, cell.width() - gap, 2), QColor(colors.warning))
            if self._over >= 0:
                painter.setPen(QPen(QColor(colors.text), 1))
                painter.drawRect(self.cell(self._over).adjusted(0, 0, -1, -1))
