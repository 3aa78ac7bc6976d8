"""The device to train on: what there is, to choose from, or typed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.params import Param
from ganstudio.ui.editors import Editor


class DeviceEditor(Editor):
    """Edits the device's name; the list is made when it is first opened."""

    def __init__(self, declared: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combo = QComboBox()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.combo.setMinimumContentsLength(5)
        self.combo.addItems(["auto", "cpu"])
        self._value = ""
        self._listed = False
        line = self.combo.lineEdit()
        assert line is not None  # noqa: S101 - an editable combo box has one; for the type checker
        self._line = line
        line.setAccessibleName(declared.title)
        line.editingFinished.connect(self._commit)
        self.combo.activated.connect(self._commit)
        self.combo.installEventFilter(self)
        self.setFocusProxy(self.combo)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.combo, 1)

    @override
    def show_value(self, value: Any) -> None:
        self._value = str(value)
        self.combo.setEditText(self._value)

    def _commit(self) -> None:
        text = self._line.text().strip()
        if text and text != self._value:
            self._value = text
            self.edited.emit(text)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and not self.combo.hasFocus():
            event.ignore()
            return True
        if event.type() == QEvent.Type.MouseButtonPress and not self._listed:
            self._listed = True
            from ganstudio.engine.device import available  # torch: only once the list is wanted

            self.combo.clear()
            self.combo.addItems(available())
            self.combo.setEditText(self._value)
        return super().eventFilter(watched, event)
