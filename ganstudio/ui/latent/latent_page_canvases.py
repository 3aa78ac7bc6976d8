"""The page's canvases, one of which is shown."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget
from typing_extensions import override

LEAST = QSize(360, 200)


class LatentPageCanvases(QStackedWidget):
    """Asks for no more room than any canvas can do with, where Qt would ask for what the largest would like."""

    @override
    def minimumSizeHint(self) -> QSize:
        return LEAST
