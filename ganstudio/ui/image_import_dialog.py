"""The window in which a person chooses images of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.params import params_of
from ganstudio.ui.details_dialog import DetailsDialog
from ganstudio.ui.editors.choice_editor import words
from ganstudio.ui.image_import import ImageImport, ImageSummary
from ganstudio.ui.image_import_summary import ImageImportSummary
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.distributions.image_files import ImageFiles

HINT = (
    "Drop a folder of pictures here, or choose one: sub-folders are classes.\n\n"
    "A ZIP of pictures, a .npz or .npy file, MNIST's IDX files and CIFAR's binary files can be read as well."
)
KINDS = "Image sets (*.zip *.npz *.npy *.gz *.bin *ubyte *.idx);;All files (*)"


class ImageImportDialog(QDialog):
    """Choose a folder or a file of images, see what is in it, and take it as data.

    Whatever is chosen is read in the background, again after every change of a setting; what was read before comes
    from the cache at once.

    Parameters
    ----------
    distribution
        The setting to begin with.

    Notes
    -----
    :attr:`distribution` is the one that was handed over until what was read is accepted.
    """

    def __init__(self, distribution: ImageFiles, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._distribution = distribution
        self._wanted = distribution
        self._read: ImageFiles | None = None  # whose images are shown
        self._details = ""
        self.reading = ImageImport(self)
        self.line = QLineEdit()
        self.folder_button, self.file_button = _button("Choose f&older…"), _button("Choose &file…")
        self.combos = {name: QComboBox() for name in ("size", "fit", "color")}
        self.mirror = QCheckBox()
        self.progress, self.progress_words, self.cancel_button = QProgressBar(), QLabel(), _button("Sto&p")
        self.pages = QStackedWidget()
        self.hint, self.problem = QLabel(HINT), QLabel()
        self.details_button = _button("Details…")
        self.summary = ImageImportSummary(palette)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.setWindowTitle("Own images")
        self.setAcceptDrops(True)
        self._arrange()
        self._fill()
        self._connect()
        self.resize(980, 660)
        if distribution.path:
            self._scan()

    @property
    def distribution(self) -> ImageFiles:
        """The accepted images as a distribution; before that, the one to begin with."""
        return self._distribution

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.summary.set_palette(palette)

    def open_path(self, path: str) -> None:
        """Read another source."""
        self.line.setText(path)
        self._take(path=path)

    # -- building -----------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        source = QHBoxLayout()
        self.line.setPlaceholderText("A folder, a ZIP, a .npz or .npy file, an IDX file or CIFAR's .bin")
        self.line.setAccessibleName("Images")
        for part in (self.line, self.folder_button, self.file_button):
            source.addWidget(part, 1 if part is self.line else 0)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(source)
        layout.addLayout(self._settings())
        layout.addLayout(self._strip())
        layout.addWidget(self._pages(), 1)
        layout.addWidget(self.buttons)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText("Use these images")
        bold = QFont()
        bold.setWeight(QFont.Weight.DemiBold)
        ok.setFont(bold)  # as the style sheet has it of a default button, which leaves no room for it
        ok.setDefault(True)
        ok.setEnabled(False)

    def _settings(self) -> QHBoxLayout:
        known = params_of(self._distribution)
        row = QHBoxLayout()
        row.setSpacing(6)
        for name, combo in self.combos.items():
            label = QLabel(known[name].title)
            label.setProperty("muted", True)
            label.setBuddy(combo)
            label.setToolTip(known[name].help)
            combo.setToolTip(known[name].help)
            combo.setAccessibleName(known[name].title)
            for choice in known[name].choices or ():
                combo.addItem(f"{choice} × {choice}" if name == "size" else words(choice), choice)
            row.addWidget(label)
            row.addWidget(combo)
            row.addSpacing(12)
        self.mirror.setText(known["mirror"].title)
        self.mirror.setToolTip(known["mirror"].help)
        row.addWidget(self.mirror)
        row.addStretch(1)
        return row

    def _strip(self) -> QHBoxLayout:
        self._strip_parts = (self.progress_words, self.progress, self.cancel_button)
        self.progress.setTextVisible(False)
        self.progress_words.setMinimumWidth(self.fontMetrics().horizontalAdvance("Reading 10 000 000 of 10 000 000"))
        strip = QHBoxLayout()
        strip.setSpacing(10)
        for part in self._strip_parts:
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # nothing jumps when reading begins and ends
            part.setSizePolicy(policy)
            strip.addWidget(part, 1 if part is self.progress else 0)
            part.hide()
        return strip

    def _pages(self) -> QStackedWidget:
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setProperty("muted", True)
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setProperty("tone", "error")
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.details_button.hide()
        trouble = QWidget()
        column = QVBoxLayout(trouble)
        column.addStretch(1)
        column.addWidget(self.problem)
        column.addWidget(self.details_button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        self._trouble = trouble
        for page in (self.hint, self.summary, trouble):
            self.pages.addWidget(page)
        return self.pages

    def _fill(self) -> None:
        """Show the setting to begin with."""
        self.line.setText(self._wanted.path)
        for name, combo in self.combos.items():
            combo.setCurrentIndex(combo.findData(getattr(self._wanted, name)))
        self.mirror.setChecked(self._wanted.mirror)

    def _connect(self) -> None:
        self.line.editingFinished.connect(lambda: self._take(path=self.line.text().strip()))
        self.line.returnPressed.connect(self._read_again)
        self.folder_button.clicked.connect(self._choose_folder)
        self.file_button.clicked.connect(self._choose_file)
        self.combos["size"].activated.connect(lambda _: self._take(size=self.combos["size"].currentData()))
        self.combos["fit"].activated.connect(lambda _: self._take(fit=self.combos["fit"].currentData()))
        self.combos["color"].activated.connect(lambda _: self._take(color=self.combos["color"].currentData()))
        self.mirror.toggled.connect(lambda on: self._take(mirror=on))
        self.cancel_button.clicked.connect(self.reading.cancel)
        self.details_button.clicked.connect(self._show_details)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.reading.started.connect(self._show_reading)
        self.reading.progressed.connect(self._show_progress)
        self.reading.finished.connect(self._show_summary)
        self.reading.failed.connect(self._show_problem)
        self.reading.cancelled.connect(self._show_cancelled)

    # -- what happens -------------------------------------------------------------------------------------------------

    def _take(self, **changes: object) -> None:
        """Take over changed settings; read anew if that changes the images."""
        before, self._wanted = self._wanted, replace(self._wanted, **changes)  # type: ignore[arg-type]
        if self._wanted == before:
            return
        if (self._wanted.path, self._wanted.scan_settings) != (before.path, before.scan_settings):
            self._scan()
        elif self._read is not None:
            self._read = self._wanted

    def _scan(self) -> None:
        self._read = None
        self._allow(False)
        if self._wanted.path:
            self.reading.start(self._wanted.path, self._wanted.scan_settings)
        else:
            self.reading.cancel()
            self.pages.setCurrentWidget(self.hint)

    def _read_again(self) -> None:
        """Read the same path once more, if nothing came of it: it may be another thing by now."""
        if self._read is None and not self.reading.is_busy and self.line.text().strip() == self._wanted.path:
            self._scan()

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a folder of pictures", self._folder())
        if name:
            QSettings().setValue("images_folder", str(Path(name).parent))
            self.open_path(name)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose images", self._folder(), KINDS)
        if name:
            QSettings().setValue("images_folder", str(Path(name).parent))
            self.open_path(name)

    def _folder(self) -> str:
        if self._wanted.path:
            return str(Path(self._wanted.path).expanduser().parent)
        return str(QSettings().value("images_folder", "") or QSettings().value("folder", ""))

    # -- what is seen -------------------------------------------------------------------------------------------------

    def _show_reading(self) -> None:
        for part in self._strip_parts:
            part.show()
        self._show_progress(0, 0)

    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)  # a range of nothing shows that something goes on
        self.progress.setValue(done)
        numbers = f"{thousands(done)} of {thousands(total)}"
        found = f": {thousands(done)} found" if done else ""
        self.progress_words.setText(f"Reading {numbers}" if total else f"Looking for files{found}")

    def _end_strip(self) -> None:
        for part in self._strip_parts:
            part.hide()

    def _show_summary(self, summary: ImageSummary) -> None:
        self._end_strip()
        self._read = self._wanted
        self.summary.show_summary(summary)
        self.pages.setCurrentWidget(self.summary)
        self._allow(True)

    def _show_problem(self, problem: str, details: str) -> None:
        self._end_strip()
        self.problem.setText(f"{self._wanted.path} cannot be used.\n\n{problem}")
        self._details = details
        self.details_button.setVisible(bool(details))
        self.pages.setCurrentWidget(self._trouble)

    def _show_cancelled(self) -> None:
        self._end_strip()
        if self._wanted.path:
            self.hint.setText(
                f"Reading was stopped; nothing was kept. Press Enter in the path to begin anew.\n\n{HINT}"
            )
        self.pages.setCurrentWidget(self.hint)

    def _show_details(self) -> None:
        DetailsDialog(self.problem.text(), self._details, self).exec()

    def _allow(self, allowed: bool) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(allowed)

    # -- Qt -----------------------------------------------------------------------------------------------------------

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len([url for url in event.mimeData().urls() if url.isLocalFile()]) == 1:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_path(event.mimeData().urls()[0].toLocalFile())

    @override
    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        # Enter in the path reads it; it must not close the window as well.
        entered = arg__1.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (entered and self.line.hasFocus()):
            super().keyPressEvent(arg__1)

    @override
    def accept(self) -> None:
        """Take what was read as the data and close."""
        if self._read is not None:
            self._distribution = self._read
            super().accept()

    @override
    def done(self, arg__1: int) -> None:
        self.reading.cancel()
        super().done(arg__1)


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button
