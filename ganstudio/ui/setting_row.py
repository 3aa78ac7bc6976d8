"""One setting in the form: its name, its editor, and what there is to say about it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from ganstudio.ui.editors import Editor
from ganstudio.ui.setting_label import DOT_SPACE, SettingLabel


class SettingRow(QWidget):
    """A label, an editor and, when there is need, a line below: an error, or "applies on reset" with the button.

    Signals
    -------
    edited
        ``path`` and the value the person chose.
    preset_asked
        ``path`` whose preset value the person wants back.
    reset_asked
        The button beside "applies on reset".
    """

    edited = Signal(str, object)
    preset_asked = Signal(str)
    reset_asked = Signal()

    def __init__(self, path: str, title: str, editor: Editor, *, strong: bool = False) -> None:
        super().__init__()
        self.path, self.editor = path, editor
        self._pending = False
        self._problem = ""
        self.label = SettingLabel(title)
        self.label.set_strong(strong)
        self.label.double_clicked.connect(lambda: self.preset_asked.emit(self.path))
        editor.preset_asked.connect(lambda: self.preset_asked.emit(self.path))
        editor.edited.connect(lambda value: self.edited.emit(self.path, value))
        editor.rejected.connect(self.set_problem)
        editor.accepted.connect(lambda: self.set_problem(""))
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 8, 0)
        self._layout.setHorizontalSpacing(2)
        self._layout.setVerticalSpacing(0)
        self._layout.setColumnStretch(1, 1)
        self._layout.addWidget(self.label, 0, 0)
        self._layout.addWidget(editor, 0, 1)
        self._note: QWidget | None = None
        self._words: QLabel | None = None
        self.reset_button: QPushButton | None = None

    @property
    def note(self) -> str:
        """What the line below says now."""
        return self._words.text() if self._words is not None and self._note and not self._note.isHidden() else ""

    def show_value(self, value: Any) -> None:
        """Show the setting's value."""
        self.editor.show_value(value)

    def set_changed(self, changed: bool, preset_value: Any) -> None:
        """Show whether the value differs from the preset's, which the editor marks."""
        self.label.set_changed(changed)
        self.editor.set_mark(preset_value if changed else None)

    def set_pending(self, pending: bool) -> None:
        """Show whether the value waits for a reset."""
        if pending != self._pending:
            self._pending = pending
            self._show_note()

    def set_problem(self, problem: str) -> None:
        """Show what is wrong with what was entered; nothing if empty."""
        if problem != self._problem:
            self._problem = problem
            self._show_note()

    def set_tip(self, tip: str) -> None:
        """Set the tool tip of the whole row."""
        self.label.setToolTip(tip)
        self.editor.setToolTip(tip)

    def _show_note(self) -> None:
        wanted = bool(self._problem or self._pending)
        if self._note is None:
            if not wanted:
                return
            self._make_note()
        note, words, button = self._note, self._words, self.reset_button
        if note is None or words is None or button is None:
            return
        words.setText(self._problem or "Applies on reset")
        words.setWordWrap(bool(self._problem))
        words.setProperty("tone", "error" if self._problem else "warning")
        words.style().unpolish(words)
        words.style().polish(words)
        button.setVisible(not self._problem)
        note.setVisible(wanted)

    def _make_note(self) -> None:
        self._note, self._words = QWidget(), QLabel()
        self.reset_button = QPushButton("Reset now")
        self.reset_button.setProperty("link", True)
        self.reset_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset_button.clicked.connect(self.reset_asked)
        line = QHBoxLayout(self._note)
        line.setContentsMargins(DOT_SPACE, 0, 0, 2)
        line.setSpacing(4)
        line.addWidget(self._words, 1)
        line.addWidget(self.reset_button)
        self._layout.addWidget(self._note, 1, 0, 1, 2)
