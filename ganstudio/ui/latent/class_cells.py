"""The classes as cells in a row, each filled to the height of its weight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed

Array = NDArray[np.float32]

WIDEST_EM = 6.0  # of a cell, in heights of a line
NARROWEST_EM = 1.5
GAP = 3.0
ROUND = 4.0
DRAG_PX = 4.0
REACH_PX = 90.0  # of the hand, from weight 0 to weight 1
SMALLEST_WEIGHT = 0.005  # below it, a weight is 0


def mixed_in(weights: ArrayLike, index: int, share: float) -> Array:
    """Return class weights (K,) with ``share`` for one class; the others keep their proportions.

    Where no other class has any weight, there is nothing to share with, and the one class keeps all of it.
    """
    made = np.array(weights, np.float64)
    made[index] = 0
    rest = made.sum()
    share = float(np.clip(share, 0, 1))
    if rest <= 0:
        share, rest = 1.0, 1.0
    made *= (1 - share) / rest
    made[index] = share
    made[made < SMALLEST_WEIGHT] = 0
    return np.asarray(made / made.sum(), np.float32)


def joined(weights: ArrayLike, index: int) -> Array:
    """Return class weights (K,) in which one class more, or one fewer, has a part, all of them equal ones."""
    there = np.asarray(weights) > 0
    there[index] = not there[index]
    if not there.any():
        there[index] = True
    return np.asarray(there / there.sum(), np.float32)


class ClassCells(QWidget):
    """One cell per class. A click takes that class; Ctrl or Shift adds it to the mixture; a drag upwards sets its part.

    Signals
    -------
    weights_edited
        Other weights (K,), and whether they go on with the drag that the last ones were of.
    """

    weights_edited = Signal(object, bool)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._names: tuple[str, ...] = ()
        self._weights: Array = np.zeros(0, np.float32)
        self._pressed: tuple[int, QPointF, Array] | None = None
        self._dragging = False
        self._over = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Classes")

    @property
    def weights(self) -> Array:
        """The weights that are shown, (K,)."""
        return self._weights

    def set_names(self, names: Sequence[str]) -> None:
        """Show other classes, the first of them chosen."""
        self._names = tuple(names)
        self._weights = np.eye(max(1, len(names)), dtype=np.float32)[0][: len(names)]
        self.updateGeometry()
        self.update()

    def set_weights(self, weights: ArrayLike) -> None:
        """Show other weights (K,). No signal."""
        self._weights = np.array(weights, np.float32)
        self.setAccessibleDescription(self.described())
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def described(self) -> str:
        """Return the mixture in words: "7", or "70 % 3, 30 % 8"."""
        order = [int(index) for index in np.argsort(-self._weights, kind="stable") if self._weights[index] > 0]
        if len(order) == 1:
            return self._names[order[0]]
        return ", ".join(f"{100 * self._weights[index]:.0f} % {self._names[index]}" for index in order)

    def rect_of(self, index: int) -> QRectF:
        """Return where a class's cell is, in this widget's pixels."""
        width = self._cell_width()
        return QRectF(1 + index * (width + GAP), 1, width, self.height() - 2)

    def index_at(self, place: QPointF) -> int:
        """Return the class under a place; −1 if there is none."""
        index = int((place.x() - 1) // (self._cell_width() + GAP))
        return index if 0 <= index < len(self._names) and self.rect_of(index).contains(place) else -1

    def _cell_width(self) -> float:
        count = max(1, len(self._names))
        return max(1.0, (self.width() - 2 - (count - 1) * GAP) / count)

    def _wanted_width(self) -> float:
        metrics = QFontMetricsF(self.font())
        em = metrics.height()
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=em) + em
        return min(max(widest, 2.0 * em), WIDEST_EM * em)

    @override
    def sizeHint(self) -> QSize:
        count = max(1, len(self._names))
        return QSize(round(2 + count * self._wanted_width() + (count - 1) * GAP), round(1.9 * self._em()))

    @override
    def minimumSizeHint(self) -> QSize:
        count = max(1, len(self._names))
        return QSize(round(2 + count * NARROWEST_EM * self._em() + (count - 1) * GAP), round(1.9 * self._em()))

    def _em(self) -> float:
        return QFontMetricsF(self.font()).height()

    # -- hand ---------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or index < 0:
            event.ignore()
            return
        self._pressed, self._dragging = (index, event.position(), self._weights.copy()), False

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover(event)
            return
        index, start, before = self._pressed
        up = start.y() - event.position().y()
        if not self._dragging and abs(up) < DRAG_PX:
            return
        goes_on, self._dragging = self._dragging, True
        self._take(mixed_in(before, index, float(before[index]) + up / REACH_PX), goes_on=goes_on)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._dragging:
            self._dragging = False
            return
        index, _, before = pressed
        more = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        self._take(joined(before, index) if more else np.eye(len(before), dtype=np.float32)[index], goes_on=False)

    def _hover(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if index == self._over:
            return
        self._over = index
        self.update()
        if index < 0:
            QToolTip.hideText()
            return
        tip = (
            f"{self._names[index]}: {100 * self._weights[index]:.0f} % of the class\n"
            "Click: this class alone. Ctrl-click: mix it in. Drag up or down: its part."
        )
        QToolTip.showText(event.globalPosition().toPoint(), tip, self)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not len(self._weights):
            super().keyPressEvent(event)
            return
        index = (int(self._weights.argmax()) + step) % len(self._weights)
        self._take(np.eye(len(self._weights), dtype=np.float32)[index], goes_on=False)

    def _take(self, weights: Array, *, goes_on: bool) -> None:
        if not np.array_equal(weights, self._weights):
            self.set_weights(weights)
            self.weights_edited.emit(weights, goes_on)

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for index in range(len(self._names)):
                self._paint_cell(painter, index, self.rect_of(index))

    def _paint_cell(self, painter: QPainter, index: int, rect: QRectF) -> None:
        colors, weight = self._palette, float(self._weights[index])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mixed(colors.text, colors.raised, 0.08) if index == self._over else colors.raised))
        painter.drawRoundedRect(rect, ROUND, ROUND)
        if weight > 0:
            painter.save()
            painter.setClipRect(
                QRectF(rect.left(), rect.bottom() - weight * rect.height(), rect.width(), rect.height())
            )
            painter.setBrush(QColor(mixed(colors.accent, colors.surface, 0.55)))
            painter.drawRoundedRect(rect, ROUND, ROUND)
            painter.restore()
        chosen = weight > 0
        if chosen or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent if chosen else colors.border), 1.5 if chosen else 1.0))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), ROUND, ROUND)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if chosen else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colors.text if chosen else colors.muted))
        room = rect.adjusted(3, 0, -3, 0)
        name = QFontMetricsF(font).elidedText(self._names[index], Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)
