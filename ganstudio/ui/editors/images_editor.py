"""A person's own images: where they are, and the button that opens the window to choose them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget
from typing_extensions import override

from ganstudio.engine.params import Param
from ganstudio.ui.editors import Editor
from ganstudio.ui.eliding_label import ElidingLabel


class ImagesEditor(Editor):
    """Names the images; choosing others sets more than the path, so its owner opens the window.

    Signals
    -------
    images_asked
        The person wants to choose images, or dropped this path here; empty if not.
    """

    images_asked = Signal(str)

    def __init__(self, declared: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.place = ElidingLabel()
        self.place.setProperty("muted", True)
        self.button = QToolButton()
        self.button.setText("Choose…")
        self.button.setAccessibleName(f"{declared.title}: choose")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(lambda: self.images_asked.emit(""))
        self.setFocusProxy(self.button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.place, 1)
        layout.addWidget(self.button)

    @override
    def show_value(self, value: Any) -> None:
        path = str(value)
        self.place.setText(Path(path).name or path or "None chosen")
        self.place.setToolTip(path)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len([url for url in event.mimeData().urls() if url.isLocalFile()]) == 1:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.images_asked.emit(event.mimeData().urls()[0].toLocalFile())
