"""Two things side by side: two ways between places, or two models of the same latents."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ganstudio.ui.latent.compare_models import CompareModels
from ganstudio.ui.latent.compare_ways import CompareWays
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.segmented_choice import SegmentedChoice


class CompareView(QWidget):
    """Lerp against slerp, and two models or snapshots against each other.

    Parameters
    ----------
    explorer
        Whose model makes the pictures. While the page is hidden nothing is computed.
    """

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = SegmentedChoice(
            (("ways", "Lerp and slerp"), ("models", "Two models or snapshots")), explorer.palette
        )
        self.choice.setAccessibleName("What is compared")
        self.ways, self.models = CompareWays(explorer), CompareModels(explorer)
        self.pages = QStackedWidget()
        for page in (self.ways, self.models):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.pages, 1)
        self.choice.chosen.connect(self.show_page)

    def show_page(self, name: str) -> None:
        """Show "ways" or "models"."""
        self.choice.set_value(name)
        self.pages.setCurrentWidget(self.models if name == "models" else self.ways)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for part in (self.choice, self.ways, self.models):
            part.set_palette(palette)
