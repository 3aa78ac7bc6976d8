"""Which classes generated images are of, as a classifier sees them, beside the data's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ganstudio.engine.snapshot import Sheet, Snapshot
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_kind import rich
from ganstudio.ui.views.chart_layout import ChartLayout
from ganstudio.ui.views.chart_scale import linear_ticks, number, step_text
from ganstudio.ui.views.history_feed import HistoryFeed
from ganstudio.ui.views.stage_words import probe

TITLE = "Classes now"
SHARE = "metric/class_share_{}"  # of the class with this number; with the suffix _raw that of the raw generator
BAR = 0.72  # of a class's room
HEADROOM = 1.15  # above the highest bar


@dataclass(frozen=True, slots=True)
class ClassBars:
    """Shares of classes: of generated images, and of real ones, None where nobody measured them."""

    shares: tuple[float, ...]
    real: tuple[float, ...] | None
    names: tuple[str, ...]
    divergence: float  # KL, NaN where it was not measured
    step: int
    generator: str


def class_bars(feed: HistoryFeed, snapshot: Snapshot, step: float | None = None) -> ClassBars | None:
    """Return the newest shares, or those nearest to a step; None where the run has none."""
    end = "" if snapshot.generator == "ema" else "_raw"
    names: list[str] = []
    while feed.taken(SHARE.format(len(names)) + end):
        names.append(SHARE.format(len(names)))
    columns = [column for name in names if (column := feed.buckets(name + end)) is not None]
    if not columns:
        return None
    newest = len(columns[0]) - 1
    place = newest if step is None else columns[0].index_at(step) or 0
    shares = [float(column.mean[place]) for column in columns]
    if step is None:  # the last bucket of a long run is a mean
        shares = [value for name in names if (value := feed.newest(name + end)) is not None]
    floors = [snapshot.floors.get(name, math.nan) for name in names]
    divergence = feed.buckets(f"metric/class_kl{end}")
    near = None if divergence is None else divergence.index_at(float(columns[0].last[place]))
    sheet = probe(snapshot, "sheet", Sheet)
    known = sheet.class_names if sheet is not None and len(sheet.class_names) == len(names) else ()
    return ClassBars(
        shares=tuple(shares),
        real=tuple(floors) if all(map(math.isfinite, floors)) else None,
        names=known or tuple(str(place) for place in range(len(names))),
        divergence=math.nan if divergence is None or near is None else float(divergence.mean[near]),
        step=int(columns[0].last[place]),
        generator="EMA" if snapshot.generator == "ema" else "raw",
    )


class ClassHistogram(QWidget):
    """A bar for every class of generated images, and a line across it where the data's share is."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._layout = ChartLayout.of(self.font(), 1.0)
        self._bars: ClassBars | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Classes of generated images")

    @property
    def bars(self) -> ClassBars | None:
        """What is drawn."""
        return self._bars

    def show_bars(self, bars: ClassBars | None) -> None:
        """Draw these shares."""
        if bars != self._bars:
            self._bars = bars
            self.setAccessibleDescription(", ".join(self._said()))
            self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def set_font_scale(self, scale: float) -> None:
        """Make the text larger or smaller by a factor."""
        self._layout = ChartLayout.of(self.font(), scale)
        self.updateGeometry()
        self.update()

    def slot(self, place: int) -> QRectF:
        """Return the room of one class, from the axis to the top of the plot."""
        plot = self._plot()
        count = len(self._bars.shares) if self._bars else 1
        width = plot.width() / count
        return QRectF(plot.left() + place * width, plot.top(), width, plot.height())

    def _plot(self) -> QRectF:
        return self._layout.plot(self.width(), self.height()).adjusted(0, 0, 0, -0.7 * self._layout.line)

    def _said(self) -> Sequence[str]:
        bars = self._bars
        if bars is None:
            return []
        return [f"{name} {100 * share:.1f} %" for name, share in zip(bars.names, bars.shares, strict=True)]

    def _top(self, bars: ClassBars) -> float:
        finite = [share for share in (*bars.shares, *(bars.real or ())) if math.isfinite(share)]
        return HEADROOM * max((*finite, 1 / len(bars.shares)))

    @override
    def sizeHint(self) -> QSize:
        return QSize(340, round(self._layout.header + 8 * self._layout.line))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(220, round(self._layout.header + 5 * self._layout.line))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._palette.surface))
            self._paint_header(painter)
            if self._bars is not None:
                self._paint_axis(painter, self._bars)
                self._paint_bars(painter, self._bars)

    def _paint_header(self, painter: QPainter) -> None:
        layout, bars = self._layout, self._bars
        box = QRectF(6, 2, self.width() - 12, layout.header - 2)
        painter.setFont(layout.title)
        painter.setPen(QColor(self._palette.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, TITLE)
        if bars is not None and math.isfinite(bars.divergence):
            painter.setFont(layout.small)
            painter.setPen(QColor(self._palette.fake))
            text = f"{bars.generator}, KL {number(bars.divergence, 2)}"
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    def _paint_axis(self, painter: QPainter, bars: ClassBars) -> None:
        plot, line, top = self._plot(), self._layout.line, self._top(bars)
        painter.setFont(self._layout.small)
        faint = QColor(self._palette.border)
        faint.setAlpha(120)
        for share in linear_ticks(0.0, top, max(2, min(4, int(plot.height() / (1.9 * line))))):
            y = round(plot.bottom() - share / top * plot.height()) + 0.5
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(self._palette.muted))
            box = QRectF(0, max(plot.top() - 1, y - line / 2), plot.left() - 5, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * share:.0f} %")

    def _paint_bars(self, painter: QPainter, bars: ClassBars) -> None:
        plot, top, metrics = self._plot(), self._top(bars), QFontMetricsF(self._layout.small)
        fill = QColor(self._palette.fake)
        fill.setAlphaF(0.75)
        for place, (share, name) in enumerate(zip(bars.shares, bars.names, strict=True)):
            slot = self.slot(place)
            left, width = slot.center().x() - BAR * slot.width() / 2, BAR * slot.width()
            height = plot.height() * min(max(share, 0.0) / top, 1.0) if math.isfinite(share) else 0.0
            painter.fillRect(QRectF(round(left), plot.bottom() - height, round(width), height), fill)
            painter.setPen(QColor(self._palette.muted))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, slot.width() - 2)
            box = QRectF(slot.left(), plot.bottom() + 1, slot.width(), 1.15 * self._layout.line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            if bars.real is not None:
                y = round(plot.bottom() - bars.real[place] / top * plot.height()) + 0.5
                painter.setPen(QPen(QColor(self._palette.real), 2))
                reach = 0.5 * slot.width() - 1
                painter.drawLine(QPointF(slot.center().x() - reach, y), QPointF(slot.center().x() + reach, y))
        if bars.real is not None:
            painter.setPen(QColor(self._palette.real))
            y = plot.bottom() - bars.real[-1] / top * plot.height()
            box = QRectF(plot.right() + 6, y - self._layout.line, self._layout.right, 2 * self._layout.line)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "real\ndata")

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tip_at(self, at: QPointF) -> str:
        """Return what there is to say about the class at a point, or on the whole."""
        bars = self._bars
        if bars is None:
            return ""
        for place, said in enumerate(self._said()):
            slot = self.slot(place)
            if slot.left() <= at.x() < slot.right() and at.y() > self._layout.header:
                real = "" if bars.real is None else f"; held-out real images: {100 * bars.real[place]:.1f} %"
                return f"Class {said}{real}"
        return rich(
            TITLE,
            "Share of generated images whose likeliest class this is, for the classifier that is trained on the "
            f"shipped digits, at iteration {step_text(bars.step)} ({bars.generator} generator). Blue: held-out real "
            "images, read the same way.",
        )
