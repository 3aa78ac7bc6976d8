"""How far a latent is from the origin, on the band where draws of the prior lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from scipy.special import gammainc, gammaincinv, gammaln
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed, tabular
from ganstudio.ui.views.primitives import polygon

Floats = NDArray[np.float64]

MIDDLE = 0.95  # of all draws lie within the band
CURVE_POINTS = 96
MARK = 4.5  # radius, pixels


@dataclass(frozen=True, slots=True)
class Shell:
    """Where ‖g‖ of g ~ N(0, I_d) lies: the χ distribution with d degrees of freedom.

    ``low`` and ``high`` hold the middle 95 % of all draws between them, ``median`` half of them on each side, and
    ``reach`` is where a gauge that begins at zero ends.
    """

    dim: int
    low: float
    median: float
    high: float
    reach: float

    def percentile(self, length: float) -> float:
        """Return the share of draws that are shorter, from 0 to 1."""
        return float(gammainc(self.dim / 2, length * length / 2))

    def holds(self, length: float) -> bool:
        """Return whether a length is within the band."""
        return self.low <= length <= self.high

    def density(self, lengths: Floats) -> Floats:
        """Return the density of ‖g‖ at lengths (n,), its largest value as 1."""
        half = self.dim / 2
        at = np.maximum(np.asarray(lengths, np.float64), 1e-9)
        log = (self.dim - 1) * np.log(at) - at * at / 2 - (half - 1) * math.log(2) - gammaln(half)
        return np.exp(log - log.max())


@lru_cache(maxsize=64)
def shell(dim: int) -> Shell:
    """Return the band of a dimension."""
    tail = (1 - MIDDLE) / 2
    low, median, high = (math.sqrt(2 * float(gammaincinv(dim / 2, share))) for share in (tail, 0.5, 1 - tail))
    return Shell(dim, low, median, high, max(1.5 * math.sqrt(dim), high + 1.0))


def shell_tip(dim: int, length: float | None) -> str:
    """Return what the gauge's tool tip says."""
    band = shell(dim)
    text = (
        f"‖g‖, the length of the latent in canonical coordinates, where g ~ N(0, I) with d = {dim}.\n"
        f"Band: the middle 95 % of draws, {band.low:.3g} to {band.high:.3g} (χ distribution, exact)."
    )
    if length is None:
        return text
    share = 100 * band.percentile(length)
    below = "fewer than 0.1 %" if share < 0.1 else "more than 99.9 %" if share > 99.9 else f"{share:.1f} %"
    return f"{text}\nHere {length:.4g}: {below} of draws are shorter."


class ShellGauge(QWidget):
    """A line from the origin outwards with the band of the prior on it, and a mark where the latent is.

    The mark is a dot inside the band and a diamond, in the colour of warnings, outside.

    Parameters
    ----------
    palette
        The colours.
    with_text
        Whether the number is written beside it.
    """

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, with_text: bool = True) -> None:
        super().__init__(parent)
        self._palette = palette
        self._with_text = with_text
        self._dim = 0
        self._length: float | None = None
        self._band = QPixmap()
        self._band_of: tuple[object, ...] = ()  # what it was painted for
        self.setAccessibleName("Length of the latent")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def length(self) -> float | None:
        """What is shown."""
        return self._length

    def set_length(self, dim: int, length: float | None) -> None:
        """Show ‖g‖ of a latent of ``dim`` dimensions; None: the band alone."""
        if (dim, length) == (self._dim, self._length):
            return
        self._dim, self._length = dim, length
        self.setToolTip(shell_tip(dim, length) if dim else "")
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, round(1.5 * self.fontMetrics().height()))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._dim:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rect = QRectF(self.rect()).adjusted(MARK + 1, 1, -MARK - 1, -1)
            if self._with_text:
                font = tabular(self.font())
                painter.setFont(font)
                room = QFontMetricsF(font).horizontalAdvance("‖g‖ 00.00 ")
                shown = "‖g‖" if self._length is None else f"‖g‖ {self._length:.2f}"
                off = self._length is not None and not shell(self._dim).holds(self._length)
                painter.setPen(QColor(self._palette.warning if off else self._palette.text))
                left = QRectF(0, 0, room, self.height())
                painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
                rect.setLeft(room + MARK)
            painter.drawPixmap(QPointF(0, 0), self._band_behind(rect))
            paint_length(painter, rect, shell(self._dim), self._length, self._palette)

    def _band_behind(self, rect: QRectF) -> QPixmap:
        """Return the density and the band, which stay the same while the length changes."""
        key = (self._dim, self.size(), rect.left(), self.devicePixelRatioF(), self._palette)
        if self._band_of != key:
            ratio = self.devicePixelRatioF()
            self._band_of, self._band = key, QPixmap(self.size() * ratio)
            self._band.setDevicePixelRatio(ratio)
            self._band.fill(Qt.GlobalColor.transparent)
            with QPainter(self._band) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_gauge(painter, rect, self._dim, None, self._palette)
        return self._band


def paint_gauge(painter: QPainter, rect: QRectF, dim: int, length: float | None, palette: Palette) -> None:
    """Paint the gauge into ``rect``: the density of the prior's lengths, its band, and the mark."""
    band = shell(dim)
    _paint_band(painter, rect, _base(rect), band, palette)
    paint_length(painter, rect, band, length, palette)


def paint_length(painter: QPainter, rect: QRectF, band: Shell, length: float | None, palette: Palette) -> None:
    """Paint the gauge's mark alone."""
    if length is None or not math.isfinite(length):
        return
    inside = band.holds(length)
    at = QPointF(rect.left() + rect.width() * min(length / band.reach, 1.0), _base(rect))
    paint_mark(painter, at, palette, inside=inside)


def _base(rect: QRectF) -> float:
    return round(rect.bottom() - MARK) + 0.5


def paint_mark(painter: QPainter, at: QPointF, palette: Palette, *, inside: bool, radius: float = MARK) -> None:
    """Paint the mark of a length: a dot within the band, a diamond outside it."""
    painter.setPen(QPen(QColor(palette.surface), 1.0))
    painter.setBrush(QColor(palette.fake if inside else palette.warning))
    if inside:
        painter.drawEllipse(at, radius, radius)
        return
    r = radius * 1.25
    corners = (QPointF(0, -r), QPointF(r, 0), QPointF(0, r), QPointF(-r, 0))
    painter.drawPolygon(QPolygonF([at + corner for corner in corners]))


def _paint_band(painter: QPainter, rect: QRectF, base: float, band: Shell, palette: Palette) -> None:
    scale = rect.width() / band.reach
    low, high = rect.left() + scale * band.low, rect.left() + scale * min(band.high, band.reach)
    painter.setPen(QPen(QColor(palette.border), 1.0))
    painter.drawLine(QPointF(rect.left(), base), QPointF(rect.right(), base))
    height = base - rect.top() - 1
    x = np.linspace(0, band.reach, CURVE_POINTS)
    curve = np.stack((rect.left() + scale * x, base - height * band.density(x)), -1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(mixed(palette.optimum, palette.surface, 0.38)))
    painter.drawPolygon(polygon(np.concatenate((curve, [[rect.right(), base], [rect.left(), base]]))))
    painter.setPen(QPen(QColor(palette.optimum), 2.0))
    painter.drawLine(QPointF(low, base), QPointF(high, base))
