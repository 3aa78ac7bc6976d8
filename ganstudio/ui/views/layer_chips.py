"""A row of chips, one for each layer of a stage, to switch it on and off."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views.layers import Layer

OFF_OPACITY = 0.4


class LayerChip(QAbstractButton):
    """A switch that bears the layer's swatch, so that the plot needs no legend."""

    def __init__(self, layer: Layer, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer = layer
        self._palette = palette
        self.setCheckable(True)
        self.setChecked(layer.on)
        self.setText(layer.title)
        self.setToolTip(layer.tip)
        self.setAccessibleName(layer.title)
        self.setAccessibleDescription(layer.tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        em = metrics.height()
        return QSize(round(metrics.horizontalAdvance(self.text()) + 2.9 * em), round(1.6 * em))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_body(painter)
            em = self.fontMetrics().height()
            shown = self.isChecked() and self.isEnabled()
            swatch = QRectF(0.55 * em, (self.height() - 0.66 * em) / 2, 1.35 * em, 0.66 * em)
            painter.save()
            painter.setOpacity(1.0 if shown else OFF_OPACITY)
            self.layer.swatch(painter, swatch, colors)
            painter.restore()
            text = self.rect().adjusted(round(2.25 * em), 0, 0, 0)
            painter.setPen(QColor(colors.text if shown else colors.muted))
            painter.setOpacity(1.0 if self.isEnabled() else 0.6)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

    def _paint_body(self, painter: QPainter) -> None:
        colors = self._palette
        body = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
        fill = colors.raised if self.isChecked() and self.isEnabled() else colors.surface
        if self.underMouse() and self.isEnabled():
            fill = mixed(fill, colors.text, 0.92)
        rim = colors.accent if self.hasFocus() else colors.border
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(rim), 1.5 if self.hasFocus() else 1.0))
        painter.drawRoundedRect(body, body.height() / 2, body.height() / 2)


class LayerChips(QWidget):
    """Chips in as many rows as the width needs.

    Signals
    -------
    changed
        A layer was switched on or off.
    """

    changed = Signal()

    def __init__(self, layers: Sequence[Layer], palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips = {layer.name: LayerChip(layer, palette, self) for layer in layers}
        self._layout = FlowLayout(self, across=6, down=5)
        self._layout.setContentsMargins(0, 0, 0, 0)
        for chip in self._chips.values():
            self._layout.addWidget(chip)
            chip.toggled.connect(self._on_toggled)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def chip(self, name: str) -> LayerChip:
        """Return the chip of a layer."""
        return self._chips[name]

    def on(self) -> frozenset[str]:
        """Return the layers that are switched on."""
        return frozenset(name for name, chip in self._chips.items() if chip.isChecked())

    def choose(self, names: Collection[str]) -> None:
        """Switch exactly these layers on; names that are none are passed over."""
        if self.on() == frozenset(names) & self._chips.keys():
            return
        self.blockSignals(True)
        for name, chip in self._chips.items():
            chip.setChecked(name in names)
        self.blockSignals(False)
        self.changed.emit()

    def describe(self, tips: Mapping[str, str]) -> None:
        """Replace the tool tips of these layers, where a chip is not disabled."""
        for name, tip in tips.items():
            if self._chips[name].isEnabled():
                self._chips[name].setToolTip(tip)

    def set_title(self, name: str, title: str) -> None:
        """Rename a chip."""
        chip = self._chips[name]
        if chip.text() != title:
            chip.setText(title)
            chip.setAccessibleName(title)
            chip.updateGeometry()

    def set_undefined(self, name: str, reason: str) -> None:
        """Disable a chip and say why, or enable it if there is no reason."""
        chip = self._chips[name]
        if chip.isEnabled() == bool(reason):
            chip.setEnabled(not reason)
            chip.setToolTip(reason or chip.layer.tip)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for chip in self._chips.values():
            chip.set_palette(palette)

    def _on_toggled(self) -> None:
        self.changed.emit()
