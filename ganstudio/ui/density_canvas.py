"""A canvas on which a density is drawn by dragging."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from typing_extensions import override

from ganstudio.engine.distributions import Distribution
from ganstudio.ui.drawing_canvas import DrawingCanvas
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.stage_axes import ticks, x_axis
from ganstudio.ui.views.viewport import Viewport

KNOTS = 201
LOWEST = 0.004  # what is drawn lower than this is nothing: the pen cannot hit the axis itself
TOP = 1.06
DRAWN_HIGH = 0.9  # how high what is taken from elsewhere reaches
PEN_KNOTS = 1.0  # reach of the pen to either side, so that a click leaves something
SAMPLE_COUNT = 40_000  # for data without a density

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnHeights:
    """``heights`` (KNOTS,), 0 to 1, at even distances from ``low`` to ``high``."""

    heights: Floats
    low: float
    high: float


class DensityCanvas(DrawingCanvas):
    """The height below the pointer becomes the density there; between two positions of the pointer it is straight.

    Parameters
    ----------
    distribution
        The drawn density to begin with.
    """

    def __init__(self, distribution: Any, palette: Palette) -> None:
        super().__init__(drawn(distribution, distribution.low, distribution.high), palette)
        self.setAccessibleName("Drawing of the density")

    @property
    @override
    def problem(self) -> str:
        return "" if self._now.heights.any() else "Nothing is drawn yet."

    @override
    def summary(self) -> str:
        if self.problem:
            return ""
        held = float(np.mean(self._now.heights > 0))
        return f"{100 * held:.0f} % of the interval has mass. The area is scaled to one."

    @override
    def cleared(self) -> DrawnHeights:
        return dataclasses.replace(self._now, heights=np.zeros(KNOTS))

    @override
    def taken_from(self, distribution: Distribution) -> DrawnHeights:
        ((low, high),) = distribution.extent
        return drawn(distribution, low, high)

    @override
    def applied_to(self, distribution: Any) -> Any:
        now = self._now
        heights = tuple(round(float(height), 4) for height in now.heights)
        return dataclasses.replace(distribution, heights=heights, low=now.low, high=now.high)

    def set_interval(self, low: float, high: float) -> None:
        """Stretch the drawing over another interval."""
        if low < high and (low, high) != (self._now.low, self._now.high):
            self.put(dataclasses.replace(self._now, low=low, high=high))

    def smooth(self) -> None:
        """Round off corners; mass that reaches the edges stays there."""
        padded = np.pad(self._now.heights, 3, mode="edge")
        kernel = np.array([1.0, 6, 15, 20, 15, 6, 1]) / 64
        self.put(dataclasses.replace(self._now, heights=np.convolve(padded, kernel, mode="valid")))

    @override
    def viewport(self) -> Viewport:
        em = self._text_height()
        plot = QRectF(1.2 * em, 0.6 * em, self.width() - 2.4 * em, self.height() - 2.6 * em)
        return Viewport(plot, (self._now.low, self._now.high), (0.0, TOP))

    @override
    def _extended(self, start: QPointF, end: QPointF, *, erase: bool) -> DrawnHeights:
        view, now = self.viewport(), self._now
        (x0, y0), (x1, y1) = (view.data(point.x(), point.y()) for point in (start, end))
        per_unit = (KNOTS - 1) / (now.high - now.low)
        k0, k1 = (x0 - now.low) * per_unit, (x1 - now.low) * per_unit
        reach = self.brush_px / view.rect.width() * (KNOTS - 1) if erase else PEN_KNOTS
        first, last = max(0, math.ceil(min(k0, k1) - reach)), min(KNOTS - 1, math.floor(max(k0, k1) + reach))
        if first > last:
            return self._now
        heights = now.heights.copy()
        heights[first : last + 1] = 0.0 if erase else _straight(np.arange(first, last + 1), (k0, y0), (k1, y1))
        return DrawnHeights(heights, now.low, now.high)

    @override
    def _paint_axes(self, painter: QPainter, view: Viewport, palette: Palette) -> None:
        marks = ticks(*view.x, view.rect.width(), self._text_height())
        x_axis(painter, view, marks, palette, grid_to=view.rect.top() if self.grid else None)

    @override
    def _paint_drawing(self, painter: QPainter, view: Viewport, palette: Palette) -> None:
        now = self._now
        xs, ys = view.px(np.linspace(now.low, now.high, KNOTS)), view.py(now.heights)
        line = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
        fill = QColor(palette.real)
        fill.setAlpha(70)
        painter.setPen(QPen(QColor(0, 0, 0, 0)))
        painter.setBrush(fill)
        bottom = view.rect.bottom()
        painter.drawPolygon(QPolygonF([QPointF(xs[0], bottom), *line, QPointF(xs[-1], bottom)]))
        painter.setPen(QPen(QColor(palette.real), 2))
        painter.drawPolyline(QPolygonF(line))

    @override
    def _paint_reach(self, painter: QPainter, at: QPointF, erasing: bool) -> None:
        if not erasing:
            painter.drawEllipse(at, 3.5, 3.5)
            return
        rect = self.viewport().rect
        for x in (at.x() - self.brush_px, at.x() + self.brush_px):
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def _straight(knots: NDArray[np.int64], start: tuple[float, float], end: tuple[float, float]) -> Floats:
    (k0, y0), (k1, y1) = sorted((start, end))
    # A straight stroke upwards ends at the height where the pen is.
    heights = np.interp(knots, [k0, k1], [y0, y1]) if k1 > k0 else np.full(len(knots), end[1])
    return np.where(heights < LOWEST, 0.0, np.minimum(heights, 1.0))


def drawn(distribution: Distribution, low: float, high: float) -> DrawnHeights:
    """Return a distribution's density between two ends as a drawing; an estimate if it has none of its own."""
    knots = np.linspace(low, high, KNOTS)
    density = distribution.density(knots[:, None])
    if density is None:
        density = _estimated(distribution, knots)
    top = float(density.max())
    return DrawnHeights(np.asarray(density / top * DRAWN_HIGH if top > 0 else density, np.float64), low, high)


def _estimated(distribution: Distribution, knots: Floats) -> Floats:
    import torch

    points = distribution.sample(SAMPLE_COUNT, torch.Generator().manual_seed(0)).double().numpy()[:, 0]
    half = (knots[1] - knots[0]) / 2
    counts, _ = np.histogram(points, bins=np.append(knots - half, knots[-1] + half))
    return np.convolve(counts, np.array([1.0, 4, 6, 4, 1]) / 16, mode="same")
