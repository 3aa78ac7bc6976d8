"""What the latent square and the plane of its image have in common."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.latent.points_sample import PointsSample
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views.primitives import draw_strokes
from ganstudio.ui.views.viewport import Viewport

Floats = NDArray[np.float64]

LINES = 10  # of the lattice, about, that are drawn each way
LATTICE = 0.7  # of its colour: samples must be told from it
MARK = 6.0  # radius of the present place's mark
HINT = 4.5  # of what is below the pointer on the other side


class LinkedCanvas(QWidget):
    """A drawing kept as a picture, with marks over it: the present place, and what the other side points at.

    Signals
    -------
    pointed
        The place below the pointer, in this canvas's own units; None when it left.
    picked
        The place where the button went down, or to which it was dragged; and whether it goes on with a drag.
    """

    pointed = Signal(object)
    picked = Signal(object, bool)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._sample: PointsSample | None = None
        self._here: tuple[float, float] | None = None
        self._hints: tuple[tuple[float, float], ...] = ()
        self._kept, self._stale = QPixmap(), True
        self._dragging = False
        self.message = ""
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # -- what it shows ------------------------------------------------------------------------------------------------

    def show_sample(self, sample: PointsSample | None, message: str = "") -> None:
        """Show another model; None shows a message."""
        self._sample, self.message = sample, message
        self._renew()

    def set_here(self, place: tuple[float, float] | None) -> None:
        """Mark the present place, in this canvas's units."""
        if place != self._here:
            self._here = place
            self.update()

    def set_hints(self, places: tuple[tuple[float, float], ...]) -> None:
        """Mark what the other side points at."""
        if places != self._hints:
            self._hints = places
            self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self._renew()

    @abstractmethod
    def view(self) -> Viewport:
        """Return the map between units and pixels."""

    @abstractmethod
    def title(self) -> str:
        """Return what is seen, in a few words."""

    @abstractmethod
    def _paint_whole(self, painter: QPainter, sample: PointsSample, view: Viewport) -> None:
        """Paint everything but the marks."""

    @property
    def em(self) -> float:
        """The height of a line of text."""
        return QFontMetricsF(self.font()).height()

    def small_font(self) -> QFont:
        """Return the font of numbers at axes."""
        font = QFont(self.font())
        font.setPointSizeF(0.92 * font.pointSizeF())
        return font

    def plot_rect(self) -> QRectF:
        """Return where the plot is: inside numbers, below the title and a line for the legend."""
        left = 3.6 * self.em
        top = 3.0 * self.em
        return QRectF(
            left, top, max(20.0, self.width() - left - self.em), max(20.0, self.height() - top - 2.2 * self.em)
        )

    def _square_rect(self) -> QRectF:
        whole = self.plot_rect()
        side = min(whole.width(), whole.height())
        return QRectF(whole.center().x() - side / 2, whole.center().y() - side / 2, side, side)

    def _renew(self) -> None:
        self._stale = True
        self.update()

    # -- hand ---------------------------------------------------------------------------------------------------------

    def _at(self, place: QPointF) -> tuple[float, float] | None:
        view = self.view()
        if self._sample is None or not (self._dragging or view.rect.adjusted(-2, -2, 2, 2).contains(place)):
            return None
        x, y = view.data(place.x(), place.y())
        return min(max(x, view.x[0]), view.x[1]), min(max(y, view.y[0]), view.y[1])

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or at is None:
            event.ignore()
            return
        self._dragging = True
        self.picked.emit(at, False)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position())
        if self._dragging and at is not None:
            self.picked.emit(at, True)
        else:
            self.pointed.emit(at)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._renew()

    @override
    def sizeHint(self) -> QSize:
        return QSize(460, 440)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(round(14 * self.em), round(12 * self.em))

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        wanted = (self.size().toSizeF() * ratio).toSize()
        if self._stale or self._kept.size() != wanted:
            if self._kept.size() != wanted:
                self._kept = QPixmap(wanted)
                self._kept.setDevicePixelRatio(ratio)
            with QPainter(self._kept) as painter:
                self._paint_kept(painter)
            self._stale = False
        with QPainter(self) as painter:
            painter.drawPixmap(QPointF(), self._kept)
            if self._sample is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._paint_marks(painter, self.view())

    def _paint_kept(self, painter: QPainter) -> None:
        colors = self._palette
        painter.fillRect(self.rect(), QColor(colors.surface))
        painter.setFont(self.font())
        if self._sample is None:
            painter.setPen(QColor(colors.muted))
            words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(20, 20, -20, -20), words, self.message)
            return
        painter.setPen(QColor(colors.text))
        painter.drawText(QRectF(10, 4, self.width() - 20, 1.3 * self.em), Qt.AlignmentFlag.AlignVCenter, self.title())
        painter.setFont(self.small_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_whole(painter, self._sample, self.view())

    def _paint_marks(self, painter: QPainter, view: Viewport) -> None:
        colors = self._palette
        for places, reach, solid in ((self._hints, HINT, False), ((self._here,), MARK, True)):
            for place in places:
                if place is None:
                    continue
                at = QPointF(float(view.px(place[0])), float(view.py(place[1])))
                if not view.rect.adjusted(-8, -8, 8, 8).contains(at):
                    continue
                painter.setPen(QPen(QColor(colors.surface), 4.0))
                painter.setBrush(QColor(colors.accent) if solid else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(at, reach, reach)
                painter.setPen(QPen(QColor(colors.text), 1.8))
                painter.drawEllipse(at, reach, reach)

    def lattice_colors(self) -> tuple[QColor, QColor]:
        """Return the colours of lines of constant z₁ and of constant z₂: the same on both sides."""
        colors = self._palette
        both = (colors.fake, mixed(colors.fake, colors.muted, 0.4))
        return QColor(mixed(both[0], colors.surface, LATTICE)), QColor(mixed(both[1], colors.surface, LATTICE))

    def _paint_lattice(self, painter: QPainter, points: Floats, *, straight: bool = False) -> None:
        """Paint some of the lines through lattice points (rows, columns, 2), in pixels; straight ones in one piece."""
        line = _ends if straight else _joined
        upright, lying = self.lattice_colors()
        rows, columns = points.shape[:2]
        for row in _some(rows) if rows > 1 else (0,):
            draw_strokes(painter, line(points[row]), lying if rows > 1 else upright, 1.2 if rows > 1 else 2.4)
        if rows > 1:
            for column in _some(columns):
                draw_strokes(painter, line(points[:, column]), upright, 1.6)


def _some(count: int) -> range:
    return range(0, count, max(1, (count - 1) // LINES))


def _ends(points: Floats) -> Floats:
    """Return the one piece (1, 4) from a line's first point to its last."""
    return np.concatenate((points[0], points[-1]))[None]


def _joined(points: Floats) -> Floats:
    """Return the pieces (n − 1, 4) of a line through points (n, 2); what is not finite is left out."""
    pieces = np.concatenate((points[:-1], points[1:]), 1)
    return pieces[np.isfinite(pieces).all(1)]
