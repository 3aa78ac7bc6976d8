"""The strip below the form while changes wait for a reset."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from ganstudio.engine.config import Change
from ganstudio.ui.experiment import Experiment, described


class PendingBar(QFrame):
    """Says how many changes wait, and offers to reset or to take them back."""

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self._experiment = experiment
        self.words = QLabel()
        self.discard_button = QPushButton("Discard")
        self.discard_button.setToolTip("Take these changes back; the run goes on as it is")
        self.discard_button.clicked.connect(experiment.discard_pending)
        self.reset_button = QPushButton("Reset")
        self.reset_button.setProperty("primary", True)
        self.reset_button.setToolTip("Begin a new run with these settings and the same seed")
        self.reset_button.clicked.connect(experiment.reset)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.words, 1)
        for button in (self.discard_button, self.reset_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
        experiment.pending_changed.connect(self._show)
        self._show(experiment.pending)

    def _show(self, pending: tuple[Change, ...]) -> None:
        self.setVisible(bool(pending))
        self.words.setText("1 change waits" if len(pending) == 1 else f"{len(pending)} changes wait")
        self.words.setToolTip("<br>".join(described(change, self._experiment.config) for change in pending))
