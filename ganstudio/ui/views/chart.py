"""One chart: curves over the iterations with their extremes, reference lines and event markers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ganstudio.ui.palette import Palette
from ganstudio.ui.views import chart_painting
from ganstudio.ui.views.chart_layout import ChartLayout, step_tick_count
from ganstudio.ui.views.chart_scale import ValueRange, linear_ticks
from ganstudio.ui.views.thinner import Buckets

LEAST_BUCKET_PX = 0.75  # narrower buckets are merged before they are drawn
CLICK_PX = 4
SYMBOL_ROOM_PX = 8  # how far a mark may reach to the left of its point
FITS_SKIPPED = 8  # the whole of a curve is judged for its range every so many times, its newest part always
FEW_BUCKETS = 60  # a short curve is judged as a whole always


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """How one scalar is drawn. ``role`` names a colour of the palette; ``symbol`` repeats what the colour says."""

    name: str
    label: str
    role: str
    symbol: str = ""
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """A dashed line at a value that means something, labelled at the right edge in the colour of whom it concerns."""

    value: float
    label: str
    role: str = "optimum"
    in_range: bool = True  # the axis makes room for it


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A series and what is to be seen of it."""

    series: Series
    buckets: Buckets


class Chart(QWidget):
    """A passive plot: it is told its curves, its range of steps and its texts, and paints them.

    Grid, labels and reference lines are kept as one picture and the curves as another, so moving the cursor paints
    two pixmaps and a line.

    Parameters
    ----------
    title
        What the chart shows.
    values
        The range of its value axis.
    percent
        Whether values are shares, labelled in percent.
    """

    clicked = Signal()
    pointed = Signal(float)  # the pointer's horizontal position in the plot, NaN when it left

    def __init__(
        self, title: str, palette: Palette, values: ValueRange, *, percent: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title, self.percent = title, percent
        self.values = values
        self._palette = palette
        self._scale = 1.0
        self._layout = ChartLayout.of(self.font(), 1.0)
        self._curves: list[Curve] = []
        self._references: tuple[Reference, ...] = ()
        self._texts: Mapping[str, str] = {}
        self._events: tuple[int, ...] = ()
        self._last_shown = 100
        self._cursor: float | None = None
        self._header = self._grid = self._picture = QPixmap()
        self._stale_header = self._stale_grid = self._stale_picture = True
        self._stale_from = math.inf  # where the curves' picture ends to be right, in pixels
        self._frame: chart_painting.Frame | None = None  # as of the grid
        self._fits = 0
        self._pressed: QPointF | None = None
        self._focus_by_key = False
        self._tip: Callable[[], str] = lambda: ""
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)

    @property
    def curves(self) -> Sequence[Curve]:
        """What is drawn."""
        return self._curves

    @property
    def references(self) -> Sequence[Reference]:
        """The lines that are drawn where the range holds them."""
        return self._references

    @property
    def plot(self) -> QRectF:
        """Where the curves are, in this widget's pixels."""
        return self._layout.plot(self.width(), self.height())

    @property
    def last_shown(self) -> int:
        """The step at the right end of the plot."""
        return self._last_shown

    @property
    def least_bucket_steps(self) -> float:
        """How many steps a bucket must span to be worth drawing."""
        return LEAST_BUCKET_PX * self._last_shown / self.plot.width()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self._refresh(header=True, grid=True)

    def set_font_scale(self, scale: float) -> None:
        """Make the text larger or smaller by a factor."""
        self._scale = scale
        self._layout = ChartLayout.of(self.font(), scale)
        self.updateGeometry()
        self._refresh(header=True, grid=True)

    def set_title(self, title: str) -> None:
        """Show another title."""
        if title != self.title:
            self.title = title
            self.setAccessibleName(title)
            self._refresh(header=True)

    def set_tip(self, tip: Callable[[], str]) -> None:
        """Say on the header what the numbers are, as rich text; asked for when it is wanted."""
        self._tip = tip

    def set_steps(self, last_shown: int) -> None:
        """Show the steps from 0 to ``last_shown``."""
        if last_shown != self._last_shown:
            self._last_shown = last_shown
            self._refresh(grid=True)

    def set_references(self, references: Sequence[Reference]) -> None:
        """Draw these reference lines."""
        if tuple(references) != self._references:
            self._references = tuple(references)
            self._fits = 0
            self._fit()
            self._refresh(grid=True)

    def set_events(self, steps: Sequence[int]) -> None:
        """Mark these steps with a thin vertical line."""
        if tuple(steps) != self._events:
            self._events = tuple(steps)
            self._refresh(grid=True)

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Draw these curves; the range follows them.

        Where they only went on, only their new end is painted: nothing that lies behind it can have changed.
        """
        changed_from = _changed_from(self._curves, curves)
        if changed_from is None:
            self._fits = 0
        self._curves = list(curves)
        if self._fit():
            self._refresh(grid=True)
        elif changed_from is None:
            self._refresh()
        else:
            x = self.plot.left() + changed_from * self.plot.width() / self._last_shown
            self._stale_from = min(self._stale_from, math.floor(x) - SYMBOL_ROOM_PX)
            self.update(QRectF(self._stale_from, 0, self.width(), self.height()).toAlignedRect())

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Show these values in the header, by the series' names."""
        if texts != self._texts:
            self._texts = dict(texts)
            self._stale_header = True
            self.update(0, 0, self.width(), math.ceil(self._layout.header))

    def set_cursor(self, step: float | None) -> None:
        """Draw the cursor at a step, or none."""
        if step != self._cursor:
            self._cursor = step
            self.update()

    def clear(self) -> None:
        """Forget the curves and their range."""
        self._curves = []
        self._texts = {}
        self._fits = 0
        self.values.reset()
        self._refresh(header=True, grid=True)

    def step_at(self, x: float) -> float:
        """Return the step at a horizontal position."""
        plot = self.plot
        return min(max((x - plot.left()) / plot.width(), 0.0), 1.0) * self._last_shown

    @override
    def sizeHint(self) -> QSize:
        return QSize(340, round(self._layout.header + 8 * self._layout.line))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(220, round(self._layout.header + 4.2 * self._layout.line))

    def _fit(self) -> bool:
        curves = [curve.buckets for curve in self._curves if len(curve.buckets)]
        include = [reference.value for reference in self._references if reference.in_range]
        # A new level is seen at once, a single spike need not be.
        include += [_level(buckets) for buckets in curves]
        long = sum(len(buckets) for buckets in curves) >= FEW_BUCKETS
        judged = self._fits % FITS_SKIPPED == 0 or not long or not self.values.holds(include)
        self._fits += 1
        if not judged:
            return False
        low = np.concatenate([buckets.low for buckets in curves]) if curves else np.empty(0)
        high = np.concatenate([buckets.high for buckets in curves]) if curves else np.empty(0)
        return self.values.fit(low, high, include)

    def _refresh(self, *, header: bool = False, grid: bool = False, picture: bool = True) -> None:
        self._stale_header |= header
        self._stale_grid |= grid
        self._stale_picture |= picture or grid
        self.update()

    def _made_frame(self) -> chart_painting.Frame:
        plot = self.plot
        return chart_painting.Frame(
            layout=self._layout,
            palette=self._palette,
            plot=plot,
            values=self.values,
            last_shown=self._last_shown,
            step_ticks=tuple(linear_ticks(0, self._last_shown, step_tick_count(plot.width(), self._layout))),
            percent=self.percent,
        )

    def _fresh_pixmap(self, width: float, height: float) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(max(1, round(width * ratio)), max(1, round(height * ratio))))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _repaint_pictures(self) -> None:
        if self._stale_grid or self._frame is None:
            self._frame = self._made_frame()
        frame = self._frame
        if self._stale_grid:
            self._grid = self._fresh_pixmap(self.width(), self.height())
            with QPainter(self._grid) as painter:
                chart_painting.paint_grid(painter, frame, self._references, self._events)
        if self._stale_grid or self._stale_picture:
            self._picture = self._grid.copy()
            with QPainter(self._picture) as painter:
                chart_painting.paint_curves(painter, frame, self._curves)
        elif self._stale_from < self.width():
            with QPainter(self._picture) as painter:
                chart_painting.paint_ends(painter, frame, self._grid, self._curves, self._stale_from)
        if self._stale_header:
            self._header = self._fresh_pixmap(self.width(), self._layout.header)
            with QPainter(self._header) as painter:
                series = [curve.series for curve in self._curves]
                chart_painting.paint_header(painter, frame, self.width(), self.title, series, self._texts)
        self._stale_header = self._stale_grid = self._stale_picture = False
        self._stale_from = math.inf

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._stale_header or self._stale_grid or self._stale_picture or self._stale_from < math.inf:
            self._repaint_pictures()
        with QPainter(self) as painter:
            painter.drawPixmap(QPointF(), self._picture)
            painter.drawPixmap(QPointF(), self._header)
            if self._cursor is not None and self._frame is not None:
                chart_painting.paint_cursor(painter, self._frame, self._curves, self._cursor)
            if self._focus_by_key:
                painter.setPen(QPen(QColor(self._palette.accent), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refresh(header=True, grid=True)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        # On the header it is the tool tip's turn: both at once would cover each other.
        inside = self.plot.left() <= at.x() <= self.plot.right() and at.y() > self._layout.header
        self.pointed.emit(at.x() if inside else float("nan"))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(float("nan"))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if (event.position() - pressed).manhattanLength() <= CLICK_PX:
            self.clicked.emit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus_by_key = False
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            header = QRect(0, 0, self.width(), math.ceil(self._layout.header))
            QToolTip.showText(event.globalPos(), self._tip() if header.contains(event.pos()) else "", self, header)
            return True
        return super().event(event)


def _changed_from(old: Sequence[Curve], new: Sequence[Curve]) -> float | None:
    """Return the step from which on curves differ that went on; None if they are others."""
    if len(old) != len(new):
        return None
    steps = []
    for before, after in zip(old, new, strict=True):
        same = before.series == after.series and before.buckets.width == after.buckets.width
        if not same or len(before.buckets) < 2 or len(after.buckets) < len(before.buckets):
            return None
        # The line from the last settled bucket to the newest one moves with the newest one's mean.
        settled = len(before.buckets) - 2
        steps.append(float(before.buckets.first[settled] + before.buckets.last[settled]) / 2)
    return min(steps, default=None)


def _level(buckets: Buckets) -> float:
    """Return the middle one of the three newest means."""
    newest = sorted(value for value in buckets.mean[-3:].tolist() if math.isfinite(value))
    return newest[len(newest) // 2] if newest else math.nan
