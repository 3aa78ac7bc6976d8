"""The program's own icons: line drawings in ``resources/icons``, tinted to the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ganstudio import paths

SIZES = (16, 20, 24, 32, 48)


@cache
def icon(name: str, color: str, disabled: str = "") -> QIcon:
    """Return the icon ``name`` in ``color``, and in ``disabled`` (by default a faint ``color``) when it is off."""
    made = QIcon()
    off = QColor(disabled or color)
    if not disabled:
        off.setAlphaF(0.35)
    for size in SIZES:
        made.addPixmap(pixmap(name, QColor(color).name(), size), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, off.name(QColor.NameFormat.HexArgb), size), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, color: str, size: int, ratio: float = 2.0) -> QPixmap:
    """Return the icon as a picture of ``size`` logical pixels, drawn for screens of up to ``ratio`` pixels in each."""
    tint = QColor(color)
    text = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(text.replace("currentColor", tint.name()).encode()))
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setOpacity(tint.alphaF())
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def application_icon() -> QIcon:
    """Return the program's own icon."""
    made = QIcon()
    for size in (16, 32, 64, 128, 256):
        made.addPixmap(pixmap("logo", "#ffffff", size, 1.0))
    return made
