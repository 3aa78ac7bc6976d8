"""Opening, saving, copying and pasting: everything that comes into the window or leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QMimeData, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ganstudio import paths
from ganstudio.engine import atomic, presets
from ganstudio.engine import messages as m
from ganstudio.engine.distributions import distributions
from ganstudio.engine.images.finding import may_hold_images
from ganstudio.engine.params import ConfigError
from ganstudio.engine.presets import Preset, PresetError
from ganstudio.ui.experiment import Experiment

CHECKPOINT = ".safetensors"
LONGEST_STEM = 60  # letters of a title in the name of a file
POINTS = (".csv", ".tsv", ".txt", ".npy")
OPENABLE = "All that can be opened (*.toml *.safetensors *.csv *.tsv *.txt *.npy *.npz *.zip *.bin *.gz *ubyte *.idx)"


class Documents:
    """Files and the clipboard, for one window.

    Parameters
    ----------
    window
        The parent of its dialogs.
    experiment
        What is opened goes there.
    send
        Takes commands to the session.
    settings
        Remembers the folder used last.
    notice, error
        Show a text to the person.
    choose_images
        Shows what images a path leads to, and lets the person take them.
    """

    def __init__(
        self,
        window: QWidget,
        experiment: Experiment,
        send: Callable[[m.Command], None],
        settings: QSettings,
        notice: Callable[[str], None],
        error: Callable[[str], None],
        choose_images: Callable[[str], None],
    ) -> None:
        self._window, self._experiment, self._send, self._settings = window, experiment, send, settings
        self._notice, self._error, self._choose_images = notice, error, choose_images
        self.unsaved: set[Path] = set()  # runs whose saving was asked for and has not ended

    def choose_and_open(self) -> None:
        """Ask for a file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", str(self._folder()), f"{OPENABLE};;All files (*)")
        if name:
            self._remember(Path(name))
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a preset, a saved run, a file of points or images; say what is wrong with anything else."""
        suffix = path.suffix.lower()
        if suffix == presets.SUFFIX:
            self.open_preset(lambda: presets.load(path))
        elif suffix == CHECKPOINT:
            self._experiment.load_checkpoint(path)
        elif may_hold_images(path):
            self._choose_images(str(path))
        elif suffix in POINTS:
            self.open_points(path)
        else:
            self._error(
                f"{path.name} cannot be opened: a preset ends in .toml, a saved run in .safetensors, "
                f"a file of points in {', '.join(POINTS)}; images come in a folder, .zip, .npz, IDX or CIFAR's .bin."
            )

    def open_preset(self, read: Callable[[], Preset]) -> None:
        """Begin a run with a preset; what is wrong with it is said, and the present run stays."""
        try:
            preset = read()
            config = preset.config()
        except PresetError as error:
            self._error(f"{error}. The present experiment stays.")
            return
        self._experiment.load(config, preset.title)

    def open_points(self, path: Path) -> None:
        """Make the person's own points the data, and begin a run with them."""
        try:
            data = distributions.get("points")(file=str(path))  # type: ignore[call-arg]
            _ = data.dim  # reads the file
        except ConfigError as error:
            self._error(f"{error}. The present experiment stays.")
            return
        self._experiment.exchange("data", data)
        self._experiment.reset()
        self._notice(f"Training on the points of {path.name}")

    def choose_and_save(self) -> None:
        """Ask where, and save the run."""
        path = self._target("Save run", "Saved run (*.gan.safetensors)", ".gan.safetensors")
        if path is not None:
            self.unsaved.add(path)
            self._send(m.Save(path))

    def choose_and_save_preset(self) -> None:
        """Ask where, and save the settings as a preset."""
        path = self._target("Save as preset", "Preset (*.toml)", presets.SUFFIX)
        if path is not None:
            text = presets.dumps(self._experiment.config, title=path.stem.replace("_", " ").capitalize())
            self._write(path, text.encode())

    def choose_and_export_picture(self) -> None:
        """Ask where, and save a picture of the window."""
        picture = self._window.grab()  # before the dialog hides a part of it
        path = self._target("Export picture", "Picture (*.png)", ".png")
        if path is not None:
            content = QByteArray()
            buffer = QBuffer(content)
            buffer.open(QBuffer.OpenModeFlag.WriteOnly)
            picture.save(buffer, "PNG")
            self._write(path, bytes(content.data()))

    def copy(self) -> None:
        """Copy the experiment as text."""
        text = presets.dumps(self._experiment.config, title=self._experiment.title)
        QGuiApplication.clipboard().setText(text)
        self._notice("The experiment is on the clipboard, as text")

    def paste(self) -> None:
        """Take over an experiment from the clipboard."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._error("The clipboard holds no text: copy an experiment first.")
            return
        self.open_preset(lambda: presets.loads(text, "the clipboard"))

    def dropped(self, data: QMimeData) -> None:
        """Open what was dropped on the window."""
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if len(files) != 1:
            self._error(
                "Drop one thing at a time: a preset, a saved run, a file of points, or a folder or file of images."
            )
            return
        self.open(files[0])

    def _write(self, path: Path, content: bytes) -> None:
        try:
            atomic.write(path, content)
        except OSError as error:
            self._error(f"{path} could not be written: {error.strerror or error}.")
        else:
            self._notice(f"Saved {path}")

    def _target(self, title: str, kinds: str, suffix: str) -> Path | None:
        stem = re.sub(r"\W+", "_", self._experiment.title.lower()).strip("_")[:LONGEST_STEM] or "untitled"
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(self._folder() / (stem + suffix)), kinds)
        if not name:
            return None
        path = Path(name if name.endswith(suffix) else name + suffix)
        if str(path) != name and path.exists() and not self._may_replace(path):  # the dialog knew of the other name
            return None
        self._remember(path)
        return path

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(self._window, "Replace", f"{path} already exists. Replace it?")
        return answer == QMessageBox.StandardButton.Yes

    def _folder(self) -> Path:
        known = self._settings.value("folder", "")
        if known and Path(str(known)).is_dir():
            return Path(str(known))
        try:
            return paths.user_data()
        except OSError:  # a home that cannot be written to
            return Path.home()

    def _remember(self, path: Path) -> None:
        self._settings.setValue("folder", str(path.parent))
