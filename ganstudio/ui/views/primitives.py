"""Many lines, rectangles or corners in one call of QPainter, straight from a numpy array.

Qt's rasteriser has a fast way for lines that are one pixel of the screen wide: 0.06 µs each, antialiased, against
0.5 µs for wider ones, and 3 µs for a curve whose corners it joins. So :func:`draw_curve` and :func:`draw_strokes` draw
a wide line as several such lines side by side, less than a pixel apart, which cannot be told from it.

Overloads that take a list of points are not used: PySide converts their elements one by one, 1 µs for each line, in
which no other thread of Python runs; training is such a thread.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from shiboken6 import Shiboken, VoidPtr

Floats = NDArray[np.float64]
Quads = NDArray[np.float64]

# Pixels of the screen between the fine lines of a wide one. More than half of one lets the ground shine through a
# little, which is not seen of short pieces and of small pixels.
APART, APART_WHERE_SMALL = 0.5, 0.7


def draw_lines(painter: QPainter, ends: Quads) -> None:
    """Draw segments (n, 4) of x1, y1, x2, y2 with the painter's pen.

    Measured for 400 antialiased segments: 0.03 ms of a fine pen, 0.2 ms of one 2.4 pixels wide.
    """
    if len(ends):
        ends = np.ascontiguousarray(ends, np.float64)  # a QLineF is four doubles
        painter.drawLines(cast(QLineF, Shiboken.wrapInstance(ends.ctypes.data, QLineF)), len(ends))


def draw_strokes(painter: QPainter, ends: Quads, color: QColor, width: float) -> None:
    """Draw segments (n, 4) of x1, y1, x2, y2, all finite, in an opaque colour and ``width`` logical pixels wide.

    Measured for 400 antialiased segments, width 2.4: 0.1 ms.
    """
    if not len(ends):
        return
    painter.setPen(QPen(color, 0))  # of no width: one pixel of the screen
    shifts = _shifts(painter, width, APART_WHERE_SMALL)
    if len(shifts) == 1:
        draw_lines(painter, ends)
        return
    along = ends[:, 2:] - ends[:, :2]
    length = np.sqrt(along[:, 0] * along[:, 0] + along[:, 1] * along[:, 1])
    along /= np.maximum(length, 1e-9)[:, None]
    made = np.empty((len(shifts), len(ends), 4))
    x, y = -along[:, 1] * shifts[:, None], along[:, 0] * shifts[:, None]  # (shifts, n)
    made[:, :, 0], made[:, :, 1] = ends[:, 0] + x, ends[:, 1] + y
    made[:, :, 2], made[:, :, 3] = ends[:, 2] + x, ends[:, 3] + y
    draw_lines(painter, made.reshape(-1, 4))


def draw_curve(painter: QPainter, x: Floats, y: Floats, color: QColor, width: float) -> None:
    """Draw a curve through points, (n,) and (n,), in an opaque colour and ``width`` logical pixels wide.

    It breaks where y is not finite. Its corners had better lie at whole pixels (:func:`strokes.on_pixels`): elsewhere
    the two pieces that meet in a pixel cover it a little less than one would. Measured for 400 antialiased points,
    width 2.4: 0.1 ms, in most of which other threads of Python run.
    """
    good = np.isfinite(y)
    painter.setPen(QPen(color, 0))  # of no width: one pixel of the screen
    shifts = _shifts(painter, width, APART)
    for start, stop in _runs(good):
        if stop - start > 1:
            painter.drawPolyline(polygon(_side_by_side(x[start:stop], y[start:stop], shifts)))


def draw_rects(painter: QPainter, corners: Quads) -> None:
    """Draw rectangles (n, 4) of left, top, width, height with the painter's brush.

    Measured for 580: 0.1 ms; the same outline as one filled polygon 2.6 ms.
    """
    if len(corners):
        corners = np.ascontiguousarray(corners, np.float64)  # a QRectF is four doubles
        painter.drawRects(cast(QRectF, Shiboken.wrapInstance(corners.ctypes.data, QRectF)), len(corners))


def polygon(corners: Floats) -> QPolygonF:
    """Return corners (n, 2) as a polygon. Measured for 400: 0.005 ms; from a list of points 1 ms."""
    made = QPolygonF()
    made.resize(len(corners))
    view: Any = VoidPtr  # its stubs know one way of making it only
    memory = view(made.data(), 16 * len(corners), True)  # a QPointF is two doubles
    np.frombuffer(memory, np.float64).reshape(-1, 2)[:] = corners
    return made


def _shifts(painter: QPainter, width: float, apart: float) -> Floats:
    """Return where the fine lines of one of ``width`` logical pixels lie beside its middle, in logical pixels."""
    ratio = painter.deviceTransform().m11()
    return _spread(width, ratio, apart if ratio < 1.5 else APART_WHERE_SMALL)


@lru_cache(maxsize=64)
def _spread(width: float, ratio: float, apart: float) -> Floats:
    spread = width * ratio - 1  # pixels of the screen between the outermost two
    count = 1 + max(0, math.ceil(spread / apart - 0.2))
    return np.linspace(-0.5, 0.5, count) * (spread / ratio) if count > 1 else np.zeros(1)


def _side_by_side(x: Floats, y: Floats, shifts: Floats) -> Floats:
    """Return one curve that runs along points to and fro, each time shifted sideways by another of ``shifts``."""
    if len(shifts) == 1:
        return np.stack([x, y], axis=1)
    dx, dy = np.empty_like(x), np.empty_like(y)
    for d, v in ((dx, x), (dy, y)):  # the direction at a point is that of the line between its neighbours
        d[1:-1] = v[2:] - v[:-2]
        d[0], d[-1] = v[1] - v[0], v[-1] - v[-2]
    length = np.maximum(np.sqrt(dx * dx + dy * dy), 1e-9)
    made = np.empty((len(shifts), len(x), 2))
    made[:, :, 0] = x - shifts[:, None] * (dy / length)
    made[:, :, 1] = y + shifts[:, None] * (dx / length)
    made[1::2] = made[1::2, ::-1].copy()
    return made.reshape(-1, 2)


def _runs(good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where runs of true values start and stop."""
    if good.all():
        return [(0, len(good))]
    edges = (np.flatnonzero(good[1:] != good[:-1]) + 1).tolist()
    edges = [*([0] if good[0] else []), *edges, *([len(good)] if good[-1] else [])]
    return list(zip(edges[::2], edges[1::2], strict=True))
