"""One tile, enlarged beside it, with what there is to say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import track

SHARE = 0.36  # of the stage's shorter side
LEAST_GAIN = 2  # over the sheet's own zoom
PAD = 0.5  # lines of text


@dataclass(frozen=True, slots=True, eq=False)
class Enlarged:
    """What the loupe shows: an image, the length of its bar (None without one) and lines of text."""

    image: QImage
    bar: float | None
    lines: Sequence[str]
    role: str  # of the palette: real or generated


class Loupe:
    """Paints an :class:`Enlarged`; its text is kept as a picture until it changes."""

    def __init__(self) -> None:
        self._text = QPixmap()
        self._text_key: object = None

    def paint(
        self, painter: QPainter, shown: Enlarged, tile: QRect, area: QSize, ratio: float, font: QFont, palette: Palette,
        *, zoom: int, smooth: bool,
    ) -> None:  # fmt: skip
        """Paint the loupe beside ``tile`` inside ``area``, both in device pixels, as the painter's unit is."""
        em = QFontMetricsF(font).height() * ratio
        pad, bar = round(PAD * em), round(0.45 * em) if shown.bar is not None else 0
        text = self._written(shown.lines, font, ratio, palette)
        side = max(shown.image.width(), shown.image.height())
        gain = max(LEAST_GAIN * zoom, int(SHARE * min(area.width(), area.height())) // side)
        size = shown.image.size() * gain
        width = max(size.width(), text.width()) + 2 * pad
        height = size.height() + (bar + pad // 2 if bar else 0) + text.height() + 2 * pad + pad // 2
        box = _beside(tile, QSize(width, height), area, round(0.5 * em))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(getattr(palette, shown.role)), 1.5 * ratio))
        painter.setBrush(QColor(palette.raised))
        painter.drawRoundedRect(QRectF(box), 5 * ratio, 5 * ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        target = QRect(box.left() + (width - size.width()) // 2, box.top() + pad, size.width(), size.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(target, shown.image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        below = target.bottom() + 1
        if shown.bar is not None:
            below += pad // 2
            _paint_bar(painter, QRectF(target.left(), below, target.width(), bar), shown.bar, palette)
            below += bar
        painter.save()
        painter.scale(ratio, ratio)
        painter.drawPixmap(QPointF((box.left() + pad) / ratio, (below + pad // 2) / ratio), text)
        painter.restore()

    def _written(self, lines: Sequence[str], font: QFont, ratio: float, palette: Palette) -> QPixmap:
        """Return the lines as a picture, painted when they change."""
        key = (tuple(lines), font, ratio, palette)
        if key == self._text_key:
            return self._text
        self._text_key = key
        metrics = QFontMetricsF(font)
        width = max((metrics.horizontalAdvance(line) for line in lines), default=1.0) + 2
        size = QSizeF(width, metrics.height() * max(1, len(lines))) * ratio
        self._text = QPixmap(size.toSize())
        self._text.setDevicePixelRatio(ratio)
        self._text.fill(Qt.GlobalColor.transparent)
        with QPainter(self._text) as painter:
            painter.setFont(font)
            for place, line in enumerate(lines):
                painter.setPen(QColor(palette.muted if place else palette.text))
                row = QRectF(0, place * metrics.height(), width, metrics.height())
                painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)
        return self._text


def _beside(tile: QRect, size: QSize, area: QSize, gap: int) -> QRect:
    """Return a box beside a tile: at its right if there is room, else at its left, and always inside the area."""
    left = tile.right() + 1 + gap
    if left + size.width() > area.width():
        left = tile.left() - gap - size.width()
    left = max(0, min(left, area.width() - size.width()))
    top = max(0, min(tile.center().y() - size.height() // 2, area.height() - size.height()))
    return QRect(left, top, size.width(), size.height())


def _paint_bar(painter: QPainter, box: QRectF, length: float, palette: Palette) -> None:
    """Paint D's score as the tiles' bars do: from the middle to the right or to the left."""
    painter.fillRect(box, QColor(track(palette)))
    middle, reach = box.center().x(), length * box.width() / 2
    color = palette.score_high if length > 0 else palette.score_low
    painter.fillRect(QRectF(min(middle, middle + reach), box.top(), abs(reach), box.height()), QColor(color))
    painter.fillRect(QRectF(middle - 1, box.top(), 2, box.height()), QColor(palette.muted))
