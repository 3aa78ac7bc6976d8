"""What drawing a density and painting points have in common: strokes, undo, an eraser, axes."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.distributions import Distribution
from ganstudio.ui.palette import Palette
from ganstudio.ui.undo_history import UndoHistory
from ganstudio.ui.views.viewport import Viewport


class DrawingCanvas(QWidget):
    """Takes strokes of the mouse, of a pen or of a finger. The left button draws, the right one erases.

    What is drawn is a value that a stroke replaces, so that one stroke is one step of undoing.

    Signals
    -------
    changed
        The drawing is another one; emitted during a stroke too.
    """

    changed = Signal()

    def __init__(self, drawing: Any, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._history: UndoHistory[Any] = UndoHistory(drawing)
        self._now: Any = drawing  # differs from the history's present during a stroke
        self._stroke: tuple[Qt.MouseButton, QPointF] | None = None
        self._pointer: QPointF | None = None
        self.eraser = False
        self.brush_px = 18.0  # radius
        self.grid = True
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    # -- what kind of drawing it is -----------------------------------------------------------------------------------

    @property
    @abstractmethod
    def problem(self) -> str:
        """Why this drawing cannot be used, empty if it can."""

    @abstractmethod
    def summary(self) -> str:
        """Return what is drawn, in a few words."""

    @abstractmethod
    def cleared(self) -> Any:
        """Return the present drawing with nothing on it."""

    @abstractmethod
    def taken_from(self, distribution: Distribution) -> Any:
        """Return a drawing of another distribution."""

    @abstractmethod
    def applied_to(self, distribution: Any) -> Any:
        """Return the distribution with this drawing."""

    @abstractmethod
    def _extended(self, start: QPointF, end: QPointF, *, erase: bool) -> Any:
        """Return the present drawing with a piece of a stroke more."""

    @abstractmethod
    def viewport(self) -> Viewport:
        """Return the map between data units and pixels."""

    @abstractmethod
    def _paint_axes(self, painter: QPainter, view: Viewport, palette: Palette) -> None:
        """Paint the axes, and the grid if it is on."""

    @abstractmethod
    def _paint_drawing(self, painter: QPainter, view: Viewport, palette: Palette) -> None:
        """Paint what is drawn."""

    # -- what the dialog calls ----------------------------------------------------------------------------------------

    @property
    def drawing(self) -> Any:
        """What is drawn now."""
        return self._now

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return self._history.can_redo

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    def put(self, drawing: Any) -> None:
        """Replace the drawing, as one step that can be undone."""
        self._stroke = None
        self._history.put(drawing)
        self._show(drawing)

    def undo(self) -> None:
        """Undo the last step."""
        self._stroke = None
        self._history.undo()
        self._show(self._history.present)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._stroke = None
        self._history.redo()
        self._show(self._history.present)

    def clear(self) -> None:
        """Start from nothing."""
        self.put(self.cleared())

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def set_grid(self, grid: bool) -> None:
        """Show the grid or not."""
        self.grid = grid
        self.update()

    def _show(self, drawing: Any) -> None:
        self._now = drawing
        self.update()
        self.changed.emit()

    # -- strokes ------------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._stroke is None and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._stroke = (event.button(), event.position())
            self._go_on(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._stroke is None:
            self.update()
        else:
            self._go_on(event.position())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._stroke is None or event.button() != self._stroke[0]:
            return
        self._stroke = None
        if self._now is not self._history.present:
            self._history.put(self._now)
        self.changed.emit()

    def _go_on(self, position: QPointF) -> None:
        if self._stroke is None:
            return
        button, last = self._stroke
        self._stroke = (button, position)
        erase = self.eraser or button == Qt.MouseButton.RightButton
        self._show(self._extended(last, position, erase=erase))

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self._pointer = event.position()
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        return QSize(560, 420)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(320, 240)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        view, palette = self.viewport(), self._palette
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(palette.surface))
            self._paint_axes(painter, view, palette)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(view.rect.adjusted(-1, -1, 1, 1))
            self._paint_drawing(painter, view, palette)
            self._paint_hint(painter, view, palette)
            self._paint_brush(painter, palette)

    def _paint_hint(self, painter: QPainter, view: Viewport, palette: Palette) -> None:
        if not self.problem or self.is_stroking:
            return
        painter.setPen(QColor(palette.muted))
        box = QRectF(view.rect.left(), view.rect.top() + 0.3 * view.rect.height(), view.rect.width(), 60)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Press and drag to draw.\nThe right button erases.")

    def _paint_brush(self, painter: QPainter, palette: Palette) -> None:
        if self._pointer is None:
            return
        pressed = self._stroke[0] if self._stroke else None
        erasing = self.eraser or pressed == Qt.MouseButton.RightButton
        pen = QPen(QColor(palette.error if erasing else palette.text), 1.2)
        if erasing:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_reach(painter, self._pointer, erasing)

    def _paint_reach(self, painter: QPainter, at: QPointF, erasing: bool) -> None:
        """Paint what the brush or the eraser would touch."""
        painter.drawEllipse(at, self.brush_px, self.brush_px)

    def _text_height(self) -> float:
        return QFontMetricsF(self.font()).height()
