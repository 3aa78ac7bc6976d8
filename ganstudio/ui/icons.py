"""The program's own icons: line drawings in ``resources/icons``, tinted to the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ganstudio import paths

SIZES = (16, 20, 24, 32, 48)
FAINT = 0.35  # opacity of what is off


@cache
def icon(name: str, color: str, disabled: str = "") -> QIcon:
    """Return the icon ``name`` in ``color``, and in ``disabled`` (by default a faint ``color``) when it is off."""
    made = QIcon()
    on = _drawing(name, QColor(color).name())
    off = _drawing(name, QColor(disabled).name()) if disabled else None
    for size in SIZES:
        picture = _painted(on, size)
        made.addPixmap(picture, QIcon.Mode.Normal)
        made.addPixmap(_faint(picture) if off is None else _painted(off, size), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, color: str, size: int, ratio: float = 2.0) -> QPixmap:
    """Return the icon as a picture of ``size`` logical pixels, drawn for screens of up to ``ratio`` pixels in each."""
    tint = QColor(color)
    return _painted(_drawing(name, tint.name()), size, ratio, tint.alphaF())


def _drawing(name: str, color: str) -> QSvgRenderer:
    text = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))


def _faint(picture: QPixmap) -> QPixmap:
    made = QPixmap(picture.size())
    made.setDevicePixelRatio(picture.devicePixelRatio())
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        painter.setOpacity(FAINT)
        painter.drawPixmap(0, 0, picture)
    return made


def _painted(drawing: QSvgRenderer, size: int, ratio: float = 2.0, opacity: float = 1.0) -> QPixmap:
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setOpacity(opacity)
        drawing.render(painter, QRectF(0, 0, size, size))
    return picture


def application_icon() -> QIcon:
    """Return the program's own icon."""
    made = QIcon()
    logo = _drawing("logo", "#ffffff")
    for size in (16, 32, 64, 128, 256):
        made.addPixmap(_painted(logo, size, 1.0))
    return made
