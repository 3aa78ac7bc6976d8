"""A slim horizontal slider that leaves the wheel alone unless it has the focus."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget
from typing_extensions import override

HANDLE = 6.0  # radius, pixels
MARGIN = HANDLE + 2


class Slider(QSlider):
    """A horizontal slider with a tick where the preset stands; a click jumps to where it was made.

    Signals
    -------
    double_clicked
        The person wants the preset's value back.
    """

    double_clicked = Signal()

    def __init__(self, positions: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, positions)
        self.setSingleStep(max(1, positions // 200))
        self.setPageStep(max(1, positions // 20))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._mark: float | None = None
        self._origin = 0.0

    def set_mark(self, share: float | None) -> None:
        """Show a tick at this share of the way, or none."""
        if share != self._mark:
            self._mark = share
            self.update()

    def set_origin(self, share: float) -> None:
        """Fill the way from this share of it on, instead of from its left end."""
        self._origin = share
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(90, 20)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, 20)

    @override
    def wheelEvent(self, e: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(e)
        else:
            e.ignore()

    @override
    def mousePressEvent(self, ev: QMouseEvent) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            ev.ignore()
            return
        self.setSliderDown(True)
        self._follow(ev)
        ev.accept()

    @override
    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(ev)
        ev.accept()

    @override
    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(ev)
        self.setSliderDown(False)
        ev.accept()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.double_clicked.emit()
        event.accept()

    def _follow(self, event: QMouseEvent) -> None:
        share = (event.position().x() - MARGIN) / max(1.0, self.width() - 2 * MARGIN)
        self.setSliderPosition(self.minimum() + round(share * (self.maximum() - self.minimum())))

    @override
    def paintEvent(self, ev: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            roles, colors = QPalette.ColorRole, self.palette()
            accent = colors.color(roles.Highlight if self.isEnabled() else roles.Mid)
            way, middle = self.width() - 2 * MARGIN, self.height() / 2
            at = MARGIN + way * (self.sliderPosition() - self.minimum()) / max(1, self.maximum() - self.minimum())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color(roles.Mid))
            painter.drawRoundedRect(QRectF(MARGIN, middle - 1.5, way, 3), 1.5, 1.5)
            painter.setBrush(accent)
            origin = MARGIN + way * self._origin
            painter.drawRoundedRect(QRectF(min(origin, at), middle - 1.5, abs(at - origin), 3), 1.5, 1.5)
            if self._mark is not None:
                painter.setBrush(colors.color(roles.PlaceholderText))
                painter.drawRect(QRectF(MARGIN + way * self._mark - 0.75, middle - 6, 1.5, 12))
            self._paint_handle(painter, QPointF(at, middle), accent)

    def _paint_handle(self, painter: QPainter, at: QPointF, accent: QColor) -> None:
        roles, colors = QPalette.ColorRole, self.palette()
        if self.hasFocus():
            ring = QColor(accent)
            ring.setAlphaF(0.35)
            painter.setBrush(ring)
            painter.drawEllipse(at, HANDLE + 2, HANDLE + 2)
        busy = self.isSliderDown() or self.underMouse() or self.hasFocus()
        painter.setPen(QPen(accent if busy else colors.color(roles.PlaceholderText), 1.5))
        painter.setBrush(colors.color(roles.WindowText) if self.isSliderDown() else colors.color(roles.Base))
        painter.drawEllipse(at, HANDLE - 0.75, HANDLE - 0.75)
