"""A line of text, or a list of numbers."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from ganstudio.engine.params import ConfigError, Param
from ganstudio.ui.editors import Editor
from ganstudio.ui.scales import shown


class TextEditor(Editor):
    """Edits text, or a tuple of numbers written with commas."""

    def __init__(self, declared: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declared = declared
        self._value: Any = declared.default
        self.line = QLineEdit()
        self.line.setAccessibleName(declared.title)
        self.line.editingFinished.connect(self._commit)
        self.setFocusProxy(self.line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1)

    @override
    def show_value(self, value: Any) -> None:
        self._value = value
        text = ", ".join(shown(item) for item in value) if isinstance(value, tuple) else str(value)
        if not (self.line.hasFocus() and self.line.isModified()):
            self.line.setText(text)
            self.line.setCursorPosition(0)

    def _commit(self) -> None:
        if not self.line.isModified():
            return
        text = self.line.text().strip()
        try:
            is_list = self._declared.kind is tuple
            raw = tuple(float(item) for item in text.split(",") if item.strip()) if is_list else text
            value = self._declared.checked(self._declared.title, raw)
        except ValueError as error:
            allowed = error.allowed if isinstance(error, ConfigError) else "numbers with commas between"
            self.rejected.emit(f"{text} is not allowed: {allowed}")
            return
        self.line.setModified(False)
        self.accepted.emit()
        if value != self._value:
            self._value = value
            self.edited.emit(value)
