"""A walk over time: its frames, its distance from the origin, its key frames and the playhead."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.latent.shell_gauge import shell
from ganstudio.ui.latent.thumbnail_pictures import paint_image
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed, tabular
from ganstudio.ui.views.image_picture import whole_image
from ganstudio.ui.views.primitives import draw_curve

SIDE = 64.0  # of a frame at most, logical pixels
LANE_LINES = 2.6  # height of the lane for ‖g‖, in lines of text
MARGIN = 8.0
GAP = 2.0
STEP = 0.02  # of the whole, per arrow key
TELL_MS = 250
MOST_IMAGES = 128  # converted frames that are kept

Frame = Callable[[float], NDArray[np.uint8] | None]


class WalkTimeline(QWidget):
    """Frames evenly over time, below them ‖g‖ on the band of the prior; a drag scrubs.

    Signals
    -------
    scrubbed
        The person moved the playhead; carries a position from 0 to 1.
    chosen
        The person double-clicked: wants that place.
    """

    scrubbed = Signal(float)
    chosen = Signal(float)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._frame: Frame | None = None
        self._side = SIDE
        self._dim = 0
        self._lengths: NDArray[np.float64] = np.zeros(0)
        self._keys: tuple[float, ...] = ()
        self._position = self._told = 0.0  # where it is, and where the words say it is
        self._since_told = QElapsedTimer()
        self._images: OrderedDict[int, tuple[NDArray[np.uint8], QImage]] = OrderedDict()
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "Drag to move through the walk; a double click goes to that place.\n"
            "The curve is ‖g‖ at every frame; the band holds the middle 95 % of draws of the prior (χ distribution)."
        )

    # -- what is shown ------------------------------------------------------------------------------------------------

    def set_frames(self, frame: Frame | None) -> None:
        """Show the frames that ``frame`` gives for positions from 0 to 1; call :meth:`update` when it gives others."""
        self._frame = frame
        first = None if frame is None else frame(0.0)
        if first is not None:
            side = whole_side(first, self.devicePixelRatioF())
            if side != self._side:
                self._side = side
                self.updateGeometry()
        self.update()

    def set_walk(self, dim: int, lengths: NDArray[np.float64], keys: Sequence[float]) -> None:
        """Show ‖g‖ at evenly spaced positions (n,), and where key frames are."""
        self._dim, self._lengths, self._keys = dim, np.asarray(lengths, np.float64), tuple(keys)
        self.update()

    def set_position(self, position: float, *, playing: bool = False) -> None:
        """Move the playhead; while it plays, the words follow four times a second."""
        if position != self._position:
            self._position = position
            if not playing or not self._since_told.isValid() or self._since_told.elapsed() >= TELL_MS:
                self._told = position
                self._since_told.restart()
            self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    # -- where --------------------------------------------------------------------------------------------------------

    def _way(self) -> QRectF:
        return QRectF(MARGIN, 2, self.width() - 2 * MARGIN, self._side)

    def _lane(self) -> QRectF:
        height = LANE_LINES * self.fontMetrics().height()
        return QRectF(MARGIN, self._side + 8, self.width() - 2 * MARGIN, height)

    def position_at(self, x: float) -> float:
        """Return the position under a pixel."""
        way = self._way()
        return min(max((x - way.left()) / max(way.width(), 1.0), 0.0), 1.0)

    def x_of(self, position: float) -> float:
        """Return the pixel of a position."""
        way = self._way()
        return way.left() + position * way.width()

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, math.ceil(self._lane().bottom() + 0.9 * self.fontMetrics().height()))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    # -- hand ---------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.scrubbed.emit(self.position_at(event.position().x()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.scrubbed.emit(self.position_at(event.position().x()))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self.position_at(event.position().x()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP}.get(Qt.Key(event.key()))
        if step is not None:
            self.scrubbed.emit(min(max(self._position + step, 0.0), 1.0))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._position)
        else:
            super().keyPressEvent(event)

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_frames(painter)
            if self._dim and len(self._lengths) > 1:
                self._paint_lane(painter)
            self._paint_keys(painter)
            self._paint_head(painter)

    def _paint_frames(self, painter: QPainter) -> None:
        way = self._way()
        side = self._side
        count = max(1, math.floor((way.width() + GAP) / (side + GAP)))
        cell = way.width() / count
        for index in range(count):
            rect = QRectF(way.left() + index * cell + (cell - side) / 2, way.top(), side, side)
            image = self._image(index, (index + 0.5) / count)
            if image is None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._palette.raised))
                painter.drawRoundedRect(rect, 3, 3)
            else:
                paint_image(painter, rect, image)

    def _image(self, index: int, position: float) -> QImage | None:
        array = None if self._frame is None else self._frame(position)
        if array is None:
            return None
        held = self._images.get(index)
        if held is None or held[0] is not array:
            held = (array, whole_image(array))
            self._images[index] = held
            if len(self._images) > MOST_IMAGES:
                self._images.popitem(last=False)
        return held[1]

    def _paint_lane(self, painter: QPainter) -> None:
        colors, lane, band = self._palette, self._lane(), shell(self._dim)
        low = min(band.low, float(self._lengths.min()))
        high = max(band.high, float(self._lengths.max()))
        low, high = low - 0.12 * (high - low), high + 0.12 * (high - low)
        scale = lane.height() / max(high - low, 1e-9)

        def y(length: float) -> float:
            return lane.bottom() - (length - low) * scale

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mixed(colors.optimum, colors.surface, 0.2)))
        painter.drawRect(QRectF(lane.left(), y(band.high), lane.width(), y(band.low) - y(band.high)))
        painter.setPen(QPen(QColor(colors.optimum), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(lane.left(), y(band.median)), QPointF(lane.right(), y(band.median)))
        x = lane.left() + np.linspace(0, 1, len(self._lengths)) * lane.width()
        draw_curve(painter, x, lane.bottom() - (self._lengths - low) * scale, QColor(colors.fake), 2.0)
        painter.setFont(tabular(self.font()))
        here = float(np.interp(self._told, np.linspace(0, 1, len(self._lengths)), self._lengths))
        painter.setPen(QColor(colors.text if band.holds(here) else colors.warning))
        text = f"‖g‖ {here:.2f}"
        room = QRectF(lane.left() + 5, lane.top(), 200, self.fontMetrics().height())
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(colors.surface)
        ground.setAlphaF(0.8)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(room.left() - 3, room.top(), width + 6, room.height()), 3, 3)
        painter.restore()
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_keys(self, painter: QPainter) -> None:
        """Mark key frames as numbered diamonds below the lane."""
        colors = self._palette
        middle = self._lane().bottom() + 0.45 * self.fontMetrics().height()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent))
        for position in self._keys:
            at = QPointF(self.x_of(position), middle)
            corners = (QPointF(0, -4.5), QPointF(4.5, 0), QPointF(0, 4.5), QPointF(-4.5, 0))
            painter.drawPolygon(QPolygonF([at + corner for corner in corners]))

    def _paint_head(self, painter: QPainter) -> None:
        x = self.x_of(self._position)
        color = QColor(self._palette.accent if self.hasFocus() else self._palette.text)
        painter.setPen(QPen(QColor(self._palette.surface), 4.0))
        painter.drawLine(QPointF(x, 0), QPointF(x, self._lane().bottom()))
        painter.setPen(QPen(color, 2.0))
        painter.drawLine(QPointF(x, 0), QPointF(x, self._lane().bottom()))


def whole_side(image: NDArray[np.uint8], ratio: float) -> float:
    """Return the side of an image at the largest whole zoom within a timeline's height, in logical pixels."""
    longest = max(image.shape[:2])
    zoom = math.floor(SIDE * ratio / longest)
    return longest * zoom / ratio if zoom else SIDE
