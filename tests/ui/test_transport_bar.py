"""The bar on top: what it shows, and what gives way where there is no room."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui import theme
from ganstudio.ui.actions import make_actions, tint
from ganstudio.ui.palette import palette
from ganstudio.ui.transport_bar import MENU, TransportBar
from tests.engine.configs import small


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> Iterator[TransportBar]:
    theme.apply(qapp, "dark", 10)
    window = QWidget()
    qtbot.addWidget(window)
    actions = make_actions(window)
    tint(actions, palette("dark").text)
    made = TransportBar(actions, window)
    made.set_palette(palette("dark"))
    made.show_experiment("An experiment with a rather long title, as some have", small(), changed=False)
    window.show()
    yield made
    window.close()


def test_with_room_all_is_there(bar: TransportBar) -> None:
    bar.resize(1440, 44)
    assert [widget for widget in bar._spare if widget.isHidden()] == []


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("width", [1440, 1100, 900])
def test_whatever_the_width_nothing_overlaps_and_run_and_step_stay(
    bar: TransportBar, qapp: QApplication, width: int, scale: float
) -> None:
    theme.apply(qapp, "dark", 10 * scale)
    qapp.processEvents()
    width = max(width, bar.minimumSizeHint().width())
    assert width <= 1100 or width == 1440
    bar.resize(width, 50)
    qapp.processEvents()
    shown = [child for child in bar.findChildren(QWidget) if child.parent() is bar and child.isVisible()]
    shown.sort(key=QWidget.x)
    for left, right in itertools.pairwise(shown):
        assert left.geometry().right() < right.x()
    assert shown[-1].geometry().right() < width
    for widget in (bar.preset_button, bar.run_button, bar.iterate_button, bar.menu_button):
        assert widget.isVisible()
        assert widget.width() >= min(widget.sizeHint().width(), widget.minimumWidth() or widget.sizeHint().width())


def test_what_gives_way_can_still_be_had_in_the_menu(bar: TransportBar) -> None:
    assert {"fullscreen", "presenter", "dark", "light", "system", "new_seed"} <= set(MENU)


def test_the_run_button_is_as_wide_for_either_word(bar: TransportBar, qapp: QApplication) -> None:
    theme.apply(qapp, "light", 15)
    bar.resize(1440, 50)
    widths = []
    for running in (True, False):
        bar.show_running(running)
        qapp.processEvents()
        widths.append(bar.run_button.width())
        assert bar.run_button.sizeHint().width() <= bar.run_button.width()
    assert widths[0] == widths[1]


def test_a_change_from_the_preset_is_marked(bar: TransportBar) -> None:
    bar.resize(1440, 44)
    bar.show_experiment("Ring", small(), changed=True)
    assert bar.preset_button.text().startswith("Ring •")
    bar.show_experiment("Ring", small(), changed=False)
    assert "•" not in bar.preset_button.text()


def test_the_seed_being_typed_is_left_alone(bar: TransportBar, qtbot: QtBot) -> None:
    bar.resize(1440, 44)
    with qtbot.waitActive(bar.window()):
        bar.window().activateWindow()
    bar.seed.setFocus()
    bar.seed.selectAll()
    qtbot.keyClicks(bar.seed, "12")
    bar.show_experiment("Ring", small(run__seed=5), changed=False)
    assert bar.seed.text() == "12"
    with qtbot.waitSignal(bar.seed_typed) as typed:
        qtbot.keyClick(bar.seed, Qt.Key.Key_Return)
    assert typed.args == [12]
