"""Short texts on a plot: at its edges, at a peak, beside a mode."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.layers import faint

MOST_PICTURES = 256


@dataclass(frozen=True, slots=True)
class Badge:
    """A text at a point in pixels; ``anchor`` says which part of the badge is there, (0, 0) its top left."""

    text: str
    at: tuple[float, float]
    anchor: tuple[float, float]
    role: str  # of the palette: the text's colour


class BadgePainter:
    """Draws badges of one look; each text is painted once and then kept as a picture."""

    def __init__(self, font: QFont, palette: Palette, ratio: float) -> None:
        self._font, self._palette, self.ratio = font, palette, ratio
        self._metrics = QFontMetricsF(font)
        self._pictures: dict[tuple[str, str], QPixmap] = {}
        self._placed: tuple[list[Badge], QRectF, list[tuple[QPointF, QPixmap]]] = ([], QRectF(), [])

    def draw(self, painter: QPainter, badges: list[Badge], within: QRectF) -> None:
        """Draw badges, each moved as far as it must to lie within a rectangle."""
        if self._placed[:2] != (badges, within):
            self._placed = badges, within, [self._put(badge, within) for badge in badges]
        for at, picture in self._placed[2]:
            painter.drawPixmap(at, picture)

    def _put(self, badge: Badge, within: QRectF) -> tuple[QPointF, QPixmap]:
        picture = self._picture(badge.text, badge.role)
        size = picture.deviceIndependentSize()
        left = badge.at[0] - badge.anchor[0] * size.width()
        top = badge.at[1] - badge.anchor[1] * size.height()
        left = min(max(left, within.left()), max(within.left(), within.right() - size.width()))
        top = min(max(top, within.top()), max(within.top(), within.bottom() - size.height()))
        return QPointF(round(left), round(top)), picture

    def _picture(self, text: str, role: str) -> QPixmap:
        if (text, role) not in self._pictures:
            if len(self._pictures) >= MOST_PICTURES:
                self._pictures.clear()
            self._pictures[text, role] = self._painted(text, role)
        return self._pictures[text, role]

    def _painted(self, text: str, role: str) -> QPixmap:
        height = self._metrics.height()
        size = QSizeF(round(self._metrics.horizontalAdvance(text) + 0.6 * height), round(1.15 * height))
        picture = QPixmap((size * self.ratio).toSize())
        picture.setDevicePixelRatio(self.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._font)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint(self._palette.surface, 0.86))
            box = QRectF(QPointF(), size)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(getattr(self._palette, role)))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return picture
