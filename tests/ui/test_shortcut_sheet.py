from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

from ganstudio.ui.keycap import Keycap, key_names
from ganstudio.ui.shortcut_sheet import ShortcutSheet, balanced


def action(owner: QWidget, title: str, group: str, *keys: str) -> QAction:
    made = QAction(title, owner)
    made.setShortcuts([QKeySequence(key) for key in keys])
    if group:
        made.setProperty("group", group)
    return made


@pytest.fixture
def owner(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def sheet_of(qtbot, *actions: QAction) -> ShortcutSheet:
    made = ShortcutSheet(actions, None)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    return made


def words(sheet: ShortcutSheet) -> list[str]:
    return [label.text() for label in sheet.findChildren(QLabel)]


def test_it_lists_what_the_actions_themselves_say(owner, qtbot):
    sheet = sheet_of(
        qtbot,
        action(owner, "&Open…", "File", "Ctrl+O"),
        action(owner, "Larger", "View", "Ctrl++", "Ctrl+="),
        action(owner, "Save && close", "File", "Ctrl+Shift+S"),
    )
    assert set(words(sheet)) == {"File", "Open", "Save & close", "View", "Larger", "or"}
    caps = [cap.name for cap in sheet.findChildren(Keycap)]
    assert caps == ["Ctrl", "O", "Ctrl", "Shift", "S", "Ctrl", "+", "Ctrl", "="]


def test_actions_without_a_shortcut_and_hidden_ones_are_left_out(owner, qtbot):
    hidden = action(owner, "Hidden", "File", "H")
    hidden.setVisible(False)
    sheet = sheet_of(qtbot, hidden, action(owner, "None", "File"), action(owner, "Loose", "", "L"))
    assert words(sheet) == ["Other", "Loose"]


def test_a_sheet_of_no_shortcuts_can_be_shown(qtbot):
    assert sheet_of(qtbot).grab().width() > 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F1])
def test_esc_and_f1_close_it(owner, qtbot, key):
    sheet = sheet_of(qtbot, action(owner, "Run", "Run", "Space"))
    sheet.show()
    qtbot.keyClick(sheet, key)
    assert not sheet.isVisible()


def test_columns_are_about_equally_high():
    assert balanced({"Run": 9, "Experiment": 10, "View": 5, "Help": 2}) == [["Run"], ["Experiment"], ["View", "Help"]]
    assert balanced({"Run": 9}) == [["Run"]]


@pytest.mark.parametrize(
    ("keys", "names"),
    [("Ctrl++", ["Ctrl", "+"]), ("+", ["+"]), ("Ctrl+Shift+Z", ["Ctrl", "Shift", "Z"]), ("F11", ["F11"]), ("-", ["-"])],
)
def test_a_shortcut_is_taken_apart_into_its_keys(keys, names):
    assert key_names(QKeySequence(keys)) == names
