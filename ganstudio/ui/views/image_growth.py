"""The ladder of progressive growing: 4 → 8 → 16 → 32, and how far the newest layer is faded in."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from ganstudio.engine.snapshot import Growth
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import track

RUNG = 3.4  # lines of text, with the way to the next one
HEIGHT = 1.7  # lines of text


def growth_text(growth: Growth) -> str:
    """Return the stage in words."""
    side = f"{growth.resolution} × {growth.resolution}"
    place = f"stage {growth.stage + 1} of {len(growth.resolutions)}"
    if growth.alpha < 1:
        return f"{place}: {side} fading in, α {growth.alpha:.2f}"
    return f"{place}: {side}, stable"


def paint_ladder(painter: QPainter, at: QPointF, right: float, growth: Growth, em: float, palette: Palette) -> None:
    """Paint a rung for every stage: done ones full, the newest filled up to α, later ones empty; then the words."""
    height = HEIGHT * em
    for place, side in enumerate(growth.resolutions):
        box = QRectF(at.x() + place * RUNG * em, at.y(), 2.5 * em, height).adjusted(0.75, 0.75, -0.75, -0.75)
        done = 1.0 if place < growth.stage else growth.alpha if place == growth.stage else 0.0
        if place:
            painter.setPen(QPen(QColor(palette.fake if place <= growth.stage else palette.border), 1.5))
            y = box.center().y()
            painter.drawLine(QPointF(box.left() - 0.9 * em + 2, y), QPointF(box.left() - 2, y))
        _paint_rung(painter, box, done, current=place == growth.stage, palette=palette)
        painter.setPen(QColor(palette.text if place <= growth.stage else palette.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(side))
    painter.setPen(QColor(palette.muted))
    left = at.x() + RUNG * em * len(growth.resolutions)
    words = QRectF(left, at.y(), max(0.0, right - left), height)
    text = QFontMetricsF(painter.font()).elidedText(growth_text(growth), Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _paint_rung(painter: QPainter, box: QRectF, done: float, *, current: bool, palette: Palette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(track(palette)))
    painter.drawRoundedRect(box, 4, 4)
    if done > 0:
        fill = QColor(palette.fake)
        fill.setAlphaF(0.55 if current else 0.3)
        painter.save()
        painter.setClipRect(
            QRectF(box.left(), box.top(), done * box.width(), box.height()), Qt.ClipOperation.IntersectClip
        )
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 4, 4)
        painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.fake if current else palette.border), 1.5 if current else 1.0))
    painter.drawRoundedRect(box, 4, 4)
