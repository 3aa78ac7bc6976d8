from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QPushButton

from ganstudio.engine import presets, torch_loader
from ganstudio.ui.palette import palette
from ganstudio.ui.preset_menu import PresetMenu
from ganstudio.ui.preset_thumbnail import CloudSketch, CurveSketch, ImageSketch, Thumbnails, sketch

DATA = ("gaussian", "uniform", "laplace", "ring8", "two_moons", "swiss_roll", "nosuch")
SIZE = QSize(200, 90)


def preset(data: str) -> presets.Preset:
    return presets.loads(
        f'# What {data} shows & tells.\n# Somebody 2019.\nversion = 1\ntitle = "On {data}"\n[data]\nname = "{data}"\n',
        data,
    )


@pytest.fixture
def menu(qtbot) -> PresetMenu:
    made = PresetMenu([preset(name) for name in DATA], palette("dark"))
    qtbot.addWidget(made)
    made._columns = 3
    made.resize(900, 700)
    made._arrange()
    return made


def press(qtbot, widget, key):
    qtbot.keyClick(widget, key)
    return widget.window().focusWidget()


def shown(menu: PresetMenu) -> list[str]:
    return [card.preset.title for card in menu.cards if not card.isHidden()]


def test_importing_the_menu_does_not_import_torch():
    code = "import sys, ganstudio.ui.preset_menu; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_pictures_wait_while_torch_is_being_imported(qtbot, monkeypatch):
    thumbnails, importing = Thumbnails(), [True]
    asked: list[None] = []
    monkeypatch.setattr(torch_loader, "is_being_imported", lambda: asked.append(None) or importing[0])
    wanted = preset("ring8")
    thumbnails.ask(wanted)
    qtbot.waitUntil(lambda: len(asked) > 1)
    assert not thumbnails.is_known(wanted)
    importing[0] = False
    with qtbot.waitSignal(thumbnails.ready):
        pass
    assert thumbnails.is_known(wanted)


def test_a_card_for_every_preset_in_order(menu):
    assert shown(menu) == [f"On {name}" for name in DATA]
    assert "Somebody 2019." in menu.cards[0].toolTip()
    assert "&amp; tells" in menu.cards[0].toolTip()
    assert menu.cards[0].accessibleName() == "On gaussian"


def test_the_search_leaves_those_that_have_all_words(menu, qtbot):
    qtbot.keyClicks(menu.search, "ring8 SHOWS")
    assert shown(menu) == ["On ring8"]
    menu.search.setText("nothing like it")
    assert shown(menu) == []
    assert "nothing like it" in menu._nothing.text()
    assert not menu._nothing.isHidden()
    menu.search.clear()
    assert len(shown(menu)) == len(DATA)
    assert menu._nothing.isHidden()


def test_arrow_keys_go_from_card_to_card(menu, qtbot):
    cards = menu.cards
    assert press(qtbot, menu.search, Qt.Key.Key_Down) is cards[0]
    assert press(qtbot, cards[0], Qt.Key.Key_Left) is cards[0]
    assert press(qtbot, cards[0], Qt.Key.Key_Right) is cards[1]
    assert press(qtbot, cards[1], Qt.Key.Key_Down) is cards[4]
    assert press(qtbot, cards[4], Qt.Key.Key_Down) is cards[6], "the last row is short"
    assert press(qtbot, cards[6], Qt.Key.Key_Down) is menu.open_row
    assert press(qtbot, menu.open_row, Qt.Key.Key_Up) is cards[6]
    assert press(qtbot, cards[6], Qt.Key.Key_Up) is cards[3]
    assert press(qtbot, cards[3], Qt.Key.Key_Up) is cards[0]
    assert press(qtbot, cards[0], Qt.Key.Key_Up) is menu.search


def test_typing_on_a_card_searches(menu, qtbot):
    press(qtbot, menu.search, Qt.Key.Key_Down)
    qtbot.keyClick(menu.cards[0], Qt.Key.Key_R)
    assert menu.search.text() == "r"
    assert menu.focusWidget() is menu.search


def test_enter_on_a_card_chooses_its_preset(menu, qtbot):
    with qtbot.waitSignal(menu.chosen) as caught:
        qtbot.keyClick(menu.cards[3], Qt.Key.Key_Return)
    assert caught.args[0].title == "On ring8"


def test_enter_in_the_search_chooses_the_first_that_was_found(menu, qtbot):
    with qtbot.assertNotEmitted(menu.chosen):
        assert press(qtbot, menu.search, Qt.Key.Key_Return) is menu.cards[0], "nothing was searched for yet"
    menu.search.setText("moons")
    with qtbot.waitSignal(menu.chosen) as caught:
        qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert caught.args[0].title == "On two_moons"


def test_a_click_chooses(menu, qtbot):
    with qtbot.waitSignal(menu.chosen) as caught:
        qtbot.mouseClick(menu.cards[1], Qt.MouseButton.LeftButton)
    assert caught.args[0].title == "On uniform"


def test_a_preset_that_cannot_be_used_says_why_and_cannot_be_chosen(menu, qtbot):
    broken = menu.cards[-1]
    with qtbot.assertNotEmitted(menu.chosen):
        qtbot.mouseClick(broken, Qt.MouseButton.LeftButton)
    assert "nosuch" in broken.problem
    assert "nosuch" in broken.toolTip()
    assert "Cannot be used" in broken.accessibleDescription()
    assert broken.grab().width() > 0


def test_the_row_at_the_end_asks_for_a_file(menu, qtbot):
    with qtbot.waitSignal(menu.open_requested):
        menu.open_row.click()


def test_it_opens_below_its_button_within_the_screen(menu, qtbot):
    button = QPushButton("Preset")
    qtbot.addWidget(button)
    screen = button.screen().availableGeometry()
    place = menu._place(button)
    assert screen.contains(place)
    menu.set_presets([preset("gaussian")] * 40)
    button.move(screen.width() - 50, 20)
    place = menu._place(button)
    assert screen.contains(place)
    assert place.top() > button.mapToGlobal(button.rect().bottomLeft()).y()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_it_opens_with_an_empty_search_that_has_the_focus_and_esc_closes_it(menu, qtbot):
    menu.search.setText("ring8")
    button = QPushButton("Preset")
    qtbot.addWidget(button)
    button.show()
    menu.show_for(button)
    assert menu.isVisible()
    assert menu.search.text() == ""
    assert menu.focusWidget() is menu.search
    qtbot.keyClick(menu.search, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def test_the_preset_in_use_is_marked_in_both_themes(menu):
    plain = menu.cards[0].grab().toImage()
    menu.set_current("gaussian")
    assert menu.cards[0].grab().toImage() != plain
    menu.set_current("")
    assert menu.cards[0].grab().toImage() == plain
    menu.set_palette(palette("light"))
    assert menu.cards[0].grab().toImage() != plain


def test_a_density_is_drawn_with_its_top_at_one():
    drawn = sketch(preset("gaussian"))
    assert isinstance(drawn, CurveSketch)
    assert drawn.heights.max() == pytest.approx(1)
    assert drawn.heights.argmax() == len(drawn.heights) // 2


def test_points_of_the_plane_are_drawn_inside_the_unit_square():
    drawn = sketch(preset("two_moons"))
    assert isinstance(drawn, CloudSketch)
    assert drawn.points.min() > 0
    assert drawn.points.max() < 1


def test_a_line_without_a_closed_form_is_drawn_from_samples(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("\n".join(["0"] * 30 + ["1"] * 10))
    text = f'version = 1\ntitle = "File"\n[data]\nname = "points"\nfile = "{file.as_posix()}"\n'
    drawn = sketch(presets.loads(text, "text"))
    assert isinstance(drawn, CurveSketch)
    assert drawn.heights.max() == pytest.approx(1)


@pytest.mark.parametrize("one", presets.shipped(), ids=lambda one: one.name)
def test_every_shipped_preset_has_a_picture(qtbot, one):
    made = Thumbnails()
    made.ask(one)
    made.finish()
    assert made.problem(one) == ""
    picture = made.picture(one, palette("dark"), SIZE, 1.0).toImage()
    colors = {picture.pixel(x, y) for x in range(0, SIZE.width(), 4) for y in range(0, SIZE.height(), 4)}
    assert len(colors) > 3


def test_a_persons_own_images_are_not_read_for_a_picture(tmp_path):
    (tmp_path / "one.png").write_bytes(b"")
    text = f'version = 1\ntitle = "Own"\n[data]\nname = "image_files"\npath = "{tmp_path.as_posix()}"\n'
    drawn = sketch(presets.loads(text, "text"))
    assert isinstance(drawn, ImageSketch)
    assert len(drawn.images) == 0
    made = QPixmap(SIZE)
    with QPainter(made) as painter:
        drawn.paint(painter, QRectF(0, 0, 200, 90), palette("dark"))


def test_pictures_are_made_when_asked_for_and_kept_for_each_theme(qtbot):
    made = Thumbnails()
    one = preset("ring8")
    assert made.picture(one, palette("dark"), SIZE, 1.0) is None
    with qtbot.waitSignal(made.ready) as caught:
        made.ask(one)
        made.ask(one)
    assert caught.args[0] is one
    dark = made.picture(one, palette("dark"), SIZE, 1.0)
    light = made.picture(one, palette("light"), SIZE, 1.0)
    assert dark is made.picture(one, palette("dark"), SIZE, 1.0)
    assert dark.toImage() != light.toImage()
    assert made.problem(one) == ""
    assert not made._timer.isActive()


def test_a_card_asks_for_its_picture_when_it_is_painted(menu, qtbot):
    card = menu.cards[0]
    assert not menu.thumbnails.is_known(card.preset)
    with qtbot.waitSignal(menu.thumbnails.ready):
        card.grab()
    assert menu.thumbnails.is_known(card.preset)
    assert not menu.thumbnails.is_known(menu.cards[1].preset)
