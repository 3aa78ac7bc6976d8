"""Many lines, rectangles or corners in one call of QPainter, straight from a numpy array.

Some overloads of QPainter's functions let other threads of Python run while they paint, and some do not; training is
such a thread. Those used here do wherever there is one: measured with a thread that counts its turns.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QPointFList, QRectF
from PySide6.QtGui import QPainter, QPolygonF
from shiboken6 import Shiboken, VoidPtr

Quads = NDArray[np.float64]

FEW_LINES = 64  # are drawn sooner than threads take turns
LINES_A_STORE = 16  # stores are made for multiples of so many
NOWHERE = -1e3  # pixels: where lines of no length lie that a store has room for and that are not wanted


def draw_lines(painter: QPainter, ends: Quads) -> None:
    """Draw segments (n, 4) of x1, y1, x2, y2 with the painter's pen.

    Measured for 400 antialiased segments, pen width 2.4: 0.26 ms, in all of which other threads of Python run; the
    overload for a pointer and a count takes as long and holds them up. As one path 1.2 ms: its joins are stroked.
    """
    if not len(ends):
        return
    if len(ends) <= FEW_LINES:
        ends = np.ascontiguousarray(ends, np.float64)  # a QLineF is four doubles
        painter.drawLines(cast(QLineF, Shiboken.wrapInstance(ends.ctypes.data, QLineF)), len(ends))
        return
    points, lines = _store(-(-len(ends) // LINES_A_STORE))
    lines[: len(ends)] = ends
    lines[len(ends) :] = NOWHERE
    painter.drawLines(points)


def draw_rects(painter: QPainter, corners: Quads) -> None:
    """Draw rectangles (n, 4) of left, top, width, height with the painter's brush.

    Measured for 580: 0.1 ms; the same outline as one filled polygon 2.6 ms.
    """
    if len(corners):
        corners = np.ascontiguousarray(corners, np.float64)  # a QRectF is four doubles
        painter.drawRects(cast(QRectF, Shiboken.wrapInstance(corners.ctypes.data, QRectF)), len(corners))


def polygon(corners: NDArray[np.float64]) -> QPolygonF:
    """Return corners (n, 2) as a polygon. Measured for 400: 0.005 ms; from a list of points 1 ms."""
    made = QPolygonF()
    made.resize(len(corners))
    view: Any = VoidPtr  # its stubs know one way of making it only
    memory = view(made.data(), 16 * len(corners), True)  # a QPointF is two doubles
    np.frombuffer(memory, np.float64).reshape(-1, 2)[:] = corners
    return made


@lru_cache(maxsize=256)
def _store(size: int) -> tuple[Any, Quads]:
    """Return points for ``size`` times 16 lines, and their coordinates (lines, 4) in the same memory.

    Kept, since points can only be appended one by one. Painting is done when a call returns, so they serve again.
    """
    points: Any = QPointFList()  # its stubs lack its functions
    nowhere = QPointF(NOWHERE, NOWHERE)
    for _ in range(2 * LINES_A_STORE * size):
        points.append(nowhere)
    return points, np.frombuffer(points.data(), np.float64).reshape(-1, 4)
