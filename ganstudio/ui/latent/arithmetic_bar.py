"""A − B + C: carry a difference from one place over to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.renderer import Lane
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.latent.arithmetic_result import Pictures, Result, result_pictures, well_pictures
from ganstudio.ui.latent.arithmetic_well import MEAN_SIDE, ArithmeticWell
from ganstudio.ui.latent.thumbnail_pictures import point_images
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import Palette
from ganstudio.ui.slider import Slider
from ganstudio.ui.views.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from ganstudio.ui.latent.arithmetic_example import ArithmeticExample
    from ganstudio.ui.latent.explorer import Explorer


RESULT_SLOT, WELLS_SLOT = "arithmetic", "arithmetic wells"
STRONGEST = 2.0
POSITIONS = 200
MIDDLE, CORNER = 4, 24  # which of them is the result itself
HINTS = (
    "With the difference: bold threes, say. Drop bookmarks here, or add the present place.",
    "Without it: thin threes.",
    "What the difference is carried over to: thin eights.",
)
TIP = (
    "C + strength × (A − B), of the wells' means, brought to the exemplars' mean length: the sum of three independent "
    "latents would be √3 times too long. Around it are eight neighbours, jittered by 0.25 (Radford et al. 2016, "
    "section 6.3.2, figure 7). A click goes there; undo comes back."
)
DIAGRAM_TIP = (
    "From B (top left) down to A, from B across to C; bottom right is C + A − B. It shows where along the way the "
    "analogy holds (White 2016, arXiv:1609.04468, section 2.2). A click goes there."
)


class ArithmeticBar(QWidget):
    """Three wells of places, a strength, and what comes out.

    Signals
    -------
    result_changed
        Another :class:`Result` is shown; None where a well is empty.
    """

    result_changed = Signal(object)

    def __init__(self, explorer: Explorer, palette: Palette | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._palette = palette = palette or explorer.palette
        self._result: Result | None = None
        self._told: tuple[object, ...] = ()
        self.wells = tuple(ArithmeticWell(letter, hint, palette) for letter, hint in zip("ABC", HINTS, strict=True))
        self.middle = ThumbnailStrip(palette, side=MEAN_SIDE, columns=1, selectable=False, carried=self._dragged_result)
        self.around = ThumbnailStrip(palette, side=26, columns=3, gap=2, selectable=False, carried=self._dragged)
        self.diagram = ThumbnailStrip(palette, side=16, columns=5, gap=1, selectable=False, carried=self._dragged)
        self.results = QStackedWidget()
        self.shape = SegmentedChoice((("around", "3 × 3"), ("diagram", "Way there")), palette)
        self.strength = Slider(POSITIONS)
        self.strength_words = QLabel()
        self.take_button, self.example_button, self.clear_button = QToolButton(), QToolButton(), QToolButton()
        self.words = ElidingLabel()
        self._example: ArithmeticExample | None = None
        self._lay_out()
        self._connect()
        self._show_model()

    # -- building -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(3)
        for sign, well in zip(("", "−", "+"), self.wells, strict=True):
            if sign:
                row.addWidget(_sign(sign))
            row.addWidget(well)
        row.addWidget(_sign("="))
        self.middle.set_images([None])
        self.middle.set_tips(["The result: a click goes there, a drag carries it away"])
        self.middle.setAccessibleName("The result")
        self.middle.setFixedSize(self.middle.sizeHint())
        row.addWidget(self.middle)
        for strip, count, words, tip in (
            (self.around, 9, "The result and its neighbours", TIP),
            (self.diagram, 25, "The way to the result", DIAGRAM_TIP),
        ):
            strip.set_images([None] * count)
            strip.set_tips([tip] * count)
            strip.setAccessibleName(words)
            strip.setFixedSize(strip.sizeHint())
            self.results.addWidget(strip)
        self.results.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self.results)
        row.addSpacing(4)
        row.addLayout(self._controls())
        row.addStretch(1)
        self.words.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 3)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.words)

    def _controls(self) -> QVBoxLayout:
        self.strength.setValue(POSITIONS // 2)
        self.strength.set_mark(0.5)
        self.strength.setToolTip("How much of A − B is added to C; 1 is the analogy itself. Double-click: back to 1")
        self.strength.setAccessibleName("Strength")
        self.shape.setToolTip("The result among neighbours, or the whole way to it")
        self.shape.setAccessibleName("What is shown of the result")
        self.strength_words.setMinimumWidth(self.fontMetrics().horizontalAdvance("Strength 0.00 "))
        for button, text, tip in (
            (self.take_button, "Go there", "Take the result as the present place"),
            (self.example_button, "Example…", "The experiment of the DCGAN paper, with exemplars found for you"),
            (self.clear_button, "Empty", "Empty the three wells"),
        ):
            button.setText(text)
            button.setToolTip(tip)
        column = QVBoxLayout()
        column.setSpacing(2)
        for parts in (
            (self.strength_words, self.strength),
            (self.shape, self.clear_button),
            (self.take_button, self.example_button),
        ):
            row = QHBoxLayout()
            row.setSpacing(3)
            for part in parts:
                row.addWidget(part)
            if parts[1] is not self.strength:
                row.addStretch(1)
            column.addLayout(row)
        return column

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.model_changed.connect(self._show_model)
        explorer.state_changed.connect(self._show_state)
        explorer.active_changed.connect(self._render_all)
        for well in self.wells:
            well.reason_against = self._reason_against
            well.changed.connect(self._render_all)
            well.add_wanted.connect(lambda well=well: self.add_present(well.letter))
            well.refused.connect(explorer.noticed)
        self.strength.valueChanged.connect(self._show_strength)
        self.strength.double_clicked.connect(lambda: self.strength.setValue(POSITIONS // 2))
        self.shape.chosen.connect(self._show_shape)
        for strip in (self.around, self.diagram):
            strip.clicked.connect(self.take)
        self.middle.clicked.connect(lambda _index: self.take(self._centre()))
        self.take_button.clicked.connect(lambda: self.take(self._centre()))
        self.example_button.clicked.connect(self.open_example)
        self.clear_button.clicked.connect(self.clear)

    # -- what others call ---------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Result | None:
        """The result that is shown, or None."""
        return self._result

    @property
    def strength_value(self) -> float:
        """How much of A − B is added, from 0 to 2."""
        return STRONGEST * self.strength.value() / POSITIONS

    def well(self, letter: str) -> ArithmeticWell:
        """Return the well A, B or C."""
        return self.wells["ABC".index(letter)]

    def add_present(self, letter: str) -> None:
        """Add the present place to a well."""
        explorer = self._explorer
        if explorer.model is None:
            return
        state, picture = replace(explorer.state, g=explorer.state.point(), offsets=(), style=None), explorer.picture
        thumbnail = picture.shown if picture is not None and explorer.model.is_image else None
        self.well(letter).add([Bookmark("the place", state, thumbnail)])

    def fill(self, a: list[Bookmark], b: list[Bookmark], c: list[Bookmark]) -> None:
        """Put places into all three wells."""
        for well, marks in zip(self.wells, (a, b, c), strict=True):
            well.blockSignals(True)
            well.set_marks(marks)
            well.blockSignals(False)
        self.strength.setValue(POSITIONS // 2)
        self._render_all()

    def clear(self) -> None:
        """Empty the wells."""
        self.fill([], [], [])
        self.say("")

    def say(self, words: str, tip: str = "") -> None:
        """Say something of the result, below it."""
        self.words.setText(words or self._standing_words())
        self.words.setToolTip(f"{words}\n{tip}".strip())

    def open_example(self) -> None:
        """Open the guided example."""
        from ganstudio.ui.latent.arithmetic_example import ArithmeticExample

        if self._example is None:
            self._example = ArithmeticExample(self._explorer, self, self.window())
        self._example.show()
        self._example.raise_()

    def take(self, index: int) -> None:
        """Go to one of the pictures of the result."""
        result = self._result
        if result is not None and 0 <= index < len(result.g):
            known = {} if result.classes is None else {"class_weights": result.classes[index]}
            self._explorer.change(g=result.g[index], offsets=(), **known)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        for well in self.wells:
            well.set_palette(palette)
        for strip in (self.middle, self.around, self.diagram):
            strip.set_palette(palette)
        self.shape.set_palette(palette)

    def _reason_against(self, mark: Bookmark) -> str:
        model = self._explorer.model
        if model is None:
            return "there is no model"
        classes = 0 if mark.state.class_weights is None else len(mark.state.class_weights)
        if mark.state.dim != model.dim:
            return f"it has {mark.state.dim} latent dimensions, the model {model.dim}"
        if classes != model.classes:
            return f"it is of a model with {classes or 'no'} classes, this one has {model.classes or 'none'}"
        return ""

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _centre(self) -> int:
        return MIDDLE if self.shape.value == "around" else CORNER

    def _show_model(self) -> None:
        model = self._explorer.model
        marks = [mark for well in self.wells for mark in well.marks]
        if model is not None and any(self._reason_against(mark) for mark in marks):
            self.clear()
        self.setEnabled(model is not None)
        self._told = ()
        self._show_strength()

    def _show_state(self) -> None:
        state = self._explorer.state
        told = (state.tau, state.psi)
        if told != self._told:
            self._told = told
            self._render_all()

    @property
    def _strip(self) -> ThumbnailStrip:
        return self.around if self.shape.value == "around" else self.diagram

    def _show_shape(self) -> None:
        self.results.setCurrentWidget(self._strip)
        self._result = None
        self._render_result()

    def _show_strength(self) -> None:
        self.strength_words.setText(f"Strength {self.strength_value:.2f}")
        self._render_result()

    def _standing_words(self) -> str:
        empty = [well.letter for well in self.wells if not well.marks]
        if not empty:
            return ""
        return f"Drop bookmarks into {', '.join(empty)}, or add the present place with +; several are averaged"

    # -- rendering ----------------------------------------------------------------------------------------------------

    def _can_render(self) -> bool:
        return self._explorer.model is not None and self.isVisible() and self._explorer.is_active

    def _render_all(self) -> None:
        self._render_result()
        model, state = self._explorer.model, self._explorer.state
        if not self._can_render() or model is None:
            return
        wells = [(well.g, well.classes) for well in self.wells]
        if any(len(g) for g, _ in wells):
            self._explorer.submit(Lane.TILES, lambda: well_pictures(model, state, wells), WELLS_SLOT, self._take_well)

    def _render_result(self) -> None:
        ready = all(well.marks for well in self.wells)
        self.take_button.setEnabled(ready)
        self.clear_button.setEnabled(any(well.marks for well in self.wells))
        if not ready:
            self._explorer.cancel(Lane.TILES, RESULT_SLOT)
            if self._result is not None:
                self._strip.set_images([None] * self._strip.count)
                self.middle.set_images([None])
            self._result = None
            self.say("")
            self.result_changed.emit(None)
            return
        if not self.words.text() or self.words.text().startswith("Drop"):
            self.say("")
        model, state = self._explorer.model, self._explorer.state
        if model is None or not self._can_render():
            return
        wells = [(well.g, well.classes) for well in self.wells]
        strength, around = self.strength_value, self.shape.value == "around"
        self._explorer.submit(
            Lane.TILES,
            lambda: result_pictures(model, state, wells, strength, around=around),
            RESULT_SLOT,
            self._take_result,
        )

    def _take_result(self, result: object) -> None:
        found = cast(Result, result)
        if len(found.g) != self._strip.count:
            return  # of the shape that was shown before
        self._result = found
        images = self._images(found.pictures)
        self._strip.set_images(images)
        self.middle.set_images([images[self._centre()]])
        self.result_changed.emit(found)

    def _take_well(self, found: object) -> None:
        index, mean, exemplars = cast("tuple[int, Pictures, Pictures]", found)
        if len(exemplars) == len(self.wells[index].marks):
            self.wells[index].show_pictures(self._images(mean)[0], self._images(exemplars))

    def _images(self, pictures: Pictures) -> list[Pictures]:
        """Return pictures (n, …) as images; points as dots in a window."""
        model = self._explorer.model
        if model is None or model.is_image:
            return list(pictures)
        return list(point_images(pictures, np.array(model.weights.mean), model.weights.scale, self._palette))

    def _dragged_result(self, _index: int) -> Bookmark | None:
        return self._dragged(self._centre())

    def _dragged(self, index: int) -> Bookmark | None:
        result = self._result
        if result is None or not 0 <= index < len(result.g):
            return None
        y = None if result.classes is None else result.classes[index]
        return Bookmark("", replace(self._explorer.state, g=result.g[index], offsets=(), class_weights=y))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._render_all()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for slot in (RESULT_SLOT, WELLS_SLOT):
            self._explorer.cancel(Lane.TILES, slot)


def _sign(text: str) -> QLabel:
    label = QLabel(text)
    font = QFont()
    font.setPointSizeF(1.5 * font.pointSizeF())
    label.setFont(font)
    return label
