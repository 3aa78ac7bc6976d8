"""The map between data units and the pixels of a plot's rectangle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QRectF

Floats = NDArray[np.float64]
Range = tuple[float, float]

FARTHEST_PX = 1e5  # what lies beyond is moved here: far outside any window, near enough for the rasteriser


@dataclass(frozen=True, slots=True)
class Viewport:
    """A rectangle in pixels that shows ``x`` from left to right and ``y`` from bottom to top."""

    rect: QRectF
    x: Range
    y: Range

    @property
    def x_scale(self) -> float:
        """Pixels per unit of x."""
        return self.rect.width() / (self.x[1] - self.x[0])

    @property
    def y_scale(self) -> float:
        """Pixels per unit of y, positive."""
        return self.rect.height() / (self.y[1] - self.y[0])

    def px(self, x: ArrayLike) -> Floats:
        """Return the horizontal pixel positions of x; NaN stays NaN."""
        return _bounded(self.rect.left() + (np.asarray(x, np.float64) - self.x[0]) * self.x_scale)

    def py(self, y: ArrayLike) -> Floats:
        """Return the vertical pixel positions of y; NaN stays NaN."""
        return _bounded(self.rect.bottom() - (np.asarray(y, np.float64) - self.y[0]) * self.y_scale)

    def pixels(self, points: NDArray) -> Floats:
        """Return the pixel positions of points (…, 2)."""
        x, y = self.x_scale, -self.y_scale
        at = np.multiply(points, (x, y), dtype=np.float64)
        at += (self.rect.left() - self.x[0] * x, self.rect.bottom() - self.y[0] * y)
        return _bounded(at)

    def target(self, x: Range, y: Range) -> QRectF:
        """Return the rectangle in pixels that covers these ranges."""
        left, right = self.px(x)
        bottom, top = self.py(y)
        return QRectF(left, top, right - left, bottom - top)

    def data(self, px: float, py: float) -> tuple[float, float]:
        """Return the point in data units below a pixel."""
        return (
            self.x[0] + (px - self.rect.left()) / self.x_scale,
            self.y[0] + (self.rect.bottom() - py) / self.y_scale,
        )


def _bounded(pixels: Floats) -> Floats:
    return np.minimum(np.maximum(pixels, -FARTHEST_PX), FARTHEST_PX)  # a third of what np.clip takes
