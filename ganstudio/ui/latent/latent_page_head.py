"""The line above the canvas: which canvas, and what goes in and out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ganstudio.ui import icons
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.segmented_choice import SegmentedChoice

TABS = (("map", "Map"), ("grid", "Grid"), ("walk", "Walk"), ("compare", "Compare"), ("embed", "Embed"))


class LatentPageHead(QWidget):
    """Tabs, and buttons to look for a picture and to save things; narrow, the buttons are icons alone."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = SegmentedChoice(TABS, palette)
        self.tabs.setAccessibleName("View")
        self.find_button, self.export_button = QToolButton(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        for button, words, tip in (
            (
                self.find_button,
                "Find a picture…",
                "Look for its latent: drop a picture, choose or draw one (I)",
            ),
            (self.export_button, "Export…", "Save pictures, latents, this place or the walk to a file"),
        ):
            button.setText(words)
            button.setToolTip(f"{words} {tip}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.set_narrow(True)  # until the width is known: else it would be too small for the words, and grow
        self.set_palette(palette)

    def set_narrow(self, narrow: bool) -> None:
        """Do with less width, or not."""
        styles = Qt.ToolButtonStyle
        for button in (self.find_button, self.export_button):
            button.setToolButtonStyle(styles.ToolButtonIconOnly if narrow else styles.ToolButtonTextBesideIcon)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.tabs.set_palette(palette)
        self.find_button.setIcon(icons.icon("search", palette.text))
        self.export_button.setIcon(icons.icon("export", palette.text))
