"""Real and generated samples in one projection: a mode that G has dropped is a hole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.renderer import Lane
from ganstudio.ui.latent.embed_canvas import EmbedCanvas
from ganstudio.ui.latent.embed_sample import LEAST, SAMPLES, EmbedSample, Space, embedded
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from ganstudio.ui.latent.explorer import Explorer

SLOT = "embed"
LEAST_BANK = 64  # samples from which a first projection is shown
MORE = 2  # times as many samples until it is made anew
TIP = (
    "Principal axes of the samples, each kind weighing the same (never of latents: N(0, I) has no principal axes). "
    "A thumbnail is the sample nearest to the middle of its cell; dots are real samples. Two axes show a part of the "
    "variance only: what looks covered here need not be, but a hole is one. The wheel changes the cells."
)


class EmbedView(QWidget):
    """Generated thumbnails on a grid, real samples as dots, dashed frames where only real ones lie. A click selects.

    Signals
    -------
    real_chosen
        A real sample was clicked where no generated one lies; carries its picture, to look for its latent.
    """

    real_chosen = Signal(object)

    def __init__(self, explorer: Explorer, palette: Palette | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        palette = palette or explorer.palette
        self._sample: EmbedSample | None = None
        self._made: tuple[object, ...] = ()  # of what: bank, how many of it, and the choices
        self._under_way = False
        self.canvas = EmbedCanvas(palette)
        self.kind = SegmentedChoice((("fake", "Generated"), ("real", "Real")), palette)
        self.space = SegmentedChoice((("pixels", "Pixels"), ("features", "D's features")), palette)
        self.axes = SegmentedChoice((("both", "Both"), ("real", "Real alone")), palette)
        self.words = QLabel(wordWrap=True)
        self._lay_out()
        self._connect()
        self._wait()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 2)
        row.setSpacing(6)
        for words, choice, tip in (
            ("Thumbnails of", self.kind, "Which kind is shown as pictures; dots are always the real ones"),
            ("Space", self.space, "Projected are pixels, or what D's last layer sees"),
            ("Axes of", self.axes, "Axes of real samples alone stay the same while G learns"),
        ):
            label = QLabel(words)
            label.setProperty("muted", True)
            choice.setToolTip(tip)
            choice.setAccessibleName(words)
            row.addWidget(label)
            row.addWidget(choice)
            row.addSpacing(10)
        row.addStretch(1)
        self.words.setProperty("muted", True)
        self.words.setContentsMargins(8, 0, 8, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.words)

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.bank_changed.connect(self._ask)
        explorer.model_changed.connect(self._take_model)
        explorer.picture_changed.connect(self._show_here)
        explorer.active_changed.connect(self._ask)
        self.kind.chosen.connect(self.canvas.set_kind)
        self.space.chosen.connect(self._ask)
        self.axes.chosen.connect(self._ask)
        self.canvas.cells_changed.connect(self._tell)
        self.canvas.fake_clicked.connect(self._go_to)
        self.canvas.real_clicked.connect(self._choose_real)

    @property
    def sample(self) -> EmbedSample | None:
        """What is shown, or None."""
        return self._sample

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for part in (self.canvas, self.kind, self.space, self.axes):
            part.set_palette(palette)

    # -- making it ----------------------------------------------------------------------------------------------------

    def _take_model(self) -> None:
        if not self._explorer.is_refresh:
            self._made, self._sample = (), None
            self._explorer.cancel(Lane.BACKGROUND, SLOT)
            self._under_way = False
            self._wait()
        model = self._explorer.model
        self.space.setEnabled(model is not None and model.D is not None)

    def _wait(self) -> None:
        model = self._explorer.model
        self.canvas.show_sample(None, "Samples are being made…" if model is not None else "There is no model yet.")

    def _ask(self) -> None:
        """Have the projection made anew if that would show something new."""
        explorer = self._explorer
        bank = explorer.bank
        if not (self.isVisible() and explorer.is_active) or self._under_way or bank is None or bank.size < LEAST_BANK:
            return
        if not bank.model.is_image:
            self.canvas.show_sample(None, "Points need no projection: see the latent square and its image under G.")
            return
        space: Space = "features" if self.space.value == "features" and bank.model.D is not None else "pixels"
        choices = (space, self.axes.value)
        if self._made and self._made[0] is bank and self._made[2] == choices and not self._has_more(bank.size):
            return
        before = None if self._sample is None or self._sample.space != space else self._sample.embedding
        self._made, self._under_way = (bank, min(bank.size, bank.capacity), choices), True
        explorer.submit(
            Lane.BACKGROUND,
            lambda: embedded(bank, space=space, axes_of=choices[1], before=before),
            SLOT,
            self._take,
            self._lack,
            self._end,
        )

    def _has_more(self, size: int) -> bool:
        held = int(self._made[1])  # type: ignore[call-overload]
        return held < SAMPLES and min(size, SAMPLES) >= min(MORE * held, SAMPLES)

    def _take(self, sample: object) -> None:
        self._sample = sample  # type: ignore[assignment]
        self.canvas.show_sample(self._sample)
        self._show_here(self._explorer.picture)

    def _lack(self, message: str, _details: str) -> None:
        self._under_way = False
        if self._sample is None:
            self.canvas.show_sample(None, f"{message[:1].upper()}{message[1:]}.")

    def _end(self) -> None:
        self._under_way = False
        self._ask()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show_here(self, picture: object) -> None:
        sample = self._sample
        shown = getattr(picture, "shown", None)
        if sample is None or shown is None or sample.space != "pixels" or shown.shape != sample.fake_images.shape[1:]:
            self.canvas.set_here(None)
            return
        x, y = sample.embedding.project(np.asarray(shown)[None])[0].tolist()
        self.canvas.set_here((x, y))

    def _tell(self) -> None:
        sample, cells = self._sample, self.canvas.cells
        if sample is None or cells is None:
            self.words.setText("")
            return
        first, second = (100 * share for share in sample.embedding.explained)
        self.words.setText(
            f"{int(cells.holes.sum())} of {cells.counted} cells with {LEAST} or more real samples have no generated "
            f"one (other real ones would leave {cells.by_chance} empty) · axes hold {first:.0f} % and {second:.0f} % "
            f"of the variance · {thousands(len(sample.fake))} generated, {thousands(len(sample.real))} real · "
            f"step {thousands(sample.step)}"
        )
        self.words.setToolTip(f"{self.words.text()}\n\n{TIP}")

    # -- what is done -------------------------------------------------------------------------------------------------

    def _go_to(self, index: int) -> None:
        sample = self._sample
        if sample is None:
            return
        known = {} if sample.classes is None else {"class_weights": sample.classes[index]}
        self._explorer.change(g=sample.g[index], offsets=(), **known)

    def _choose_real(self, index: int) -> None:
        if self._sample is not None and index >= 0:
            self.real_chosen.emit(self._sample.real_images[index])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._explorer.want_bank()
        self._explorer.references.watch(self, True)
        self._ask()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._explorer.references.watch(self, False)
        self._explorer.cancel(Lane.BACKGROUND, SLOT)
        if self._under_way:
            self._under_way, self._made = False, ()
