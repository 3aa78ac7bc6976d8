"""Saving a walk, pictures, latents or a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from PySide6.QtCore import QSettings, QStandardPaths, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.latent import export
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.walk import Path as WalkPath
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.export_job import FORMATS, FormatName, Order, Progress, write
from ganstudio.ui.latent.walk_job import Settings
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette

SIDES = (128, 256, 512, 1024)
COUNTS = (16, 36, 64, 100, 256, 1024)
SLOT = "export"
NO_FILM = "There is no ffmpeg here (package imageio-ffmpeg): a GIF or PNG frames need none."
KNOWN = ("ExportError", "OSError", "PermissionError", "FileNotFoundError", "NotADirectoryError", "IsADirectoryError")


class ExportDialog(QDialog):
    """What, how large, where to; then a progress bar and a way to stop it.

    A file appears whole at the end or not at all. The dialog does not keep one from going on in the window; closing it
    stops what is under way.

    Parameters
    ----------
    explorer
        Whose model and state are taken when the export begins.
    path, settings, loop
        The walk; without one, only what needs none is offered.
    """

    def __init__(
        self,
        explorer: Explorer,
        path: WalkPath | None = None,
        settings: Settings | None = None,
        *,
        loop: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._path, self._settings, self._loop = path, settings or Settings(), loop
        self.running = False
        self._file: Path | None = None
        self.format, self.side, self.count = QComboBox(), QComboBox(), QComboBox()
        self.words, self.message = QLabel(), QLabel()
        self.progress = QProgressBar()
        self.save_button, self.close_button = QPushButton("Save as…"), QPushButton("Close")
        self.setWindowTitle("Export")
        self._build()
        self._describe()
        self._look_for_ffmpeg()

    def _build(self) -> None:
        for kind, known in FORMATS.items():
            if self._path is not None or not known.of_walk:
                self.format.addItem(known.title, kind)
                self.format.setItemData(self.format.count() - 1, known.tip, Qt.ItemDataRole.ToolTipRole)
        for side in SIDES:
            self.side.addItem(f"up to {side} pixels", side)
        self.side.setCurrentIndex(self.side.findData(export.FILM_SIDE))
        self.side.setToolTip("Pixels are enlarged by the largest whole factor that fits.")
        for count in COUNTS:
            self.count.addItem(thousands(count), count)
        self.count.setCurrentIndex(self.count.findData(64))
        for box, name in ((self.format, "Format"), (self.side, "Size"), (self.count, "Pictures")):
            box.setAccessibleName(name)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Format", self.format)
        form.addRow("Size", self.side)
        form.addRow("Pictures", self.count)
        self._form = form
        self.words.setWordWrap(True)
        self.words.setProperty("muted", True)
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress")
        self.save_button.setDefault(True)
        # The style sheet makes a default button's words bold, after its width was reckoned.
        self.save_button.setMinimumWidth(round(1.5 * self.save_button.sizeHint().width()))
        self.close_button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addWidget(self.words)
        layout.addWidget(self.progress)
        layout.addWidget(self.message)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(440, 260)
        self.format.currentIndexChanged.connect(self._describe)
        self.side.currentIndexChanged.connect(self._describe)
        self.count.currentIndexChanged.connect(self._describe)
        self.save_button.clicked.connect(self._ask)
        self.close_button.clicked.connect(self._leave)

    # -- what is chosen -----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> FormatName:
        """The format."""
        return cast(FormatName, self.format.currentData())

    def set_format(self, name: FormatName) -> None:
        """Choose a format, if it is offered."""
        index = self.format.findData(name)
        if index >= 0:
            self.format.setCurrentIndex(index)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours: the style sheet's are all there are."""

    def _order(self, file: Path) -> Order | None:
        explorer = self._explorer
        if explorer.model is None or explorer.model.dim != explorer.state.dim:
            return None
        return Order(
            format=self.chosen,
            file=file,
            model=explorer.model,
            state=explorer.state,
            palette=explorer.palette,
            path=self._path,
            settings=self._settings,
            loop=self._loop,
            count=int(self.count.currentData()),
            side=int(self.side.currentData()),
        )

    def _describe(self) -> None:
        """Say what will be written, and offer only what it depends on."""
        known, model = FORMATS[self.chosen], self._explorer.model
        order = self._order(Path())
        self._form.setRowVisible(self.side, known.sized)
        self._form.setRowVisible(self.count, not known.of_walk and self.chosen != "state")
        self.format.setToolTip(known.tip)
        self.save_button.setEnabled(order is not None and not self.running)
        if order is None or model is None:
            self.words.setText("There is no model to export from.")
            return
        what = "of the walk" if self._path is not None else f"drawn by seed {order.state.seed}"
        if known.of_walk and self._path is not None:
            side = max(model.shape[1:]) if model.is_image else 64
            pixels = side * max(1, order.side // side)
            seconds = order.total / self._settings.fps
            self.words.setText(
                f"{order.total} frames, {seconds:.1f} s at {self._settings.fps} frames per second, {pixels} × {pixels} "
                f"pixels. {known.tip}"
            )
        elif self.chosen == "state":
            self.words.setText(known.tip)
        else:
            self.words.setText(f"{order.count} pictures {what}. {known.tip}")

    def _look_for_ffmpeg(self) -> None:
        index = self.format.findData("film")
        if index < 0:
            return

        def make() -> Iterator[object]:
            yield (export.can_film(),)

        def take(found: object) -> None:
            if found == (False,):
                self.format.removeItem(self.format.findData("film"))
                self._say(NO_FILM, "warning")

        self._explorer.submit(Lane.BACKGROUND, make, "ffmpeg", take)

    # -- writing ------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask where to, and begin."""
        known, model = FORMATS[self.chosen], self._explorer.model
        if model is None:
            return
        settings = QSettings()
        usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        folder = Path(str(settings.value("latent/export_folder", usual)))
        folder = folder if folder.is_dir() else Path.home()
        stem = re.sub(r"\W+", "_", model.title.lower()).strip("_") or "latent"
        start = folder / f"{stem}_step_{model.step}{known.suffix}"
        kinds = f"{known.title} (*{known.suffix})" if known.suffix else "New folder (*)"
        name, _ = QFileDialog.getSaveFileName(self, known.title, str(start), kinds)
        if name:
            file = Path(name)
            if known.suffix and file.suffix.lower() != known.suffix:
                file = file.with_name(file.name + known.suffix)
            settings.setValue("latent/export_folder", str(file.parent))
            self.start(file)

    def start(self, file: Path) -> None:
        """Write the file."""
        order = self._order(file)
        if order is None or self.running:
            return
        self._file = file
        self._say("", "")
        self.progress.setRange(0, order.total)
        self.progress.setValue(0)
        self._set_running(True)
        self._explorer.submit_long(lambda: write(order), SLOT, self._take, self._fail, self._finish)

    def _take(self, progress: object) -> None:
        if isinstance(progress, Progress):
            self.progress.setMaximum(progress.total)
            self.progress.setValue(progress.done)

    def _fail(self, message: str, details: str) -> None:
        self._set_running(False)
        self.progress.setValue(0)
        self._say(f"Nothing was written: {message}", "error")
        last = details.strip().splitlines()[-1] if details.strip() else ""
        if not last.split(":")[0].rpartition(".")[2].endswith(KNOWN):
            self._explorer.failed.emit(f"The export failed: {message}", details)

    def _finish(self) -> None:
        self._set_running(False)
        self.progress.setValue(self.progress.maximum())
        self._say(f"Saved {self._file}{_size(self._file)}", "")

    def cancel(self) -> None:
        """Stop; nothing is left behind."""
        if self.running:
            self._explorer.cancel_long(SLOT)
            self._set_running(False)
            self.progress.setValue(0)
            self._say("Stopped; nothing was written.", "")

    def _leave(self) -> None:
        if self.running:
            self.cancel()
        else:
            self.reject()

    def _set_running(self, running: bool) -> None:
        self.running = running
        for part in (self.format, self.side, self.count):
            part.setEnabled(not running)
        self.save_button.setEnabled(not running)
        self.close_button.setText("Stop" if running else "Close")

    def _say(self, text: str, tone: str) -> None:
        self.message.setText(text)
        self.message.setProperty("tone", tone)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)

    @override
    def reject(self) -> None:
        self.cancel()
        super().reject()

    @override
    def closeEvent(self, arg__1: QCloseEvent) -> None:
        self.cancel()
        super().closeEvent(arg__1)


def _size(file: Path | None) -> str:
    """Return the size of a file in words."""
    if file is None or not file.is_file():
        return ""
    size = file.stat().st_size
    if size < 2**10:
        return f" ({size} bytes)"
    return f" ({size / 2**20:.1f} MB)" if size >= 2**20 else f" ({size / 2**10:.0f} kB)"
