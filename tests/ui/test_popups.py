"""Menus that open from a button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from ganstudio.ui.popups import attach


def test_a_button_does_not_stay_as_if_pointed_at_when_its_menu_has_closed(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.show()
    menu = QMenu(button)
    attach(button, menu)
    assert button.popupMode() == QToolButton.ToolButtonPopupMode.InstantPopup
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    button.move(5000, 5000)
    menu.aboutToHide.emit()
    assert not button.testAttribute(Qt.WidgetAttribute.WA_UnderMouse)
