"""The plane of the view *Embed*: generated thumbnails that never overlap, real samples as dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ganstudio.ui.latent.embed_sample import Cells, EmbedSample, cells_of
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.dots import draw_dots, mark
from ganstudio.ui.views.image_picture import whole_image
from ganstudio.ui.views.viewport import Viewport

MARGIN = 8
SMALLEST_CELL, LARGEST_CELL = 18, 96
START_CELL = 34
DOT_PX = 4.5
GAP = 2


class EmbedCanvas(QWidget):
    """Paints an :class:`EmbedSample`. The wheel changes the size of its cells.

    Signals
    -------
    fake_clicked
        The number of the generated sample that was clicked.
    real_clicked
        The number of the real sample that was clicked, where no generated one is.
    cells_changed
        The plane is divided otherwise, or something else is shown.
    """

    fake_clicked = Signal(int)
    real_clicked = Signal(int)
    cells_changed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._sample: EmbedSample | None = None
        self._cells: Cells | None = None
        self._kind = "fake"
        self._cell = START_CELL
        self._here: tuple[float, float] | None = None
        self._over: tuple[int, int] | None = None
        self._images: dict[tuple[str, int], QImage] = {}
        self._kept = QPixmap()
        self._stale = True
        self.message = ""
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Real and generated samples in one plane")

    @property
    def cells(self) -> Cells | None:
        """How the plane is divided; None while there is nothing to show."""
        return self._cells

    def show_sample(self, sample: EmbedSample | None, message: str = "") -> None:
        """Show another sample; None shows a message instead."""
        self._sample, self.message = sample, message
        self._images.clear()
        self._divide()

    def set_kind(self, kind: str) -> None:
        """Show thumbnails of ``fake`` or of ``real`` samples."""
        self._kind = kind
        self._renew()

    def set_here(self, place: tuple[float, float] | None) -> None:
        """Mark where the present picture lies, in units of the plane."""
        if place != self._here:
            self._here = place
            self.update()

    def set_cell(self, pixels: int) -> None:
        """Make cells larger or smaller."""
        pixels = min(max(pixels, SMALLEST_CELL), LARGEST_CELL)
        if pixels != self._cell:
            self._cell = pixels
            self._divide()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self._renew()

    # -- where --------------------------------------------------------------------------------------------------------

    def grid(self) -> tuple[int, int]:
        """Return columns and rows."""
        return max(1, (self.width() - 2 * MARGIN) // self._cell), max(1, (self.height() - 2 * MARGIN) // self._cell)

    def plane(self) -> QRectF:
        """Return where the plane is, in this widget's pixels: whole cells, in the middle."""
        columns, rows = self.grid()
        width, height = columns * self._cell, rows * self._cell
        return QRectF((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is."""
        plane = self.plane()
        return QRectF(plane.left() + column * self._cell, plane.top() + row * self._cell, self._cell, self._cell)

    def _cell_at(self, place: QPointF) -> tuple[int, int] | None:
        plane = self.plane()
        if not plane.contains(place):
            return None
        columns, rows = self.grid()
        column, row = int((place.x() - plane.left()) // self._cell), int((place.y() - plane.top()) // self._cell)
        return (row, column) if row < rows and column < columns else None

    def _viewport(self, sample: EmbedSample) -> Viewport:
        return Viewport(self.plane(), sample.extent[0], sample.extent[1])

    def _divide(self) -> None:
        self._cells = None if self._sample is None else cells_of(self._sample, *self.grid())
        self._renew()
        self.cells_changed.emit()

    def _renew(self) -> None:
        self._stale = True
        self.update()

    # -- hand ---------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._cell_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or at is None or self._cells is None:
            event.ignore()
            return
        fake, real = int(self._cells.fake[at]), int(self._cells.real[at])
        if fake >= 0 and (self._kind == "fake" or real < 0):
            self.fake_clicked.emit(fake)
        elif real >= 0:
            self.real_clicked.emit(self._nearest_real(event.position()))

    def _nearest_real(self, place: QPointF) -> int:
        if self._sample is None:
            return -1
        away = self._viewport(self._sample).pixels(self._sample.real) - (place.x(), place.y())
        return int((away**2).sum(1).argmin())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._cell_at(event.position())
        if at == self._over:
            return
        self._over = at
        self.update()
        words = "" if at is None else self._words(at)
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), words, self)
        else:
            QToolTip.hideText()

    def _words(self, at: tuple[int, int]) -> str:
        if self._cells is None:
            return ""
        if self._cells.holes[at]:
            return (
                "Real samples lie here, no generated one: a hole.\nClick to look for a latent that shows one of them."
            )
        if self._cells.fake[at] >= 0:
            return "Click to go to this sample."
        return "Click to look for a latent that shows this real sample." if self._cells.real[at] >= 0 else ""

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._over = None
        self.update()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.set_cell(round(self._cell * 1.15**steps + (0.5 if steps > 0 else -0.5)))
        event.accept()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._divide()

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(200, 160)

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        wanted = (self.size().toSizeF() * ratio).toSize()
        if self._stale or self._kept.size() != wanted:
            self._kept = QPixmap(wanted)
            self._kept.setDevicePixelRatio(ratio)
            with QPainter(self._kept) as painter:
                self._paint_whole(painter, ratio)
            self._stale = False
        with QPainter(self) as painter:
            painter.drawPixmap(QPointF(), self._kept)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._over is not None and self._cells is not None:
                painter.setPen(QPen(QColor(self._palette.text), 1.5))
                painter.drawRect(self.cell_rect(*self._over).adjusted(0.5, 0.5, -0.5, -0.5))
            self._paint_here(painter)

    def _paint_whole(self, painter: QPainter, ratio: float) -> None:
        colors, sample = self._palette, self._sample
        painter.fillRect(self.rect(), QColor(colors.surface))
        painter.setFont(self.font())
        if sample is None or self._cells is None:
            painter.setPen(QColor(colors.muted))
            words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(20, 20, -20, -20), words, self.message)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dots = mark("circle", colors.real, colors.surface, DOT_PX, ratio)
        draw_dots(painter, self._viewport(sample).pixels(sample.real), dots, ratio)
        self._paint_holes(painter, self._cells)
        shown = self._cells.fake if self._kind == "fake" else self._cells.real
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.surface))
        for row, column in np.argwhere(shown >= 0).tolist():
            index = int(shown[row, column])
            rect = self.cell_rect(row, column).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)
            self._paint_thumbnail(painter, rect, index, sample)

    def _paint_thumbnail(self, painter: QPainter, rect: QRectF, index: int, sample: EmbedSample) -> None:
        key = (self._kind, index)
        if key not in self._images:
            images: NDArray = sample.fake_images if self._kind == "fake" else sample.real_images
            self._images[key] = whole_image(images[index])
        image = self._images[key]
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, rect.width() < image.width())
        painter.drawImage(rect, image)

    def _paint_holes(self, painter: QPainter, cells: Cells) -> None:
        pen = QPen(QColor(self._palette.real), 1.5)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row, column in np.argwhere(cells.holes).tolist():
            painter.drawRect(self.cell_rect(row, column).adjusted(1.5, 1.5, -1.5, -1.5))

    def _paint_here(self, painter: QPainter) -> None:
        """Paint a ring with a cross of hairs at the present picture."""
        if self._here is None or self._sample is None:
            return
        x, y = self._viewport(self._sample).pixels(np.array(self._here)).tolist()
        if not self.rect().contains(round(x), round(y)):
            return
        reach = max(7.0, 0.45 * QFontMetricsF(self.font()).height())
        for color, width in ((self._palette.surface, 4.5), (self._palette.accent, 2.0)):
            painter.setPen(QPen(QColor(color), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), reach, reach)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                start, end = (
                    QPointF(x + dx * reach, y + dy * reach),
                    QPointF(x + dx * 1.9 * reach, y + dy * 1.9 * reach),
                )
                painter.drawLine(start, end)
