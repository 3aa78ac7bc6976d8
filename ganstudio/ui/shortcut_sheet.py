"""All shortcuts at a glance, read from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFont, QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.ui.actions import shortcuts_of
from ganstudio.ui.keycap import NATIVE, Keycap, key_names

SCALE = 1.15  # of the application's type: this is read from the back of a room
COLUMNS = 3
OTHER = "Other"  # where actions of no group stand
SCREEN_SHARE = 0.94


class ShortcutSheet(QDialog):
    """Lists the actions that have a shortcut, by their property "group"; Esc or F1 closes it."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        self.groups = grouped(actions)
        page = QWidget()
        page.setObjectName("panel")
        columns = QHBoxLayout(page)
        em = self.fontMetrics().height()
        columns.setContentsMargins(2 * em, round(1.4 * em), 2 * em, round(1.4 * em))
        columns.setSpacing(3 * em)
        for titles in balanced({title: len(group) for title, group in self.groups.items()}):
            columns.addLayout(self._column(titles))
        _enlarge(page)
        scroll = QScrollArea()
        scroll.setObjectName("panel")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self._take_size(page, scroll)

    def _take_size(self, page: QWidget, scroll: QScrollArea) -> None:
        wanted, room = page.sizeHint(), self.screen().availableSize() * SCREEN_SHARE
        bar = scroll.verticalScrollBar().sizeHint().width()
        if wanted.height() > room.height():
            wanted.setWidth(wanted.width() + bar)
        if wanted.width() > room.width():
            wanted.setHeight(wanted.height() + bar)
        self.resize(wanted.boundedTo(room))

    def _column(self, titles: list[str]) -> QVBoxLayout:
        column = QVBoxLayout()
        em = self.fontMetrics().height()
        column.setSpacing(round(0.4 * em))
        for index, title in enumerate(titles):
            heading = QLabel(title)
            heading.setProperty("muted", True)
            heading.setProperty("heading", True)
            if index:
                column.addSpacing(round(0.8 * em))
            column.addWidget(heading)
            column.addLayout(self._rows(self.groups[title]))
        column.addStretch(1)
        return column

    def _rows(self, actions: list[QAction]) -> QGridLayout:
        grid = QGridLayout()
        em = self.fontMetrics().height()
        grid.setVerticalSpacing(round(0.3 * em))
        grid.setHorizontalSpacing(round(1.5 * em))
        grid.setColumnStretch(0, 1)
        for row, action in enumerate(actions):
            title = QLabel(title_of(action))
            title.setTextFormat(Qt.TextFormat.PlainText)
            title.setToolTip(action.toolTip())
            title.setEnabled(action.isEnabled())
            grid.addWidget(title, row, 0)
            grid.addWidget(_keys(action), row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return grid

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F1:
            self.reject()
        else:
            super().keyPressEvent(event)


def _enlarge(page: QWidget) -> None:
    """Give every text its size; under a style sheet it does not pass from a widget to what is in it."""
    size = SCALE * page.font().pointSizeF()
    for widget in page.findChildren(QWidget):
        if isinstance(widget, QLabel | Keycap):
            font = QFont(widget.font())
            font.setPointSizeF(size)
            if widget.property("heading"):
                font.setWeight(QFont.Weight.DemiBold)
            widget.setFont(font)


def grouped(actions: Iterable[QAction]) -> dict[str, list[QAction]]:
    """Return the actions that are in use and have a shortcut, by group, both in the order of the actions."""
    found: dict[str, list[QAction]] = {}
    for action in actions:
        listed = action.isVisible() and not action.property("unlisted")
        if listed and not action.isSeparator() and shortcuts_of(action):
            found.setdefault(str(action.property("group") or OTHER), []).append(action)
    return found


def balanced(sizes: dict[str, int]) -> list[list[str]]:
    """Return the groups in :data:`COLUMNS` columns of about equal height: each in order goes to the shortest one."""
    columns: list[list[str]] = [[] for _ in range(COLUMNS)]
    heights = [0] * COLUMNS
    for title, size in sizes.items():
        shortest = heights.index(min(heights))
        columns[shortest].append(title)
        heights[shortest] += size + 2  # a heading and its distance take as much as two rows
    return [column for column in columns if column]


def title_of(action: QAction) -> str:
    """Return an action's title without the signs that serve menus."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")


def _keys(action: QAction) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for index, sequence in enumerate(shortcuts_of(action)):
        if index:
            either = QLabel("or")
            either.setProperty("muted", True)
            row.addWidget(either)
        for name in key_names(sequence):
            row.addWidget(Keycap(name))
    said = " or ".join(sequence.toString(NATIVE) for sequence in shortcuts_of(action))
    widget.setAccessibleName(f"{title_of(action)}: {said}")
    return widget
