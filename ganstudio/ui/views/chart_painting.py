"""How a chart is painted: grid and labels, curves, header and cursor. Functions of plain values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views.chart_layout import ChartLayout
from ganstudio.ui.views.chart_scale import (
    ValueRange,
    linear_ticks,
    log_tick_text,
    log_ticks,
    nice_step,
    spread_apart,
    tick_text,
)
from ganstudio.ui.views.primitives import draw_curve, draw_rects

if TYPE_CHECKING:
    from ganstudio.ui.views.chart import Curve, Reference, Series

Floats = NDArray[np.float64]

FEW_POINTS_PX = 9  # where neighbours are farther apart than this, every one gets its symbol
SYMBOL_PX = 2.6
BAND_ALPHA = 62
THIN_SHARE = 0.65  # of its colour that a thin line has; the rest is the ground's
THIN_TEXT_ALPHA = 205
LEGEND_PX = 22  # of a series' symbol in the header and of the gaps around its text
BUCKETS_BEFORE = 8  # outside the part that is painted anew, but with symbols or lines that reach into it


@dataclass(frozen=True, slots=True)
class Frame:
    """What all parts of one chart's picture have in common."""

    layout: ChartLayout
    palette: Palette
    plot: QRectF
    values: ValueRange
    last_shown: int
    step_ticks: tuple[float, ...]
    percent: bool

    def colour(self, role: str) -> QColor:
        """Return a colour of the palette by its name."""
        return QColor(getattr(self.palette, role))

    def x(self, steps: NDArray) -> Floats:
        """Return the horizontal positions of steps."""
        return np.asarray(self.plot.left() + steps * (self.plot.width() / self.last_shown))

    def y(self, values: Floats) -> Floats:
        """Return the vertical positions of values, far ones brought near enough to be drawn."""
        share = (self.values.position(values) - self.values.low) / (self.values.high - self.values.low)
        return np.asarray(self.plot.bottom() - np.minimum(np.maximum(share, -20.0), 20.0) * self.plot.height())


def paint_grid(painter: QPainter, frame: Frame, references: Sequence[Reference], events: Sequence[int]) -> None:
    """Paint the ground, the grid with its labels, reference lines and event markers."""
    plot, palette = frame.plot, frame.palette
    painter.fillRect(QRectF(0, 0, 1e5, 1e5), QColor(palette.surface))
    painter.setFont(frame.layout.small)
    faint = QColor(palette.border)
    faint.setAlpha(120)
    xs = frame.x(np.array(frame.step_ticks))
    painter.setPen(QPen(faint, 1))
    for x in np.round(xs[xs > plot.left() + 1]) + 0.5:
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
    for at, text in value_ticks(frame):
        y = round(plot.bottom() - at * plot.height()) + 0.5
        painter.setPen(QPen(faint, 1))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(QColor(palette.muted))
        # Beside its tick, but whole: the topmost one would reach under the header.
        top = max(plot.top() - 1, y - frame.layout.line / 2)
        box = QRectF(0, top, plot.left() - 5, frame.layout.line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    _paint_events(painter, frame, events)
    _paint_references(painter, frame, references)


def value_ticks(frame: Frame) -> list[tuple[float, str]]:
    """Return the ticks of the value axis: the share of the plot's height from below, and the label."""
    values = frame.values
    low, high = values.low, values.high
    count = min(8, max(2, int(frame.plot.height() / (1.9 * frame.layout.line))))
    if values.log:
        marks = [(mark, log_tick_text(mark)) for mark in log_ticks(low, high, count)]
    elif frame.percent:
        marks = [(mark, f"{100 * mark:.0f} %") for mark in linear_ticks(low, high, count)]
    else:
        step = nice_step(high - low, count)
        marks = [(mark, tick_text(mark, step)) for mark in linear_ticks(low, high, count)]
    return [((mark - low) / (high - low), text) for mark, text in marks]


def _paint_events(painter: QPainter, frame: Frame, events: Sequence[int]) -> None:
    if not len(events):
        return
    colour = QColor(frame.palette.muted)
    colour.setAlpha(130)
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
    steps = np.array(events, float)
    for x in np.unique(np.floor(frame.x(steps[steps <= frame.last_shown]))) + 0.5:
        painter.drawLine(QPointF(x, frame.plot.top()), QPointF(x, frame.plot.bottom()))


def _paint_references(painter: QPainter, frame: Frame, references: Sequence[Reference]) -> None:
    plot, line = frame.plot, frame.layout.line
    seen = [reference for reference in references if _is_seen(frame, reference)]
    if not seen:
        return
    ys = [float(y) for y in np.round(frame.y(np.array([reference.value for reference in seen]))) + 0.5]
    pen = QPen(frame.colour("optimum"), 1)
    pen.setDashPattern([5, 4])
    painter.setPen(pen)
    for y in ys:
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
    heights = [line * (1 + reference.label.count("\n")) * 0.94 for reference in seen]
    top, bottom = plot.top() + max(heights) / 2 - line / 2, plot.bottom() - max(heights) / 2 + line / 2
    for reference, height, middle in zip(seen, heights, spread_apart(ys, max(heights), top, bottom), strict=True):
        painter.setPen(frame.colour(reference.role))
        box = QRectF(plot.right() + 6, middle - height / 2 - 2, frame.layout.right, height + 4)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, reference.label)


def _is_seen(frame: Frame, reference: Reference) -> bool:
    at = float(frame.values.position(np.array([reference.value]))[0])
    return frame.values.low <= at <= frame.values.high


def paint_curves(painter: QPainter, frame: Frame, curves: Sequence[Curve]) -> None:
    """Paint every curve: its band of extremes, the line of its means, its symbols, and marks where it is not finite."""
    painter.setClipRect(frame.plot.adjusted(0, -2, 2, 2))
    _paint_all(painter, frame, curves)


def paint_ends(painter: QPainter, frame: Frame, grid: QPixmap, curves: Sequence[Curve], left: float) -> None:
    """Paint what lies to the right of ``left``, in whole pixels, anew: the grid and the curves' ends.

    Measured: a third of what the whole curves cost.
    """
    painter.setClipRect(QRectF(left, 0, 1e5, 1e5))
    painter.drawPixmap(QPointF(), grid)
    painter.setClipRect(frame.plot.adjusted(left - frame.plot.left(), -2, 2, 2))
    step = (left - frame.plot.left()) / frame.plot.width() * frame.last_shown
    ends = []
    for curve in curves:
        index = int(np.searchsorted(curve.buckets.first, step)) - BUCKETS_BEFORE
        ends.append(replace(curve, buckets=curve.buckets.since(index)))
    _paint_all(painter, frame, ends)


def _paint_all(painter: QPainter, frame: Frame, curves: Sequence[Curve]) -> None:
    placed = [(curve, _placed(frame, curve)) for curve in curves if len(curve.buckets)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for curve, (_, ys) in placed:
        if curve.series.strong:
            _paint_band(painter, frame, curve, ys)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for curve, (x, ys) in sorted(placed, key=lambda one: one[0].series.strong):
        _paint_line(painter, frame, curve, x, ys[0])
    for curve, (x, _) in placed:
        if curve.buckets.bad.any():
            _paint_bad(painter, frame, x[curve.buckets.bad])


def _placed(frame: Frame, curve: Curve) -> tuple[Floats, Floats]:
    """Return the buckets' centres (n,), and the heights of their means, extremes from below and from above (3, n)."""
    buckets = curve.buckets
    return centres(frame, curve), frame.y(np.array((buckets.mean, buckets.low, buckets.high)))


def _paint_band(painter: QPainter, frame: Frame, curve: Curve, ys: Floats) -> None:
    buckets = curve.buckets
    spread = buckets.high > buckets.low
    if not spread.any():
        return
    edges = np.round(frame.x(np.append(buckets.first, buckets.last[-1] + 1)))  # whole pixels: no seams
    rects = np.empty((len(buckets), 4))
    rects[:, 0], rects[:, 1] = edges[:-1], ys[2]
    rects[:, 2], rects[:, 3] = np.maximum(edges[1:] - edges[:-1], 1), ys[1] - ys[2]
    colour = frame.colour(curve.series.role)
    colour.setAlpha(BAND_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    draw_rects(painter, rects[spread])


def _paint_line(painter: QPainter, frame: Frame, curve: Curve, x: Floats, y: Floats) -> None:
    series = curve.series
    colour = _line_colour(frame, series)
    draw_curve(painter, np.rint(x), y, colour, 1.6 if series.strong else 1.0)
    if len(x) > 1 and not series.symbol and np.isfinite(y).all():
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for index in symbol_places(frame, x, y, every=bool(series.symbol)):
        paint_symbol(painter, series.symbol, QPointF(x[index], y[index]), SYMBOL_PX if series.strong else 1.6)


def _line_colour(frame: Frame, series: Series) -> QColor:
    colour = getattr(frame.palette, series.role)
    return QColor(colour if series.strong else mixed(colour, frame.palette.surface, THIN_SHARE))


def centres(frame: Frame, curve: Curve) -> Floats:
    """Return the horizontal positions (n,) of a curve's buckets."""
    return frame.x((curve.buckets.first + curve.buckets.last) / 2)


def symbol_places(frame: Frame, x: Floats, y: Floats, *, every: bool) -> list[int]:
    """Return which points get a symbol: all where they are sparse, else those at fixed steps; lonely ones always."""
    finite = np.isfinite(y)
    if every and len(x) >= 2 and (x[-1] - x[0]) / (len(x) - 1) >= FEW_POINTS_PX:
        return [int(index) for index in np.flatnonzero(finite)]
    padded = np.concatenate(([False], finite, [False]))
    chosen = finite & ~padded[:-2] & ~padded[2:]
    if every and len(frame.step_ticks) > 1:
        # Half-way between the grid's lines: places that stay where they are while the curve grows.
        spacing = frame.step_ticks[1] - frame.step_ticks[0]
        index = np.searchsorted(x, frame.x(np.arange(0.5 * spacing, frame.last_shown, spacing)))
        index = index[(index < len(x)) & (index > 0)]
        chosen[index] |= finite[index]
    return [int(index) for index in np.flatnonzero(chosen)]


def paint_symbol(painter: QPainter, symbol: str, at: QPointF, radius: float) -> None:
    """Paint a circle, a triangle or a square with the painter's brush."""
    if symbol == "triangle":
        r = 1.35 * radius
        corners = [QPointF(0, -r), QPointF(r, 0.8 * r), QPointF(-r, 0.8 * r)]
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))
    elif symbol == "square":
        painter.drawRect(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius))
    else:
        painter.drawEllipse(at, radius, radius)


def _paint_bad(painter: QPainter, frame: Frame, x: Floats) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(frame.colour("error"))
    top = frame.plot.top()
    for at in np.unique(np.round(x / 5)) * 5:  # not more than can be told apart
        painter.drawPolygon(QPolygonF([QPointF(at - 4, top), QPointF(at + 4, top), QPointF(at, top + 7)]))


def paint_header(
    painter: QPainter, frame: Frame, width: float, title: str, series: Sequence[Series], texts: Mapping[str, str]
) -> None:
    """Paint the title at the left and, from the right, every series' symbol, name and value."""
    layout = frame.layout
    painter.fillRect(QRectF(0, 0, width, layout.header), QColor(frame.palette.surface))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    metrics = QFontMetricsF(layout.title)
    room = metrics.horizontalAdvance(title)
    right = width - 6
    painter.setFont(layout.small)
    for one, text, taken in _fitting(layout, width - 28 - room, series, texts)[::-1]:
        right -= taken
        _paint_legend(painter, frame, one, text, right)
    painter.setFont(layout.title)
    painter.setPen(QColor(frame.palette.text))
    if room > right - 10:
        title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, max(0.0, right - 10))
    painter.drawText(QRectF(6, 2, right, layout.header - 2), Qt.AlignmentFlag.AlignVCenter, title)


def _fitting(
    layout: ChartLayout, room: float, series: Sequence[Series], texts: Mapping[str, str]
) -> list[tuple[Series, str, float]]:
    """Return what the header says of the series, and how much room each takes.

    All if there is room, else the strong ones, else only their values.
    """
    metrics = QFontMetricsF(layout.small)

    def measured(one: Series, text: str) -> tuple[Series, str, float]:
        return one, text, LEGEND_PX + metrics.horizontalAdvance(text)

    named = [measured(one, f"{one.label} {texts[one.name]}") for one in series if one.name in texts]
    strong = [found for found in named if found[0].strong]
    for choice in (named, strong):
        if sum(taken for _, _, taken in choice) <= room:
            return choice
    return [measured(one, texts[one.name]) for one, _, _ in strong]


def _paint_legend(painter: QPainter, frame: Frame, series: Series, text: str, left: float) -> None:
    middle = frame.layout.header / 2 + 1
    colour = frame.colour(series.role)
    if not series.strong:
        colour.setAlpha(THIN_TEXT_ALPHA)
    painter.setPen(QPen(colour, 1.8 if series.strong else 1.0))
    painter.drawLine(QPointF(left, middle), QPointF(left + 12, middle))
    if series.symbol:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        paint_symbol(painter, series.symbol, QPointF(left + 6, middle), SYMBOL_PX + 0.4)
    painter.setPen(colour)
    box = QRectF(left + 15, 2, 400, frame.layout.header - 2)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def paint_cursor(painter: QPainter, frame: Frame, curves: Sequence[Curve], step: float) -> None:
    """Paint the cursor and a ring on every curve at the bucket it reads."""
    plot = frame.plot
    x = round(float(frame.x(np.array([step]))[0])) + 0.5
    painter.setPen(QPen(QColor(frame.palette.text), 1))
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for curve in curves:
        index = curve.buckets.index_at(step)
        if index is None or not np.isfinite(curve.buckets.mean[index]):
            continue
        y = float(frame.y(curve.buckets.mean[index : index + 1])[0])
        if plot.top() <= y <= plot.bottom():
            painter.setPen(QPen(QColor(frame.palette.surface), 1.2))
            painter.setBrush(frame.colour(curve.series.role))
            painter.drawEllipse(QPointF(float(centres(frame, curve)[index]), y), 3.6, 3.6)
