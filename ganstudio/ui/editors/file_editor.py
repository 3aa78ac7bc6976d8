"""A file: its path, typed or chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget
from typing_extensions import override

from ganstudio.engine.params import Param
from ganstudio.ui.editors import Editor


class FileEditor(Editor):
    """Edits the path of a file of points."""

    def __init__(self, declared: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = ""
        self.line = QLineEdit()
        self.line.setPlaceholderText("CSV or .npy, one or two columns")
        self.line.setAccessibleName(declared.title)
        self.line.editingFinished.connect(lambda: self._take(self.line.text().strip()))
        self.button = QToolButton()
        self.button.setText("Choose…")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._choose)
        self.setFocusProxy(self.line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.button)

    @override
    def show_value(self, value: Any) -> None:
        self._value = str(value)
        self.line.setText(self._value)
        self.line.setToolTip(self._value)

    def _choose(self) -> None:
        folder = str(Path(self._value).parent) if self._value else str(QSettings().value("folder", ""))
        kinds = "Points (*.csv *.tsv *.txt *.npy);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Choose points", folder, kinds)
        if name:
            QSettings().setValue("folder", str(Path(name).parent))
            self._take(name)

    def _take(self, name: str) -> None:
        if name == self._value:
            return
        if name and not Path(name).expanduser().is_file():
            self.rejected.emit(f"There is no file {name}")
            return
        self.accepted.emit()
        self.show_value(name)
        self.edited.emit(name)
