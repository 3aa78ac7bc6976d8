"""The circles about modes: painted once for each size and look, then blitted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from ganstudio.ui.views import strokes
from ganstudio.ui.views.layers import faint
from ganstudio.ui.views.primitives import draw_strokes

LARGEST_MARK_PX = 160.0  # a radius for which a picture is not worth its memory
FILL_ALPHA = 0.28


@dataclass(frozen=True, slots=True)
class ModeLook:
    """The colour and width of a circle: a solid line about a tint, or dashes about nothing."""

    color: str
    width: float
    filled: bool


def mode_mark(rx: float, ry: float, ratio: float, look: ModeLook) -> QPixmap:
    """Return a circle of these radii, in logical pixels, for a screen of ``ratio`` pixels in each."""
    room = look.width + 2
    size = QSize(2 * math.ceil((rx + room) * ratio), 2 * math.ceil((ry + room) * ratio))
    picture = QPixmap(size)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mode(painter, QPointF(size.width() / ratio / 2, size.height() / ratio / 2), rx, ry, look)
    picture.setDevicePixelRatio(1)  # as draw_dots has it: a size in pixels of the screen
    return picture


def paint_mode(painter: QPainter, centre: QPointF, rx: float, ry: float, look: ModeLook) -> None:
    """Paint one circle."""
    if look.filled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint(look.color, FILL_ALPHA))
        painter.drawEllipse(centre, rx, ry)
    circle = strokes.circles(np.array([[centre.x(), centre.y()]]), np.array([[rx, ry]]), broken=not look.filled)
    draw_strokes(painter, circle, QColor(look.color), look.width)
