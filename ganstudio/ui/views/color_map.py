"""D's colours: a diverging map about "cannot tell", and the smooth picture of a field."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from ganstudio.ui.palette import Palette

Lut = NDArray[np.uint32]

LEVELS = 256
PIXELS = 256  # of the picture along its longer side; the painter smooths the rest of the way
STRENGTH = 0.78  # of the palette's end colours: points must stay legible on them


@lru_cache(maxsize=8)
def diverging(palette: Palette) -> Lut:
    """Return 256 colours (0xffRRGGBB) from ``score_low`` over ``score_mid`` to ``score_high``."""
    low, mid, high = (_rgb(name) for name in (palette.score_low, palette.score_mid, palette.score_high))
    low, high = mid + STRENGTH * (low - mid), mid + STRENGTH * (high - mid)
    t = np.linspace(-1, 1, LEVELS)[:, None]
    rgb = np.rint(mid + np.where(t < 0, -t * (low - mid), t * (high - mid))).astype(np.uint32)
    return (0xFF000000 | rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]).astype(np.uint32)


def field_image(score: NDArray, levels: tuple[float, float], lut: Lut) -> QImage:
    """Return the picture of D over equal cells, (rows, columns) with row 0 lowest, enlarged by cubic interpolation.

    A score that is not a number is painted as the middle of ``levels``. Measured for 48 × 48 cells: 0.3 ms.
    """
    low, high = levels
    shares = (np.asarray(score, np.float32) - low) / (high - low)
    shares = np.clip(np.nan_to_num(shares, nan=0.5, posinf=1.0, neginf=0.0), 0.0, 1.0)
    rows, columns = shares.shape
    largest = max(rows, columns)
    fine = _enlarger(rows, rows * PIXELS // largest) @ shares[::-1] @ _enlarger(columns, columns * PIXELS // largest).T
    pixels = lut[np.clip(fine * LEVELS, 0, LEVELS - 1).astype(np.uint8)]  # (rows, columns), contiguous
    height, width = pixels.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _rgb(name: str) -> NDArray[np.float64]:
    color = QColor(name)
    return np.array([color.red(), color.green(), color.blue()], np.float64)


@lru_cache(maxsize=8)
def _enlarger(cells: int, pixels: int) -> NDArray[np.float32]:
    """Return the matrix (pixels, cells) that interpolates cell centres by Catmull and Rom's cubic."""
    at = (np.arange(pixels) + 0.5) * cells / pixels - 0.5
    first = np.floor(at).astype(int)
    t = at - first
    weights = (
        ((-0.5 * t + 1.0) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1.0,
        ((-1.5 * t + 2.0) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )
    matrix = np.zeros((pixels, cells), np.float32)
    for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
        np.add.at(matrix, (np.arange(pixels), np.clip(first + offset, 0, cells - 1)), weight)
    return matrix
