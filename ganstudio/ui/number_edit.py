"""A field for one number, checked against its declaration when it is left."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from ganstudio.engine.params import ConfigError, Param
from ganstudio.ui.scales import shown


class NumberEdit(QLineEdit):
    """Shows a number and lets one type another; Enter or leaving the field takes it, Escape puts the old one back.

    Both leave the field, so that the next key is one of the window's again.

    Signals
    -------
    value_edited
        A new, allowed value was typed.
    rejected
        What was typed cannot be used; says what is allowed.
    accepted
        A complaint is settled.
    """

    value_edited = Signal(object)
    rejected = Signal(str)
    accepted = Signal()

    def __init__(self, declared: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declared = declared
        self._value: float = 0
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self._commit)

    @property
    def value(self) -> float:
        """The number last shown or taken."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show a number, unless one is being typed."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self._show()

    def _show(self) -> None:
        self.setText(shown(self._value))
        self.setCursorPosition(0)
        self._complain("")

    def _commit(self) -> None:
        if not self.isModified():
            return
        text = (
            self.text()
            .strip()
            .replace("\u2212", "-")
            .replace(" ", "")
            .replace("\u2009", "")
            .replace("\u202f", "")
            .replace(",", ".")
        )
        try:
            value = self._declared.checked(self._declared.title, float(text))
        except (ValueError, OverflowError) as error:
            allowed = self._declared.allowed
            self._complain(
                f"{text or 'Nothing'} is not allowed: {error.allowed if isinstance(error, ConfigError) else allowed}"
            )
            return
        self._complain("")
        self.setModified(False)
        if value != self._value:
            self._value = value
            self._show()
            self.value_edited.emit(value)
        else:
            self._show()

    def _complain(self, message: str) -> None:
        was = bool(self.property("invalid"))
        if was != bool(message):
            self.setProperty("invalid", bool(message))
            self.style().unpolish(self)
            self.style().polish(self)
        if message:
            self.rejected.emit(message)
        elif was:
            self.accepted.emit()

    @override
    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        if arg__1.key() == Qt.Key.Key_Escape:
            was_modified = self.isModified()
            self.setModified(False)
            self._show()
            self.clearFocus()
            if was_modified:  # else a dialog may close
                return
        super().keyPressEvent(arg__1)
        if arg__1.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            arg__1.accept()  # a dialog is not to be closed by it
            if not self.isModified():
                self.clearFocus()

    @override
    def focusInEvent(self, arg__1: QFocusEvent) -> None:
        super().focusInEvent(arg__1)
        if arg__1.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance("0.0000") + 18, hint.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("0.000") + 14, super().minimumSizeHint().height())
