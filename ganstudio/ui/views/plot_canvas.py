"""What the 1-D and the 2-D stage have in common: a kept background, ranges that ease, layers, a pointer."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.snapshot import ProbeResult, Snapshot
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.badges import Badge, BadgePainter
from ganstudio.ui.views.dots import Shape, mark
from ganstudio.ui.views.layers import Layer
from ganstudio.ui.views.stage_words import probe
from ganstudio.ui.views.steady_range import SteadyRange

FRAME_INTERVAL_MS = 33
LONGEST_FRAME_MS = 66
TEXT_INTERVAL_MS = 250
MOST_MARKS = 64
REFERENCE_PX = 620.0  # marks and lines have their nominal size on a plot of this side

R = TypeVar("R", bound=ProbeResult)


@dataclass(frozen=True, slots=True)
class _Type:
    """What follows from a font: measuring text in every frame costs more than some of what is painted."""

    em: float
    small: QFont
    label_width: float

    @classmethod
    def of(cls, font: QFont) -> _Type:
        small = QFont(font)
        small.setPointSizeF(0.92 * font.pointSizeF())
        return cls(QFontMetricsF(font).height(), small, QFontMetricsF(small).horizontalAdvance("−0.00"))


class PlotCanvas(QWidget):
    """A plot painted from the newest snapshot; text and axes are kept as a picture until a range changes.

    Signals
    -------
    pointed
        What is below the pointer, as text; empty when the pointer left.
    told
        Time to bring texts up to date: at most four times a second, and once after the last snapshot.
    """

    LAYERS: ClassVar[Sequence[Layer]]

    pointed = Signal(str)
    told = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._snapshot: Snapshot | None = None
        self._layers = frozenset(layer.name for layer in self.LAYERS if layer.on)
        self._pointer: QPointF | None = None
        self._badges: list[Badge] = []
        self._badge_painter: BadgePainter | None = None
        self._type = _Type.of(self.font())
        self._marks: dict[tuple[object, ...], QPixmap] = {}
        self._background = QPixmap()
        self._background_key: object = None
        # A little longer than a frame: the next snapshot moves the axes too, and one painting is enough.
        self._easing = QTimer(self, singleShot=True, interval=FRAME_INTERVAL_MS * 5 // 4)
        self._since_snapshot = QElapsedTimer()
        self._easing.timeout.connect(self._go_on)
        self._since_told = QElapsedTimer()
        self._text_pace = QTimer(self, singleShot=True, interval=TEXT_INTERVAL_MS + FRAME_INTERVAL_MS)
        self._text_pace.timeout.connect(self._tell)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # -- what it shows ------------------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show another moment."""
        self._keep_pace()
        afresh = self._snapshot is None or snapshot.run != self._snapshot.run
        if afresh:
            for steady in self._ranges():
                steady.reset()
        self._snapshot = snapshot
        self._take_in(snapshot, afresh)
        self._go_on()
        if afresh or not self._since_told.isValid() or self._since_told.hasExpired(TEXT_INTERVAL_MS):
            self._tell()  # now, so that it is painted together with the rest
        else:
            self._text_pace.start()  # in case no further snapshot comes

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self._forget_pictures()
        self.update()

    def set_layers(self, names: frozenset[str]) -> None:
        """Draw these layers and no others."""
        self._layers = names
        self._tell()

    def settle(self) -> None:
        """End any movement of the axes at once, for a picture of this moment."""
        self._easing.stop()
        for steady in self._ranges():
            steady.settle()
        self._tell()

    @abstractmethod
    def tips(self) -> Mapping[str, str]:
        """Return what each layer draws now, with its estimator and sample size."""

    @abstractmethod
    def badges(self) -> list[Badge]:
        """Return the texts on the plot."""

    @abstractmethod
    def caption(self) -> str:
        """Return one line on what is to be seen now."""

    # -- for the two stages -------------------------------------------------------------------------------------------

    @abstractmethod
    def _ranges(self) -> Sequence[SteadyRange]:
        """Return every range that moves."""

    @abstractmethod
    def _take_in(self, snapshot: Snapshot, afresh: bool) -> None:
        """Set the ranges' goals; ``afresh`` if this is another run."""

    @abstractmethod
    def _layout_key(self) -> tuple[object, ...]:
        """Return everything that the background depends on beside size, type and colours."""

    @abstractmethod
    def _paint_background(self, painter: QPainter) -> None:
        """Paint axes and titles."""

    @abstractmethod
    def _paint_layers(self, painter: QPainter) -> None:
        """Paint what changes in every frame."""

    def _moving(self) -> QRect:
        """Return where the layers are: a part of the widget, lest its axes be painted in every frame."""
        return self.rect()

    def _covers(self, rect: QRect) -> bool:
        """Whether the layers paint over all of a rectangle, so that it needs no background."""
        return False

    @abstractmethod
    def _reading(self, at: QPointF) -> str:
        """Return what is below the pointer, or nothing."""

    def _probe(self, name: str, kind: type[R]) -> R | None:
        """Return the result of a probe, if it was asked for."""
        return probe(self._snapshot, name, kind)

    @property
    def em(self) -> float:
        """The height of a line of text, in pixels."""
        return self._type.em

    @property
    def small_font(self) -> QFont:
        """The font of numbers at the axes."""
        return self._type.small

    @property
    def label_width(self) -> float:
        """The width of a number at an axis, in pixels."""
        return self._type.label_width

    @property
    def magnification(self) -> float:
        """How much larger than nominal marks and lines are: they grow with the plot, so as to be seen from afar."""
        return min(max(min(self.width(), self.height()) / REFERENCE_PX, 0.8), 2.5)

    @property
    def hairline(self) -> float:
        """The width of lines of which there are hundreds: whole pixels, since others take three times as long."""
        return max(1.0, math.floor(self.magnification + 0.4))

    def _mark(self, shape: Shape, color: str, size: float) -> QPixmap:
        """Return the picture of a mark, made once."""
        ratio = self.devicePixelRatioF()
        return self._kept((shape, color, size, ratio), lambda: mark(shape, color, self._palette.surface, size, ratio))

    def _kept(self, key: tuple[object, ...], make: Callable[[], QPixmap]) -> QPixmap:
        """Return a picture that is kept, made if there is none yet."""
        picture = self._marks.get(key)
        if picture is None:
            if len(self._marks) >= MOST_MARKS:  # while axes move, sizes do too
                self._marks.clear()
            picture = self._marks[key] = make()
        return picture

    def _paint_badges(self, painter: QPainter, within: QRectF) -> None:
        """Draw the texts on the plot, inside a rectangle."""
        ratio = self.devicePixelRatioF()
        if self._badge_painter is None or self._badge_painter.ratio != ratio:
            self._badge_painter = BadgePainter(self.small_font, self._palette, ratio)
        self._badge_painter.draw(painter, self._badges, within)

    def _forget_pictures(self) -> None:
        self._marks.clear()
        self._badge_painter = None

    def _tell(self) -> None:
        self._text_pace.stop()
        self._since_told.start()
        self._badges = self.badges()
        if self._pointer is not None:
            self.pointed.emit(self._reading(self._pointer))
        self.told.emit()
        self._update_moving()

    def _go_on(self) -> None:
        for steady in self._ranges():
            steady.step()
        if not all(steady.settled for steady in self._ranges()):
            self._easing.start()  # in case no further snapshot comes: a paused run sends none
        self._update_moving()

    def _keep_pace(self) -> None:
        gap = self._since_snapshot.restart() if self._since_snapshot.isValid() else 0
        if not self._since_snapshot.isValid():
            self._since_snapshot.start()
        self._easing.setInterval(min(max(gap, FRAME_INTERVAL_MS), LONGEST_FRAME_MS) * 5 // 4)

    def _update_moving(self) -> None:
        """Have painted anew what moves; all of it if the background has changed."""
        if self._background_key == self._wanted_background():
            self.update(self._moving())
        else:
            self.update()

    def _wanted_background(self) -> tuple[object, ...]:
        return self.width(), self.height(), self.devicePixelRatioF(), self._palette, self._layout_key()

    # -- Qt -----------------------------------------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._snapshot is not None:
            self._text_pace.start()  # they may say how much there is room for

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._type = _Type.of(self.font())
            self._background_key = None
            self._forget_pictures()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(round(18 * self.em), round(14 * self.em))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        key = self._wanted_background()
        if key != self._background_key:
            self._background_key = key
            self._renew_background(self.devicePixelRatioF())
            self._badges = self.badges()  # where they are depends on the same
        with QPainter(self) as painter:
            if not self._covers(event.rect()):
                painter.drawPixmap(QPointF(), self._background)  # lets other threads run, which two integers do not
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self.small_font)
            self._paint_layers(painter)

    def _renew_background(self, ratio: float) -> None:
        size = (self.size().toSizeF() * ratio).toSize()
        if self._background.size() != size:
            self._background = QPixmap(size)
        self._background.setDevicePixelRatio(ratio)
        self._background.fill(QColor(self._palette.surface))
        with QPainter(self._background) as painter:
            painter.setFont(self.small_font)
            self._paint_background(painter)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.pointed.emit(self._reading(self._pointer))
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.pointed.emit("")
        self.update()
