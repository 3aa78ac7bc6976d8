"""Arrays as pictures on the screen, their pixels as squares; points as pictures of a dot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import rgb, whole_image

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

Bytes = NDArray[np.uint8]

POINT_SIDE = 64  # of the picture that stands for a point
POINT_REACH = 3.0  # standard deviations of the data to its edges


def image_pixmap(array: Bytes, side: int) -> QImage:
    """Return an image (H, W, 1 or 3) enlarged by the largest whole factor that fits ``side`` device pixels.

    One that is larger than that is made smaller, smoothly.
    """
    made = whole_image(array)
    longest = max(made.width(), made.height(), 1)
    if longest > side:
        smooth = Qt.TransformationMode.SmoothTransformation
        return made.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    factor = side // longest
    return made if factor < 2 else made.scaled(made.width() * factor, made.height() * factor)


def point_images(points: NDArray, middle: NDArray, scale: float, palette: Palette, *, side: int = POINT_SIDE) -> Bytes:
    """Return points (n, 1 or 2), in data units, as pictures (n, side, side, 3) of a dot in a fixed window.

    The window reaches three times ``scale`` from ``middle`` (dim,). A point outside it is a mark at the edge.
    """
    places = np.asarray(points, np.float64).reshape(len(points), -1)
    away = (places - np.broadcast_to(np.asarray(middle, np.float64), places.shape)) / (POINT_REACH * max(scale, 1e-12))
    across = away[:, 0]
    up = away[:, 1] if away.shape[1] > 1 else np.zeros(len(away))
    inside = np.nan_to_num(np.stack((across, -up), -1), nan=0.0, posinf=1.0, neginf=-1.0)
    centre = (np.clip(inside, -0.94, 0.94) + 1) / 2 * side - 0.5  # (n, 2)
    grid = np.arange(side)
    distance = np.hypot(grid[None, None] - centre[:, 0, None, None], grid[None, :, None] - centre[:, 1, None, None])
    cover = np.clip(side / 13 + 0.5 - distance, 0, 1)[..., None]
    ground = np.broadcast_to(_channels(palette.surface), (side, side, 3)).copy()
    middle_pixel = side // 2
    ground[middle_pixel] = _channels(palette.border)
    if away.shape[1] > 1:
        ground[:, middle_pixel] = _channels(palette.border)
    return np.asarray(np.rint(cover * _channels(palette.fake) + (1 - cover) * ground), np.uint8)


def as_images(model: LatentModel, pictures: NDArray, palette: Palette) -> Bytes:
    """Return what a model renders as images (n, H, W, C): of points, pictures of them in a fixed window."""
    if model.is_image:
        return pictures
    return point_images(pictures, np.asarray(model.weights.mean), model.weights.scale, palette)


def _channels(color: str) -> NDArray[np.float64]:
    value = rgb(color)
    return np.array([value >> 16 & 255, value >> 8 & 255, value & 255], np.float64)


def drawn_in(rect: QRectF, width: int, height: int, ratio: float) -> QRectF:
    """Return where an image of so many pixels goes inside ``rect``, in logical pixels, at a whole zoom if it can."""
    room = min(rect.width(), rect.height()) * ratio
    longest = max(width, height, 1)
    zoom = math.floor(room / longest + 1e-6) if longest <= room + 1e-6 else room / longest
    w, h = width * zoom / ratio, height * zoom / ratio
    left = round((rect.left() + (rect.width() - w) / 2) * ratio) / ratio
    top = round((rect.top() + (rect.height() - h) / 2) * ratio) / ratio
    return QRectF(left, top, w, h)


def paint_image(painter: QPainter, rect: QRectF, image: QImage) -> QRectF:
    """Paint an image into ``rect`` with its pixels as squares, at a whole zoom if it fits; return what it covers."""
    ratio = painter.device().devicePixelRatioF()
    place = drawn_in(rect, image.width(), image.height(), ratio)
    shrinks = place.width() * ratio < image.width() - 0.5
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
    painter.drawImage(place, image)
    return place
