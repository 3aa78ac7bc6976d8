from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ganstudio.ui.clamped_text import ClampedText, clamped
from ganstudio.ui.details_dialog import DetailsDialog
from ganstudio.ui.message_bar import MOST, NOTICE_MS, MessageBar
from ganstudio.ui.palette import palette


@pytest.fixture
def bar(qtbot) -> MessageBar:
    made = MessageBar(palette("dark"))
    qtbot.addWidget(made)
    made.resize(900, 40)
    return made


def said(bar: MessageBar) -> str:
    assert bar.isHidden() == (bar.message() is None)
    return "" if bar.message() is None else bar.words.text()


def test_it_is_hidden_while_there_is_nothing_to_say(bar):
    assert said(bar) == ""
    assert not bar.dismiss()


def test_a_notice_goes_by_itself_and_what_stood_comes_back(bar, qtbot):
    bar.show_warning("The loss is high.")
    bar.show_notice("Saved.")
    assert said(bar) == "Saved."
    assert bar.accessibleName() == "Notice: Saved."
    assert bar._clock.isActive()
    assert bar._clock.interval() == NOTICE_MS
    bar._clock.timeout.emit()
    assert said(bar) == "The loss is high."
    assert bar.dismiss()
    assert said(bar) == ""


def test_the_newest_error_is_shown_before_any_warning(bar):
    bar.show_error("First.")
    bar.show_error("Second.")
    bar.show_warning("Careful.")
    assert said(bar) == "Second."
    assert bar.accessibleName() == "Error: Second."
    assert bar.more_button.text() == "2 more"
    assert [message.text for message in bar.others()] == ["Careful.", "First."]


def test_an_error_takes_the_place_of_a_notice(bar):
    bar.show_notice("Saved.")
    bar.show_error("The disk is full.")
    assert said(bar) == "The disk is full."
    assert bar.others() == []


def test_others_can_be_picked_and_all_be_dismissed(bar):
    bar.show_error("First & foremost.")
    bar.show_error("Second.")
    bar._list_others()
    entries = bar.more_menu.actions()
    assert entries[0].text() == "First && foremost."
    entries[0].trigger()
    assert said(bar) == "First & foremost."
    bar.show_error("Third.")
    assert said(bar) == "Third."
    bar._list_others()
    bar.more_menu.actions()[-1].trigger()
    assert said(bar) == ""


def test_an_equal_message_is_counted(bar):
    for _ in range(3):
        bar.show_warning("Slow.")
    assert bar.count.text() == "×3"
    assert not bar.count.isHidden()
    assert bar.others() == []
    bar.show_error("Slow.")
    assert bar.count.isHidden(), "an error is not a warning, even in the same words"
    assert len(bar.others()) == 1


def test_the_list_does_not_grow_without_end(bar):
    for number in range(MOST + 10):
        bar.show_error(f"Error {number}.")
    assert len(bar.others()) == MOST - 1


def test_an_action_answers_the_message(bar):
    done = []
    bar.show_warning("Diverged.", [("Reset", lambda: done.append("reset")), ("Undo", lambda: done.append("undo"))])
    assert [button.text() for button in bar.action_buttons] == ["Reset", "Undo"]
    bar.action_buttons[1].click()
    assert done == ["undo"]
    assert said(bar) == ""
    bar.show_warning("Plain.")
    assert bar.action_buttons == []


def test_an_action_that_leads_to_another_error_shows_it(bar):
    bar.show_error("Cannot save.", actions=[("Again", lambda: bar.show_error("Cannot save."))])
    bar.action_buttons[0].click()
    assert said(bar) == "Cannot save."
    assert bar.count.isHidden()


def test_details_open_with_the_traceback_to_copy(bar, qtbot):
    bar.show_error("Training stopped.", "Traceback: line 1")
    assert not bar.details_button.isHidden()
    bar.details_button.click()
    (dialog,) = bar.findChildren(DetailsDialog)
    assert dialog.text.toPlainText() == "Traceback: line 1"
    assert dialog.text.isReadOnly()
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == "Training stopped.\n\nTraceback: line 1"
    dialog.close()
    bar.show_error("Without.")
    assert bar.details_button.isHidden()


def test_esc_dismisses_unless_something_else_in_the_window_takes_it(qtbot):
    class Taker(QLineEdit):
        def keyPressEvent(self, event):  # noqa: N802
            event.accept()

    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    bar, plain, taker = MessageBar(palette("dark")), QLineEdit(), Taker()
    for widget in (plain, taker, bar):
        layout.addWidget(widget)
    window.show()
    bar.show_error("First.")
    bar.show_error("Second.")
    qtbot.keyClick(taker, Qt.Key.Key_Escape)
    assert said(bar) == "Second."
    qtbot.keyClick(plain, Qt.Key.Key_Escape)
    assert said(bar) == "First."
    qtbot.keyClick(bar.dismiss_button, Qt.Key.Key_Escape)
    assert said(bar) == ""


def test_the_whole_text_is_in_the_tool_tip_and_its_tags_are_not_read(bar):
    text = "a <b>word</b> " * 60
    bar.show_error(text)
    bar.grab()
    lines = bar.words.shown_lines()
    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert bar.words.toolTip().count("&lt;b&gt;") == 60


def test_the_colour_says_the_severity_in_both_themes(bar):
    seen = set()
    for theme in ("dark", "light"):
        bar.set_palette(palette(theme))
        for say in (bar.show_warning, bar.show_error, bar.show_notice):
            say("Something.")
            seen.add(
                bar.sign.pixmap().toImage().pixelColor(0, 0).name() + bar._stripe.palette().window().color().name()
            )
        bar.clear()
    assert len(seen) == 6


def test_text_that_fits_is_not_elided(qtbot):
    label = ClampedText(2)
    qtbot.addWidget(label)
    label.set_text("Short.")
    label.resize(300, 20)
    assert label.shown_lines() == ["Short."]
    one = label.minimumHeight()
    label.set_text("Long and longer. " * 30)
    assert label.minimumHeight() > one
    assert clamped("", label.font(), 100, 2) in ([], [""])
