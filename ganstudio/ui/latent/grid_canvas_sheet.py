"""Many pictures in rows that scroll; only what is in sight is painted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame
from typing_extensions import override

from ganstudio.ui.latent.heat_tint import Legend, paint_legend, tint
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_loupe import Enlarged, Loupe
from ganstudio.ui.views.image_picture import packed, rgb, whole_image

LEAST_PX = 56  # device pixels that a picture is at least wide
GAP = 2
HOVER_MS = 80


class GridSheet(QAbstractScrollArea):
    """Pictures in the order that it is given, at a whole zoom.

    Signals
    -------
    chosen
        A picture was clicked: its number among all (not its place).
    menu_asked
        Its menu is wanted: number, and where on the screen.
    carried
        It is being dragged away: number.
    """

    chosen = Signal(int)
    menu_asked = Signal(int, QPointF)
    carried = Signal(int)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._pictures: NDArray[np.uint8] = np.zeros((0, 1, 1, 1), np.uint8)
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._values: NDArray[np.float32] | None = None
        self._value_title = ""
        self._tint: tuple[NDArray[np.float32], Legend] | None = None
        self._image = QImage()
        self._painted: object = None
        self._loupe = Loupe()
        self._over = self._enlarged = -1
        self._pressed: QPointF | None = None
        self.current = -1
        self._hover = QTimer(self, singleShot=True, interval=HOVER_MS)
        self._hover.timeout.connect(self._enlarge)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Samples")

    def set_pictures(
        self,
        pictures: NDArray[np.uint8],
        order: NDArray[np.int64],
        values: NDArray[np.float32] | None,
        title: str,
    ) -> None:
        """Show pictures (n, H, W, C) in an order (m,), with the value of each (n,) that the order is by."""
        self._pictures, self._order, self._values, self._value_title = pictures, order, values, title
        self._painted = None
        self._share_room()
        self.viewport().update()

    def set_tint(self, shares: NDArray[np.float32] | None, legend: Legend | None) -> None:
        """Tint every picture by its share (n,) from 0 to 1; None: not at all."""
        self._tint = None if shares is None or legend is None else (shares, legend)
        self.viewport().update()

    def set_current(self, number: int) -> None:
        """Put the ring around a picture, −1: around none."""
        if number != self.current:
            self.current = number
            self.viewport().update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette, self._painted = palette, None
        self.viewport().update()

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._order)

    # -- where, in device pixels --------------------------------------------------------------------------------------

    @property
    def zoom(self) -> int:
        """Device pixels per pixel."""
        return max(1, round(LEAST_PX / max(self._pictures.shape[2], 1)))

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a place, with its gap."""
        return self._pictures.shape[2] * self.zoom + GAP, self._pictures.shape[1] * self.zoom + GAP

    @property
    def columns(self) -> int:
        """Pictures per row."""
        return max(1, round(self.viewport().width() * self.devicePixelRatioF()) // self.cell[0])

    @property
    def rows(self) -> int:
        """Rows in all."""
        return math.ceil(len(self._order) / self.columns)

    def rect_of(self, place: int) -> QRect:
        """Return where the picture at a place of the order is, in the viewport's device pixels."""
        row, column = divmod(place, self.columns)
        width, height = self.cell
        return QRect(column * width, row * height - self._top(), width - GAP, height - GAP)

    def place_at(self, at: QPointF) -> int:
        """Return the place of the order under a position of the viewport, −1 if there is none."""
        ratio = self.devicePixelRatioF()
        width, height = self.cell
        column, row = int(at.x() * ratio) // width, (int(at.y() * ratio) + self._top()) // height
        place = row * self.columns + column
        return place if 0 <= column < self.columns and 0 <= place < len(self._order) else -1

    def _top(self) -> int:
        return self.verticalScrollBar().value()

    def _share_room(self) -> None:
        room = round(self.viewport().height() * self.devicePixelRatioF())
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self.rows * self.cell[1] - room))
        bar.setPageStep(room)
        bar.setSingleStep(self.cell[1] // 2)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._hide_loupe()
        self.viewport().update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    # -- hand ---------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hide_loupe()
        self._pressed = event.position()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.buttons() and self._pressed is not None:
            far = (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            start = self.place_at(self._pressed)
            if far and start >= 0:
                self._pressed = None
                self.carried.emit(int(self._order[start]))
        elif place != self._over:
            self._over = place
            self._hide_loupe()
            self._hover.start()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        place = self.place_at(event.position())
        if pressed is None or place < 0:
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(place)
        elif event.button() == Qt.MouseButton.RightButton:
            self.menu_asked.emit(int(self._order[place]), event.globalPosition())

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.place_at(QPointF(event.pos()))
        # Where the system asks for a menu when the button goes down, there would be no dragging with it.
        if place >= 0 and event.reason() != QContextMenuEvent.Reason.Mouse:
            self.menu_asked.emit(int(self._order[place]), QPointF(event.globalPos()))

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._over = -1
            self._hide_loupe()
        return super().viewportEvent(event)

    def step(self, by: int, rows: int) -> None:
        """Choose the picture so many places and rows farther."""
        found = np.flatnonzero(self._order == self.current)
        place = int(found[0]) if len(found) else 0
        wanted = place + by + rows * self.columns if len(found) else 0
        if 0 <= wanted < len(self._order):
            self._choose(wanted)
            self._reveal(wanted)

    def reveal_current(self) -> None:
        """Scroll as far as the picture with the ring is wholly in sight, if it is among those that are shown."""
        found = np.flatnonzero(self._order == self.current)
        if len(found):
            self._reveal(int(found[0]))

    def _reveal(self, place: int) -> None:
        rect = self.rect_of(place)
        room = round(self.viewport().height() * self.devicePixelRatioF())
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + min(rect.top(), 0) + max(rect.bottom() + GAP - room, 0))

    def _choose(self, place: int) -> None:
        number = int(self._order[place])
        self.set_current(number)
        self.chosen.emit(number)

    def _enlarge(self) -> None:
        self._enlarged = self._over
        self.viewport().update()

    def _hide_loupe(self) -> None:
        self._hover.stop()
        if self._enlarged >= 0:
            self._enlarged = -1
            self.viewport().update()

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        with QPainter(self.viewport()) as painter:
            painter.fillRect(self.viewport().rect(), QColor(self._palette.window))
            if len(self._order):
                painter.scale(1 / ratio, 1 / ratio)
                self._paint_rows(painter, ratio)
                self._paint_tint(painter)
                self._paint_ring(painter, ratio)
                self._paint_legend(painter, ratio)
                self._paint_loupe(painter, ratio)

    def _paint_rows(self, painter: QPainter, ratio: float) -> None:
        """Paint the rows in sight: one image at the pictures' own resolution, kept while they stay, drawn enlarged."""
        _, height = self.cell
        first = self._top() // height
        count = math.ceil(self.viewport().height() * ratio / height) + 1
        places = np.arange(first * self.columns, min((first + count) * self.columns, len(self._order)))
        key = (first, count, self.columns)
        if self._painted != key and len(places):
            self._painted = key
            self._image = self._gathered(places, count)
        if not len(places):
            return
        zoom = self.zoom
        for place in places.tolist():
            rect = self.rect_of(place)
            row, column = divmod(place - first * self.columns, self.columns)
            side = self._pictures.shape[1:3]
            source = QRect(column * side[1], row * side[0], side[1], side[0])
            painter.drawImage(QRect(rect.left(), rect.top(), side[1] * zoom, side[0] * zoom), self._image, source)

    def _paint_tint(self, painter: QPainter) -> None:
        """Lay the tint of the rows in sight over them, a pixel for each picture."""
        if self._tint is None:
            return
        width, height = self.cell
        first = self._top() // height
        count = math.ceil(self.viewport().height() * self.devicePixelRatioF() / height) + 1
        places = np.arange(first * self.columns, min((first + count) * self.columns, len(self._order)))
        shares, legend = self._tint
        cells = np.full(count * self.columns, np.nan, np.float32)
        cells[: len(places)] = shares[self._order[places]]
        image = tint(cells.reshape(count, self.columns), self._palette, signed=legend.signed)
        painter.drawImage(QRect(0, first * height - self._top(), self.columns * width, count * height), image)

    def _paint_legend(self, painter: QPainter, ratio: float) -> None:
        if self._tint is not None:
            painter.save()
            painter.scale(ratio, ratio)
            paint_legend(painter, self.viewport().size(), self._tint[1], self._palette)
            painter.restore()

    def _gathered(self, places: NDArray[np.int64], rows: int) -> QImage:
        height, width = self._pictures.shape[1:3]
        image = QImage(self.columns * width, rows * height, QImage.Format.Format_RGB32)
        image.fill(rgb(self._palette.window))
        cells = np.frombuffer(image.bits(), np.uint32).reshape(rows, height, self.columns, width)
        chosen = packed(np.ascontiguousarray(self._pictures[self._order[places]]))
        row, column = np.divmod(np.arange(len(places)), self.columns)
        cells[row, :, column] = chosen
        return image

    def _paint_ring(self, painter: QPainter, ratio: float) -> None:
        found = np.flatnonzero(self._order == self.current)
        if len(found):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, thick in ((self._palette.window, 4.0), (self._palette.accent, 2.0)):
                painter.setPen(QPen(QColor(color), thick * ratio))
                painter.drawRect(QRectF(self.rect_of(int(found[0]))))

    def _paint_loupe(self, painter: QPainter, ratio: float) -> None:
        if not 0 <= self._enlarged < len(self._order):
            return
        number = int(self._order[self._enlarged])
        lines = [f"sample {number}"]
        if self._values is not None and np.isfinite(self._values[number]):
            lines.append(f"{self._value_title} {self._values[number]:.4g}")
        shown = Enlarged(whole_image(self._pictures[number]), None, lines, "fake")
        area = self.viewport().size() * ratio
        rect = self.rect_of(self._enlarged)
        self._loupe.paint(painter, shown, rect, area, ratio, self.font(), self._palette, zoom=self.zoom, smooth=False)
