"""What is painted over the map's tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from ganstudio.ui.latent.map_canvas_places import MapPlaces, Point
from ganstudio.ui.latent.thumbnail_pictures import paint_image
from ganstudio.ui.palette import Palette

CORNER = 60  # logical pixels of an anchor's picture
MARGIN = 4
LETTERS = "ABCD"


def paint_cross(painter: QPainter, places: MapPlaces, at: Point, ratio: float, palette: Palette) -> None:
    """Paint a frame around the tile that holds a point, and a ring at the point if it is not in its middle.

    The painter's unit is a device pixel.
    """
    place = QPointF(*places.view.to_pixel(*at))
    left, top, width, height = places.view.rect(places.key_at(place.x(), place.y()))
    rect = QRectF(round(left), round(top), width, height)
    middle, reach, gap = rect.center(), 9 * ratio, width / 2 + 3 * ratio
    aside = (place - middle).manhattanLength() > 2 * ratio  # a step by less than a tile
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, thick in ((palette.window, 4.0), (palette.accent, 2.0)):
        painter.setPen(QPen(QColor(color), thick * ratio))
        painter.drawRect(rect)
        for way in (QPointF(-1, 0), QPointF(1, 0), QPointF(0, -1), QPointF(0, 1)):
            painter.drawLine(middle + way * gap, middle + way * (gap + reach))
        if aside:
            painter.drawEllipse(place, 3 * ratio, 3 * ratio)


def paint_path(painter: QPainter, points: Sequence[QPointF], ratio: float, palette: Palette) -> None:
    """Paint a path as it is drawn, in device pixels."""
    if len(points) < 2:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, thick in ((palette.window, 6.0), (palette.accent, 3.0)):
        painter.setPen(QPen(QColor(color), thick * ratio, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_anchors(
    painter: QPainter, places: MapPlaces, pictures: Mapping[bytes, QImage], area: QSize, ratio: float, palette: Palette
) -> None:
    """Paint the anchors' own pictures, by their latents, beside the corners of the map, with their letters."""
    anchors = places.state.map.anchors
    if anchors is None:
        return
    em = QFontMetricsF(painter.font()).height()
    for letter, place, anchor in zip(LETTERS, corner_places(len(anchors)), anchors, strict=False):
        x, y = (value / ratio for value in places.view.to_pixel(*place))
        box = QRectF(x - CORNER / 2, y - CORNER / 2, CORNER, CORNER + em)
        box.translate(CORNER * (place[0] - 0.5), CORNER * (place[1] - 0.5) + em * (place[1] - 1))
        box.moveLeft(min(max(box.left(), MARGIN), area.width() - box.width() - MARGIN))
        box.moveTop(min(max(box.top(), MARGIN), area.height() - box.height() - MARGIN))
        painter.setPen(QPen(QColor(palette.accent), 2))
        painter.setBrush(QColor(palette.raised))
        painter.drawRoundedRect(box, 4, 4)
        image = pictures.get(anchor.tobytes())
        if image is not None:
            paint_image(painter, QRectF(box.left() + 2, box.top() + 2, CORNER - 4, CORNER - 4), image)
        painter.setPen(QColor(palette.text))
        row = QRectF(box.left(), box.bottom() - em, box.width(), em)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, letter)


def corner_places(count: int) -> list[Point]:
    """Return where three or four anchors lie on the map."""
    if count == 3:
        return [(0.5, 0.0), (0.0, 1.0), (1.0, 1.0)]
    return [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]


def paint_classes(
    painter: QPainter, places: MapPlaces, names: Sequence[str], area: QSize, ratio: float, palette: Palette
) -> None:
    """Paint the classes' names over their columns."""
    metrics = QFontMetricsF(painter.font())
    em, width = metrics.height(), places.size / ratio
    painter.fillRect(QRectF(0, 0, area.width(), 1.4 * em), QColor(palette.surface))
    painter.setPen(QColor(palette.text))
    for index, name in enumerate(names):
        left = places.view.to_pixel(index, 0)[0] / ratio
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - 4)
        painter.drawText(QRectF(left, 0, width, 1.4 * em), Qt.AlignmentFlag.AlignCenter, text)
