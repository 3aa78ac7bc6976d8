"""The same latents in two models, or at two steps of one run."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.compare_jobs import Pair, pairs
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.model_choice import Chosen, ModelChoice
from ganstudio.ui.latent.thumbnail_pictures import as_images
from ganstudio.ui.latent.thumbnails import RING, ThumbnailStrip
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

SIDE, GAP = 56, 4
MOST = 192
MOST_MODELS = 4  # that are kept loaded
REST_MS = 120
SLOT, SLOT_LOAD = "compare models", "compare load"


class CompareModels(QWidget):
    """Two sheets side by side: the same place in both is the same latent. A click goes there.

    The present model follows the run, so that it can be compared with any of its snapshots while it learns.
    """

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._models: OrderedDict[Chosen, LatentModel] = OrderedDict()
        self._g: NDArray[np.float32] = np.zeros((0, 1), np.float32)
        self._shown: object = None
        self._page = 0
        palette = explorer.palette
        self.choices = [ModelChoice(explorer), ModelChoice(explorer)]
        self.sheets = [ThumbnailStrip(palette, side=SIDE, gap=GAP, carried=self._place) for _ in self.choices]
        self.more_button, self.words = QPushButton("Other latents"), QLabel()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.refresh)
        self._build()
        explorer.model_changed.connect(self._follow_model)
        explorer.state_changed.connect(self._later)
        explorer.active_changed.connect(self._follow_active)

    def _build(self) -> None:
        self.more_button.setToolTip("The next draws of this seed")
        self.more_button.clicked.connect(self._turn)
        self.words.setProperty("muted", True)
        self.words.setWordWrap(True)
        self.words.setToolTip(
            "Root mean square difference of the two pictures' pixels, as a share of black to white; of points their\n"
            "distance in data units. Mean over the latents shown."
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        for column, (choice, sheet) in enumerate(zip(self.choices, self.sheets, strict=True)):
            choice.setAccessibleName(("First model", "Second model")[column])
            choice.chosen.connect(self._choose)
            sheet.clicked.connect(self._go)
            sheet.hovered.connect(partial(self._point, column))
            grid.addWidget(choice, 0, column)
            grid.addWidget(sheet, 1, column)
            grid.setColumnStretch(column, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.words, 1)
        foot.addWidget(self.more_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addLayout(foot)

    # -- following ----------------------------------------------------------------------------------------------------

    @property
    def is_wanted(self) -> bool:
        """Whether somebody sees it."""
        return self.isVisible() and self._explorer.is_active and self._explorer.model is not None

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin()
        self._later()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._give_up()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later()

    def _begin(self) -> None:
        """Compare an early snapshot with the present model, if nothing was chosen yet."""
        ring = self._explorer.ring
        of_run = self._explorer.path is None  # else the run's nets are other ones
        if ring is not None and of_run and all(choice.value == Chosen() for choice in self.choices):
            steps = ring.steps()
            if len(steps) > 1:
                self.choices[0].set_value(Chosen(step=steps[len(steps) // 2]))

    def _give_up(self) -> None:
        self._rest.stop()
        self._explorer.cancel(Lane.TILES, SLOT)
        self._explorer.cancel(Lane.BACKGROUND, SLOT_LOAD)
        self._shown = None

    def _follow_active(self, active: bool) -> None:
        if active:
            self._later()
        else:
            self._give_up()

    def _follow_model(self, _model: object = None) -> None:
        if not self._explorer.is_refresh:
            self._drop_steps()
        self._shown = None
        self.refresh()

    def _drop_steps(self) -> None:
        """Forget snapshots of another run."""
        model, ring = self._explorer.model, self._explorer.ring
        newest = None if ring is None else ring.newest
        if model is None or newest is None or newest.run == model.run:
            for key in [key for key in self._models if key.step is not None]:
                if newest is None or self._models[key].run != newest.run:
                    del self._models[key]

    def _later(self, _state: object = None) -> None:
        if self.is_wanted:
            self._rest.start()

    # -- making -------------------------------------------------------------------------------------------------------

    def _choose(self, _chosen: object = None) -> None:
        self._shown = None
        self.refresh()

    def _turn(self) -> None:
        self._page += 1
        self.refresh()

    def _fitting(self) -> tuple[int, int]:
        """Return how many columns and rows a sheet has room for."""
        width = (self.width() - 14) / 2 - 2 * RING
        height = self.height() - 5.5 * self.fontMetrics().height()
        columns = max(2, int((width + GAP) // (SIDE + GAP)))
        rows = max(1, int((height + GAP) // (SIDE + GAP)))
        return columns, min(rows, max(1, MOST // columns))

    def _model(self, chosen: Chosen) -> LatentModel | None:
        """Return a chosen model if it is loaded; else have it loaded."""
        if chosen == Chosen():
            return self._explorer.model
        if chosen in self._models:
            self._models.move_to_end(chosen)
            return self._models[chosen]
        self._load(chosen)
        return None

    def _load(self, chosen: Chosen) -> None:
        make = self._opening(chosen)
        if make is None:
            self.words.setText(f"{chosen.title} is not kept any more.")
            return
        self.words.setText(f"Opening {chosen.title}…")

        def take(model: object) -> None:
            self._models[chosen] = model  # type: ignore[assignment]
            while len(self._models) > MOST_MODELS:
                self._models.popitem(last=False)
            self.refresh()

        def refuse(message: str, _details: str) -> None:
            self.words.setText(f"{chosen.title} cannot be shown: {message}")

        self._explorer.submit(Lane.BACKGROUND, make, SLOT_LOAD, take, refuse)

    def _opening(self, chosen: Chosen) -> Callable[[], Iterator[object]] | None:
        path = chosen.path
        if path is not None:
            return partial(_open_file, path)
        ring = self._explorer.ring
        weights = None if ring is None or chosen.step is None else ring.nearest(chosen.step)
        if weights is None or weights.step != chosen.step:
            return None
        base = self._explorer.model

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.models import opened

            same = base is not None and base.run == weights.run
            yield base.with_weights(weights) if base is not None and same else opened(weights)

        return make

    def refresh(self) -> None:
        """Have both sheets made where they are out of date."""
        if not self.is_wanted:
            return
        models = [self._model(choice.value) for choice in self.choices]
        first, second = models
        if first is None or second is None:
            return
        state = self._explorer.state
        columns, rows = self._fitting()
        count = columns * rows
        how = (state.tau, state.psi, state.seed, None if state.class_weights is None else state.class_weights.tobytes())
        shown = (first, second, columns, rows, self._page, how)
        if shown == self._shown:
            return
        self._shown = shown
        g = samples(state.seed, count, state.dim, start=self._page * MOST)
        plain = ViewState(g=state.g, class_weights=state.class_weights, tau=state.tau, psi=state.psi)
        self._explorer.submit(
            Lane.TILES,
            lambda: pairs(first, second, g, plain),
            SLOT,
            lambda pair: self._take(first, second, g, columns, pair),
            self._lack,
        )

    def _take(
        self, first: LatentModel, second: LatentModel, g: NDArray[np.float32], columns: int, pair: object
    ) -> None:
        if not isinstance(pair, Pair):
            return
        self._g = g
        tips = [
            "The two have another size" if np.isnan(change) else f"difference {change:.3f}" for change in pair.change
        ]
        for sheet, model, made in zip(self.sheets, (first, second), (pair.first, pair.second), strict=True):
            sheet.set_columns(columns)
            sheet.set_images(list(as_images(model, made, self._explorer.palette)))
            sheet.set_tips(tips)
        steps = f"step {first.step} and step {second.step}" if first.run == second.run else "the two models"
        if np.isnan(pair.change).any():
            self.words.setText(f"{len(g)} latents; the pictures of {steps} have different sizes.")
        else:
            spread = f"from {pair.change.min():.3f} to {pair.change.max():.3f}"
            self.words.setText(f"{len(g)} latents; {steps} differ by {pair.change.mean():.3f} on average, {spread}.")

    def _lack(self, message: str, details: str) -> None:
        self.words.setText(f"They cannot be compared: {message}")
        if "ValueError" not in details:
            self._explorer.failed.emit(f"The models cannot be compared: {message}", details)

    # -- the hand -----------------------------------------------------------------------------------------------------

    def _point(self, column: int, index: int) -> None:
        """Mark the same latent in the other sheet."""
        self.sheets[1 - column].set_selected(index)

    def _state(self, index: int) -> ViewState | None:
        if not 0 <= index < len(self._g) or self._g.shape[1] != self._explorer.state.dim:
            return None
        return dataclasses.replace(self._explorer.state, g=self._g[index], offsets=())

    def _go(self, index: int) -> None:
        state = self._state(index)
        if state is not None:
            self._explorer.set_state(state)

    def _place(self, index: int) -> Bookmark | None:
        state = self._state(index)
        return None if state is None else Bookmark("", state)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for sheet in self.sheets:
            sheet.set_palette(palette)
        model = self._explorer.model
        if model is not None and not model.is_image:
            self._choose()


def _open_file(path: Path) -> Iterator[object]:
    from ganstudio.engine.latent.model_file import open_model

    yield open_model(path)
