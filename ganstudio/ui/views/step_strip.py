"""A strip as wide as the charts, on their axis of iterations."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_layout import ChartLayout


class StepStrip(QWidget):
    """What the lane of events above the charts and the axis below them have in common."""

    MARGIN_PX: ClassVar[int]  # that its height has beyond a line of text

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._layout = ChartLayout.of(self.font(), 1.0)
        self._last_shown = 100
        self._inset = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def set_font_scale(self, scale: float) -> None:
        """Make the text larger or smaller by a factor."""
        self._layout = ChartLayout.of(self.font(), scale)
        self.updateGeometry()
        self.update()

    def set_steps(self, last_shown: int) -> None:
        """Show the steps from 0 to ``last_shown``."""
        if last_shown != self._last_shown:
            self._last_shown = last_shown
            self.update()

    def set_inset(self, width: int) -> None:
        """Leave so many pixels free at the right, for the charts' scroll bar."""
        if width != self._inset:
            self._inset = width
            self.update()

    @property
    def plot(self) -> QRectF:
        """Where the charts' iterations lie: from the first at its left edge to the last one shown at its right."""
        return self._layout.plot(self.width() - self._inset, self.height())

    @override
    def sizeHint(self) -> QSize:
        return QSize(220, round(self._layout.line) + self.MARGIN_PX)
