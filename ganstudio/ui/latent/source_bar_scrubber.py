"""The run's snapshots on a line: drag along it and see the same latents then."""

from __future__ import annotations

import math
from bisect import bisect_left

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.palette import Palette

MARGIN = 9.0
HANDLE = 6.0


class Scrubber(QWidget):
    """A tick for every snapshot of the run, by the logarithm of its step, and a handle at the one that is shown."""

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._palette = explorer, explorer.palette
        self._steps: tuple[int, ...] = ()
        self._asked: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Snapshots of the run")
        self.setMinimumWidth(80)
        explorer.ring_changed.connect(self._take_steps)
        explorer.model_changed.connect(lambda _model: self.update())
        self._take_steps()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def _take_steps(self) -> None:
        ring = self._explorer.ring
        self._steps = () if ring is None else ring.steps()
        count = len(self._steps)
        self.setEnabled(count > 1)
        self.setToolTip(
            f"{count} snapshots of the run's averaged weights, from step {self._steps[0]} to {self._steps[-1]}, evenly "
            "in the logarithm of the step. Drag to see the same latents then ([ and ])"
            if count
            else "The run has left no snapshots yet"
        )
        self.update()

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps there are snapshots of."""
        return self._steps

    def place_of(self, step: int) -> float:
        """Return where a step is, in this widget's pixels."""
        low, high = math.log1p(self._steps[0]), math.log1p(self._steps[-1])
        share = (math.log1p(step) - low) / (high - low) if high > low else 1.0
        return MARGIN + min(max(share, 0.0), 1.0) * (self.width() - 2 * MARGIN)

    def step_at(self, x: float) -> int:
        """Return the step of the snapshot nearest to a pixel."""
        return min(self._steps, key=lambda step: abs(self.place_of(step) - x))

    @override
    def sizeHint(self) -> QSize:
        return QSize(220, round(1.6 * self.fontMetrics().height()))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._steps:
            self._go(event.position().x())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._steps:
            self._go(event.position().x())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._asked = None
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self._explorer.step_snapshot(by)

    def _go(self, x: float) -> None:
        step = self.step_at(x)
        if step != self._asked:
            self._asked = step
            self._explorer.go_to_step(step)
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colors, middle = self._palette, self.height() / 2
            painter.setPen(QPen(QColor(colors.border), 2))
            painter.drawLine(QPointF(MARGIN, middle), QPointF(self.width() - MARGIN, middle))
            if not self._steps:
                return
            painter.setPen(QPen(QColor(colors.muted), 1))
            for step in self._steps:
                x = round(self.place_of(step)) + 0.5
                painter.drawLine(QPointF(x, middle - 4), QPointF(x, middle + 4))
            model = self._explorer.model
            shown = self._asked
            if shown is None and model is not None and self._explorer.path is None:
                at = bisect_left(self._steps, model.step)
                shown = self._steps[min(at, len(self._steps) - 1)]
            if shown is not None:
                x = self.place_of(shown)
                painter.setPen(QPen(QColor(colors.text if self.hasFocus() else colors.surface), 1.5))
                painter.setBrush(QColor(colors.accent))
                painter.drawEllipse(QRectF(x - HANDLE, middle - HANDLE, 2 * HANDLE, 2 * HANDLE))
