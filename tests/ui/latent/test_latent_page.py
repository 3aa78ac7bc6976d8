"""The page as a whole, and beside the Train page in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QSettings, Qt, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent import bookmarks, model_file, view_text
from ganstudio.ui.actions import shortcuts_of
from ganstudio.ui.latent import latent_page
from ganstudio.ui.latent.export_dialog import ExportDialog
from ganstudio.ui.latent.inversion_dialog import InversionDialog
from ganstudio.ui.latent.latent_page import LatentPage
from ganstudio.ui.latent.latent_page_head import LatentPageHead
from ganstudio.ui.palette import palette
from ganstudio.ui.shortcut_sheet import grouped
from tests.ui.conftest import Studio
from tests.ui.latent.explorers import digits_config, digits_model, points_model, until
from tests.ui.latent.explorers import small_bank as small_bank


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, small_bank: None) -> Iterator[LatentPage]:
    made = LatentPage(palette("dark"), QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    yield made
    made.close_workers()


def dropped(*files: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    return mime


def show(page: LatentPage, qtbot: QtBot) -> None:
    page.explorer.set_model(digits_model())
    until(qtbot, lambda: page.explorer.picture is not None)


def test_without_a_model_it_says_what_to_do(page: LatentPage) -> None:
    assert page._pages.currentIndex() == 0
    assert page.open_button.isVisible()


def test_points_are_shown_on_canvases_of_their_own(page: LatentPage) -> None:
    page.explorer.set_model(points_model())
    assert page.points.isVisible()
    assert not page.map.isVisible()
    assert not page.tabs.isVisible()
    page.explorer.set_model(digits_model())
    assert page.map.isVisible()


def test_tabs_show_their_canvas_and_are_remembered(page: LatentPage, qtbot: QtBot) -> None:
    show(page, qtbot)
    for name, canvas in page.canvases.items():
        page.tabs.set_value(name)
        assert canvas.isVisible()
        assert page._settings.value("latent/tab") == name


def test_a_picture_that_was_saved_brings_back_exactly_its_place(page: LatentPage, qtbot: QtBot, tmp_path: Path) -> None:
    show(page, qtbot)
    page.explorer.set_seed(42)
    until(qtbot, lambda: page.explorer.picture is not None and page.explorer.picture.state == page.explorer.state)
    saved, path = page.explorer.state, tmp_path / "picture.png"
    page.files.save_picture(path)
    page.explorer.set_seed(1)
    page.dropped(dropped(path))
    until(qtbot, lambda: page.explorer.state == saved)


def test_a_model_and_bookmarks_open_when_they_are_dropped(page: LatentPage, qtbot: QtBot, tmp_path: Path) -> None:
    model, shelf = tmp_path / "m.gan.safetensors", tmp_path / "s.glat"
    model_file.save(model, digits_model(dim=4).weights)
    page.dropped(dropped(model))
    until(qtbot, lambda: page.explorer.model is not None)
    bookmarks.save(shelf, [bookmarks.Bookmark("one", page.explorer.state)])
    page.dropped(dropped(shelf))
    assert [mark.name for mark in page.explorer.bookmarks] == ["one"]


def test_what_cannot_be_opened_is_said_and_nothing_changes(page: LatentPage, qtbot: QtBot, tmp_path: Path) -> None:
    show(page, qtbot)
    said = []
    page.explorer.failed.connect(lambda message, _details: said.append(message))
    before = page.explorer.state
    odd, damaged = tmp_path / "x.docx", tmp_path / "broken.png"
    odd.touch()
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    page.dropped(dropped(odd))
    page.dropped(dropped(damaged))
    until(qtbot, lambda: len(said) == 2)
    assert "x.docx cannot be opened here" in said[0]
    assert page.explorer.state is before


def test_a_link_leads_back_to_the_place(page: LatentPage, qtbot: QtBot) -> None:
    show(page, qtbot)
    page.explorer.set_seed(8)
    saved = page.explorer.state
    page.files.copy_link()
    page.explorer.set_seed(9)
    page.files.paste_link()
    assert page.explorer.state == saved


def test_a_path_drawn_on_the_map_becomes_the_walk(page: LatentPage, qtbot: QtBot) -> None:
    show(page, qtbot)
    places = page.map.surface.places
    assert places is not None
    states = [places.state_at(x, 0.5) for x in (0.5, 1.5, 2.5)]
    page.map.path_drawn.emit(states)
    assert page.walk.isVisible()
    assert len(page.walk.keys.states) == 3
    np.testing.assert_array_equal(page.walk.keys.states[1].g, states[1].g)


def test_hidden_it_has_no_timer_running_and_nothing_under_way(page: LatentPage, qtbot: QtBot) -> None:
    show(page, qtbot)
    asked = []
    page.follow_asked.connect(asked.append)
    page.hide()
    until(qtbot, lambda: not page.explorer.queue.is_pulling)
    page.explorer.set_seed(3)
    assert not page.explorer.queue.is_pulling
    page.show()
    assert asked == [1.0, 0.25]
    until(qtbot, lambda: page.explorer.picture is not None and page.explorer.picture.state == page.explorer.state)


def test_arrows_step_over_the_map(page: LatentPage, qtbot: QtBot) -> None:
    show(page, qtbot)
    until(qtbot, lambda: page.map.surface.motion.at is not None)
    page.setFocus()
    at = page.map.surface.motion.at
    assert at is not None
    QTest.keyClick(page, Qt.Key.Key_Right)
    QTest.keyClick(page, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert page.map.surface.motion.at == (at[0] + 1, at[1] + 5)


def test_the_window_switches_pages_and_their_keys(open_studio: Callable[..., Studio], qtbot: QtBot) -> None:
    studio = open_studio(digits_config())
    window = studio.window
    actions = window.actions_by_name
    assert actions["latent_random"].shortcuts() == []
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    page = window.pages.latent
    assert page is not None
    assert page.isVisible()
    assert not window.stage.isVisible()
    assert page.isAncestorOf(window.messages)
    assert actions["reset"].shortcuts() == []
    assert actions["latent_random"].shortcuts() == [QKeySequence("R")]
    until(qtbot, lambda: page.explorer.model is not None)
    step, place = studio.now.step, page.explorer.state
    QTest.keyClick(window, Qt.Key.Key_R)
    assert page.explorer.state != place
    assert studio.now.step == step
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.stage.isVisible()
    assert not window.pages.latent.isVisible()
    assert actions["reset"].shortcuts() == [QKeySequence("R")]
    assert actions["latent_random"].shortcuts() == []


def test_the_sheet_lists_the_keys_of_both_pages(open_studio: Callable[..., Studio]) -> None:
    window = open_studio().window
    groups = grouped(window.actions_by_name.values())
    titles = [action.text() for action in groups["Latent page"]]
    assert "Random place" in titles
    assert "Class 1 to 9" in titles
    assert "Class 2" not in titles
    assert shortcuts_of(window.actions_by_name["latent_random"]) == [QKeySequence("R")]
    assert "Reset" in [action.text() for action in groups["Run"]]


def test_a_place_that_was_exported_as_text_brings_one_back(page: LatentPage, qtbot: QtBot, tmp_path: Path) -> None:
    show(page, qtbot)
    page.explorer.set_seed(42)
    saved, path = page.explorer.state, tmp_path / "place.json"
    path.write_text(view_text.to_json(saved), "utf-8")
    page.explorer.set_seed(1)
    page.dropped(dropped(path))
    assert page.explorer.state == saved
    path.write_text("{}", "utf-8")
    with qtbot.waitSignal(page.explorer.failed) as told:
        page.dropped(dropped(path))
    assert "place.json holds no place" in told.args[0]
    assert page.explorer.state == saved


def test_pictures_are_looked_for_and_things_exported_from_buttons(
    page: LatentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InversionDialog, "raise_", lambda _dialog: None)  # which the offscreen plugin cannot do
    show(page, qtbot)
    page.head.find_button.click()
    assert page.files.dialog is not None
    assert page.files.dialog.isVisible()
    page.files.dialog.close()
    page.head.export_button.click()
    (dialog,) = page.window().findChildren(ExportDialog)
    assert dialog.chosen == "sheet"
    dialog.close()


def test_before_the_width_is_known_no_room_for_words_is_asked_for(qtbot: QtBot) -> None:
    head = LatentPageHead(palette("dark"))
    qtbot.addWidget(head)
    asked = head.minimumSizeHint().width()
    head.set_narrow(False)
    assert asked < head.minimumSizeHint().width()


def test_narrow_the_buttons_above_the_canvas_are_icons(
    page: LatentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(page, qtbot)
    wide = page.head.minimumSizeHint().width()
    monkeypatch.setattr(latent_page, "NARROW_EM", 1_000)
    page.resize(1300, 800)
    until(qtbot, lambda: page.head.find_button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly)
    assert page.head.minimumSizeHint().width() < wide
