"""How real D finds the picture in hand, and a way to one that it finds more real."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ganstudio.engine.latent.view_state import ViewState, frozen
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.inspector_ranks import RankLine
from ganstudio.ui.latent.shown import percent
from ganstudio.ui.numerals import signed
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import tabular

if TYPE_CHECKING:
    from ganstudio.engine.latent.refine import Refined

SLOT = "refine"
REFINE_TIP = (
    "Climb D's logit from here, a few steps on the sphere of this ‖g‖ (Che et al. 2020, without the noise): what D "
    "takes for more real, or where it is mistaken. One step of undo takes it back"
)


class InspectorScore(QWidget):
    """D's ranks of the picture among generated and real ones, and the button *Refine*."""

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self.ranks, self.words = RankLine(explorer.palette), QLabel(wordWrap=True)
        self.refine = QPushButton("Refine")
        self._refined: ViewState | None = None  # the last step's
        self.words.setFont(tabular(self.font()))
        self.words.setProperty("muted", True)
        self.refine.setToolTip(REFINE_TIP)
        below = QHBoxLayout()
        below.addWidget(self.words, 1)
        below.addWidget(self.refine)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.ranks)
        layout.addLayout(below)
        self.refine.clicked.connect(self.climb)
        explorer.bank_changed.connect(self.show_ranks)
        explorer.state_changed.connect(self._follow_state)
        explorer.model_changed.connect(lambda _model: self.stop())

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.ranks.set_palette(palette)

    # -- ranks --------------------------------------------------------------------------------------------------------

    def show_ranks(self) -> None:
        """Show the ranks of the explorer's picture, as far as they are known."""
        picture, model = self._explorer.picture, self._explorer.model
        if picture is None or model is None or model.D is None or math.isnan(picture.logit):
            return  # the logit follows in a moment
        scores, measured = self._explorer.scores, self._explorer.references.scores_model
        if scores is None:
            self.ranks.set_ranks(math.nan, math.nan)
            self.words.setText(f"logit {signed(picture.logit)}; ranks follow")
            return
        if picture.judge is not measured:
            return  # its judgement follows in a moment
        rank = scores.rank(picture.judged)
        self.ranks.set_ranks(rank.among_fakes, rank.among_reals)
        parts = [f"above {percent(rank.among_fakes)} of generated"]
        if not math.isnan(rank.among_reals):
            parts.append(f"{percent(rank.among_reals)} of real")
        self.words.setText(", ".join(parts) + f" · logit {signed(picture.logit)}")
        when = "" if measured is None or measured.step == model.step else f", as D saw them at step {measured.step}"
        tip = (
            f"Dot: share of {len(scores.fakes)} generated samples whose logit is lower; square: of {len(scores.reals)} "
            f"training images{when}. Higher means that D finds it more real; a raw logit depends on the loss"
        )
        self.ranks.setToolTip(tip)
        self.words.setToolTip(tip)

    # -- refining -----------------------------------------------------------------------------------------------------

    def climb(self) -> None:
        """Go, step by step, to where D finds the picture more real."""
        model, state = self._explorer.model, self._explorer.state.settled()
        if model is None or model.D is None:
            return
        self._refined = None

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import how_of
            from ganstudio.engine.latent.refine import refined

            yield from refined(model, state.g, state.class_weights, **how_of(state))  # type: ignore[arg-type]

        def take(found: object) -> None:
            step: Refined = found  # type: ignore[assignment]
            if step.step:  # not where it began
                self._refined = dataclasses.replace(state, g=frozen(step.g))
                self._explorer.set_state(self._refined, merge=step.step > 1)

        self._explorer.submit_long(make, SLOT, take)

    def stop(self) -> None:
        """Give up what is under way."""
        if self._refined is not None:
            self._refined = None
            self._explorer.cancel_long(SLOT)

    def _follow_state(self, state: ViewState) -> None:
        if self._refined is not None and not np.array_equal(self._refined.g, state.g):
            self.stop()  # the person has gone elsewhere
