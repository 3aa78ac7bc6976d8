"""A picture from anywhere, made into one that a model could have drawn: its size, its colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from ganstudio.engine.images.fitting import colored
from ganstudio.engine.images.pictures import PictureError, read_picture

Bytes = NDArray[np.uint8]

LARGEST_SIDE = 512  # at which a file is read: more is of no use for pictures of at most 256
BRIGHT = 127


def from_file(path: Path, side: int = LARGEST_SIDE) -> Bytes:
    """Return the picture of a file, (h, w, 1 or 3).

    Raises
    ------
    PictureError
        If it is none, or none that can be used; says why.
    """
    try:
        with path.open("rb") as file:
            return read_picture(file, side)
    except OSError as error:
        raise PictureError(error.strerror or "it cannot be read") from None


def from_qimage(image: QImage) -> Bytes:
    """Return Qt's image, on white where it is transparent, (h, w, 3)."""
    flat = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    ground = QImage(flat.size(), QImage.Format.Format_RGB32)
    ground.fill(Qt.GlobalColor.white)
    with QPainter(ground) as painter:
        painter.drawImage(0, 0, flat)
    return _pixels(ground)


def fitted_to(picture: Bytes, shape: tuple[int, ...], *, fit: str = "crop", invert: bool = False) -> Bytes:
    """Return a picture (h, w, 1 or 3) as a sample of shape (C, H, W), (H, W, C) uint8.

    ``fit``: ``crop`` takes the largest part in the middle that has the sample's proportions, ``pad`` the whole picture
    on the colour of its border. ``invert`` swaps light and dark, for ink on paper.
    """
    channels, height, width = shape
    picture = colored(picture[None], 3)[0]
    picture = _cropped(picture, width / height) if fit == "crop" else _padded(picture, width / height)
    if picture.shape[:2] != (height, width):
        image = _qimage(picture).scaled(
            width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        picture = _pixels(image.convertToFormat(QImage.Format.Format_RGB32))
    made = colored(picture[None], channels)[0]
    return np.asarray(255 - made if invert else made, np.uint8)


def is_on_light_ground(picture: Bytes) -> bool:
    """Whether a picture's border is bright: ink on paper rather than light on black."""
    return float(np.median(_border(picture).mean(-1))) > BRIGHT


def _border(picture: Bytes) -> Bytes:
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def _cropped(picture: Bytes, proportion: float) -> Bytes:
    height, width = picture.shape[:2]
    wide, high = min(width, max(1, round(height * proportion))), min(height, max(1, round(width / proportion)))
    left, top = (width - wide) // 2, (height - high) // 2
    return picture[top : top + high, left : left + wide]


def _padded(picture: Bytes, proportion: float) -> Bytes:
    height, width = picture.shape[:2]
    wide, high = max(width, round(height * proportion)), max(height, round(width / proportion))
    made = np.empty((high, wide, picture.shape[2]), np.uint8)
    made[:] = np.median(_border(picture), axis=0).astype(np.uint8)
    left, top = (wide - width) // 2, (high - height) // 2
    made[top : top + height, left : left + width] = picture
    return made


def _qimage(picture: Bytes) -> QImage:
    held = np.ascontiguousarray(picture)
    height, width = held.shape[:2]
    return QImage(held.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy(QRect(0, 0, width, height))


def _pixels(image: QImage) -> Bytes:
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy()
