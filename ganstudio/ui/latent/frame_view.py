"""One picture as large as there is room for, its pixels as squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.latent.thumbnail_pictures import drawn_in, paint_image
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import whole_image


class FrameView(QWidget):
    """Shows one image, or a sentence where there is none.

    Signals
    -------
    clicked
        The person clicked on the picture.
    """

    clicked = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._array: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """What is shown."""
        return self._array

    def show_image(self, image: NDArray[np.uint8] | None, words: str = "") -> None:
        """Show an image (H, W, 1 or 3) uint8; without one, ``words``."""
        if image is self._array and words == self._words:
            return
        self._array, self._words = image, words
        self._image = None if image is None else whole_image(image)
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            if self._image is None:
                painter.setPen(QColor(self._palette.muted))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(room.adjusted(16, 0, -16, 0), flags, self._words)
            else:
                ratio = self.devicePixelRatioF()
                place = drawn_in(room, self._image.width(), self._image.height(), ratio)
                painter.setPen(QPen(QColor(self._palette.border), 1.0))
                painter.drawRect(place.adjusted(-1, -1, 0, 0))
                paint_image(painter, room, self._image)
