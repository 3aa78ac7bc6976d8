"""A button that does not change its width with its word."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget
from typing_extensions import override


class SteadyButton(QToolButton):
    """A tool button as wide as the widest of its words needs, whichever it shows."""

    def __init__(self, words: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        widest = max(self._width(word) for word in self._words)
        return QSize(hint.width() + max(0, widest - self._width(self.text())), hint.height())

    def _width(self, word: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, word).width()  # as the button itself reckons
