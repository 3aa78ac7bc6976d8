"""One direction: its slider, and what one will see at seven places of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.ui.latent.direction_sources import REACH, THUMBS
from ganstudio.ui.latent.share_bar import ShareBar
from ganstudio.ui.latent.thumbnails import RING, ThumbnailStrip
from ganstudio.ui.palette import Palette
from ganstudio.ui.slider import MARGIN, Slider
from ganstudio.ui.theme import tabular

POSITIONS_PER_STEP = 100
LARGEST_THUMB = 64


class DirectionRow(QWidget):
    """A slider from −3 to 3 steps of equal visible effect, with a picture above each whole step.

    Signals
    -------
    moved
        The person moved the slider; carries the steps, and whether it goes on with the gesture before.
    activated
        The person turned to this row.
    """

    moved = Signal(float, bool)
    activated = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.value_label = QLabel(), QLabel()
        self.share = ShareBar(palette)
        self.strip = ThumbnailStrip(palette, side=LARGEST_THUMB, gap=2, selectable=False)
        self.slider = Slider(round(2 * REACH * POSITIONS_PER_STEP))
        self.steps = 0.0
        self._pressed = False
        self._build()

    def _build(self) -> None:
        self.title.setFont(tabular(self.title.font()))
        self.value_label.setFont(tabular(self.value_label.font()))
        self.value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value_label.setMinimumWidth(self.value_label.fontMetrics().horizontalAdvance("+0.00 "))
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.slider.setValue(self.slider.maximum() // 2)
        self.slider.set_mark(0.5)
        self.slider.set_origin(0.5)
        self.slider.setSingleStep(10)
        self.slider.setPageStep(POSITIONS_PER_STEP)
        self.slider.setEnabled(False)
        self.slider.installEventFilter(self)
        self.slider.sliderPressed.connect(self._press)
        self.slider.valueChanged.connect(self._move)
        self.slider.double_clicked.connect(lambda: self._go(0.0))
        self.strip.set_images([None] * THUMBS)
        self.strip.clicked.connect(self._jump)
        head = QHBoxLayout()
        head.setContentsMargins(RING_PX, 0, RING_PX, 0)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.share, 1)
        head.addWidget(self.value_label)
        self._below = QHBoxLayout()
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.addWidget(self.slider)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setSpacing(1)
        layout.addLayout(head)
        layout.addWidget(self.strip)
        layout.addLayout(self._below)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def set_title(self, title: str, tip: str = "") -> None:
        """Name the direction."""
        self.title.setText(title)
        self.title.setToolTip(tip)
        self.slider.setAccessibleName(f"Direction {title}")

    def set_images(self, images: Sequence[NDArray[np.uint8] | None]) -> None:
        """Show what one will see at the whole steps from −3 to 3."""
        self.strip.set_images(list(images))

    def set_ready(self, ready: bool) -> None:
        """Let the slider be moved once its step is known."""
        self.slider.setEnabled(ready)

    def set_steps(self, steps: float, tip: str = "") -> None:
        """Put the slider somewhere, in steps of equal effect; beyond its ends the number still tells. No signal."""
        self.steps = steps
        position = round((min(max(steps, -REACH), REACH) + REACH) * POSITIONS_PER_STEP)
        if position != self.slider.value():
            self.slider.blockSignals(True)
            self.slider.setValue(position)
            self.slider.blockSignals(False)
            self.slider.update()
        self.value_label.setText(steps_text(steps))
        self.value_label.setProperty("muted", abs(steps) < 0.005)
        self.value_label.setToolTip(tip)
        self.strip.set_selected(round(steps + REACH) if abs(steps) <= REACH + 0.5 else -1)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.share.set_palette(palette)
        self.strip.set_palette(palette)

    # -- hand ---------------------------------------------------------------------------------------------------------

    def _press(self) -> None:
        self._pressed = True
        self.activated.emit()

    def _move(self, position: int) -> None:
        merge = not self._pressed
        self._pressed = False
        self.moved.emit(position / POSITIONS_PER_STEP - REACH, merge)

    def _jump(self, index: int) -> None:
        self.activated.emit()
        self._go(index - REACH)

    def _go(self, steps: float) -> None:
        if self.slider.isEnabled():
            self.moved.emit(steps, False)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.activated.emit()
        return super().eventFilter(watched, event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.activated.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._align()

    def _align(self) -> None:
        """Put the slider's ends below the middles of the first and the last thumbnail."""
        first, last = self.strip.rect_of(0).center().x(), self.strip.rect_of(THUMBS - 1).center().x()
        left = max(0, math.floor(first - MARGIN))
        right = max(0, math.floor(self.width() - last - MARGIN))
        margins = self._below.contentsMargins()
        if (margins.left(), margins.right()) != (left, right):
            self._below.setContentsMargins(left, 0, right, 0)


RING_PX = round(RING)


def steps_text(steps: float) -> str:
    """Return a slider's place with its sign."""
    return "0" if abs(steps) < 0.005 else f"{steps:+.2f}".replace("-", "−")
