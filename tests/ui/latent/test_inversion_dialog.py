"""From a picture to a place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from ganstudio.engine.images.pictures import PictureError
from ganstudio.engine.latent import inversion
from ganstudio.ui.latent import inversion_dialog, inversion_search
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.inversion_dialog import InversionDialog
from ganstudio.ui.latent.loss_curve import LossCurve
from ganstudio.ui.latent.pixel_canvas import PixelCanvas
from ganstudio.ui.latent.target_picture import fitted_to, from_file, from_qimage, is_on_light_ground
from ganstudio.ui.palette import palette
from tests.ui.latent.explorers import DIGITS, digits_model, explorer_of, points_model, small_bank, until

__all__ = ["small_bank"]


def opened(qtbot: QtBot, explorer: Explorer) -> InversionDialog:
    dialog = InversionDialog(explorer)
    dialog.search.steps = 60  # enough for what is tested
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare with few training images."""
    for module in (inversion_search, inversion_dialog):
        monkeypatch.setattr(module, "REFERENCES", 3)
    monkeypatch.setattr(inversion_dialog, "ENOUGH", 2)


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_a_picture_is_brought_to_the_models_size_and_colours() -> None:
    wide = np.zeros((20, 40, 3), np.uint8)
    wide[:, 10:30] = (255, 255, 255)
    assert (fitted_to(wide, (1, 10, 10)) == 255).all()
    whole = fitted_to(wide, (3, 8, 8), fit="pad")
    assert whole.shape == (8, 8, 3)
    assert (whole[0] == 0).all()
    assert (whole[4, 3:5] == 255).all()
    assert (fitted_to(wide, (1, 10, 10), invert=True) == 0).all()


def test_a_picture_of_the_right_size_stays_as_it_is() -> None:
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert np.array_equal(fitted_to(picture, (3, 4, 4)), picture)


def test_ink_on_paper_is_told_from_light_on_black() -> None:
    paper = np.full((9, 9, 1), 240, np.uint8)
    paper[3:6, 3:6] = 0
    assert is_on_light_ground(paper)
    assert not is_on_light_ground(255 - paper)


def test_qts_images_and_files_are_read(tmp_path: Path) -> None:
    picture = QImage(5, 3, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    picture.setPixelColor(1, 2, Qt.GlobalColor.red)
    pixels = from_qimage(picture)
    assert pixels.shape == (3, 5, 3)
    assert pixels[2, 1].tolist() == [255, 0, 0]
    assert pixels[0, 0].tolist() == [255, 255, 255]
    picture.save(str(tmp_path / "it.png"))
    assert np.array_equal(from_file(tmp_path / "it.png"), pixels)
    (tmp_path / "no.png").write_text("not a picture")
    for name in ("no.png", "nowhere.png"):
        with pytest.raises(PictureError):
            from_file(tmp_path / name)


# -- drawing -----------------------------------------------------------------------------------------------------------


def at(canvas: PixelCanvas, column: float, row: float) -> QPoint:
    rect = canvas.place()
    scale = rect.width() / canvas.image.shape[1]
    return QPointF(rect.left() + column * scale, rect.top() + row * scale).toPoint()


def test_a_stroke_draws_the_right_button_erases_and_undo_takes_back(qtbot: QtBot) -> None:
    canvas = PixelCanvas(palette("dark"))
    qtbot.addWidget(canvas)
    canvas.resize(300, 300)
    canvas.show()
    assert canvas.is_blank
    with qtbot.waitSignal(canvas.drawn):
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 5.5, 14.5))
        qtbot.mouseMove(canvas, at(canvas, 22.5, 14.5))
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 22.5, 14.5))
    assert (canvas.image[14, 6:22, 0] == 255).all()
    assert canvas.image[10, 14, 0] == canvas.image[14, 1, 0] == 0
    drawn = canvas.image
    qtbot.mouseClick(canvas, Qt.MouseButton.RightButton, pos=at(canvas, 14.5, 14.5))
    assert canvas.image[14, 14, 0] == 0
    canvas.undo()
    assert np.array_equal(canvas.image, drawn)
    canvas.clear()
    assert canvas.is_blank


def test_on_a_colour_picture_the_brush_has_its_colour(qtbot: QtBot) -> None:
    canvas = PixelCanvas(palette("dark"))
    qtbot.addWidget(canvas)
    canvas.resize(200, 200)
    canvas.set_image(np.full((16, 16, 3), 255, np.uint8))
    canvas.ground, canvas.color = (255, 255, 255), (10, 200, 30)
    canvas.show()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 8.5, 8.5))
    assert canvas.image[8, 8].tolist() == [10, 200, 30]


def test_the_curve_paints_errors_and_the_training_images_limit(qtbot: QtBot) -> None:
    curve = LossCurve(palette("light"))
    qtbot.addWidget(curve)
    curve.resize(300, 160)
    for step in range(0, 60, 5):
        curve.add(step, 60, np.array([0.5, 0.8]) / (step + 1))
    curve.set_limit(0.1)
    assert curve.length == 12
    assert len({curve.grab().toImage().pixel(150, y) for y in range(160)}) > 4
    curve.clear()
    assert curve.length == 0


# -- the search --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_bank", "few")
def test_a_picture_of_the_models_own_is_found_shown_and_taken(qtbot: QtBot) -> None:
    model = digits_model()
    target = model.render(np.full((1, model.dim), 0.4, np.float32))[0]
    with explorer_of(model) as explorer:
        dialog = opened(qtbot, explorer)
        assert not dialog.take_button.isEnabled()
        dialog.set_target(target)
        assert dialog.search_button.text() == "Stop"
        until(qtbot, lambda: not dialog.search.is_searching)
        progress = dialog.search.progress
        assert progress is not None
        assert progress.is_done
        assert progress.errors[0] < 5e-3
        assert dialog.candidates.count == inversion.STARTS
        assert dialog.curve.length > 10
        until(qtbot, lambda: dialog.badge.text().startswith("Representable: 0 of 3"))
        dialog.candidates.clicked.emit(1)
        dialog.take_button.click()
        assert np.array_equal(explorer.state.g, progress.g[1])


@pytest.mark.usefixtures("small_bank", "few")
def test_what_g_cannot_show_is_said_to_be_so(qtbot: QtBot) -> None:
    model = digits_model()
    stripes = np.zeros((28, 28, 1), np.uint8)
    stripes[::2] = 255
    with explorer_of(model) as explorer:
        dialog = opened(qtbot, explorer)
        dialog.set_target(stripes)
        until(qtbot, lambda: dialog.badge.text().startswith("Not representable: 3 of 3"))
        assert dialog.badge.property("tone") == "warning"
        assert np.isfinite(dialog.search.limit())


@pytest.mark.usefixtures("small_bank")
def test_stop_keeps_what_was_found(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        dialog = opened(qtbot, explorer)
        dialog.set_target(np.full((28, 28, 1), 90, np.uint8))
        until(qtbot, lambda: dialog.search.progress is not None)
        dialog.search_button.click()
        found = dialog.search.progress
        assert not dialog.search.is_searching
        assert found is not None
        assert not found.is_done
        assert dialog.take_button.isEnabled()
        assert dialog.badge.text() == ""
        dialog.close()


@pytest.mark.usefixtures("small_bank", "few")
def test_a_model_with_classes_is_searched_in_every_class(qtbot: QtBot) -> None:
    model = digits_model(condition="embedding")
    eye = np.eye(10, dtype=np.float32)
    target = model.render(np.full((1, model.dim), 0.5, np.float32), eye[6:7])[0]
    with explorer_of(model) as explorer:
        dialog = opened(qtbot, explorer)
        dialog.set_target(target)
        until(qtbot, lambda: not dialog.search.is_searching)
        progress = dialog.search.progress
        assert progress is not None
        assert progress.classes is not None
        assert sorted(progress.classes.tolist()) == list(range(10))
        dialog.take()
        assert explorer.state.class_weights is not None
        assert explorer.state.class_weights.argmax() == progress.classes[0]
        dialog.close()


@pytest.mark.usefixtures("small_bank")
def test_a_stroke_a_file_the_clipboard_and_the_data_begin_a_search(qtbot: QtBot, tmp_path: Path) -> None:
    with explorer_of(digits_model()) as explorer:
        dialog = opened(qtbot, explorer)
        canvas = dialog.target.canvas
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 14.5, 14.5))
        assert dialog.search.is_searching
        dialog.target.clear_button.click()
        assert not dialog.search.is_searching
        paper = np.full((50, 70, 3), 250, np.uint8)
        paper[10:40, 30:40] = 10
        image = QImage(paper.data, 70, 50, 210, QImage.Format.Format_RGB888).copy()
        image.save(str(tmp_path / "ink.png"))
        dialog.open_path(tmp_path / "ink.png")
        assert dialog.search.is_searching
        assert dialog.target.invert.isChecked()
        assert dialog.target.canvas.image[14, 14, 0] > 200
        dialog.target.invert.setChecked(False)
        assert dialog.target.canvas.image[14, 14, 0] < 60
        QGuiApplication.clipboard().setImage(image)
        dialog.target.paste()
        assert dialog.target.words.text().startswith("70 × 50 pixels, brought to 28 × 28, grey")
        dialog.target.take_real()
        assert dialog.target.words.text() == "A training image."
        mime = QMimeData()
        mime.setImageData(image)
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        dialog.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, left, none))
        assert dialog.target.words.text().startswith("70 × 50 pixels")
        dialog.close()


def test_a_file_that_is_no_picture_is_refused_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("not a picture")
    with explorer_of(digits_model()) as explorer:
        dialog = InversionDialog(explorer)
        qtbot.addWidget(dialog)
        dialog.open_path(tmp_path / "no.png")
        assert dialog.target.words.text().startswith("no.png cannot be used")
        assert not dialog.search.is_searching
        QGuiApplication.clipboard().clear()
        dialog.target.paste()
        assert dialog.target.words.text() == "There is no picture in the clipboard."


def test_a_model_of_points_and_another_size_change_what_can_be_done(qtbot: QtBot) -> None:
    with explorer_of(points_model()) as explorer:
        dialog = InversionDialog(explorer)
        qtbot.addWidget(dialog)
        assert not dialog.search_button.isEnabled()
        assert dialog.target.words.text() == "This needs a model of images."
        explorer.set_model(digits_model())
        assert dialog.search_button.isEnabled()
        assert dialog.target.canvas.image.shape == (*DIGITS[1:], DIGITS[0])
        explorer.set_model(digits_model("style"))
        assert dialog.target.canvas.image.shape == (32, 32, 1)
        assert [dialog.target.ink.itemText(row) for row in range(dialog.target.ink.count())] == ["White", "Black"]
