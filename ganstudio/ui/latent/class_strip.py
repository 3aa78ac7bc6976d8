"""Which class is asked for: one, a mixture, or something on the way from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QWidget
from typing_extensions import override

from ganstudio.ui.latent.class_cells import ClassCells
from ganstudio.ui.latent.shown import show_if
from ganstudio.ui.palette import Palette
from ganstudio.ui.slider import Slider

if TYPE_CHECKING:
    from ganstudio.ui.latent.explorer import Explorer

Array = NDArray[np.float32]

POSITIONS = 1000
SLIDER_EM = 7.0
TIP = (
    "The way from one class to the other with the same latent. A model with classes has learnt a vector for each of "
    "them; their weighted means are asked for (a category morph, Miyato and Koyama 2018)."
)


class ClassStrip(QWidget):
    """The classes of a conditional model and a cross-fade between two of them; hidden for any other.

    The digit keys choose classes too: see :meth:`choose_by_key`.
    """

    def __init__(self, explorer: Explorer, palette: Palette | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        palette = palette or explorer.palette
        self._names: tuple[str, ...] = ()
        self._fading = False  # a drag of the slider is under way: undo takes it back as one
        self.cells = ClassCells(palette)
        self.from_choice, self.to_choice = QComboBox(), QComboBox()
        self.fade = Slider(POSITIONS)
        self._lay_out()
        self._connect()
        self._show_model()

    def _lay_out(self) -> None:
        title = QLabel("Class")
        title.setProperty("muted", True)
        title.setToolTip("What the model is asked for, beside the latent. 1 to 9 and 0 on the keyboard choose too.")
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setObjectName("panel")
        self._scroll.setWidgetResizable(True)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.cells)
        self.fade.setToolTip(TIP)
        self.fade.setAccessibleName("Cross-fade between two classes")
        em = self.fontMetrics().height()
        self.fade.setMinimumWidth(round(0.6 * SLIDER_EM * em))
        self.fade.setMaximumWidth(round(2.5 * SLIDER_EM * em))
        for choice, words in ((self.from_choice, "Cross-fade from"), (self.to_choice, "Cross-fade to")):
            choice.setAccessibleName(words)
            choice.setToolTip(words)
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(title)
        row.addWidget(self._scroll, 3)
        row.addSpacing(6)
        row.addWidget(self.from_choice)
        row.addWidget(self.fade, 1)
        row.addWidget(self.to_choice)

    def _connect(self) -> None:
        self._explorer.model_changed.connect(self._show_model)
        self._explorer.state_changed.connect(self._show_state)
        self.cells.weights_edited.connect(self._take)
        self.fade.valueChanged.connect(self._fade)
        self.fade.sliderReleased.connect(self._end_fade)
        self.fade.double_clicked.connect(lambda: self.fade.setValue(POSITIONS // 2))
        self.from_choice.activated.connect(lambda _: self._fade(self.fade.value()))
        self.to_choice.activated.connect(lambda _: self._fade(self.fade.value()))

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.cells.set_palette(palette)

    def choose(self, index: int) -> bool:
        """Ask for one class alone; return whether there is such a one."""
        if not 0 <= index < len(self._names):
            return False
        self._take(np.eye(len(self._names), dtype=np.float32)[index], goes_on=False)
        return True

    def choose_by_key(self, digit: int) -> bool:
        """Ask for the class on a digit key, 0 to 9; return whether there is one.

        A class whose name is that digit, else the first class on 1 and the tenth on 0.
        """
        if str(digit) in self._names:
            return self.choose(self._names.index(str(digit)))
        return self.choose((digit - 1) % 10)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show_model(self) -> None:
        model = self._explorer.model
        names = model.class_names if model is not None else ()
        show_if(self, len(names) > 1)
        if names != self._names:
            self._names = tuple(names)
            self.cells.set_names(names)
            for choice, start in ((self.from_choice, 0), (self.to_choice, 1)):
                choice.clear()
                choice.addItems(list(names))
                choice.setCurrentIndex(min(start, len(names) - 1))
            self._fit_choices()
        self._show_state()

    def _fit_choices(self) -> None:
        """Make the lists as wide as their longest name needs: left to themselves, they would ask for seven letters."""
        for choice in (self.from_choice, self.to_choice):
            choice.setFixedWidth(min(choice.sizeHint().width() + 4, 7 * self.fontMetrics().height()))
        self._scroll.setFixedHeight(self.cells.sizeHint().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._fit_choices)  # when the parts have the new letters too

    def _show_state(self) -> None:
        weights = self._weights()
        if weights is None:
            return
        self.cells.set_weights(weights)
        there = np.flatnonzero(weights > 0)
        ends = {self.from_choice.currentIndex(), self.to_choice.currentIndex()}
        if len(there) == 2 and set(there.tolist()) != ends:
            self.from_choice.setCurrentIndex(int(there[0]))
            self.to_choice.setCurrentIndex(int(there[1]))
        elif len(there) == 1 and int(there[0]) not in ends:
            self.from_choice.setCurrentIndex(int(there[0]))
        if self.fade.isSliderDown():
            return
        share = float(weights[self.to_choice.currentIndex()])
        both = share + float(weights[self.from_choice.currentIndex()])
        self.fade.blockSignals(True)
        self.fade.setValue(round(POSITIONS * share / both) if both > 0 else 0)
        self.fade.blockSignals(False)

    def _weights(self) -> Array | None:
        weights, count = self._explorer.state.class_weights, len(self._names)
        return weights if count > 1 and weights is not None and len(weights) == count else None

    # -- what is done -------------------------------------------------------------------------------------------------

    def _fade(self, position: int) -> None:
        if len(self._names) < 2:
            return
        share, weights = position / POSITIONS, np.zeros(len(self._names), np.float32)
        weights[self.from_choice.currentIndex()] += 1 - share
        weights[self.to_choice.currentIndex()] += share
        goes_on, self._fading = self._fading, self.fade.isSliderDown()
        self._take(weights, goes_on=goes_on)

    def _end_fade(self) -> None:
        self._fading = False

    def _take(self, weights: Array, goes_on: bool) -> None:
        self._explorer.change(merge=goes_on, class_weights=weights)
