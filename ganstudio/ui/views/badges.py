"""Short texts on a plot: at its edges, at a peak, beside a mode."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.layers import faint


@dataclass(frozen=True, slots=True)
class Badge:
    """A text at a point in pixels; ``anchor`` says which part of the badge is there, (0, 0) its top left."""

    text: str
    at: tuple[float, float]
    anchor: tuple[float, float]
    role: str  # of the palette: the text's colour


def draw_badges(painter: QPainter, badges: list[Badge], within: QRectF, font: QFont, palette: Palette) -> None:
    """Draw badges, each moved as far as it must to lie within a rectangle."""
    if not badges:
        return
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    pad = 0.3 * metrics.height()
    for badge in badges:
        width, height = metrics.horizontalAdvance(badge.text) + 2 * pad, metrics.height() + 0.5 * pad
        left = badge.at[0] - badge.anchor[0] * width
        top = badge.at[1] - badge.anchor[1] * height
        left = min(max(left, within.left()), max(within.left(), within.right() - width))
        top = min(max(top, within.top()), max(within.top(), within.bottom() - height))
        box = QRectF(QPointF(left, top).toPoint(), QRectF(0, 0, width, height).size())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint(palette.surface, 0.86))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(getattr(palette, badge.role)))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge.text)
