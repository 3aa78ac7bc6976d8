"""A canvas on which points are painted with a spray can."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from typing_extensions import override

from ganstudio.engine.distributions import Distribution
from ganstudio.ui.drawing_canvas import DrawingCanvas
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.dots import draw_dots, mark
from ganstudio.ui.views.stage_axes import ticks, x_axis, y_axis
from ganstudio.ui.views.viewport import Viewport

MOST_POINTS = 5_000  # a drawing is saved as text with the experiment
TAKEN_COUNT = 800  # points taken from another distribution
STAMPS_PER_RADIUS = 2.0
DOT_PX = 4.5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPoints:
    """``points`` (n, 2) in data units, on a canvas from -``half_width`` to ``half_width`` in both directions."""

    points: Floats
    half_width: float


class PointsCanvas(DrawingCanvas):
    """Every part of a stroke sprays points evenly over the brush's disc.

    Parameters
    ----------
    distribution
        The painted points to begin with.
    seed
        Of the spray.
    """

    def __init__(self, distribution: Any, palette: Palette, seed: int = 0) -> None:
        points = np.asarray(distribution.components().centres, np.float64)
        super().__init__(DrawnPoints(points, distribution.half_width), palette)
        self.spray = 4  # points at every stamp
        self._rng = np.random.default_rng(seed)
        self._rest = 0.0  # of the way to the next stamp
        self.setAccessibleName("Painting of points")

    @property
    @override
    def problem(self) -> str:
        return "" if len(self._now.points) else "No point is painted yet."

    @property
    def is_full(self) -> bool:
        """Whether no more points fit."""
        return len(self._now.points) >= MOST_POINTS

    @override
    def summary(self) -> str:
        points = self._now.points
        outside = int((np.abs(points) > self._now.half_width).any(axis=1).sum())
        words = f"{thousands(len(points))} of {thousands(MOST_POINTS)} points"
        return words + (f", {outside} beyond the canvas" if outside else "") + (": full" if self.is_full else "")

    @override
    def cleared(self) -> DrawnPoints:
        return dataclasses.replace(self._now, points=np.empty((0, 2)))

    @override
    def taken_from(self, distribution: Distribution) -> DrawnPoints:
        import torch

        points = distribution.sample(TAKEN_COUNT, torch.Generator().manual_seed(0)).double().numpy()
        reach = max(abs(end) for axis in distribution.extent for end in axis)
        return DrawnPoints(points, _two_digits_up(reach))

    @override
    def applied_to(self, distribution: Any) -> Any:
        now = self._now
        decimals = max(0, 3 - math.floor(math.log10(now.half_width)))  # a thousandth of the canvas and better
        points = tuple((round(x, decimals), round(y, decimals)) for x, y in now.points.tolist())
        return dataclasses.replace(distribution, points=points, half_width=now.half_width)

    def set_half_width(self, half_width: float) -> None:
        """Make the canvas wider or narrower; points stay where they are in data units."""
        if half_width != self._now.half_width:
            self.put(dataclasses.replace(self._now, half_width=half_width))

    @override
    def viewport(self) -> Viewport:
        em = self._text_height()
        left, bottom = 3.2 * em, 2.0 * em
        side = max(1.0, min(self.width() - left - 0.8 * em, self.height() - bottom - 0.8 * em))
        x = left + (self.width() - left - 0.8 * em - side) / 2
        y = 0.8 * em + (self.height() - bottom - 0.8 * em - side) / 2
        reach = (-self._now.half_width, self._now.half_width)
        return Viewport(QRectF(x, y, side, side), reach, reach)

    @override
    def _extended(self, start: QPointF, end: QPointF, *, erase: bool) -> DrawnPoints:
        view, now = self.viewport(), self._now
        ends = np.array([view.data(point.x(), point.y()) for point in (start, end)])
        radius = self.brush_px / view.x_scale
        if erase:
            kept = now.points[_distances(now.points, ends) > radius]
            return now if len(kept) == len(now.points) else DrawnPoints(kept, now.half_width)
        new = self._sprayed(ends, radius)
        new = new[(np.abs(new) <= now.half_width).all(axis=1)][: max(0, MOST_POINTS - len(now.points))]
        return DrawnPoints(np.concatenate([now.points, new]), now.half_width) if len(new) else now

    def _sprayed(self, ends: Floats, radius: float) -> Floats:
        """Return the points of a piece of a stroke: stamps at even distances along all of the stroke."""
        length, spacing = float(np.hypot(*(ends[1] - ends[0]))), radius / STAMPS_PER_RADIUS
        if length == 0:
            centres, self._rest = ends[:1], spacing
        else:
            at = np.arange(self._rest, length, spacing)
            self._rest = float(self._rest + len(at) * spacing - length)
            centres = ends[0] + (at / length)[:, None] * (ends[1] - ends[0])
        count = len(centres) * self.spray
        distance, angle = radius * np.sqrt(self._rng.random(count)), 2 * np.pi * self._rng.random(count)
        offsets = np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)
        return np.asarray(np.repeat(centres, self.spray, axis=0) + offsets)

    @override
    def _paint_axes(self, painter: QPainter, view: Viewport, palette: Palette) -> None:
        marks = ticks(*view.x, view.rect.width(), self._text_height())
        x_axis(painter, view, marks, palette, grid_to=view.rect.top() if self.grid else None)
        y_axis(painter, view, marks, palette)
        if self.grid:
            faint = QColor(palette.border)
            faint.setAlpha(115)
            painter.setPen(QPen(faint, 1))
            for value, _ in marks:
                y = round(float(view.py(value))) + 0.5
                painter.drawLine(QPointF(view.rect.left(), y), QPointF(view.rect.right(), y))

    @override
    def _paint_drawing(self, painter: QPainter, view: Viewport, palette: Palette) -> None:
        ratio = self.devicePixelRatioF()
        picture = mark("circle", palette.real, palette.surface, DOT_PX, ratio)
        draw_dots(painter, view.pixels(self._now.points), picture, ratio)


def _distances(points: Floats, ends: Floats) -> Floats:
    """Return the distance of points (n, 2) to the segment between two ends (2, 2)."""
    along = ends[1] - ends[0]
    square = float(along @ along)
    share = np.clip((points - ends[0]) @ along / square, 0, 1) if square > 0 else np.zeros(len(points))
    return np.hypot(*(points - ends[0] - share[:, None] * along).T)


def _two_digits_up(value: float) -> float:
    size = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round(math.ceil(value / size - 1e-9) * size, 6)
