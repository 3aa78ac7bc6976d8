"""A list to choose from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListView, QWidget
from typing_extensions import override

from ganstudio.ui.editors import Editor

TITLES = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "gelu": "GELU",
    "lecun": "LeCun",
    "dcgan": "DCGAN",
    "tanh": "tanh",
}


def words(choice: str) -> str:
    """Return a choice as it is written for people."""
    return TITLES.get(choice) or choice.replace("_", " ").capitalize()


class ChoiceEditor(Editor):
    """Edits a choice among few. Every choice may have a title and a tool tip."""

    def __init__(
        self,
        choices: Sequence[str],
        titles: Sequence[str] | None = None,
        tips: Sequence[str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.combo = QComboBox()
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(6)
        self.combo.setMaxVisibleItems(24)
        self.combo.view().setTextElideMode(Qt.TextElideMode.ElideNone)
        for index, choice in enumerate(choices):
            self.combo.addItem(titles[index] if titles else words(choice), choice)
            if tips:
                self.combo.setItemData(index, tips[index], Qt.ItemDataRole.ToolTipRole)
        self.combo.activated.connect(self._chosen)
        self.combo.installEventFilter(self)
        self.setFocusProxy(self.combo)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.combo, 1)
        self._shown: object = None

    def offer(self, choices: Collection[str]) -> None:
        """Offer these choices only; the others are hidden, whatever is chosen now."""
        view = cast(QListView, self.combo.view())
        for row in range(self.combo.count()):
            view.setRowHidden(row, self.combo.itemData(row) not in choices)

    @override
    def show_value(self, value: Any) -> None:
        self._shown = value
        self.combo.setCurrentIndex(self.combo.findData(value))

    def _chosen(self, index: int) -> None:
        value = self.combo.itemData(index)
        if value != self._shown:
            self._shown = value
            self.edited.emit(value)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and not self.combo.hasFocus():
            event.ignore()  # so that the form scrolls instead
            return True
        if event.type() == QEvent.Type.MouseButtonPress:
            width = self.combo.view().sizeHintForColumn(0) + 30
            self.combo.view().setMinimumWidth(max(width, self.combo.width()))
        return super().eventFilter(watched, event)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("M") * 6, super().minimumSizeHint().height())
