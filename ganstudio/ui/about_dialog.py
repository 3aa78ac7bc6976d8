"""What the program is and what it runs on."""

from __future__ import annotations

import PySide6
from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import ganstudio
from ganstudio import environment
from ganstudio.engine.params import ConfigError
from ganstudio.ui.icons import application_icon

LINE = "Train generative adversarial networks and watch them live."
LICENCE = "Free software under the MIT licence. © 2026 The GAN Studio developers"
LOGO_EMS = 4.2


class AboutDialog(QDialog):
    """Names the program, its version and its licence, and the versions of all that it stands on, to copy.

    Parameters
    ----------
    device
        The run's device, by the name that the settings have.
    """

    def __init__(self, parent: QWidget | None = None, device: str = "auto") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About GAN Studio")
        self.facts = facts(device)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(self._head())
        layout.addWidget(self._table())
        layout.addLayout(self._foot())
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def text(self) -> str:
        """Return all that the dialog says, as text to put into a report."""
        return "\n".join(f"{name}: {value}" for name, value in self.facts.items())

    def copy(self) -> None:
        """Copy what the dialog says."""
        QGuiApplication.clipboard().setText(self.text())
        self.copy_button.setText("Copied")

    def _head(self) -> QHBoxLayout:
        side = round(LOGO_EMS * self.fontMetrics().height())
        logo = QLabel()
        logo.setPixmap(application_icon().pixmap(QSize(side, side), self.devicePixelRatioF()))
        name = QLabel("GAN Studio")
        large = QFont(self.font())
        large.setPointSizeF(1.9 * large.pointSizeF())
        large.setWeight(QFont.Weight.DemiBold)
        name.setFont(large)
        version = QLabel(f"Version {ganstudio.__version__}")
        version.setProperty("muted", True)
        words = QVBoxLayout()
        words.setSpacing(3)
        for label in (name, version, QLabel(LINE)):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(logo, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _table(self) -> QFrame:
        table = QFrame()
        table.setObjectName("popup")
        grid = QGridLayout(table)
        grid.setContentsMargins(14, 10, 14, 10)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        widest = 30 * self.fontMetrics().height()
        for row, (name, value) in enumerate(list(self.facts.items())[1:]):
            title = QLabel(name)
            title.setProperty("muted", True)
            shown = QLabel(value)
            shown.setTextFormat(Qt.TextFormat.PlainText)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{name}: {value}")
            if shown.sizeHint().width() > widest:
                shown.setWordWrap(True)
                shown.setMinimumWidth(widest)
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(shown, row, 1)
        return table

    def _foot(self) -> QVBoxLayout:
        licence = QLabel(LICENCE)
        licence.setProperty("muted", True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Copy the table as text, for a report")
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self.copy)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setDefault(True)
        close.setFocus()
        foot = QVBoxLayout()
        foot.setSpacing(14)
        foot.addWidget(licence)
        foot.addWidget(buttons)
        return foot


def facts(device: str = "auto") -> dict[str, str]:
    """Return what the program is and runs on, by title; torch is not imported for it."""
    found = environment.versions()
    rows = {
        "GAN Studio": found["ganstudio"],
        "Python": found["python"],
        "PyTorch": found["torch"],
        "Qt": qVersion(),
        "PySide6": PySide6.__version__,
        "NumPy": found["numpy"],
    }
    try:
        hardware = environment.device_facts(device)
    except ConfigError as error:
        hardware = {"device": str(error)}
    rows |= {name.capitalize(): value for name, value in hardware.items()}
    rows["Qt platform"] = QGuiApplication.platformName()
    rows["System"] = found["platform"]
    return rows
