"""Which latents have an attribute and which have not."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QWidget

from ganstudio.ui.latent.thumbnails import RING
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.segmented_choice import SegmentedChoice

REST = "\0rest"  # stands for everything that is not in the other group


class AttributeChoice(QWidget):
    """Two groups of latents, and how the direction from one to the other is found.

    Signals
    -------
    changed
        The person chose another group or another method.
    """

    changed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ahead, self.behind = QComboBox(), QComboBox()
        self.method = SegmentedChoice((("mean", "Means"), ("logistic", "Plane")), palette)
        self.method.setToolTip(
            "Means: the difference of the two groups' means.\n"
            "Plane: the normal of the plane that separates them best (logistic regression with a ridge penalty)."
        )
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("muted", True)
        layout = QGridLayout(self)
        layout.setContentsMargins(round(RING), 0, round(RING), 0)
        layout.setVerticalSpacing(4)
        for row, (words, box) in enumerate((("With", self.ahead), ("Without", self.behind))):
            label = QLabel(words)
            label.setBuddy(box)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            box.setAccessibleName(words)
            layout.addWidget(label, row, 0)
            layout.addWidget(box, row, 1)
            box.activated.connect(self.changed)
        layout.addWidget(self.method, 2, 1, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.hint, 3, 0, 1, 2)
        self.method.chosen.connect(self.changed)

    @property
    def chosen(self) -> tuple[str, str]:
        """The names of the group with the attribute and of that without; :data:`REST`: all others."""
        return str(self.ahead.currentData() or ""), str(self.behind.currentData() or "")

    def set_groups(self, counts: Mapping[str, int], hint: str) -> None:
        """Offer groups by name with the number of latents in each; what was chosen stays chosen."""
        before = self.chosen
        for box, name, extra in ((self.ahead, before[0], False), (self.behind, before[1], True)):
            box.blockSignals(True)
            box.clear()
            for group, count in counts.items():
                box.addItem(f"{group} ({count})", group)
            if extra and len(counts) > 1:
                box.insertItem(0, "all others", REST)
            found = box.findData(name)
            box.setCurrentIndex(found if found >= 0 else 0)
            box.setEnabled(bool(counts))
            box.blockSignals(False)
        if self.chosen[0] == self.chosen[1] and len(counts) > 1:
            self.behind.setCurrentIndex(0)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.method.set_palette(palette)
