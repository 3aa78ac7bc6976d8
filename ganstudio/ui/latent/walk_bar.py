"""How a walk goes from key frame to key frame."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.latent.walk_job import Settings, WayName
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.segmented_choice import SegmentedChoice

WAYS: tuple[tuple[WayName, str], ...] = (
    ("slerp", "Slerp"),
    ("spline", "Spline"),
    ("lerp", "Lerp"),
    ("noise", "Noise loop"),
)
SECONDS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
FPS = (10, 15, 20, 25, 30, 50, 60)
WAY_TIP = (
    "Slerp: great circles between key frames, the length going evenly (Shoemake 1985; White 2016).\n"
    "Spline: a smooth curve on the sphere through every key frame.\n"
    "Lerp: straight lines, which leave the shell of the prior; for comparison.\n"
    "Noise loop: a closed circle through the first key frame, on which every place is a draw of the prior."
)
EVEN_TIP = (
    "Spend the time so that equal steps change the picture equally: by the root mean square difference of 16 pictures\n"
    "per step (Shao et al. 2018)."
)


class WalkBar(QWidget):
    """The settings of a walk in a row, or in two where there is little room.

    Signals
    -------
    changed
        The settings are others.
    """

    changed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way = SegmentedChoice(WAYS, palette)
        self.closed, self.even = QCheckBox("Closed"), QCheckBox("Constant speed")
        self.seconds, self.fps = QComboBox(), QComboBox()
        self.way.setToolTip(WAY_TIP)
        self.way.setAccessibleName("Way between key frames")
        self.closed.setToolTip("Go back from the last key frame to the first.")
        self.even.setToolTip(EVEN_TIP)
        for value in SECONDS:
            self.seconds.addItem(f"{value:g} s per step", value)
        for value in FPS:
            self.fps.addItem(f"{value} fps", value)
        _pick(self.seconds, 2.0, "{:g} s per step")
        _pick(self.fps, 25, "{} fps")
        self.seconds.setAccessibleName("Seconds per step")
        self.seconds.setToolTip("From one key frame to the next.")
        self.fps.setAccessibleName("Frames per second")
        self.fps.setToolTip("Of the film, and of what is played here where the machine keeps up.")
        flow = FlowLayout(self, across=10, down=5)
        flow.setContentsMargins(0, 0, 0, 0)
        for part in (self.way, self.closed, self.even, self.seconds, self.fps):
            part.setMinimumHeight(self.way.sizeHint().height())  # on one line
            flow.addWidget(part)
        for box in (self.seconds, self.fps):
            box.currentIndexChanged.connect(self._change)
        for check in (self.closed, self.even):
            check.toggled.connect(self._change)
        self.way.chosen.connect(self._change)

    @property
    def settings(self) -> Settings:
        """What is chosen."""
        return Settings(
            way=cast(WayName, self.way.value),
            closed=self.closed.isChecked(),
            even=self.even.isChecked(),
            seconds=float(self.seconds.currentData()),
            fps=int(self.fps.currentData()),
        )

    def set_settings(self, settings: Settings) -> None:
        """Choose other settings."""
        self.way.set_value(settings.way)
        self.closed.setChecked(settings.closed)
        self.even.setChecked(settings.even)
        _pick(self.seconds, settings.seconds, "{:g} s per step")
        _pick(self.fps, settings.fps, "{} fps")

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.way.set_palette(palette)

    def _change(self, _value: object = None) -> None:
        self.closed.setEnabled(self.way.value != "noise")
        self.changed.emit()


def _pick(box: QComboBox, value: float, words: str) -> None:
    """Choose a value, which is put into the list if it is not there."""
    if box.findData(value) < 0:
        place = sum(box.itemData(index) < value for index in range(box.count()))
        box.insertItem(place, words.format(value), value)
    box.setCurrentIndex(box.findData(value))
