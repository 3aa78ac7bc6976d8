"""A chart's place in the panel: what it shows of a history, and how far it is up to date."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QElapsedTimer

from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart import Chart, Curve, Series
from ganstudio.ui.views.chart_kind import ChartKind
from ganstudio.ui.views.chart_scale import ValueRange
from ganstudio.ui.views.history_feed import HistoryFeed
from ganstudio.ui.views.thinner import Buckets

TEXT_INTERVAL_MS = 250


class ChartPlace:
    """One kind of chart, its widget and the rows it showed last.

    ``shown`` is whether it has a place among all charts; whether it is visible depends on the panel too.
    """

    def __init__(self, kind: ChartKind, palette: Palette) -> None:
        self.kind = kind
        self.chart = Chart(kind.key, palette, ValueRange(log=kind.log), percent=kind.percent)
        self.series: tuple[Series, ...] = ()
        self.shown = False
        self._meaning: object = None  # of its values, and since which step it is that
        self._since = 0
        self._drawn: tuple[int, ...] | None = None  # rows read of each series when it was drawn last
        self._written: tuple[int, ...] | None = None  # and when its values were written last
        self._since_written = QElapsedTimer()
        self._counted: tuple[HistoryFeed | None, int, tuple[int, ...]] = (None, 0, ())  # rows of each series, and when

    def tell(self, snapshot: Snapshot) -> None:
        """Take over what follows from the settings: which series, which reference lines, which words."""
        meaning = self.kind.meaning(snapshot)
        if self._meaning is not None and meaning != self._meaning:
            self._since = snapshot.step  # of the rows up to here, some may be of either meaning
            self.chart.clear()
        self._meaning = meaning
        self.series = tuple(self.kind.series(snapshot))
        self.chart.values.set_least(self.kind.least(snapshot))
        self.chart.set_title(self.kind.title(snapshot))
        self.chart.set_references(self.kind.references(snapshot))
        self.chart.set_tip(partial(self.kind.tip, snapshot))
        self.expire()

    def clear(self) -> None:
        """Begin with another history."""
        self._meaning, self._since = None, 0
        self.chart.clear()

    def expire(self) -> None:
        """Draw and write again as soon as possible."""
        self._drawn = self._written = None
        self._counted = (None, 0, ())
        self._since_written.invalidate()

    def has_data(self, feed: HistoryFeed) -> bool:
        """Whether there is anything to draw."""
        return any(self._rows(feed)) and (not self.kind.needs or feed.taken(self.kind.needs) > 0)

    def must_draw(self, feed: HistoryFeed) -> bool:
        """Whether it can be seen and shows less than was read."""
        # The layout places a chart after it was shown; until then it has no region to be seen in.
        return self._drawn != self._rows(feed) and self._is_seen()

    def must_write(self, feed: HistoryFeed) -> bool:
        """Whether its values can be seen and are older than what was read."""
        return self._written != self._rows(feed) and self._is_seen()

    def may_write(self) -> bool:
        """Whether its values have stood long enough to be read."""
        return not self._since_written.isValid() or self._since_written.elapsed() >= TEXT_INTERVAL_MS

    def draw(self, feed: HistoryFeed, last_shown: int) -> None:
        """Draw what was read, over the steps from 0 to ``last_shown``."""
        self.chart.set_steps(last_shown)
        width = self.chart.least_bucket_steps
        found = ((series, feed.buckets(series.name, width)) for series in self.series)
        self.chart.set_curves([Curve(series, self._own(one)) for series, one in found if one is not None])
        self._drawn = self._rows(feed)

    def _own(self, buckets: Buckets) -> Buckets:
        """Return what is of the present meaning; a bucket of both is left out."""
        return buckets.since(int(np.searchsorted(buckets.first, self._since, side="right"))) if self._since else buckets

    def write(self, feed: HistoryFeed, snapshot: Snapshot, step: float | None = None) -> None:
        """Write the values of the header: the newest, or those drawn at a step."""
        texts = {}
        for series in self.series:
            value = feed.newest(series.name) if step is None else self._value_at(series, step)
            if value is not None and (not self._since or feed.last_step > self._since):
                # G has no loss before its first update: that is no NaN to worry about.
                waiting = series.name.endswith("/g") and snapshot.g_updates == 0
                texts[series.name] = "–" if waiting else self.kind.text(snapshot, series, value)
        self.chart.set_texts(texts)
        self._written = self._rows(feed)
        self._since_written.start()

    def _value_at(self, series: Series, step: float) -> float | None:
        for curve in self.chart.curves:
            index = curve.buckets.index_at(step)
            if curve.series.name == series.name and index is not None:
                return float(curve.buckets.mean[index])
        return None

    def _rows(self, feed: HistoryFeed) -> tuple[int, ...]:
        if self._counted[:2] != (feed, feed.reads):
            self._counted = feed, feed.reads, tuple(feed.taken(series.name) for series in self.series)
        return self._counted[2]

    def _is_seen(self) -> bool:
        return not self.chart.visibleRegion().isEmpty()
