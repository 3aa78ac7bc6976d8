"""A part of the form that folds away under its title."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ganstudio.ui import icons


class Section(QWidget):
    """A title to click on and the rows below it.

    Signals
    -------
    folded_changed
        The section was opened or folded.
    """

    folded_changed = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.header = QToolButton()
        self.header.setObjectName("section")
        self.header.setText(title)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setCheckable(True)
        self.header.setChecked(True)
        self.header.setIconSize(QSize(12, 12))
        self.header.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.toggled.connect(self._toggled)
        self._body = QWidget()
        self.rows = QVBoxLayout(self._body)
        self.rows.setContentsMargins(0, 0, 0, 8)
        self.rows.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._body)
        self._color = "#888888"

    @property
    def folded(self) -> bool:
        """Whether the rows are hidden."""
        return not self.header.isChecked()

    def set_folded(self, folded: bool) -> None:
        """Fold or open the section."""
        self.header.setChecked(not folded)

    def set_color(self, color: str) -> None:
        """Tint the arrow."""
        self._color = color
        self._show_arrow()

    def _toggled(self, opened: bool) -> None:
        self._body.setVisible(opened)
        self._show_arrow()
        self.folded_changed.emit(not opened)

    def _show_arrow(self) -> None:
        self.header.setIcon(icons.icon("chevron_right" if self.folded else "chevron_down", self._color))
