"""The layers of the image stage."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import track
from ganstudio.ui.views.layers import Layer, faint
from ganstudio.ui.views.primitives import draw_rects


def fake_tiles(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint two tiles of generated images."""
    _tiles(painter, rect, palette.fake)


def real_tiles(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint two tiles of real images."""
    _tiles(painter, rect, palette.real)


def score_bar(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a bar from the middle to each side."""
    bar = rect.adjusted(0, 0.22 * rect.height(), 0, -0.22 * rect.height())
    painter.fillRect(bar, QColor(track(palette)))
    half = bar.width() / 2
    painter.fillRect(bar.adjusted(0.15 * half, 0, -half, 0), QColor(palette.score_low))
    painter.fillRect(bar.adjusted(half, 0, -0.15 * half, 0), QColor(palette.score_high))


def hot_spot(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a tile that is hot at one end."""
    shade = QLinearGradient(rect.topLeft(), rect.topRight())
    for at, color in (
        (0.0, palette.score_low),
        (0.45, palette.surface),
        (0.6, palette.surface),
        (1.0, palette.score_high),
    ):
        shade.setColorAt(at, QColor(color))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(shade)
    painter.drawRect(rect.adjusted(0, 0.5, 0, -0.5))


def film(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a row of frames that get clearer."""
    width = rect.width() / 4
    painter.setPen(Qt.PenStyle.NoPen)
    for place in range(4):
        painter.setBrush(faint(palette.fake, 0.25 + 0.25 * place))
        painter.drawRect(QRectF(rect.left() + place * width, rect.top() + 1, width - 1.5, rect.height() - 2))


def ladder(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint squares of growing size."""
    painter.setPen(QPen(QColor(palette.fake), 1))
    painter.setBrush(faint(palette.fake, 0.4))
    sides = rect.height() * np.array([0.4, 0.65, 0.95])
    left = rect.left() + np.array([0.0, 0.28, 0.6]) * rect.width()
    for side, x in zip(sides.tolist(), left.tolist(), strict=True):
        painter.drawRect(QRectF(x, rect.bottom() - side, side, side))


def blend(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Paint a step of two greys made smooth."""
    shade = QLinearGradient(rect.topLeft(), rect.topRight())
    shade.setColorAt(0.1, QColor(palette.text))
    shade.setColorAt(0.9, QColor(palette.surface))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(shade)
    painter.drawRect(rect.adjusted(0, 0.5, 0, -0.5))


def _tiles(painter: QPainter, rect: QRectF, color: str) -> None:
    side = min(rect.height(), rect.width() / 2 - 1)
    top = rect.center().y() - side / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    draw_rects(painter, np.array([[rect.left(), top, side, side], [rect.left() + side + 2, top, side, side]]))


LAYERS = (
    Layer(name="generated", title="Generated", probe="sheet", swatch=fake_tiles, tip="Generated images"),
    Layer(name="data", title="Real", probe="real_sheet", swatch=real_tiles, on=False, tip="Real images beside them"),
    Layer(name="d", title="D(x)", probe="sheet", swatch=score_bar, tip="What D says to every image"),
    Layer(
        name="heat", title="∂D/∂x", probe="saliency", swatch=hot_spot, on=False,
        tip="The pixels that D's verdict hangs on: the gradient of D at every pixel",
    ),
    Layer(
        name="strip", title="Over time", probe="strip", swatch=film, on=False,
        tip="The same latents over training time",
    ),
    Layer(name="growth", title="Growth", probe="growth", swatch=ladder, tip="How far progressive growing is"),
    Layer(
        name="smooth", title="Smooth", probe="sheet", swatch=blend, on=False,
        tip="Blend neighbouring pixels",
    ),
)  # fmt: skip
