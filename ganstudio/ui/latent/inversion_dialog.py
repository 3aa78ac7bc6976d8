"""From a picture to a place: which latent comes nearest to showing it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QHideEvent,
    QImage,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.latent.view_state import one_hot
from ganstudio.ui.latent.frame_view import FrameView
from ganstudio.ui.latent.inversion_search import REFERENCES, InversionSearch
from ganstudio.ui.latent.inversion_target import InversionTarget, plain_button, titled_column
from ganstudio.ui.latent.loss_curve import LossCurve
from ganstudio.ui.latent.target_picture import from_qimage
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_scale import number

if TYPE_CHECKING:
    from ganstudio.engine.latent.inversion import Progress
    from ganstudio.ui.latent.explorer import Explorer

Bytes = NDArray[np.uint8]

HARDLY = 0.5  # share of training images that are matched better
ENOUGH = 8  # training images from which the badge says something
TIP = (
    "min over g of the squared error of pixels, at full size and at 8 × 8: Adam on several candidates at once, from "
    "the nearest samples of the bank (Zhu et al. 2016, section 3.1). A model with classes is searched in every class. "
    "Many latents can show the same picture: what counts is the error, not which of them is found."
)


class InversionDialog(QDialog):
    """Takes a picture, shows what the search finds while it finds it, and goes to one of the candidates.

    A file or a picture can be dropped, chosen or pasted; one can be drawn; one can be taken from the data.
    """

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._chosen = 0
        palette = explorer.palette
        self.search = InversionSearch(explorer, self)
        self.target = InversionTarget(explorer, palette)
        self.best, self.curve = FrameView(palette), LossCurve(palette)
        self.candidates = ThumbnailStrip(palette, side=66, columns=2, gap=4)
        self.search_button, self.take_button = plain_button("Search"), plain_button("Go there")
        self.close_button = plain_button("Close")
        self.words, self.badge = QLabel(), QLabel()
        self.setWindowTitle("Find a picture's latent")
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self._take_model()
        self.resize(940, 560)

    # -- building -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(14)
        columns.addWidget(self.target, 4)
        columns.addLayout(self._search_column(), 4)
        columns.addLayout(self._candidates_column())
        self.badge.setTextFormat(Qt.TextFormat.PlainText)
        self.badge.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.badge, 1)
        for button in (self.close_button, self.search_button, self.take_button):
            buttons.addWidget(button)
        bold = QFont()
        bold.setWeight(QFont.Weight.DemiBold)
        self.take_button.setFont(bold)  # as the style sheet has it of a default button, which leaves no room for it
        self.take_button.setDefault(True)
        self.take_button.setToolTip("Take the chosen candidate as the present place")
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(columns, 1)
        layout.addLayout(buttons)

    def _search_column(self) -> QVBoxLayout:
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("muted", True)
        self.words.setToolTip(TIP)
        self.best.setToolTip(TIP)
        column = titled_column("What G makes of the candidate")
        column.addWidget(self.best, 3)
        column.addWidget(self.words)
        column.addWidget(self.curve, 2)
        return column

    def _candidates_column(self) -> QVBoxLayout:
        self.candidates.setAccessibleName("Candidates")
        self.candidates.setFixedWidth(2 * 66 + 12)
        column = titled_column("Candidates")
        column.addWidget(self.candidates)
        column.addStretch(1)
        return column

    def _connect(self) -> None:
        self._explorer.model_changed.connect(self._take_model)
        self.target.chosen.connect(self._start)
        self.target.cleared.connect(self._clear)
        self.candidates.clicked.connect(self._choose)
        self.search_button.clicked.connect(self._start_or_stop)
        self.take_button.clicked.connect(self.take)
        self.close_button.clicked.connect(self.close)
        self.search.progressed.connect(self._show_progress)
        self.search.finished.connect(self._show_state)
        self.search.compared.connect(self._show_state)
        self.search.failed.connect(self._lack)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self).activated.connect(self.target.paste)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for part in (self.target, self.best, self.curve, self.candidates):
            part.set_palette(palette)

    # -- the picture --------------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Look for the picture of a file."""
        self.target.open_path(path)

    def set_target(self, picture: Bytes) -> None:
        """Look for a picture (h, w, 1 or 3); it is fitted to the model's size."""
        self.target.set_picture(picture)

    # -- the search ---------------------------------------------------------------------------------------------------

    def _take_model(self) -> None:
        model = self._explorer.model
        usable = model is not None and model.is_image
        self.search_button.setEnabled(usable)
        if model is not None and model.is_image and self.target.shape != model.shape:
            self._clear()
        self.target.take_model()
        self._show_state()

    def _clear(self) -> None:
        self.search.stop()
        self._forget()

    def _start_or_stop(self) -> None:
        if self.search.is_searching:
            self.search.stop()
            self._show_state()
        else:
            self._start()

    def _start(self) -> None:
        self._forget()
        self.search.start(self.target.canvas.image.copy())
        self._show_state()

    def _forget(self) -> None:
        self._chosen = 0
        self.search.progress = None
        self.curve.clear()
        self.best.show_image(None, "")
        self.candidates.set_images([])
        self.words.setText("")
        self._show_state()

    def _lack(self, message: str) -> None:
        self.target.say(message)
        self._show_state()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show_progress(self, progress: Progress) -> None:
        self.curve.add(progress.step, progress.steps, progress.errors)
        shown = list(progress.pictures[:8])
        self.candidates.set_images(shown)
        self._chosen = min(self._chosen, len(shown) - 1)
        self._show_candidate(progress)
        self.candidates.set_captions([self._caption(progress, index) for index in range(len(shown))])
        self.take_button.setEnabled(True)

    def _caption(self, progress: Progress, index: int) -> str:
        error, model = number(float(progress.errors[index]), 2), self.search.model
        if progress.classes is None or model is None:
            return error
        return f"{model.class_names[int(progress.classes[index])]}: {error}"

    def _show_candidate(self, progress: Progress) -> None:
        self.best.show_image(progress.pictures[self._chosen])
        self.candidates.set_selected(self._chosen)
        self.words.setText(
            f"Step {progress.step} of {progress.steps}   ·   error {number(float(progress.errors[self._chosen]), 3)}"
        )

    def _choose(self, index: int) -> None:
        self._chosen = index
        if self.search.progress is not None:
            self._show_candidate(self.search.progress)

    def _show_state(self) -> None:
        """Bring the buttons and the badge up to date."""
        search = self.search
        self.search_button.setText("Stop" if search.is_searching else "Search")
        self.take_button.setEnabled(search.progress is not None)
        text, tone = self._verdict()
        self.badge.setText(text)
        self.badge.setProperty("tone", tone)
        self.badge.style().unpolish(self.badge)
        self.badge.style().polish(self.badge)
        self.curve.set_limit(search.limit() if search.model is not None else float("nan"))

    def _verdict(self) -> tuple[str, str]:
        """Return what is said of the error, and in which tone."""
        search, progress = self.search, self.search.progress
        if progress is None or search.is_searching or not progress.is_done:
            return "", ""
        if search.lacks_references:
            return f"Whether this error is large cannot be said: {search.lacks_references}.", ""
        known, share = len(search.references), search.quantile(float(progress.errors[0]))
        if known < ENOUGH:
            return f"Searching for training images too, to compare: {known} of {REFERENCES}…", ""
        better = f"{round(share * known)} of {known} training images are matched better by the same search"
        from ganstudio.engine.latent.inversion import NOT_REPRESENTABLE

        if share > NOT_REPRESENTABLE:
            return f"Not representable: {better}. G has no latent near this picture, or none that was found.", "warning"
        if share > HARDLY:
            return f"Hardly representable: {better}.", ""
        return f"Representable: {better}.", ""

    # -- what is done -------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Go to the chosen candidate."""
        progress, model = self.search.progress, self._explorer.model
        if progress is None or model is None:
            return
        state = replace(self._explorer.state, g=progress.g[self._chosen], offsets=(), style=None)
        if progress.classes is not None:
            state = replace(state, class_weights=one_hot(int(progress.classes[self._chosen]), model.classes))
        self._explorer.set_state(state)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasImage() or any(url.isLocalFile() for url in mime.urls()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        mime = event.mimeData()
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if files:
            self.open_path(Path(files[0]))
        elif isinstance(mime.imageData(), QImage):
            self.target.set_picture(from_qimage(mime.imageData()))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._explorer.want_bank()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.search.stop()
        self._show_state()
