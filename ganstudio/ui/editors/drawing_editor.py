"""A button that opens the drawing of the data."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget
from typing_extensions import override

from ganstudio.ui.editors import Editor


class DrawingEditor(Editor):
    """Opens the drawing; what is drawn is the whole distribution, so its owner opens the dialog.

    Signals
    -------
    drawing_asked
        The person wants to draw.
    """

    drawing_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QToolButton()
        self.button.setText("Draw…")
        self.button.setProperty("link", True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.drawing_asked)
        self.setFocusProxy(self.button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addStretch(1)

    @override
    def show_value(self, value: Any) -> None:
        self.button.setToolTip(f"{len(value)} values drawn" if isinstance(value, tuple) else "")
