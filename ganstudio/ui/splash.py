"""What is shown while the window is built: drawn with Qt alone, so that it is there at once."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ganstudio import __version__
from ganstudio.ui.palette import Palette

NAME = "GAN Studio"
TAG_LINE = "Train generative adversarial networks and watch them live"
WIDTH_EMS, HEIGHT_EMS = 38, 24
KNOTS = 160

Curve = Callable[[float], float]


class Splash(QWidget):
    """The program's name and a picture of the game."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint)
        self._palette = palette
        self.setWindowTitle(NAME)
        self.setAccessibleName(f"{NAME} is starting")
        em = self.fontMetrics().height()
        self.setFixedSize(WIDTH_EMS * em, HEIGHT_EMS * em)
        room = (self.screen() or QGuiApplication.primaryScreen()).availableGeometry()
        self.move(room.center() - self.rect().center())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(colors.window))
            em = self.fontMetrics().height()
            whole = QRectF(self.rect())
            self._paint_words(painter, whole.adjusted(2.4 * em, 2.0 * em, -2.4 * em, -1.4 * em), em)
            paint_motif(painter, whole.adjusted(0, 8.4 * em, 0, -4.4 * em), colors)
            painter.setPen(QPen(QColor(colors.border), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_words(self, painter: QPainter, rect: QRectF, em: int) -> None:
        colors = self._palette
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        name = QFont(self.font())
        name.setPointSizeF(2.9 * name.pointSizeF())
        name.setWeight(QFont.Weight.DemiBold)
        painter.setFont(name)
        painter.setPen(QColor(colors.text))
        painter.drawText(rect, left | top, NAME)
        line = QFont(self.font())
        line.setPointSizeF(1.15 * line.pointSizeF())
        painter.setFont(line)
        painter.setPen(QColor(colors.muted))
        painter.drawText(rect.adjusted(0, 4.0 * em, 0, 0), left | top, TAG_LINE)
        painter.setFont(self.font())
        painter.drawText(rect, right | bottom, f"Version {__version__}")


def paint_motif(painter: QPainter, rect: QRectF, colors: Palette) -> None:
    """Paint the game: data of two modes, a generated density on its way to them, and the best D between both."""
    real = _mixture((0.38, 0.06, 0.5), (0.62, 0.06, 0.5))
    ghosts = [_mixture((0.86 - 0.1 * step, 0.10 + 0.006 * step, 1.0)) for step in range(3)]
    fake = _mixture((0.44, 0.085, 0.62), (0.60, 0.07, 0.38))
    top = 1.12 * max(real(x / KNOTS) for x in range(KNOTS))
    painter.setPen(QPen(QColor(colors.border), 1))
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    for step, ghost in enumerate(ghosts):
        _paint_curve(painter, rect, _scaled(ghost, 1 / top), colors.fake, 0.16 + 0.12 * step, 1.3)
    _paint_area(painter, rect, _scaled(real, 1 / top), colors.real)
    _paint_area(painter, rect, _scaled(fake, 1 / top), colors.fake)
    _paint_curve(painter, rect, lambda x: 0.9 * _optimum(real(x), fake(x)), colors.optimum, 0.8, 1.4, dashed=True)


def _mixture(*parts: tuple[float, float, float]) -> Curve:
    """Return the density of Gaussians, each of (mean, standard deviation, weight)."""
    return lambda x: sum(
        weight * math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi)) for mean, sd, weight in parts
    )


def _scaled(curve: Curve, factor: float) -> Curve:
    return lambda x: factor * curve(x)


def _optimum(real: float, fake: float) -> float:
    """Return D* = p / (p + q), a half where there is nothing (Goodfellow et al. 2014, proposition 1)."""
    return (real + 0.02) / (real + fake + 0.04)


def _line(rect: QRectF, curve: Curve) -> list[QPointF]:
    steps = (index / KNOTS for index in range(KNOTS + 1))
    return [QPointF(rect.left() + x * rect.width(), rect.bottom() - curve(x) * rect.height()) for x in steps]


def _paint_curve(
    painter: QPainter, rect: QRectF, curve: Curve, color: str, opacity: float, width: float, dashed: bool = False
) -> None:
    tint = QColor(color)
    tint.setAlphaF(opacity)
    pen = QPen(tint, width)
    if dashed:
        pen.setDashPattern([5, 4])
    painter.setPen(pen)
    seen = [point for point in _line(rect, curve) if rect.bottom() - point.y() > 0.6]  # not along the axis
    painter.drawPolyline(QPolygonF(seen))


def _paint_area(painter: QPainter, rect: QRectF, curve: Curve, color: str) -> None:
    line = _line(rect, curve)
    fill = QLinearGradient(rect.topLeft(), rect.bottomLeft())
    for place, alpha in ((0.0, 0.5), (1.0, 0.06)):
        tint = QColor(color)
        tint.setAlphaF(alpha)
        fill.setColorAt(place, tint)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(QPolygonF([rect.bottomLeft(), *line, rect.bottomRight()]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _paint_curve(painter, rect, curve, color, 1.0, 2.2)
