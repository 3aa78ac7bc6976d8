"""Menus that open from a button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QToolButton


def attach(button: QToolButton, menu: QMenu) -> None:
    """Open a menu from a button at a click.

    When the menu closes, Qt leaves the button painted as if the pointer were over it, wherever that has gone; here it
    is not.
    """
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)

    def let_go() -> None:
        over = button.rect().contains(button.mapFromGlobal(QCursor.pos()))
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, over)
        button.update()

    menu.aboutToHide.connect(let_go)
