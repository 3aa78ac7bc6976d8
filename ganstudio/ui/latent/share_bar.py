"""How much of the whole one direction explains, as a bar and a number."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed, tabular


class ShareBar(QWidget):
    """A bar from 0 to 100 % with the number beside it; nothing where there is no share."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def share(self) -> float | None:
        """What is shown, from 0 to 1."""
        return self._share

    def set_share(self, share: float | None, estimator: str = "") -> None:
        """Show a share from 0 to 1, or none; ``estimator`` says how it was got."""
        self._share = share
        self.setToolTip(estimator)
        self.setAccessibleName("" if share is None else f"share {share_text(share)}")
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(80, self.fontMetrics().height() + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share is None:
            return
        colors = self._palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            font = tabular(self.font())
            painter.setFont(font)
            room = QFontMetricsF(font).horizontalAdvance("100 % ")
            way = max(0.0, min(self.width() - room - 4, 90.0))
            middle = self.height() / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mixed(colors.border, colors.surface, 0.7)))
            painter.drawRoundedRect(QRectF(0, middle - 2, way, 4), 2, 2)
            painter.setBrush(QColor(colors.g))
            painter.drawRoundedRect(QRectF(0, middle - 2, way * min(max(self._share, 0.0), 1.0), 4), 2, 2)
            painter.setPen(QColor(colors.muted))
            text = QRectF(way + 6, 0, room, self.height())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, share_text(self._share))


def share_text(share: float) -> str:
    """Return a share as a percentage of two digits."""
    percent = 100 * share
    return "< 0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %" if percent < 9.95 else f"{percent:.0f} %"
