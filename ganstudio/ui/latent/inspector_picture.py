"""The picture in hand, large; what D would change in it, or what has changed in it, laid over."""

from __future__ import annotations

import math
import time
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.latent.thumbnail_pictures import paint_image
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.color_map import diverging
from ganstudio.ui.views.image_picture import whole_image

Bytes = NDArray[np.uint8]
Signed = NDArray[np.float32]
Shown = Literal["picture", "change", "gradient"]
NOTCH = 120
SCROLL_S = 0.6  # after which the wheel over the picture is meant for it again
AT_RANDOM = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier


class InspectorPicture(QWidget):
    """Shows an image with its pixels as squares; a drag on it moves the latent, the wheel the first slider.

    Signals
    -------
    grabbed
        A drag began; true if with Alt, or with Ctrl, since many window managers move the window with Alt.
    moved
        It went on: how far from where it began, right and down, in widths of the picture.
    released
        It ended.
    wheeled
        The wheel was turned: notches, positive away from the person.
    """

    grabbed = Signal(bool)
    moved = Signal(float, float)
    released = Signal()
    wheeled = Signal(float)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._image: Bytes | None = None
        self._signed: Signed | None = None
        self._made: QImage | None = None
        self._from: QPointF | None = None
        self._scrolled_at = -math.inf
        self.setAccessibleName("Picture")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(
            "Drag to move along the two directions in which this picture changes most (the local Jacobian); with Ctrl "
            "or Alt along two directions drawn at random. The wheel moves the first slider"
        )

    @property
    def image(self) -> Bytes | None:
        """What is shown."""
        return self._image

    def show_picture(self, image: Bytes | None, signed: Signed | None = None) -> None:
        """Show an image (H, W, C); with ``signed`` (H, W) from −1 to 1, that in D's colours over its greys."""
        self._image, self._signed, self._made = image, signed, None
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette, self._made = palette, None
        self.update()

    @override
    def heightForWidth(self, width: int) -> int:
        return min(width, 300)

    @override
    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self._from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.grabbed.emit(bool(event.modifiers() & AT_RANDOM))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            by = (event.position() - self._from) / max(min(self.width(), self.height()), 1)
            self.moved.emit(by.x(), by.y())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._from = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.released.emit()

    def scrolled(self) -> None:
        """Learn that the panel is being scrolled: the wheel goes on to do so when the picture comes under it."""
        self._scrolled_at = time.monotonic()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if time.monotonic() - self._scrolled_at < SCROLL_S:
            event.ignore()
            return
        self.wheeled.emit(event.angleDelta().y() / NOTCH)
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._palette.window))
            if self._image is not None:
                if self._made is None:
                    self._made = self._converted()
                paint_image(painter, QRectF(self.rect()), self._made)

    def _converted(self) -> QImage:
        assert self._image is not None  # noqa: S101 - for the type checker: see paintEvent
        if self._signed is None:
            return whole_image(self._image)
        ground = self._image.astype(np.float32).mean(-1)
        return blended(ground, self._signed, self._palette)


def blended(grey: NDArray[np.float32], signed: Signed, palette: Palette) -> QImage:
    """Return greys (H, W) 0 to 255 under a signed field (H, W) from −1 to 1 in D's colours."""
    table = diverging(palette)
    colors = table[np.clip(np.rint((signed + 1) * 127.5), 0, 255).astype(np.uint8)]  # (H, W) 0xffRRGGBB
    channels = np.stack([colors >> shift & 255 for shift in (16, 8, 0)], -1).astype(np.float32)
    strength = np.sqrt(np.abs(signed))[..., None]
    light = QColor(palette.window).lightness() > 127
    base = (0.55 * grey + (0.45 * 255 if light else 0.0))[..., None]
    mixed = np.rint(strength * channels + (1 - strength) * base)
    return whole_image(np.clip(mixed, 0, 255).astype(np.uint8))
