"""A part of the experiment in the form: which entry of its family, and that entry's settings."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.engine.config import Part
from ganstudio.engine.params import Param, params_of
from ganstudio.ui.editors import editor_for
from ganstudio.ui.editors.choice_editor import ChoiceEditor
from ganstudio.ui.editors.drawing_editor import DrawingEditor
from ganstudio.ui.editors.images_editor import ImagesEditor
from ganstudio.ui.setting_row import SettingRow


class PartBlock(QWidget):
    """The row that chooses an entry, and the rows of the chosen one, which are made anew when it is exchanged.

    Signals
    -------
    row_made
        A row that its owner should listen to.
    drawing_asked
        ``section`` whose drawing is to be opened.
    images_asked
        ``section`` for which images are to be chosen, and a path that was dropped there, or none.
    """

    row_made = Signal(object)
    drawing_asked = Signal(str)
    images_asked = Signal(str, str)

    def __init__(self, section: str, part: Part, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.section, self.part = section, part
        self.rows: dict[str, SettingRow] = {}
        self._entry: type | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 2, 0, 2)
        self._layout.setSpacing(2)
        entries = list(part.registry)
        self._choice = ChoiceEditor(
            [entry.name for entry in entries],
            [entry.title or entry.name for entry in entries],
            [entry.summary() for entry in entries],
        )
        self.name_row = SettingRow(f"{section}.name", part.title, self._choice, strong=True)
        self._layout.addWidget(self.name_row)

    def offer(self, names: Collection[str]) -> None:
        """Offer these entries only."""
        self._choice.offer(names)

    def show_entry(self, entry: Any) -> bool:
        """Make the rows for this entry if it is another one than before; return whether that was so."""
        if type(entry) is self._entry:
            return False
        self._entry = type(entry)
        for row in self.rows.values():
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {
            f"{self.section}.{name}": self._row(name, declared)
            for name, declared in params_of(entry).items()
            if declared.editor != "hidden"
        }
        for row in self.rows.values():
            self._layout.addWidget(row)
            self.row_made.emit(row)
        return True

    def all_rows(self) -> dict[str, SettingRow]:
        """Return every row, that of the name included, by path."""
        return {self.name_row.path: self.name_row} | self.rows

    def _row(self, name: str, declared: Param) -> SettingRow:
        path = f"{self.section}.{name}"
        editor = editor_for(path, declared)
        if isinstance(editor, DrawingEditor):
            editor.drawing_asked.connect(lambda: self.drawing_asked.emit(self.section))
        if isinstance(editor, ImagesEditor):
            editor.images_asked.connect(lambda dropped: self.images_asked.emit(self.section, dropped))
        return SettingRow(path, declared.title, editor)
