"""What comes into the page as a file or from the clipboard, and leaves it so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ganstudio.engine.latent import bookmarks as bookmark_files
from ganstudio.engine.latent import view_text
from ganstudio.engine.latent.view_state import ViewState, ViewStateError
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.shelf import Shelf

if TYPE_CHECKING:
    from ganstudio.ui.latent.inversion_dialog import InversionDialog

MODEL = ".safetensors"
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
PLACE = ".json"
LARGEST_PLACE = 2**20  # characters
LEAST_PX = 256  # a picture is saved enlarged by a whole factor to at least this
FOLDER = "latent/folder"
UNKNOWN = (
    "{name} cannot be opened here: a model or a saved run ends in .safetensors, bookmarks in .glat, a place in .json; "
    "a picture is looked for in the model."
)


class LatentPageFiles:
    """Opens and saves for one page.

    Parameters
    ----------
    window
        The parent of its dialogs.
    explorer, shelf
        Where things go.
    settings
        Remembers the folder used last.
    """

    def __init__(self, window: QWidget, explorer: Explorer, shelf: Shelf, settings: QSettings) -> None:
        self._window, self._explorer, self._shelf, self._settings = window, explorer, shelf, settings
        self.dialog: InversionDialog | None = None

    def open(self, files: Sequence[Path]) -> None:
        """Open files: a model, bookmarks, a picture that carries its place, or pictures to look for."""
        pictures = [path for path in files if path.suffix.lower() in PICTURES]
        if not files:
            self._explorer.failed.emit("What was dropped is not a file of this machine.", "")
        elif len(pictures) == len(files):
            self._open_pictures(pictures)
        elif len(files) > 1:
            self._explorer.failed.emit("Drop one model or one file of bookmarks at a time, or several pictures.", "")
        elif files[0].suffix.lower() == MODEL:
            self._explorer.open_model(files[0])
        elif files[0].suffix.lower() == bookmark_files.SUFFIX:
            self._shelf.load(files[0])
        elif files[0].suffix.lower() == PLACE:
            self._open_place(files[0])
        else:
            self._explorer.failed.emit(UNKNOWN.format(name=files[0].name), "")

    def _open_place(self, path: Path) -> None:
        try:
            state = view_text.from_json(path.read_text("utf-8")[:LARGEST_PLACE])
        except (OSError, UnicodeDecodeError, ViewStateError) as error:
            self._explorer.failed.emit(f"{path.name} holds no place: {error}.", "")
        else:
            self._explorer.restore(state)

    def _open_pictures(self, files: Sequence[Path]) -> None:
        """Go to the place that a picture carries; look for any other in the model."""
        path = files[0]

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.picture import read

            yield (read(path)[1],)

        def take(found: object) -> None:
            state: ViewState | None = found[0]  # type: ignore[index]
            if state is not None:
                self._explorer.restore(state)
            else:
                self.invert(path)

        def refuse(message: str, details: str) -> None:
            self._explorer.failed.emit(f"{message}.", "" if "PictureError" in details else details)

        self._explorer.submit_long(make, "picture file", take, refuse)
        if len(files) > 1:
            self._explorer.noticed.emit(f"The first of {len(files)} pictures is looked for")

    # -- inversion ----------------------------------------------------------------------------------------------------

    def invert(self, path: Path | None = None) -> None:
        """Open the dialog that looks for a picture's latent; with a file, look for that."""
        dialog = self._inversion()
        if dialog is not None and path is not None:
            dialog.open_path(path)

    def invert_picture(self, picture: NDArray[np.uint8]) -> None:
        """Look for a picture (H, W, C) of the data."""
        dialog = self._inversion()
        if dialog is not None:
            dialog.set_target(picture)

    def _inversion(self) -> InversionDialog | None:
        model = self._explorer.model
        if model is None or not model.is_image:
            self._explorer.failed.emit("A picture can be looked for in a model of images: train or open one first.", "")
            return None
        from ganstudio.ui.latent.inversion_dialog import InversionDialog

        if self.dialog is None:
            self.dialog = InversionDialog(self._explorer, self._window)
        self.dialog.set_palette(self._explorer.palette)
        self.dialog.show()
        self.dialog.raise_()
        return self.dialog

    # -- the picture and the link -------------------------------------------------------------------------------------

    def choose_and_save_picture(self) -> None:
        """Ask where, and save the picture with its place in it."""
        picture, model = self._explorer.picture, self._explorer.model
        if picture is None or model is None or not model.is_image:
            return
        title = re.sub(r"\W+", "_", model.title.lower()).strip("_") or "latent"
        folder = Path(str(self._settings.value(FOLDER, Path.home())))
        start = folder / f"{title}_step_{model.step}.png"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save picture", str(start), "Picture (*.png)")
        if name:
            path = Path(name if name.lower().endswith(".png") else f"{name}.png")
            self._settings.setValue(FOLDER, str(path.parent))
            self.save_picture(path)

    def save_picture(self, path: Path) -> None:
        """Write the picture, enlarged by a whole factor, with its place in it."""
        from ganstudio.engine.latent.picture import save

        picture = self._explorer.picture
        if picture is None:
            return
        factor = max(1, -(-LEAST_PX // max(picture.shown.shape[:2])))
        image = np.ascontiguousarray(picture.shown.repeat(factor, 0).repeat(factor, 1))
        try:
            save(path, image, self._explorer.state)
        except OSError as error:
            self._explorer.failed.emit(f"{path} could not be written: {error.strerror or error}.", "")
        else:
            self._explorer.noticed.emit(f"Saved {path}: drop it on the page to come back to this place")

    def copy_link(self) -> None:
        """Copy the place as a link."""
        QGuiApplication.clipboard().setText(view_text.to_link(self._explorer.state))
        self._explorer.noticed.emit("A link to this place is on the clipboard")

    def paste_link(self) -> None:
        """Go to the place whose link is on the clipboard."""
        try:
            state = view_text.from_link(QGuiApplication.clipboard().text())
        except ViewStateError as error:
            self._explorer.failed.emit(f"The clipboard holds no place: {error}.", "")
        else:
            self._explorer.restore(state)
