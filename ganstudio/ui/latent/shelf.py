"""The shelf: places with their pictures, to go back to, to drag about, to keep in a file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QInputDialog, QLabel, QMenu, QToolButton, QWidget
from typing_extensions import override

from ganstudio.engine.latent import bookmarks as files
from ganstudio.engine.latent.bookmarks import LARGEST_NAME, Bookmark, BookmarksError
from ganstudio.ui import icons
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_mime import bookmarks_of
from ganstudio.ui.latent.shelf_strip import ShelfStrip
from ganstudio.ui.palette import Palette
from ganstudio.ui.popups import attach

KINDS = "Bookmarks (*.glat);;All files (*)"
EMPTY = "Bookmark a place with B, or drag a tile here with the right button"


class Shelf(QFrame):
    """Bookmarks in a row; click goes there, drag carries away, the menu names, groups and removes."""

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self.strip = ShelfStrip(explorer.palette)
        self.add, self.arithmetic, self.more = QToolButton(), QToolButton(), QToolButton()
        self._empty = QLabel(EMPTY)
        self._lay_out()
        self._connect()
        self.set_palette(explorer.palette)
        self._show()

    def _lay_out(self) -> None:
        self.setAcceptDrops(True)
        self.add.setText("Bookmark")
        self.add.setToolTip("Keep this place on the shelf (B)")
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.arithmetic.setText("A − B + C")
        self.arithmetic.setCheckable(True)
        self.arithmetic.setToolTip("Show wells for arithmetic with bookmarks")
        self.more.setToolTip("Save, load or clear the shelf")
        self.more.setAccessibleName("The shelf's files")
        menu = QMenu(self.more)
        menu.addAction("Save shelf…", self.choose_and_save)
        menu.addAction("Load shelf…", self.choose_and_load)
        menu.addSeparator()
        menu.addAction("Clear shelf", lambda: self._explorer.set_bookmarks([]))
        attach(self.more, menu)
        self._empty.setProperty("muted", True)
        self._empty.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.add)
        row.addWidget(self.strip, 1)
        row.addWidget(self._empty, 1)
        row.addWidget(self.arithmetic)
        row.addWidget(self.more)
        for button in (self.add, self.arithmetic, self.more):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.bookmarks_changed.connect(self._show)
        explorer.model_changed.connect(lambda model: self.add.setEnabled(model is not None))
        self.add.setEnabled(explorer.model is not None)
        self.add.clicked.connect(lambda: explorer.add_bookmark())
        self.strip.chosen.connect(self._go)
        self.strip.menu_asked.connect(self._open_menu)

    def _show(self) -> None:
        marks = self._explorer.bookmarks
        self.strip.set_bookmarks(marks)
        self.strip.setVisible(bool(marks))
        self._empty.setVisible(not marks)

    def _go(self, index: int) -> None:
        self._explorer.restore(self._explorer.bookmarks[index].state)

    # -- one bookmark -------------------------------------------------------------------------------------------------

    def _open_menu(self, index: int, place: QPointF) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go there", lambda: self._go(index))
        menu.addAction("Rename…", lambda: self._rename(index))
        menu.addAction("Group…", lambda: self._regroup(index))
        menu.addAction("Remove", lambda: self.remove(index))
        menu.popup(place.toPoint())

    def remove(self, index: int) -> None:
        """Take a bookmark off the shelf."""
        marks = list(self._explorer.bookmarks)
        del marks[index]
        self._explorer.set_bookmarks(marks)

    def _rename(self, index: int) -> None:
        mark = self._explorer.bookmarks[index]
        name, sure = QInputDialog.getText(self, "Rename", "Name:", text=mark.name)
        if sure and name.strip():
            self._replace(index, dataclasses.replace(mark, name=name.strip()[:LARGEST_NAME]))

    def _regroup(self, index: int) -> None:
        mark = self._explorer.bookmarks[index]
        group, sure = QInputDialog.getText(self, "Group", "Group (exemplars of one kind share one):", text=mark.group)
        if sure:
            self._replace(index, dataclasses.replace(mark, group=group.strip()[:LARGEST_NAME]))

    def _replace(self, index: int, mark: Bookmark) -> None:
        marks = list(self._explorer.bookmarks)
        marks[index] = mark
        self._explorer.set_bookmarks(marks)

    # -- files --------------------------------------------------------------------------------------------------------

    def choose_and_save(self) -> None:
        """Ask where, and save the shelf."""
        name, _ = QFileDialog.getSaveFileName(self, "Save shelf", str(Path.home() / f"shelf{files.SUFFIX}"), KINDS)
        if name:
            self.save(Path(name if name.endswith(files.SUFFIX) else name + files.SUFFIX))

    def save(self, path: Path) -> None:
        """Write all bookmarks to a file; say so, or why not."""
        try:
            files.save(path, self._explorer.bookmarks)
        except OSError as error:
            self._explorer.failed.emit(f"{path} could not be written: {error.strerror or error}.", "")
        else:
            self._explorer.noticed.emit(f"Saved {len(self._explorer.bookmarks)} bookmarks to {path}")

    def choose_and_load(self) -> None:
        """Ask for a file and put its bookmarks on the shelf."""
        name, _ = QFileDialog.getOpenFileName(self, "Load shelf", str(Path.home()), KINDS)
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Add a file's bookmarks; say what is wrong with any other file."""
        try:
            found = files.read(path)
        except BookmarksError as error:
            self._explorer.failed.emit(f"{error}. The shelf stays.", "")
            return
        self._explorer.set_bookmarks([*self._explorer.bookmarks, *found])
        self._explorer.noticed.emit(f"{len(found)} bookmarks from {path.name}")

    # -- dropping -----------------------------------------------------------------------------------------------------

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is not self.strip and bookmarks_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        for mark in bookmarks_of(event.mimeData()):
            self._explorer.keep(mark)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.strip.set_palette(palette)
        self.add.setIcon(icons.icon("bookmark", palette.text))
        self.more.setIcon(icons.icon("menu", palette.text))
