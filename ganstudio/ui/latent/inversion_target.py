"""The picture that is looked for, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QSettings, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ganstudio.engine.images.pictures import PictureError
from ganstudio.ui.latent.pixel_canvas import PixelCanvas
from ganstudio.ui.latent.real_pictures import real_pictures
from ganstudio.ui.latent.target_picture import fitted_to, from_file, from_qimage, is_on_light_ground
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from ganstudio.ui.latent.explorer import Explorer

Bytes = NDArray[np.uint8]

PICTURES = "Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp *.tif *.tiff);;All files (*)"
SHUFFLE = 101  # has no divisor in common with the number of training images at hand: they are sorted
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


class InversionTarget(QWidget):
    """A picture from a file, the clipboard, the data or the hand, as small as the model's own.

    Signals
    -------
    chosen
        There is another picture to look for.
    cleared
        There is none any more.
    """

    chosen = Signal()
    cleared = Signal()

    def __init__(self, explorer: Explorer, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._original: Bytes | None = None  # of a file or the clipboard, before it was fitted
        self._reals: tuple[object, NDArray] | None = None
        self._next_real = 0
        self.shape: tuple[int, ...] = ()  # of the samples that the canvas is for
        self.canvas = PixelCanvas(palette)
        self.fit = SegmentedChoice((("crop", "Crop"), ("pad", "Whole")), palette)
        self.brush = SegmentedChoice(BRUSHES, palette)
        self.ink = QComboBox()
        self.invert = QCheckBox("Invert")
        self.file_button, self.paste_button = plain_button("Choose file…"), plain_button("Paste")
        self.data_button, self.clear_button = plain_button("From the data"), plain_button("Clear")
        self.words = QLabel()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
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
        self.words.setProperty("muted", True)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        column = titled_column("Picture to look for")
        column.addWidget(self.canvas, 1)
        column.addLayout(drawing)
        column.addLayout(sources)
        column.addLayout(fitting)
        column.addWidget(self.words)
        column.setContentsMargins(0, 0, 0, 0)
        self.setLayout(column)

    def _connect(self) -> None:
        self.canvas.drawn.connect(self._take_drawing)
        self.file_button.clicked.connect(self._choose_file)
        self.paste_button.clicked.connect(self.paste)
        self.data_button.clicked.connect(self.take_real)
        self.clear_button.clicked.connect(self._clear)
        self.fit.chosen.connect(self._fit)
        self.invert.toggled.connect(self._fit)
        self.brush.chosen.connect(self._take_brush)
        self.ink.currentTextChanged.connect(self._take_ink)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.canvas.set_palette(palette)
        self.fit.set_palette(palette)
        self.brush.set_palette(palette)

    def say(self, words: str) -> None:
        """Say something below the picture."""
        self.words.setText(words)

    def take_model(self) -> None:
        """Make the picture one of the present model's size."""
        model = self._explorer.model
        usable = model is not None and model.is_image
        if model is not None and model.is_image and self.shape != model.shape:
            self.shape = model.shape
            self._start_canvas(model.shape, model.weights.config.data.name == "digits")
            self._fit()
        for part in (self.canvas, self.file_button, self.paste_button, self.data_button):
            part.setEnabled(usable)
        if self._original is None and self.canvas.is_blank:
            self._explain()
        self._show_fitting()

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
        self.words.setText(
            "Draw with the left button, erase with the right one. Or drop a picture on this window."
            if model is not None and model.is_image
            else "This needs a model of images."
        )

    # -- the picture --------------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Look for the picture of a file."""
        try:
            self._take_original(from_file(path))
        except PictureError as error:
            self.words.setText(f"{path.name} cannot be used: {error}.")

    def paste(self) -> None:
        """Look for the clipboard's picture; a file that was copied will do as well."""
        mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None while another program holds it
        files = [] if mime is None else [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if mime is not None and mime.hasImage():
            self._take_original(from_qimage(QGuiApplication.clipboard().image()))
        elif files:
            self.open_path(Path(files[0]))
        else:
            self.words.setText("There is no picture in the clipboard.")

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
            self.words.setText(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        self._next_real += 1
        real = self._reals[1]
        self.set_picture(real[SHUFFLE * self._next_real % len(real)], "A training image.")

    def set_picture(self, picture: Bytes, words: str = "") -> None:
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
        self.words.setText(words)
        self.chosen.emit()

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
        self.words.setText(
            f"{picture.shape[1]} × {picture.shape[0]} pixels, brought to {width} × {height}, {kind}: as G draws."
        )
        self.chosen.emit()

    def _take_drawing(self) -> None:
        self._original = None
        self._show_fitting()
        if self.canvas.is_blank:
            self._explain()
        else:
            self.words.setText("Drawn. The search begins anew after every stroke.")
            self.chosen.emit()

    def _clear(self) -> None:
        self.canvas.clear()
        self.cleared.emit()

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


def titled_column(title: str) -> QVBoxLayout:
    """Return a column with a title on top."""
    column = QVBoxLayout()
    column.setSpacing(5)
    head = QLabel(title)
    bold = QFont()
    bold.setWeight(QFont.Weight.DemiBold)
    head.setFont(bold)
    column.addWidget(head)
    return column


def plain_button(text: str) -> QPushButton:
    """Return a button that Enter does not press."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button
