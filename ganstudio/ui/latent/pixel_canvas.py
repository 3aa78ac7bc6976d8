"""A small picture, pixel by pixel, to look at and to draw on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.latent.thumbnail_pictures import drawn_in
from ganstudio.ui.palette import Palette
from ganstudio.ui.undo_history import UndoHistory
from ganstudio.ui.views.image_picture import whole_image

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

GRID_FROM_PX = 8.0  # of a picture's pixel on the screen, from which lines are drawn between them


class PixelCanvas(QWidget):
    """Draws with the left button, and with the right one in the ground's colour. Ctrl+Z takes a stroke back.

    Signals
    -------
    drawn
        A stroke ended, or one was taken back.
    """

    drawn = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._history: UndoHistory[Bytes] = UndoHistory(np.zeros((28, 28, 1), np.uint8))
        self._now: Bytes = self._history.present
        self._mask: Floats | None = None  # of the stroke under way: how much of its colour each pixel has
        self._last: QPointF | None = None
        self._erasing = False
        self._pointer: QPointF | None = None
        self.color = (255, 255, 255)
        self.ground = (0, 0, 0)
        self.radius = 1.2  # of the brush, in pixels of the picture
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Picture to look for; draw here")

    @property
    def image(self) -> Bytes:
        """The picture, (H, W, C)."""
        return self._now

    @property
    def is_blank(self) -> bool:
        """Whether nothing is on it but the ground."""
        return bool((self._now == self._ground()).all())

    def set_image(self, image: Bytes) -> None:
        """Show another picture (H, W, C), which may have another size; what was drawn is forgotten."""
        self._history = UndoHistory(np.array(image, np.uint8))
        self._show(self._history.present)

    def clear(self) -> None:
        """Draw anew, on the ground alone; one step of undoing."""
        self._history.put(np.broadcast_to(self._ground(), self._now.shape).astype(np.uint8))
        self._show(self._history.present)
        self.drawn.emit()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._history.can_undo:
            self._history.undo()
            self._show(self._history.present)
            self.drawn.emit()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def place(self) -> QRectF:
        """Return where the picture is, in this widget's pixels."""
        height, width = self._now.shape[:2]
        return drawn_in(QRectF(self.rect()).adjusted(2, 2, -2, -2), width, height, self.devicePixelRatioF())

    def _ground(self) -> Bytes:
        return _channels(self.ground, self._now.shape[2])

    def _show(self, image: Bytes) -> None:
        self._now = image
        self.update()

    # -- strokes ------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._mask is None and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._erasing = event.button() == Qt.MouseButton.RightButton
            self._mask = np.zeros(self._now.shape[:2])
            self._last = event.position()
            self._stroke_to(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._mask is not None:
            self._stroke_to(event.position())
        self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._mask is None:
            return
        self._mask = self._last = None
        self._history.put(self._now)
        self.drawn.emit()

    def _stroke_to(self, place: QPointF) -> None:
        if self._mask is None or self._last is None:
            return
        np.maximum(self._mask, self._cover(self._last, place), out=self._mask)
        self._last = place
        before = self._history.present.astype(np.float64)
        color = _channels(self.ground if self._erasing else self.color, before.shape[2]).astype(np.float64)
        self._show(np.rint(before + self._mask[..., None] * (color - before)).astype(np.uint8))

    def _cover(self, start: QPointF, end: QPointF) -> Floats:
        """Return how much of each pixel (H, W) a piece of a stroke covers."""
        rect = self.place()
        height, width = self._now.shape[:2]
        scale = width / rect.width()
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        ax, ay = (start.x() - rect.left()) * scale, (start.y() - rect.top()) * scale
        bx, by = (end.x() - rect.left()) * scale, (end.y() - rect.top()) * scale
        dx, dy = bx - ax, by - ay
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
        distance = np.hypot(x - ax - along * dx, y - ay - along * dy)
        return np.clip(self.radius + 0.5 - distance, 0, 1)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        else:
            super().keyPressEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            rect = self.place()
            height, width = self._now.shape[:2]
            painter.drawImage(rect, whole_image(self._now))
            pixel = rect.width() / width
            if pixel >= GRID_FROM_PX:
                line = QColor(self._palette.muted)
                line.setAlphaF(0.18)
                painter.setPen(QPen(line, 1))
                for column in range(1, width):
                    x = rect.left() + column * pixel
                    painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
                for row in range(1, height):
                    y = rect.top() + row * pixel
                    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._palette.border), 1))
            painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
            if self._pointer is not None and rect.contains(self._pointer):
                for color, wide in ((self._palette.surface, 2.5), (self._palette.text, 1.2)):
                    painter.setPen(QPen(QColor(color), wide))
                    painter.drawEllipse(self._pointer, self.radius * pixel, self.radius * pixel)


def _channels(color: tuple[int, int, int], channels: int) -> Bytes:
    if channels == 3:
        return np.array(color, np.uint8)
    return np.array([round(0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2])], np.uint8)
