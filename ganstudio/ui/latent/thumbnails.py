"""Small pictures side by side, their pixels as squares: filmstrips, timelines, candidates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.ui.latent.explorer_mime import carry
from ganstudio.ui.latent.thumbnail_pictures import Bytes, paint_image
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import whole_image

if TYPE_CHECKING:
    pass

SMALLEST_SIDE = 16
RING = 3.0  # around a thumbnail, where it is selected or has the focus
ROUND = 3.0
CAPTION_SCALE = 0.88


class ThumbnailStrip(QWidget):
    """Thumbnails in a row, or in rows of ``columns``; a click, or an arrow key, chooses one.

    Parameters
    ----------
    palette
        The colours.
    side
        The largest side of a thumbnail in logical pixels; they become smaller where the width does not suffice.
    columns
        How many per row; None: all in one row.
    gap
        Logical pixels between two of them.
    selectable
        Whether a click leaves a ring around what was clicked.
    carried
        Called with an index when the person drags that thumbnail away; returns its place, or None.

    Signals
    -------
    clicked
        The person chose a thumbnail; carries its index.
    hovered
        The pointer is over another thumbnail; −1 when over none.
    """

    clicked = Signal(int)
    hovered = Signal(int)

    def __init__(
        self,
        palette: Palette,
        parent: QWidget | None = None,
        *,
        side: int = 48,
        columns: int | None = None,
        gap: int = 3,
        selectable: bool = True,
        carried: Callable[[int], Bookmark | None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._palette = palette
        self._side, self._columns, self._gap = side, columns, gap
        self._selectable, self._carried = selectable, carried
        self._images: list[QImage | None] = []
        self._arrays: list[Bytes | None] = []
        self._captions: tuple[str, ...] = ()
        self._tips: tuple[str, ...] = ()
        self._selected = self._over = -1
        self._pressed: QPointF | None = None
        self._laid_side = 0.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    # -- what is shown ------------------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many places there are, the empty ones too."""
        return len(self._images)

    @property
    def images(self) -> tuple[Bytes | None, ...]:
        """What was handed over."""
        return tuple(self._arrays)

    @property
    def selected(self) -> int:
        """The place with the ring; −1 if there is none."""
        return self._selected

    @property
    def captions(self) -> tuple[str, ...]:
        """The words below the thumbnails."""
        return self._captions

    def set_images(self, images: Sequence[Bytes | None]) -> None:
        """Show images (H, W, 1 or 3) uint8; None is an empty place. What is the same array is not converted again."""
        before = {id(array): image for array, image in zip(self._arrays, self._images, strict=True)}
        resized = len(images) != len(self._images)
        self._images = [None if array is None else (before.get(id(array)) or whole_image(array)) for array in images]
        self._arrays = list(images)
        if self._selected >= len(images):
            self._selected = -1
        if self._over >= len(images):
            self._over = -1
        if resized:
            self._relay()
        self.update()

    def set_image(self, index: int, image: Bytes | None) -> None:
        """Replace one image."""
        self._arrays[index] = image
        self._images[index] = None if image is None else whole_image(image)
        self.update()

    def set_captions(self, captions: Sequence[str]) -> None:
        """Write a word below every thumbnail; an empty sequence takes them away."""
        if tuple(captions) == self._captions:
            return
        had = bool(self._captions)
        self._captions = tuple(captions)
        if had != bool(captions):
            self._relay()
        self.update()

    def set_tips(self, tips: Sequence[str]) -> None:
        """Say more about every thumbnail, shown when the pointer rests on it."""
        self._tips = tuple(tips)

    def set_selected(self, index: int) -> None:
        """Put the ring around a thumbnail, −1: around none. No signal."""
        index = index if 0 <= index < len(self._images) else -1
        if index != self._selected:
            self._selected = index
            self.update()

    def set_side(self, side: int) -> None:
        """Make the thumbnails larger or smaller."""
        if side != self._side:
            self._side = side
            self._relay()
            self.update()

    def set_gap(self, gap: int) -> None:
        """Put so many logical pixels between two of them."""
        if gap != self._gap:
            self._gap = gap
            self._relay()
            self.update()

    def set_columns(self, columns: int | None) -> None:
        """Put so many into a row; None: all."""
        if columns != self._columns:
            self._columns = columns
            self._relay()
            self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    # -- where --------------------------------------------------------------------------------------------------------

    def rect_of(self, index: int) -> QRectF:
        """Return where a thumbnail is, without its caption, in this widget's pixels."""
        side = self._fitting()
        row, column = divmod(index, self._per_row())
        left = RING + column * (side + self._gap)
        return QRectF(left, RING + row * (side + self._caption_height() + self._gap), side, side)

    def index_at(self, place: QPointF) -> int:
        """Return the thumbnail, with its caption, under a place of this widget; −1 if there is none."""
        for index in range(len(self._images)):
            if self.rect_of(index).adjusted(0, 0, 0, self._caption_height()).contains(place):
                return index
        return -1

    def _per_row(self) -> int:
        return max(1, self._columns or len(self._images))

    def _rows(self) -> int:
        return max(1, math.ceil(len(self._images) / self._per_row()))

    def _fitting(self) -> float:
        """Return the side that fits the width, a whole number of device pixels."""
        count = self._per_row()
        ratio = self.devicePixelRatioF()
        room = (self.width() - 2 * RING - (count - 1) * self._gap) / count
        side = min(float(self._side), max(float(SMALLEST_SIDE), room))
        return math.floor(side * ratio) / ratio

    def _caption_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(1.0, CAPTION_SCALE * font.pointSizeF()))
        return font

    def _caption_height(self) -> float:
        return 1.15 * QFontMetricsF(self._caption_font()).height() if self._captions else 0.0

    def _relay(self) -> None:
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        count, rows = self._per_row(), self._rows()
        width = count * self._side + (count - 1) * self._gap + 2 * RING
        height = rows * (self._fitting() + self._caption_height()) + (rows - 1) * self._gap + 2 * RING
        return QSize(math.ceil(width), math.ceil(height))

    @override
    def minimumSizeHint(self) -> QSize:
        count = self._per_row()
        return QSize(math.ceil(count * SMALLEST_SIDE + (count - 1) * self._gap + 2 * RING), self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self._fitting()
        if side != self._laid_side:  # a narrower strip is also a lower one
            self._laid_side = side
            self.updateGeometry()

    # -- hand ---------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._pressed = event.position()
        index = self.index_at(event.position())
        if index >= 0:
            self._choose(index)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if index != self._over:
            self._over = index
            self.setToolTip(self._tips[index] if 0 <= index < len(self._tips) else "")
            self.setCursor(Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(index)
            self.update()
        if self._carried is not None and self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if far:
                self._drag(self.index_at(self._pressed))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    @override
    def leaveEvent(self, event: object) -> None:
        if self._over >= 0:
            self._over = -1
            self.hovered.emit(-1)
            self.update()

    def _drag(self, index: int) -> None:
        self._pressed = None
        mark = self._carried(index) if self._carried is not None and index >= 0 else None
        if mark is not None:
            carry(self, [mark], self._images[index])

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        per_row = self._per_row()
        keys = Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -per_row, keys.Key_Down: per_row}
        step = steps.get(Qt.Key(event.key()))
        wanted = -1 if step is None else self._selected + step
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if step is None or not 0 <= wanted < len(self._images) or not self._selectable or not plain:
            super().keyPressEvent(event)
            return
        self._choose(wanted)

    def _choose(self, index: int) -> None:
        if self._selectable:
            self.set_selected(index)
        self.clicked.emit(index)

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            visible = QRectF(event.rect())
            caption = self._caption_height()
            for index, image in enumerate(self._images):
                rect = self.rect_of(index)
                if rect.adjusted(-RING, -RING, RING, RING + caption).intersects(visible):
                    self._paint_one(painter, index, rect, image)

    def _paint_one(self, painter: QPainter, index: int, rect: QRectF, image: QImage | None) -> None:
        colors = self._palette
        if image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.raised))
            painter.drawRoundedRect(rect, ROUND, ROUND)
            covered = rect
        else:
            covered = paint_image(painter, rect, image)
        here = index == self._selected
        if here or index == self._over:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent if here else colors.muted), 2.0 if here else 1.0))
            out = 1.5 if here else 0.5
            painter.drawRoundedRect(covered.adjusted(-out, -out, out, out), ROUND, ROUND)
        if index < len(self._captions):
            font = self._caption_font()
            painter.setFont(font)
            painter.setPen(QColor(colors.text if here else colors.muted))
            room = QRectF(rect.left(), rect.bottom() + 1, rect.width(), self._caption_height())
            text = QFontMetricsF(font).elidedText(self._captions[index], Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
