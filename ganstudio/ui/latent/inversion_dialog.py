"""From a picture to a place: which latent comes nearest to showing it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QSettings, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.images.pictures import PictureError
from ganstudio.engine.latent.view_state import one_hot
from ganstudio.ui.latent.frame_view import FrameView
from ganstudio.ui.latent.inversion_search import REFERENCES, InversionSearch
from ganstudio.ui.latent.loss_curve import LossCurve
from ganstudio.ui.latent.pixel_canvas import PixelCanvas
from ganstudio.ui.latent.real_pictures import real_pictures
from ganstudio.ui.latent.target_picture import fitted_to, from_file, from_qimage, is_on_light_ground
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_scale import number
from ganstudio.ui.views.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from ganstudio.engine.latent.inversion import Progress
    from ganstudio.ui.latent.explorer import Explorer

Bytes = NDArray[np.uint8]

PICTURES = "Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp *.tif *.tiff);;All files (*)"
SHUFFLE = 101  # has no divisor in common with the number of training images at hand: they are sorted
ENOUGH = 8  # training images from which the badge says something
BRUSHES = (("0.7", "Fine"), ("1.2", "Medium"), ("2.0", "Broad"))
INKS = {
    "White": (255, 255, 255),
    "Black": (0, 0, 0),
    "Red": (214, 48, 49),
    "Yellow": (253, 203, 70),
    "Green": (60, 160, 90),
    "Blue": (60, 120, 216),
    "Brown": (140, 90, 50),
}
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
        self._original: Bytes | None = None  # of a file or the clipboard, before it was fitted
        self._reals: tuple[object, NDArray] | None = None
        self._next_real = 0
        self._shape: tuple[int, ...] = ()  # that the canvas is for
        self._chosen = 0
        palette = explorer.palette
        self.search = InversionSearch(explorer, self)
        self.canvas = PixelCanvas(palette)
        self.best, self.curve = FrameView(palette), LossCurve(palette)
        self.candidates = ThumbnailStrip(palette, side=66, columns=2, gap=4)
        self.fit = SegmentedChoice((("crop", "Crop"), ("pad", "Whole")), palette)
        self.brush = SegmentedChoice(BRUSHES, palette)
        self.ink = QComboBox()
        self.invert = QCheckBox("Invert")
        self.file_button, self.paste_button = _button("Choose file…"), _button("Paste")
        self.data_button, self.clear_button = _button("From the data"), _button("Clear")
        self.search_button, self.take_button = _button("Search"), _button("Go there")
        self.close_button = _button("Close")
        self.words, self.badge, self.target_words = QLabel(), QLabel(), QLabel()
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
        columns.addLayout(self._target_column(), 4)
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

    def _target_column(self) -> QVBoxLayout:
        sources, drawing = QHBoxLayout(), QHBoxLayout()
        for row, parts in (
            (sources, (self.file_button, self.paste_button, self.data_button)),
            (drawing, (self.brush, self.ink, self.clear_button)),
        ):
            row.setSpacing(5)
            for part in parts:
                row.addWidget(part)
            row.addStretch(1)
        fitting = QHBoxLayout()
        fitting.setSpacing(8)
        fitting.addWidget(self.fit)
        fitting.addWidget(self.invert)
        fitting.addStretch(1)
        self.fit.setToolTip("Of a picture that is no square: its middle, or all of it on the colour of its border")
        self.invert.setToolTip("Swap light and dark: ink on paper becomes strokes on black")
        self.brush.setToolTip("How broad the brush is")
        self.brush.set_value("1.2")
        self.ink.setAccessibleName("Colour of the brush")
        self.data_button.setToolTip("A training image; another one with every click")
        self.paste_button.setToolTip("The clipboard's picture (Ctrl+V)")
        self.target_words.setProperty("muted", True)
        self.target_words.setWordWrap(True)
        self.target_words.setTextFormat(Qt.TextFormat.PlainText)
        column = _column("Picture to look for")
        column.addWidget(self.canvas, 1)
        column.addLayout(drawing)
        column.addLayout(sources)
        column.addLayout(fitting)
        column.addWidget(self.target_words)
        return column

    def _search_column(self) -> QVBoxLayout:
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("muted", True)
        self.words.setToolTip(TIP)
        self.best.setToolTip(TIP)
        column = _column("What G makes of the candidate")
        column.addWidget(self.best, 3)
        column.addWidget(self.words)
        column.addWidget(self.curve, 2)
        return column

    def _candidates_column(self) -> QVBoxLayout:
        self.candidates.setAccessibleName("Candidates")
        self.candidates.setFixedWidth(2 * 66 + 12)
        column = _column("Candidates")
        column.addWidget(self.candidates)
        column.addStretch(1)
        return column

    def _connect(self) -> None:
        self._explorer.model_changed.connect(self._take_model)
        self.canvas.drawn.connect(self._take_drawing)
        self.file_button.clicked.connect(self._choose_file)
        self.paste_button.clicked.connect(self.paste)
        self.data_button.clicked.connect(self.take_real)
        self.clear_button.clicked.connect(self._clear)
        self.fit.chosen.connect(self._fit)
        self.invert.toggled.connect(self._fit)
        self.brush.chosen.connect(self._take_brush)
        self.ink.currentTextChanged.connect(self._take_ink)
        self.candidates.clicked.connect(self._choose)
        self.search_button.clicked.connect(self._start_or_stop)
        self.take_button.clicked.connect(self.take)
        self.close_button.clicked.connect(self.close)
        self.search.progressed.connect(self._show_progress)
        self.search.finished.connect(self._show_state)
        self.search.compared.connect(self._show_state)
        self.search.failed.connect(self._lack)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self).activated.connect(self.paste)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for part in (self.canvas, self.best, self.curve, self.candidates, self.fit, self.brush):
            part.set_palette(palette)

    # -- the picture --------------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Look for the picture of a file."""
        try:
            self._take_original(from_file(path))
        except PictureError as error:
            self.target_words.setText(f"{path.name} cannot be used: {error}.")

    def paste(self) -> None:
        """Look for the clipboard's picture; a file that was copied will do as well."""
        mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None while another program holds it
        files = [] if mime is None else [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if mime is not None and mime.hasImage():
            self._take_original(from_qimage(QGuiApplication.clipboard().image()))
        elif files:
            self.open_path(Path(files[0]))
        else:
            self.target_words.setText("There is no picture in the clipboard.")

    def take_real(self) -> None:
        """Look for a training image, another one each time."""
        model = self._explorer.model
        if model is None:
            return
        data = (model.weights.config.data, model.shape)
        try:
            if self._reals is None or self._reals[0] != data:
                self._reals = (data, real_pictures(model, 256)[0])
        except ValueError as error:
            self.target_words.setText(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        self._next_real += 1
        real = self._reals[1]
        self.set_target(real[SHUFFLE * self._next_real % len(real)], "A training image.")

    def set_target(self, picture: Bytes, words: str = "") -> None:
        """Look for a picture (h, w, 1 or 3); it is fitted to the model's size."""
        model = self._explorer.model
        if model is None or not model.is_image:
            return
        channels, height, width = model.shape
        if picture.shape != (height, width, channels):
            self._take_original(picture)
            return
        self._original = None
        self._show_fitting()
        self.canvas.set_image(picture)
        self.target_words.setText(words)
        self._start()

    def _take_original(self, picture: Bytes) -> None:
        self._original = picture
        model = self._explorer.model
        if model is not None and model.is_image and model.weights.config.data.name == "digits":
            self.invert.blockSignals(True)
            self.invert.setChecked(is_on_light_ground(picture))
            self.invert.blockSignals(False)
        self._show_fitting()
        self._fit()

    def _fit(self) -> None:
        model, picture = self._explorer.model, self._original
        if model is None or picture is None or not model.is_image:
            return
        self.canvas.set_image(fitted_to(picture, model.shape, fit=self.fit.value, invert=self.invert.isChecked()))
        channels, height, width = model.shape
        kind = "grey" if channels == 1 else "in colour"
        self.target_words.setText(
            f"{picture.shape[1]} × {picture.shape[0]} pixels, brought to {width} × {height}, {kind}: as G draws."
        )
        self._start()

    def _take_drawing(self) -> None:
        self._original = None
        self._show_fitting()
        if self.canvas.is_blank:
            self._explain()
        else:
            self.target_words.setText("Drawn. The search begins anew after every stroke.")
            self._start()

    def _clear(self) -> None:
        self.search.stop()
        self.canvas.clear()
        self._forget()

    def _show_fitting(self) -> None:
        for part in (self.fit, self.invert):
            part.setEnabled(self._original is not None)

    def _take_brush(self, name: str) -> None:
        self.canvas.radius = float(name)

    def _take_ink(self, name: str) -> None:
        self.canvas.color = INKS.get(name, self.canvas.color)

    def _choose_file(self) -> None:
        folder = str(QSettings().value("images_folder", "") or "")
        name, _ = QFileDialog.getOpenFileName(self, "Choose a picture", folder, PICTURES)
        if name:
            QSettings().setValue("images_folder", str(Path(name).parent))
            self.open_path(Path(name))

    # -- the search ---------------------------------------------------------------------------------------------------

    def _take_model(self) -> None:
        model = self._explorer.model
        usable = model is not None and model.is_image
        if model is not None and model.is_image and self._shape != model.shape:
            self._shape = model.shape
            self.search.stop()
            self._forget()
            self._start_canvas(model.shape, model.weights.config.data.name == "digits")
            self._fit()
        for part in (self.canvas, self.file_button, self.paste_button, self.data_button, self.search_button):
            part.setEnabled(usable)
        if self._original is None and self.canvas.is_blank:
            self._explain()
        self._show_fitting()
        self._show_state()

    def _start_canvas(self, shape: tuple[int, ...], is_digits: bool) -> None:
        channels, height, width = shape
        names = list(INKS) if channels == 3 else ["White", "Black"]
        on_black = channels == 1 or is_digits
        if not on_black:
            names = ["Black", "White", *names[2:]]
        self.ink.clear()
        self.ink.addItems(names)
        self.canvas.ground = (0, 0, 0) if on_black else (255, 255, 255)
        self.canvas.set_image(np.full((height, width, channels), self.canvas.ground[0], np.uint8))

    def _explain(self) -> None:
        model = self._explorer.model
        self.target_words.setText(
            "Draw with the left button, erase with the right one. Or drop a picture on this window."
            if model is not None and model.is_image
            else "This needs a model of images."
        )

    def _start_or_stop(self) -> None:
        if self.search.is_searching:
            self.search.stop()
            self._show_state()
        else:
            self._start()

    def _start(self) -> None:
        self._forget()
        self.search.start(self.canvas.image.copy())
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
        self.target_words.setText(message)
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
        for part in (self.badge,):
            part.style().unpolish(part)
            part.style().polish(part)
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
            self._take_original(from_qimage(mime.imageData()))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._explorer.want_bank()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.search.stop()
        self._show_state()


def _column(title: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(5)
    head = QLabel(title)
    bold = QFont()
    bold.setWeight(QFont.Weight.DemiBold)
    head.setFont(bold)
    column.addWidget(head)
    return column


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button
