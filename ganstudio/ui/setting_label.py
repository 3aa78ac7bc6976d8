"""The name of a setting, with a dot where it differs from the preset."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

DOT_SPACE = 12  # pixels, left of the text
LABEL_EMS = 9.2  # width of a label: the form's columns line up


class SettingLabel(QWidget):
    """Paints a title, elided if it must be; a double click asks for the preset's value.

    Signals
    -------
    double_clicked
        The person wants the preset's value back.
    """

    double_clicked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self._changed = False
        self._strong = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    @property
    def changed(self) -> bool:
        """Whether the dot is shown."""
        return self._changed

    def set_changed(self, changed: bool) -> None:
        """Show or hide the dot."""
        if changed != self._changed:
            self._changed = changed
            self.update()

    def set_strong(self, strong: bool) -> None:
        """Write the title of a part (the loss) stronger than that of its settings."""
        self._strong = strong

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = round(LABEL_EMS * metrics.height() * 0.8)
        if self._strong:  # no column to keep: the list beside it needs the room for its titles
            width = metrics.horizontalAdvance(self.title) + DOT_SPACE
        return QSize(DOT_SPACE + width, metrics.height() + 4)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            roles, colors = QPalette.ColorRole, self.palette()
            if self._changed:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colors.color(roles.Highlight))
                painter.drawEllipse(QPointF(DOT_SPACE / 2 - 1, self.height() / 2), 3, 3)
            painter.setPen(colors.color(roles.WindowText if self._strong or self._changed else roles.PlaceholderText))
            room = self.rect().adjusted(DOT_SPACE, 0, -4, 0)
            text = self.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
