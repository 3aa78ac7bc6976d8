"""Choosing images of one's own: reading in the background, the summary, and what the window makes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from ganstudio.engine.distributions.image_files import ImageFiles
from ganstudio.engine.images import ImageSet, ScanSettings
from ganstudio.engine.images.finding import may_hold_images
from ganstudio.engine.params import ConfigError, params_of
from ganstudio.ui import image_import
from ganstudio.ui.details_dialog import DetailsDialog
from ganstudio.ui.editors import editor_for
from ganstudio.ui.editors.images_editor import ImagesEditor
from ganstudio.ui.image_import import THREAD, ImageImport, ImageSummary, summary_of
from ganstudio.ui.image_import_classes import ImageImportClasses
from ganstudio.ui.image_import_dialog import ImageImportDialog
from ganstudio.ui.image_import_tiles import ImageImportTiles
from ganstudio.ui.palette import palette
from tests.engine.images.making import GREEN, RED, picture
from tests.ui.conftest import Studio

SETTINGS = ScanSettings(size=16)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for index in range(6):
        picture(tmp_path / "pets" / "cats" / f"{index}.png", RED)
        picture(tmp_path / "pets" / "dogs" / f"{index}.png", GREEN)
    (tmp_path / "pets" / "dogs" / "broken.png").write_text("text")
    return tmp_path / "pets"


@pytest.fixture
def reading(qtbot: QtBot) -> Iterator[ImageImport]:
    made = ImageImport()
    yield made
    made.cancel()


class SlowScan:
    """A scan that waits in its thread until it is let go or is not wanted any more."""

    def __init__(self, image_set: ImageSet | None = None, error: Exception | None = None) -> None:
        self.image_set, self.error = image_set, error
        self.begun, self.go_on, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.paths: list[str] = []
        self.settings: list[ScanSettings] = []

    def __call__(self, path, settings, progress, cancelled) -> ImageSet:
        from ganstudio.engine.images.problems import ScanCancelled

        self.paths.append(path)
        self.settings.append(settings)
        progress(3, 10)
        self.begun.set()
        try:
            while not self.go_on.wait(0.002):
                if cancelled():
                    raise ScanCancelled
            if self.error is not None:
                raise self.error
            assert self.image_set is not None
            return self.image_set
        finally:
            self.ended.set()


def plain_set(count: int = 12, channels: int = 3) -> ImageSet:
    images = np.full((count, 16, 16, channels), 200, np.uint8)
    return ImageSet(images=images, labels=None, class_names=(), title="plain")


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD]


# -- reading


def test_images_are_read_in_another_thread_and_told_of_in_this_one(reading: ImageImport, pictures: Path, qtbot: QtBot):
    with qtbot.waitSignal(reading.finished, timeout=20_000) as caught:
        reading.start(str(pictures), SETTINGS)
        assert reading.is_busy
    (summary,) = caught.args
    assert (len(summary.image_set), summary.image_set.class_names) == (12, ("cats", "dogs"))
    assert summary.mean.shape == (16, 16, 3)
    assert summary.examples.shape[1:] == (16, 16, 3)
    assert not reading.is_busy


def test_progress_is_told_while_it_goes_on(reading: ImageImport, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    slow = SlowScan(plain_set())
    monkeypatch.setattr(image_import, "scan", slow)
    with qtbot.waitSignal(reading.progressed, check_params_cb=lambda done, total: (done, total) == (3, 10)):
        reading.start("somewhere", SETTINGS)
    with qtbot.waitSignal(reading.finished):
        slow.go_on.set()


def test_what_is_stopped_ends_its_thread_and_says_nothing_more(
    reading: ImageImport, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    slow = SlowScan(plain_set())
    monkeypatch.setattr(image_import, "scan", slow)
    reading.start("somewhere", SETTINGS)
    with qtbot.waitSignal(reading.cancelled), qtbot.assertNotEmitted(reading.finished):
        reading.cancel()
    assert slow.ended.wait(5)
    for thread in readers():
        thread.join(5)
    assert not readers()
    assert not reading.is_busy


def test_a_new_source_takes_the_place_of_the_one_being_read(
    reading: ImageImport, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    old, new = SlowScan(plain_set(5)), SlowScan(plain_set(7))
    monkeypatch.setattr(image_import, "scan", old)
    reading.start("old", SETTINGS)
    assert old.begun.wait(5)
    monkeypatch.setattr(image_import, "scan", new)
    new.go_on.set()
    with qtbot.waitSignal(reading.finished) as caught:
        reading.start("new", SETTINGS)
    assert len(caught.args[0].image_set) == 7
    assert old.ended.wait(5)


@pytest.mark.parametrize(
    ("error", "said", "has_details"),
    [
        (ConfigError("data.path", "x", "a folder; this is a wall"), "Allowed is a folder; this is a wall.", False),
        (ZeroDivisionError("oh"), "ZeroDivisionError: oh", True),
    ],
)
def test_what_goes_wrong_is_told(
    reading: ImageImport, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str, has_details: bool
):
    slow = SlowScan(error=error)
    slow.go_on.set()
    monkeypatch.setattr(image_import, "scan", slow)
    with qtbot.waitSignal(reading.failed) as caught:
        reading.start("somewhere", SETTINGS)
    assert caught.args[0] == said
    assert bool(caught.args[1]) == has_details


def test_examples_are_of_every_class():
    labels = np.repeat(np.arange(3), (1000, 600, 400))
    images = np.zeros((2000, 16, 16, 1), np.uint8) + (labels * 10)[:, None, None, None].astype(np.uint8)
    summary = summary_of(ImageSet(images=images, labels=labels, class_names=("a", "b", "c"), title=""))
    counts = np.bincount(summary.examples[:, 0, 0, 0] // 10)
    assert counts.tolist() == [80, 48, 32]


# -- the dialog


def opened(qtbot: QtBot, distribution: ImageFiles | None = None) -> ImageImportDialog:
    dialog = ImageImportDialog(distribution or ImageFiles(), palette("dark"))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def until_read(qtbot: QtBot, dialog: ImageImportDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.reading.is_busy, timeout=20_000)


def ok(dialog: ImageImportDialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def choose(qtbot: QtBot, combo: QComboBox, data: str) -> None:
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


def drop(widget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    widget.dropEvent(QDropEvent(QPointF(5, 5), action, data, button, key))


def test_a_folder_is_read_shown_and_taken(qtbot: QtBot, pictures: Path):
    dialog = opened(qtbot)
    assert not ok(dialog).isEnabled()
    dialog.open_path(str(pictures))
    until_read(qtbot, dialog)
    summary = dialog.summary
    assert dialog.pages.currentWidget() is summary
    assert summary.title.text() == "pets"
    assert summary.facts.text() == "12 images, 32 × 32 RGB, 2 classes.\n11 to train with, 1 held out."
    assert summary.classes.accessibleName() == "cats: 6; dogs: 6"
    assert summary.skipped_title.text() == "Passed over: 1"
    row = summary.skipped.topLevelItem(0)
    assert (row.text(0), row.text(1)) == ("dogs/broken.png", "not a picture in a format that can be read")
    dialog.mirror.setChecked(True)
    qtbot.mouseClick(ok(dialog), Qt.MouseButton.LeftButton)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.distribution == ImageFiles(path=str(pictures), mirror=True)


def test_other_settings_read_it_anew_and_are_taken(qtbot: QtBot, pictures: Path):
    dialog = opened(qtbot, ImageFiles(path=str(pictures), count=50))
    until_read(qtbot, dialog)
    for name, value in (("size", "16"), ("fit", "stretch"), ("color", "grey")):
        choose(qtbot, dialog.combos[name], value)
        assert not ok(dialog).isEnabled()
    until_read(qtbot, dialog)
    assert "16 × 16 grey" in dialog.summary.facts.text()
    dialog.accept()
    assert dialog.distribution == ImageFiles(path=str(pictures), size="16", fit="stretch", color="grey", count=50)


def test_leaving_keeps_what_there_was(qtbot: QtBot, pictures: Path):
    first = ImageFiles(path=str(pictures))
    dialog = opened(qtbot, first)
    dialog.open_path(str(pictures / "cats"))
    until_read(qtbot, dialog)
    dialog.reject()
    assert dialog.distribution is first


def test_enter_in_the_path_reads_it_and_does_not_close_the_window(qtbot: QtBot, pictures: Path):
    dialog = opened(qtbot)
    dialog.line.setFocus()
    dialog.line.setText(str(pictures))
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    until_read(qtbot, dialog)
    assert dialog.isVisible()
    assert ok(dialog).isEnabled()


def test_what_cannot_be_used_is_said_and_read_again_on_enter(qtbot: QtBot, tmp_path: Path):
    dialog = opened(qtbot)
    dialog.open_path(str(tmp_path / "later"))
    until_read(qtbot, dialog)
    assert "later cannot be used" in dialog.problem.text()
    assert "there is none of this name" in dialog.problem.text()
    assert dialog.problem.isVisible()
    assert dialog.details_button.isHidden()
    assert not ok(dialog).isEnabled()
    dialog.accept()
    assert dialog.isVisible()
    for index in range(3):
        picture(tmp_path / "later" / f"{index}.png")
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    until_read(qtbot, dialog)
    assert ok(dialog).isEnabled()


def test_progress_is_shown_and_reading_can_be_stopped(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    slow = SlowScan(plain_set())
    monkeypatch.setattr(image_import, "scan", slow)
    dialog = opened(qtbot)
    assert not dialog.cancel_button.isVisible()
    dialog.open_path("somewhere")
    assert dialog.cancel_button.isVisible()
    assert dialog.progress_words.text() == "Looking for files"
    qtbot.waitUntil(lambda: dialog.progress_words.text() == "Reading 3 of 10")
    assert (dialog.progress.value(), dialog.progress.maximum()) == (3, 10)
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert slow.ended.wait(5)
    assert not dialog.cancel_button.isVisible()
    assert "Reading was stopped" in dialog.hint.text()
    assert not ok(dialog).isEnabled()
    slow.go_on.set()
    dialog.line.setFocus()
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    until_read(qtbot, dialog)
    assert slow.paths == ["somewhere", "somewhere"]
    assert ok(dialog).isEnabled()


def test_closing_the_window_stops_the_reading(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    slow = SlowScan(plain_set())
    monkeypatch.setattr(image_import, "scan", slow)
    dialog = opened(qtbot, ImageFiles(path="somewhere"))
    dialog.reject()
    assert slow.ended.wait(5)


def test_a_fault_of_the_program_can_be_read_in_full(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    slow = SlowScan(error=ZeroDivisionError("oh"))
    slow.go_on.set()
    monkeypatch.setattr(image_import, "scan", slow)
    shown: list[str] = []
    monkeypatch.setattr(DetailsDialog, "exec", lambda self: shown.append(self.text.toPlainText()))
    dialog = opened(qtbot, ImageFiles(path="somewhere"))
    until_read(qtbot, dialog)
    qtbot.mouseClick(dialog.details_button, Qt.MouseButton.LeftButton)
    assert "Traceback" in shown[0]


def test_folders_and_files_are_chosen_and_dropped(qtbot: QtBot, pictures: Path, monkeypatch: pytest.MonkeyPatch):
    dialog = opened(qtbot)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(pictures))
    qtbot.mouseClick(dialog.folder_button, Qt.MouseButton.LeftButton)
    until_read(qtbot, dialog)
    assert dialog.summary.title.text() == "pets"
    np.save(pictures.parent / "array.npy", np.zeros((4, 16, 16), np.uint8))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(pictures.parent / "array.npy"), ""))
    qtbot.mouseClick(dialog.file_button, Qt.MouseButton.LeftButton)
    until_read(qtbot, dialog)
    assert dialog.summary.title.text() == "array"
    drop(dialog, pictures / "cats")
    until_read(qtbot, dialog)
    assert dialog.summary.title.text() == "cats"
    assert dialog.summary.no_classes.isVisible()
    assert not dialog.summary.skipped.isVisible()


# -- its parts


def test_tiles_are_drawn_pixel_by_pixel(qtbot: QtBot):
    images = np.zeros((3, 8, 8, 3), np.uint8)
    images[0], images[1], images[2] = RED, GREEN, (9, 9, 9)
    images[0, 0, 0] = 255
    tiles = ImageImportTiles(palette("dark"), side=16)
    qtbot.addWidget(tiles)
    tiles.resize(40, 40)  # two columns of 16 and a gap of 4
    tiles.show_images(images)
    assert tiles.shown() == (2, 2)
    drawn = tiles.grab().toImage()
    assert [drawn.pixelColor(x, 0).name() for x in (0, 1, 2, 15, 20)] == [
        "#ffffff",
        "#ffffff",
        "#ff0000",
        "#ff0000",
        "#00ff00",
    ]
    assert drawn.pixelColor(1, 20).name() == "#090909"
    assert drawn.pixelColor(17, 0).name() == palette("dark").surface
    tiles.show_images(images[..., :1])
    assert tiles.grab().toImage().pixelColor(4, 4) == QColor(255, 255, 255)


def test_the_longest_bar_is_that_of_the_largest_class(qtbot: QtBot):
    classes = ImageImportClasses(palette("dark"))
    qtbot.addWidget(classes)
    classes.resize(300, 100)
    classes.show_classes(("a", "b", "none"), (50, 100, 0))
    drawn = classes.grab().toImage()
    height = classes.height() // 3
    real = QColor(palette("dark").real)
    lengths = [sum(drawn.pixelColor(x, row * height + height // 2) == real for x in range(300)) for row in range(3)]
    assert lengths[1] > 150
    assert lengths[0] / lengths[1] == pytest.approx(0.5, abs=0.03)
    assert lengths[2] <= 3


def test_summaries_of_odd_sets_are_shown(qtbot: QtBot):
    dialog = opened(qtbot)
    names = tuple(f"a very long name of class {index}" for index in range(1000))
    many = ImageSet(
        images=np.zeros((3000, 16, 16, 1), np.uint8),
        labels=np.arange(3000) % 1000,
        class_names=names,
        title="many" * 50,
    )
    for image_set in (many, plain_set(2), plain_set(2, channels=1)):
        dialog.summary.show_summary(summary_of(image_set))
        dialog.pages.setCurrentWidget(dialog.summary)
        dialog.grab()
        assert dialog.width() <= 1000


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_other_colours_are_taken(qtbot: QtBot, theme):
    dialog = opened(qtbot)
    dialog.summary.show_summary(
        ImageSummary(plain_set(), np.zeros((16, 16, 3), np.uint8), np.zeros((4, 16, 16, 3), np.uint8))
    )
    dialog.pages.setCurrentWidget(dialog.summary)
    dialog.set_palette(palette(theme))
    drawn = dialog.summary.tiles.grab().toImage()
    assert drawn.pixelColor(33, 5).name() == palette(theme).surface


# -- where it is reached from


def test_the_setting_is_edited_by_choosing(qtbot: QtBot, pictures: Path):
    editor = editor_for("data.path", params_of(ImageFiles)["path"])
    assert isinstance(editor, ImagesEditor)
    qtbot.addWidget(editor)
    editor.show_value("")
    assert editor.place.text() == "None chosen"
    editor.show_value(str(pictures))
    assert (editor.place.text(), editor.place.toolTip()) == ("pets", str(pictures))
    with qtbot.waitSignal(editor.images_asked) as caught:
        qtbot.mouseClick(editor.button, Qt.MouseButton.LeftButton)
    assert caught.args == [""]
    with qtbot.waitSignal(editor.images_asked) as caught:
        drop(editor, pictures)
    assert caught.args == [str(pictures)]


def test_a_folder_dropped_on_the_window_opens_the_dialog(
    studio: Studio, pictures: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[str] = []

    def exec_dialog(dialog: ImageImportDialog) -> int:
        studio.qtbot.waitUntil(lambda: not dialog.reading.is_busy, timeout=20_000)
        seen.append(dialog.summary.title.text())
        dialog.reject()
        return 0

    monkeypatch.setattr(ImageImportDialog, "exec", exec_dialog)
    before = studio.window.experiment.config
    drop(studio.window, pictures)
    assert seen == ["pets"]
    assert studio.window.experiment.config == before


@pytest.mark.parametrize("agreed", [True, False])
def test_another_size_is_read_in_the_background_before_the_run_takes_it(
    open_studio: Callable[..., Studio],
    pictures: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    agreed: bool,
):
    window = open_studio().window
    window.experiment.exchange("data", ImageFiles(path=str(pictures), size="16"))
    slow, meanwhile = SlowScan(plain_set()), []

    def exec_dialog(dialog: ImageImportDialog) -> bool:
        qtbot.waitUntil(slow.begun.is_set)
        meanwhile.append((window.experiment.config.data.size, editor.combo.currentData()))
        slow.go_on.set()
        until_read(qtbot, dialog)
        dialog.accept() if agreed else dialog.reject()
        return agreed

    monkeypatch.setattr(image_import, "scan", slow)
    monkeypatch.setattr(ImageImportDialog, "exec", exec_dialog)
    editor = window.form.row("data.size").editor
    with qtbot.waitSignal(window.form.reading_asked):
        choose(qtbot, editor.combo, "28")
    assert [item.size for item in slow.settings] == [28]
    assert meanwhile == [("16", "16")]
    assert window.experiment.config.data.size == ("28" if agreed else "16")
    assert editor.combo.currentData() == ("28" if agreed else "16")


def test_a_setting_that_leaves_the_images_alone_is_taken_at_once(studio: Studio, pictures: Path):
    form, experiment = studio.window.form, studio.window.experiment
    experiment.exchange("data", ImageFiles(path=str(pictures)))
    asked: list[object] = []
    form.reading_asked.disconnect()
    form.reading_asked.connect(lambda *what: asked.append(what))
    form.row("data.mirror").edited.emit("data.mirror", True)
    assert experiment.config.data.mirror
    assert not asked
    form.row("data.size").edited.emit("data.size", "64")
    assert asked == [("data", ImageFiles(path=str(pictures), size="64", mirror=True))]
    assert experiment.config.data.size == "32"


def test_files_of_images_are_told_from_those_of_points(tmp_path: Path):
    for shape, wanted in (((5, 2), False), ((5,), False), ((5, 4, 4), True), ((5, 4, 4, 3), True)):
        np.save(tmp_path / "a.npy", np.zeros(shape))
        assert may_hold_images(tmp_path / "a.npy") is wanted
    (tmp_path / "b.npy").write_text("none")
    for name in ("b.npy", "c.csv", "d.toml", "e.safetensors", "none.npy", "one.jpg"):
        assert not may_hold_images(tmp_path / name)
    for name in ("a.zip", "A.NPZ", "train-images-idx3-ubyte", "x.idx3-ubyte.gz", "data_batch_1.bin"):
        assert may_hold_images(tmp_path / name)
    assert may_hold_images(tmp_path)


def test_the_dialog_is_small_enough_for_a_small_screen(qtbot: QtBot):
    dialog = opened(qtbot)
    assert dialog.minimumSizeHint().width() <= 900
    assert dialog.minimumSizeHint().height() <= 560
    assert dialog.mapTo(dialog, QPoint(0, 0)) == QPoint(0, 0)
