"""The speed limit as a slider: from one iteration a second to as fast as it goes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.slider import Slider

POSITIONS = 80
DECADES = 4  # up to 10,000 a second; the right end is no limit
STEP = 5


class SpeedSlider(QWidget):
    """Shows and edits a speed limit; 0 is none.

    Signals
    -------
    limit_edited
        The person chose another limit, in iterations per second.
    """

    limit_edited = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = Slider(POSITIONS)
        self.slider.setSingleStep(STEP)
        self.slider.setMinimumWidth(90)
        self.slider.setAccessibleName("Speed limit")
        self.slider.valueChanged.connect(self._edited)
        self.slider.double_clicked.connect(lambda: self.slider.setValue(POSITIONS))
        self.words = QLabel()
        for widget in (self, self.slider, self.words):
            widget.setToolTip(
                "Speed limit, iterations per second ([ and ]): at 1/s every update can be followed by eye; "
                "at the right end training goes as fast as it can. Double-click: no limit."
            )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.slider)
        layout.addWidget(self.words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.show_limit(0)
        self._take_font()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    def _take_font(self) -> None:
        """Keep room for the longest words, so that nothing moves while the slider does."""
        self.words.setMinimumWidth(self.fontMetrics().horizontalAdvance("10\u202f000/s"))

    def show_limit(self, limit: float) -> None:
        """Show a limit that was set elsewhere."""
        if limit != limit_at(self.slider.value()):
            self.slider.blockSignals(True)
            self.slider.setValue(position_of(limit))
            self.slider.blockSignals(False)
        self.words.setText("max" if limit == 0 else f"{limit:g}/s" if limit < 10_000 else "10\u202f000/s")

    def nudge(self, direction: int) -> None:
        """Go one notch faster (1) or slower (-1)."""
        self.slider.setValue(self.slider.value() + direction * STEP)

    def _edited(self, position: int) -> None:
        self.show_limit(limit_at(position))
        self.limit_edited.emit(limit_at(position))


def limit_at(position: int) -> float:
    """Return the limit at a position of the slider, rounded to two digits."""
    if position >= POSITIONS:
        return 0.0
    return float(f"{10 ** (DECADES * position / (POSITIONS - 1)):.2g}")


def position_of(limit: float) -> int:
    """Return the nearest position of a limit."""
    if limit <= 0:
        return POSITIONS
    return min(range(POSITIONS), key=lambda position: abs(limit_at(position) - limit) / limit)
