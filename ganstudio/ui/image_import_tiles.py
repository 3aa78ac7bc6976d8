"""A sheet of images, each pixel as large as a whole number of the screen's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import packed

GAP = 2  # pixels of an image, between two


class ImageImportTiles(QWidget):
    """Shows as many images (n, H, W, C) as there is room for, in rows, without smoothing.

    Parameters
    ----------
    side
        How large an image is drawn at least, in logical pixels.
    """

    def __init__(self, palette: Palette, side: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._side = side
        self._images: NDArray[np.uint8] = np.empty((0, 1, 1, 1), np.uint8)
        self._sheet: QImage | None = None
        self._sheet_key: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_images(self, images: NDArray[np.uint8]) -> None:
        """Show these images."""
        self._images, self._sheet_key = images, ()
        self.setAccessibleName(f"{len(images)} of the images" if len(images) > 1 else "")
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette, self._sheet_key = palette, ()
        self.update()

    def shown(self) -> tuple[int, int]:
        """Return how many columns and rows of images there is room for."""
        _, height, width, _ = self._images.shape
        zoom, ratio = self._zoom(), self.devicePixelRatioF()
        columns = max(1, int((self.width() * ratio / zoom + GAP) // (width + GAP)))
        rows = max(1, int((self.height() * ratio / zoom + GAP) // (height + GAP)))
        count = len(self._images)
        return min(columns, count), min(rows, -(-count // columns)) if count else 0

    def _zoom(self) -> int:
        """Return how many of the screen's own pixels a pixel takes."""
        return max(1, round(self._side * self.devicePixelRatioF() / self._images.shape[1]))

    def _drawn(self) -> QImage:
        columns, rows = self.shown()
        key = (columns, rows)
        if self._sheet is None or self._sheet_key != key:
            self._sheet, self._sheet_key = self._made(columns, rows), key
        return self._sheet

    def _made(self, columns: int, rows: int) -> QImage:
        _, height, width, _ = self._images.shape
        cells = np.full((rows, height + GAP, columns, width + GAP), QColor(self._palette.surface).rgb(), np.uint32)
        chosen = packed(self._images[: rows * columns])
        for index, image in enumerate(chosen):
            row, column = divmod(index, columns)
            cells[row, :height, column, :width] = image
        sheet = cells.reshape(rows * (height + GAP), columns * (width + GAP))
        made = QImage(sheet.data, sheet.shape[1], sheet.shape[0], 4 * sheet.shape[1], QImage.Format.Format_RGB32)
        return made.copy()  # owns its pixels

    @override
    def sizeHint(self) -> QSize:
        return QSize(8 * self._side, 4 * self._side)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self._images):
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            sheet = self._drawn()
            scale = self._zoom() / self.devicePixelRatioF()
            painter.drawImage(QRectF(0, 0, sheet.width() * scale, sheet.height() * scale), sheet)
