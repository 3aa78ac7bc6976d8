"""The layers of a stage, and the swatch that stands for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen, QPixmap

from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views import strokes
from ganstudio.ui.views.dots import paint_mark
from ganstudio.ui.views.primitives import draw_lines

Swatch = Callable[[QPainter, QRectF, Palette], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Something that a stage can show or leave out.

    ``probe`` names what it needs of a run; ``tip`` says what is drawn, before there is anything to count.
    """

    name: str
    title: str
    probe: str
    tip: str
    swatch: Swatch
    on: bool = True


def data_area(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a filled hump: a density of the data."""
    painter.fillRect(rect.adjusted(0, 0.35 * rect.height(), 0, 0), faint(palette.real, 0.4))
    _line(painter, rect, palette.real, 2.0, 0.35)


def fake_area(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a hatched hump: a density of the generator."""
    painter.fillRect(rect.adjusted(0, 0.35 * rect.height(), 0, 0), hatching(palette.fake, 0.6))
    _line(painter, rect, palette.fake, 2.4, 0.35)


def d_line(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a solid line."""
    _line(painter, rect, palette.d, 3.0, 0.5)


def optimum_line(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a dashed line."""
    painter.setPen(QPen(QColor(palette.optimum), 2.0))
    y, dash = rect.center().y(), rect.width() / 5
    for start in (0, 2, 4):
        painter.drawLine(QPointF(rect.left() + start * dash, y), QPointF(rect.left() + (start + 1) * dash, y))


def thread_lines(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint three threads that gather."""
    painter.setPen(QPen(QColor(thread_color(palette)), 1.2))
    at = rect.left() + rect.width() * np.array([0.05, 0.35, 0.65, 0.95])
    to = rect.left() + rect.width() * np.array([0.45, 0.55, 0.65, 0.75])
    draw_lines(painter, strokes.threads(at, to, rect.bottom(), rect.top()))


def arrow(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint an arrow."""
    painter.setPen(QPen(QColor(palette.text), 1.6))
    base = np.array([[rect.left(), rect.center().y()]])
    draw_lines(painter, strokes.arrows(base, np.array([[rect.width(), 0.0]]), 6))


def real_dot(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a mark of a real point."""
    paint_mark(painter, rect, "circle", palette.real, palette.surface, min(8.0, rect.height()))


def fake_dot(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a mark of a generated point."""
    paint_mark(painter, rect, "diamond", palette.fake, palette.surface, min(8.0, rect.height()))


def heat(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint the diverging map."""
    shade = QLinearGradient(rect.topLeft(), rect.topRight())
    for at, color in ((0.0, palette.score_low), (0.5, palette.score_mid), (1.0, palette.score_high)):
        shade.setColorAt(at, QColor(color))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(shade)
    painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 2, 2)


def contour_line(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint the contour's line."""
    painter.setPen(QPen(QColor(palette.text), 2.0))
    ends = np.array([rect.left()]), np.array([rect.right()])
    draw_lines(painter, strokes.threads(*ends, rect.bottom(), rect.top()))


def lattice(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a piece of the lattice."""
    painter.setPen(QPen(QColor(palette.fake), 1.0))
    u, v = np.meshgrid(np.linspace(0, 1, 4), np.linspace(0, 1, 4))
    x = rect.left() + rect.width() * u
    y = rect.top() + rect.height() * (0.8 * v + 0.2 * u)
    draw_lines(painter, strokes.mesh(np.stack([x, y], axis=-1)))


def mode_circle(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a captured and a missing mode."""
    r = min(rect.height() / 2, rect.width() / 4) - 0.5
    middle = rect.center()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint(palette.real, 0.35))
    painter.drawEllipse(QPointF(middle.x() - r - 1, middle.y()), r, r)
    centres = np.array([[middle.x() - r - 1, middle.y()], [middle.x() + r + 1, middle.y()]])
    radii = np.full((1, 2), r)
    painter.setPen(QPen(QColor(palette.real), 1.5))
    draw_lines(painter, strokes.circles(centres[:1], radii))
    painter.setPen(QPen(QColor(palette.text), 1.5))
    draw_lines(painter, strokes.circles(centres[1:], radii, broken=True))


def faint(color: str, alpha: float) -> QColor:
    """Return a colour that lets others through."""
    made = QColor(color)
    made.setAlphaF(alpha)
    return made


@lru_cache(maxsize=16)
def hatching(color: str, alpha: float) -> QBrush:
    """Return a brush of upright stripes that let others through; made once."""
    tile = QPixmap(4, 1)
    tile.fill(Qt.GlobalColor.transparent)
    with QPainter(tile) as painter:
        painter.fillRect(0, 0, 2, 1, faint(color, alpha))
    return QBrush(tile)


def thread_color(palette: Palette) -> str:
    """Return the colour of threads: the generator's, held back, since there are many of them."""
    return mixed(palette.fake, palette.surface, 0.55)


def lattice_color(palette: Palette) -> str:
    """Return the colour of the latent lattice, held back a little."""
    return mixed(palette.fake, palette.score_mid, 0.8)


def _line(painter: QPainter, rect: QRectF, color: str, width: float, at: float) -> None:
    painter.setPen(QPen(QColor(color), width))
    y = rect.top() + at * rect.height()
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
