"""All charts of a run, one above the other, over one axis of iterations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QElapsedTimer, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.history import Event
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.history_export import HistoryExport
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart import Chart
from ganstudio.ui.views.chart_kind import ChartKind
from ganstudio.ui.views.chart_list import CHARTS
from ganstudio.ui.views.chart_place import ChartPlace
from ganstudio.ui.views.chart_scale import step_ceiling, step_text
from ganstudio.ui.views.class_histogram import SHARE, ClassHistogram, class_bars
from ganstudio.ui.views.event_lane import EventLane
from ganstudio.ui.views.history_feed import HistoryFeed
from ganstudio.ui.views.hover_readout import HoverReadout, readings
from ganstudio.ui.views.step_axis import StepAxis

PACE_MS = 55  # between two times that anything is drawn: at every second frame of thirty a second
CHARTS_PER_FRAME = 1  # the others follow: each of the three that change all the time is drawn five times a second
CHARTS_WHEN_THE_AXIS_MOVES = 2  # in every frame: all of them at once would hold it up
FINISH_INTERVAL_MS = 70  # when no more snapshots come, each time for so many charts:
CHARTS_AT_THE_END = 2
ROWS_PER_FRAME = 32_768  # of a long history that was loaded
EVENTS_SHOWN = 500  # the newest: more markers than that are a grey area
NEAR_EVENT_PX = 5.0
CLASSES_AFTER = "confident"


class ChartPanel(QWidget):
    """Losses, scores, divergences, modes and gradient norms, live.

    Every point is the plain mean over a bucket of iterations, with the bucket's extremes behind it; nothing is
    smoothed. Every second frame takes in the new rows and repaints one chart, whatever the length of the run. While
    hidden, the panel only keeps the newest snapshot.

    Signals
    -------
    enlarged_changed
        A chart was enlarged to the whole panel, or is one of many again.
    """

    enlarged_changed = Signal(bool)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._told: Snapshot | None = None  # whose settings the charts were told last
        self._feed: HistoryFeed | None = None
        self._last_shown = 0
        self._events: tuple[Event, ...] = ()
        self._next = 0
        self._since_advance = QElapsedTimer()
        self._enlarged: ChartPlace | None = None
        self._pointed: tuple[ChartPlace, float] | None = None  # the chart below the pointer and the position in it
        self._places = [self._made(kind, palette) for kind in CHARTS]
        self.classes = ClassHistogram(palette)
        self.classes.hide()
        self._known_classes: object = None  # of which history, how many rows, of which generator
        self._lane, self._axis = EventLane(palette), StepAxis(palette)
        self._empty = QLabel("The charts begin with the first iteration.")
        self._scroll = QScrollArea()
        self._readout = HoverReadout(palette, self)
        self._finish = QTimer(self)
        self._finish.setSingleShot(True)
        self._finish.timeout.connect(self._finish_redrawing)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.show_all)
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.setEnabled(False)
        self._arrange()
        self.set_palette(palette)

    def _made(self, kind: ChartKind, palette: Palette) -> ChartPlace:
        place = ChartPlace(kind, palette)
        place.chart.hide()
        place.chart.clicked.connect(lambda: self._set_enlarged(None if self._enlarged else place))
        place.chart.pointed.connect(lambda x: self._point(place, x))
        return place

    def _arrange(self) -> None:
        stack = QWidget()
        charts = QVBoxLayout(stack)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(0)
        for place in self._places:
            charts.addWidget(place.chart, 1)
            if place.kind.key == CLASSES_AFTER:
                charts.addWidget(self.classes, 1)
        self._scroll.setWidget(stack)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._align_axes)
        self._scroll.verticalScrollBar().valueChanged.connect(lambda _at: self._finish.start(0))  # others are seen now
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._lane)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._axis)
        for widget in (self._lane, self._scroll, self._axis):
            widget.hide()

    # -- what the window calls ----------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take in what is new in the snapshot's history and redraw a part of the charts."""
        self._snapshot = snapshot
        if not self.isVisible():
            return
        if self._is_due(snapshot):
            self._advance(snapshot)
        elif not self._finish.isActive():
            self._finish.start(PACE_MS)  # in case no further snapshot comes

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for place in self._places:
            place.chart.set_palette(palette)
        self.classes.set_palette(palette)
        self._lane.set_palette(palette)
        self._axis.set_palette(palette)
        self._readout.set_palette(palette)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(
            f"ChartPanel, QScrollArea, QScrollArea > QWidget > QWidget {{ background: {palette.surface}; }}"
            f"ChartPanel > QLabel {{ color: {palette.muted}; padding: 16px; }}"
        )

    def set_font_scale(self, scale: float) -> None:
        """Make the text larger or smaller by a factor."""
        for place in self._places:
            place.chart.set_font_scale(scale)
            place.expire()
        self.classes.set_font_scale(scale)
        self._lane.set_font_scale(scale)
        self._axis.set_font_scale(scale)
        self._readout.set_font_scale(scale)

    @property
    def charts(self) -> dict[str, Chart]:
        """The charts by their key; those without data are hidden."""
        return {place.kind.key: place.chart for place in self._places}

    @property
    def enlarged(self) -> str:
        """The key of the chart that fills the panel, empty if none does."""
        return self._enlarged.kind.key if self._enlarged else ""

    def enlarge(self, key: str) -> None:
        """Let one chart fill the panel."""
        (place,) = (place for place in self._places if place.kind.key == key)
        self._set_enlarged(place)

    def show_all(self) -> None:
        """Show all charts again."""
        self._set_enlarged(None)

    def copy_picture(self) -> None:
        """Put a picture of the panel on the clipboard."""
        self._leave()
        QGuiApplication.clipboard().setPixmap(self.grab())

    def menu(self, at: QPoint) -> QMenu:
        """Return the context menu for a position in the panel."""
        menu = QMenu(self)
        place = next((one for one in self._places if one.chart.isVisible() and self._holds(one, at)), None)
        if self._enlarged:
            menu.addAction("Show all charts", self.show_all)
        elif place:
            menu.addAction(f"Enlarge “{place.chart.title}”", lambda: self._set_enlarged(place))
        menu.addSeparator()
        menu.addAction("Copy picture", self.copy_picture)
        export = menu.addAction("Export history as CSV…", self.export_history)
        export.setEnabled(self._feed is not None and self._feed.last_step > 0)
        return menu

    def export_history(self) -> None:
        """Ask for a file and write the whole history to it."""
        if self._feed is not None:
            HistoryExport(self._feed.history, self).ask()

    def _holds(self, place: ChartPlace, at: QPoint) -> bool:
        return place.chart.rect().contains(place.chart.mapFrom(self, at))

    # -- taking in ----------------------------------------------------------------------------------------------------

    def _is_due(self, snapshot: Snapshot) -> bool:
        """Whether it is time to draw something, or what the charts show is no longer what runs."""
        if self._feed is None or self._told is None or not self._since_advance.isValid():
            return True
        is_other = snapshot.history is not self._feed.history or self._is_other_run(snapshot)
        if is_other or _settings_differ(self._told, snapshot) or self._since_advance.elapsed() >= PACE_MS:
            return True
        return self._is_catching_up()

    def _advance(self, snapshot: Snapshot, most: int = CHARTS_PER_FRAME) -> None:
        self._since_advance.start()
        known = self._feed
        feed = self._take_in(snapshot)
        # A new history is drawn as a whole at once, or the charts would come back one after the other.
        drawn = self._draw_some(feed, most if feed is known else len(self._places))
        self._write_some(feed, snapshot, drawn)
        if feed.is_behind or any(place.must_draw(feed) or place.must_write(feed) for place in self._places):
            self._finish.start(FINISH_INTERVAL_MS)

    def _take_in(self, snapshot: Snapshot) -> HistoryFeed:
        feed = self._feed
        if feed is None or snapshot.history is not feed.history or self._is_other_run(snapshot):
            feed = self._start_afresh(snapshot)
        if self._told is None or _settings_differ(self._told, snapshot):
            self._told = snapshot
            for place in self._places:
                place.tell(snapshot)
        feed.read(ROWS_PER_FRAME)
        self._follow_steps(feed)
        events = tuple(snapshot.history.events[-EVENTS_SHOWN:])
        if events != self._events:
            self._show_events(events)
        for place in self._places:
            # What a reset emptied stays where it will be filled again: nothing jumps.
            place.shown = (place.shown and place.kind.applies(snapshot)) or place.has_data(feed)
        self._show_classes(feed, snapshot)
        self._show_charts()
        return feed

    def _is_other_run(self, snapshot: Snapshot) -> bool:
        return self._told is not None and snapshot.run != self._told.run

    def _start_afresh(self, snapshot: Snapshot) -> HistoryFeed:
        self._feed = feed = HistoryFeed(snapshot.history)
        self._told = None
        self._last_shown = 0
        self._leave()
        self._show_events(())
        for place in self._places:
            place.clear()
        return feed

    def _follow_steps(self, feed: HistoryFeed) -> None:
        shown = max(step_ceiling(feed.last_step), self._last_shown)
        if shown == self._last_shown:
            return
        self._last_shown = shown
        self._lane.set_steps(shown)
        self._axis.set_steps(shown)
        for place in self._places:
            place.expire()
            if not place.chart.isVisible():
                place.chart.set_steps(shown)

    def _is_catching_up(self) -> bool:
        """Whether a chart is still to follow the axis."""
        return any(place.chart.last_shown != self._last_shown for place in self._places if place.chart.isVisible())

    def _show_events(self, events: tuple[Event, ...]) -> None:
        self._events = events
        self._lane.set_events(events)
        for place in self._places:
            place.chart.set_events([event.step for event in events])

    def _show_classes(self, feed: HistoryFeed, snapshot: Snapshot) -> None:
        """Bring the classes up to date, where their shares are measured and there are new ones."""
        known = feed, feed.taken(SHARE.format(0)), snapshot.generator
        if known != self._known_classes:
            self._known_classes = known
            self.classes.show_bars(class_bars(feed, snapshot, self._step_at_pointer()))

    def _show_charts(self) -> None:
        shown = [place for place in self._places if place.shown]
        if self._enlarged and self._enlarged not in shown:
            self._set_enlarged(None)
            return
        for place in self._places:
            wanted = place is self._enlarged if self._enlarged else place.shown
            if wanted == place.chart.isHidden():
                place.chart.setVisible(wanted)
        self.classes.setVisible(self.classes.bars is not None and not self._enlarged)
        self._empty.setVisible(not shown)
        self._scroll.setVisible(bool(shown))
        self._axis.setVisible(bool(shown))
        self._lane.setVisible(bool(shown and self._events))

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _draw_some(self, feed: HistoryFeed, most: int) -> list[ChartPlace]:
        """Draw at most so many of the charts that are not up to date, in turn; return them."""
        count = len(self._places)
        if self._is_catching_up():
            most = max(most, CHARTS_WHEN_THE_AXIS_MOVES)
        order = [(self._next + offset) % count for offset in range(count)]
        due = [index for index in order if self._places[index].must_draw(feed)][:most]
        for index in due:
            self._places[index].draw(feed, self._last_shown)
            self._next = index + 1
        return [self._places[index] for index in due]

    def _write_some(self, feed: HistoryFeed, snapshot: Snapshot, drawn: Sequence[ChartPlace]) -> None:
        """Write the values of charts that were drawn just now, or of those that need no drawing."""
        for place in drawn or self._places:
            if place.may_write() and place.must_write(feed):
                place.write(feed, snapshot, self._step_at_pointer())

    def _finish_redrawing(self) -> None:
        """Bring everything up to date when no more snapshots come."""
        if self._snapshot is not None and self.isVisible():
            self._advance(self._snapshot, CHARTS_AT_THE_END)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._snapshot is not None:
            self._finish.start(0)

    # -- pointing -----------------------------------------------------------------------------------------------------

    def _step_at_pointer(self) -> float | None:
        if self._pointed is None or self._feed is None:
            return None
        place, x = self._pointed
        return min(place.chart.step_at(x), self._feed.last_step)

    def _point(self, place: ChartPlace, x: float) -> None:
        if math.isnan(x) or not place.chart.curves:
            self._leave()
            return
        self._pointed = (place, x)
        step = self._step_at_pointer()
        self._read_everywhere(step)
        if step is not None:
            self._read_out(place, x, step)

    def _leave(self) -> None:
        if self._pointed is not None:
            self._pointed = None
            self._readout.hide()
            self._read_everywhere(None)

    def _read_everywhere(self, step: float | None) -> None:
        """Move every chart's cursor and write its values there; None for the newest ones, without a cursor."""
        for place in self._places:
            place.chart.set_cursor(step)
            if self._feed is not None and self._told is not None and place.chart.isVisible():
                place.write(self._feed, self._told, step)
        if self._feed is not None and self._told is not None and self.classes.isVisible():
            self.classes.show_bars(class_bars(self._feed, self._told, step))

    def _read_out(self, place: ChartPlace, x: float, step: float) -> None:
        if self._told is None:
            return
        title, lines = readings(place.chart.curves, step, partial(place.kind.text, self._told))
        near = NEAR_EVENT_PX * self._last_shown / place.chart.plot.width()
        notes = [f"{step_text(one.step)}: {one.text}" for one in self._events if abs(one.step - step) <= near]
        around = QRect(place.chart.mapTo(self, QPoint(0, 0)), place.chart.size())
        self._readout.show_readings(title, lines, notes[-4:], around.left() + x, around)

    # -- one or all ---------------------------------------------------------------------------------------------------

    def _set_enlarged(self, place: ChartPlace | None) -> None:
        if place is self._enlarged:
            return
        self._leave()
        self._enlarged = place
        self._escape.setEnabled(place is not None)
        self._show_charts()
        for one in self._places:
            one.expire()
        self._finish.start(0)
        self.enlarged_changed.emit(place is not None)

    def _align_axes(self) -> None:
        """Keep the axis and the lane as wide as the charts beside their scroll bar."""
        bar = self._scroll.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
        self._lane.set_inset(taken)
        self._axis.set_inset(taken)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave()
        for place in self._places:
            place.expire()
        self._finish.start(0)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu(event.pos()).popup(event.globalPos())


def _settings_differ(told: Snapshot, snapshot: Snapshot) -> bool:
    return (
        told.config is not snapshot.config or told.generator != snapshot.generator or told.floors is not snapshot.floors
    )
