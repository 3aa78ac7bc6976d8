"""Editors of one setting each, chosen by its declaration. An editor knows values, never configs."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganstudio.engine.params import Param


class Editor(QWidget):
    """Shows a value and reports edits made by hand; showing a value reports nothing.

    Signals
    -------
    edited
        The person chose a value, which is allowed.
    rejected
        What was typed cannot be used; says what is allowed.
    accepted
        A complaint is settled.
    preset_asked
        The person wants the preset's value back.
    """

    edited = Signal(object)
    rejected = Signal(str)
    accepted = Signal()
    preset_asked = Signal()

    def show_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def set_mark(self, value: Any) -> None:
        """Mark the preset's value, where the editor can."""


def editor_for(path: str, declared: Param) -> Editor:
    """Return a new editor for a setting."""
    from ganstudio.ui.editors.choice_editor import ChoiceEditor
    from ganstudio.ui.editors.device_editor import DeviceEditor
    from ganstudio.ui.editors.drawing_editor import DrawingEditor
    from ganstudio.ui.editors.file_editor import FileEditor
    from ganstudio.ui.editors.flag_editor import FlagEditor
    from ganstudio.ui.editors.images_editor import ImagesEditor
    from ganstudio.ui.editors.number_editor import NumberEditor
    from ganstudio.ui.editors.text_editor import TextEditor

    if path == "run.device":
        return DeviceEditor(declared)
    if declared.editor == "file":
        return FileEditor(declared)
    if declared.editor == "images":
        return ImagesEditor(declared)
    if declared.editor == "drawing":
        return DrawingEditor()
    if declared.choices is not None:
        return ChoiceEditor(declared.choices)
    if declared.kind is bool:
        return FlagEditor()
    if declared.kind in (int, float):
        return NumberEditor(declared)
    return TextEditor(declared)
