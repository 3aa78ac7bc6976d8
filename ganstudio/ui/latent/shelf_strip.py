"""Bookmarks side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.ui.latent.explorer_mime import carry
from ganstudio.ui.latent.thumbnail_pictures import paint_image
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import whole_image

SIDE = 60.0
GAP = 6.0


class ShelfStrip(QWidget):
    """Thumbnails with names, in a row that scrolls with the wheel; Ctrl or Shift selects several to drag at once.

    Signals
    -------
    chosen
        A bookmark was clicked; carries its number.
    menu_asked
        Its menu is wanted; carries its number and where, in the screen's pixels.
    """

    chosen = Signal(int)
    menu_asked = Signal(int, QPointF)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._marks: list[Bookmark] = []
        self._images: list[QImage | None] = []
        self._shift = 0.0  # how far the row is scrolled
        self._over = self._current = -1
        self.selected: set[int] = set()
        self._pressed: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Bookmarks")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_bookmarks(self, marks: Sequence[Bookmark]) -> None:
        """Show these; the newest comes into sight if there are more than before."""
        known = {id(mark.thumbnail): image for mark, image in zip(self._marks, self._images, strict=True)}
        more = len(marks) > len(self._marks)
        self._images = [
            None if mark.thumbnail is None else (known.get(id(mark.thumbnail)) or whole_image(mark.thumbnail))
            for mark in marks
        ]
        self._marks = list(marks)
        self.selected = {index for index in self.selected if index < len(marks)}
        self._current = min(self._current, len(marks) - 1)
        self._scroll_to(self._end() if more else self._shift)
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def rect_of(self, index: int) -> QRectF:
        """Return where a bookmark is, with its name."""
        return QRectF(index * (SIDE + GAP) + 2 - self._shift, 2, SIDE, SIDE + self._line())

    def index_at(self, place: QPointF) -> int:
        """Return the bookmark under a place, −1 if there is none."""
        return next((index for index in range(len(self._marks)) if self.rect_of(index).contains(place)), -1)

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height()

    def _end(self) -> float:
        return max(0.0, len(self._marks) * (SIDE + GAP) - self.width())

    def _scroll_to(self, shift: float) -> None:
        self._shift = min(max(shift, 0.0), self._end())
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, round(SIDE + self._line() + 4))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    # -- hand ---------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._pressed = event.position()
        index = self.index_at(event.position())
        if index < 0:
            self.selected.clear()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.selected ^= {index}
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._current >= 0:
            low, high = sorted((index, self._current))
            self.selected |= set(range(low, high + 1))
        elif index not in self.selected:
            self.selected = {index}
        self._current = index
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if index != self._over:
            self._over = index
            self.setToolTip(self._tip(index))
            self.update()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._carry(self.index_at(self._pressed))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        index = self.index_at(event.position())
        if pressed is not None and plain and index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.selected = {index}
            self.chosen.emit(index)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        self._scroll_to(self._shift - delta / 120 * (SIDE + GAP))
        event.accept()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.index_at(QPointF(event.pos()))
        if index >= 0:
            self.menu_asked.emit(index, QPointF(event.globalPos()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        by = {keys.Key_Left: -1, keys.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is not None and self._marks:
            self._current = min(max(self._current + by, 0), len(self._marks) - 1)
            self.selected = {self._current}
            rect = self.rect_of(self._current)
            self._scroll_to(self._shift + min(rect.left(), 0) + max(rect.right() - self.width(), 0))
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and self._current >= 0:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def carried(self, index: int) -> list[Bookmark]:
        """Return what a drag that starts at a bookmark carries: all that are selected, if it is one of them."""
        numbers = sorted(self.selected) if index in self.selected else [index]
        return [self._marks[number] for number in numbers]

    def _carry(self, index: int) -> None:
        self._pressed = None
        if index < 0:
            return
        carry(self, self.carried(index), self._images[index])

    def _tip(self, index: int) -> str:
        if index < 0:
            return ""
        mark = self._marks[index]
        step = "" if mark.state.step is None else f"\nof step {mark.state.step}"
        group = f"\ngroup {mark.group}" if mark.group else ""
        return f"{mark.name}{group}{step}\nClick to go there; drag to a well, to Walk, to an anchor"

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colors, line = self._palette, self._line()
            metrics = QFontMetricsF(self.font())
            for index, (mark, image) in enumerate(zip(self._marks, self._images, strict=True)):
                rect = self.rect_of(index)
                if not rect.intersects(QRectF(event.rect())):
                    continue
                box = QRectF(rect.left(), rect.top(), SIDE, SIDE)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colors.window))
                painter.drawRoundedRect(box, 3, 3)
                if image is not None:
                    paint_image(painter, box, image)
                if index in self.selected or index == self._over:
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(QColor(colors.accent if index in self.selected else colors.muted), 2))
                    painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 4, 4)
                painter.setPen(QColor(colors.muted))
                name = f"{mark.group}: {mark.name}" if mark.group else mark.name
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, SIDE)
                painter.drawText(QRectF(rect.left(), box.bottom(), SIDE, line), Qt.AlignmentFlag.AlignCenter, text)
