"""A layout in rows: what does not fit into one begins the next."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget
from typing_extensions import override


class FlowLayout(QLayout):
    """Places widgets from left to right, in as many rows as the width needs.

    Parameters
    ----------
    across, down
        Pixels between two widgets of a row, and between two rows.
    """

    def __init__(self, parent: QWidget | None = None, *, across: int = 6, down: int = 5) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._across, self._down = across, down

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        bottom = max((place.bottom() + 1 for place in self._places(inner)), default=0)
        return bottom + margins.top() + margins.bottom()

    @override
    def sizeHint(self) -> QSize:
        return self.minimumSize()

    @override
    def minimumSize(self) -> QSize:
        largest = QSize()
        for item in self._items:
            largest = largest.expandedTo(item.minimumSize())
        return largest.grownBy(self.contentsMargins())

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        inner = rect.marginsRemoved(self.contentsMargins())
        shown = [item for item in self._items if not item.isEmpty()]
        for item, place in zip(shown, self._places(inner.width()), strict=True):
            item.setGeometry(place.translated(inner.topLeft()))

    def _places(self, width: int) -> list[QRect]:
        """Return where each widget that is shown is, in rows of at most ``width`` pixels, or of one widget."""
        places: list[QRect] = []
        left = top = height = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if left > 0 and left + size.width() > width:
                left, top, height = 0, top + height + self._down, 0
            places.append(QRect(QPoint(left, top), size))
            left += size.width() + self._across
            height = max(height, size.height())
        return places
