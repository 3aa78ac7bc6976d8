"""The key frames of a walk: taken from anywhere, put in order, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QScrollArea, QToolButton, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.explorer_mime import bookmarks_of
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import Palette

SIDE = 56
MOST_KEYS = 64


class WalkKeys(QWidget):
    """Thumbnails of the key frames in order, and what adds to them.

    Drop places on it; drag a key frame to move it; Delete removes it, Ctrl with an arrow moves it. It knows the key
    frames as states and is shown their pictures.

    Signals
    -------
    changed
        The key frames are others.
    chosen
        A key frame was clicked; carries its number.
    here_wanted, random_wanted, shelf_wanted
        The person wants to add the present place, a random one, or those of the shelf.
    """

    changed = Signal()
    chosen = Signal(int)
    here_wanted = Signal()
    random_wanted = Signal()
    shelf_wanted = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: list[ViewState] = []
        self._dragged = -1
        self.strip = ThumbnailStrip(palette, side=SIDE, gap=6, carried=self._place)
        self.add_button = QPushButton("Add")
        self.remove_button, self.clear_button = QToolButton(), QToolButton()
        self.menu = QMenu(self)
        self.setAcceptDrops(True)
        self._build()
        self._show()

    def _build(self) -> None:
        self.here_action = self.menu.addAction("Present place", self.here_wanted.emit)
        self.random_action = self.menu.addAction("Random place", self.random_wanted.emit)
        self.shelf_action = self.menu.addAction("All of the shelf", self.shelf_wanted.emit)
        self.add_button.setMenu(self.menu)
        self.add_button.setToolTip("Add a key frame after the chosen one; or drop places from the shelf here.")
        self.remove_button.setText("Remove")
        self.remove_button.setToolTip("Remove the chosen key frame (Delete)")
        self.clear_button.setText("Clear")
        self.clear_button.setToolTip("Remove all key frames")
        self.remove_button.clicked.connect(lambda: self.remove(self.strip.selected))
        self.clear_button.clicked.connect(lambda: self.set_states([]))
        self.strip.clicked.connect(self._choose)
        self.strip.setAccessibleName("Key frames")
        self.strip.installEventFilter(self)
        area = QScrollArea()
        area.setWidget(self.strip)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area = area
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(area, 1)
        for button in (self.add_button, self.remove_button, self.clear_button):
            layout.addWidget(button)

    # -- what there is ------------------------------------------------------------------------------------------------

    @property
    def states(self) -> tuple[ViewState, ...]:
        """The key frames in order."""
        return tuple(self._states)

    def set_states(self, states: Sequence[ViewState]) -> None:
        """Replace all key frames."""
        self._states = list(states)[:MOST_KEYS]
        self._show()
        self.changed.emit()

    def add(self, states: Sequence[ViewState], at: int | None = None) -> None:
        """Put key frames in before number ``at``; by default after the chosen one, or at the end."""
        selected = self.strip.selected
        place = (selected + 1 if selected >= 0 else len(self._states)) if at is None else at
        wanted = list(states)[: MOST_KEYS - len(self._states)]
        if wanted:
            self._states[place:place] = wanted
            self._show(place + len(wanted) - 1)
            self.changed.emit()

    def remove(self, index: int) -> None:
        """Take a key frame away."""
        if 0 <= index < len(self._states):
            del self._states[index]
            self._show(min(index, len(self._states) - 1))
            self.changed.emit()

    def reorder(self, index: int, to: int) -> None:
        """Put a key frame elsewhere in the order."""
        to = min(max(to, 0), len(self._states) - 1)
        if 0 <= index < len(self._states) and index != to:
            self._states.insert(to, self._states.pop(index))
            self._show(to)
            self.changed.emit()

    def show_pictures(self, pictures: Sequence[NDArray[np.uint8] | None]) -> None:
        """Show what the key frames look like."""
        self.strip.set_images(list(pictures))

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.strip.set_palette(palette)

    def _show(self, selected: int = -1) -> None:
        count = len(self._states)
        self.strip.set_images([None] * count)
        self.strip.set_captions([str(number + 1) for number in range(count)])
        self.strip.set_selected(selected)
        self.strip.setMinimumWidth(self.strip.sizeHint().width() if count else 0)
        self._area.setFixedHeight(self.sizeHint().height())
        self.remove_button.setEnabled(selected >= 0)
        self.clear_button.setEnabled(count > 0)

    def _choose(self, index: int) -> None:
        self.remove_button.setEnabled(True)
        self.chosen.emit(index)

    @override
    def sizeHint(self) -> QSize:
        caption = round(1.3 * self.fontMetrics().height())
        return QSize(320, SIDE + caption + 10)

    # -- hand ---------------------------------------------------------------------------------------------------------

    def _place(self, index: int) -> Bookmark:
        self._dragged = index
        return Bookmark("", self._states[index])

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Before the strip and what scrolls it: both have uses of their own for arrow keys.
        if event.type() == QEvent.Type.KeyPress and self._press(cast(QKeyEvent, event)):
            return True
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        """Do what a key says; return whether it says something here."""
        selected = self.strip.selected
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and selected >= 0:
            self.remove(selected)
        elif step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier and selected >= 0:
            self.reorder(selected, selected + step)
        else:
            return False
        return True

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.strip.set_selected(-1)
        self.remove_button.setEnabled(False)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if bookmarks_of(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        place = self.strip.mapFrom(self, event.position().toPoint())
        before = sum(self.strip.rect_of(index).center().x() < place.x() for index in range(self.strip.count))
        if event.source() is self.strip and self._dragged >= 0:
            self.reorder(self._dragged, before - (before > self._dragged))
        else:
            self.add([mark.state for mark in bookmarks_of(event.mimeData())], before)
        self._dragged = -1
        event.acceptProposedAction()
