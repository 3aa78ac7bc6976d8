"""A history of millions of rows, appended as a run appends them and watched by the window's own charts."""

from __future__ import annotations

import dataclasses
import sys
import threading
import time

import numpy as np

from ganstudio import app
from ganstudio.bench.figures import Figure, figure
from ganstudio.bench.memory_of_window import wait
from ganstudio.bench.resident import EARLY, MEBIBYTE, compared, resident
from ganstudio.engine.config import RunConfig
from ganstudio.engine.history import Event, History
from ganstudio.engine.recorder import ROWS_KEPT_BACK, SCALARS
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.main_window import MainWindow

METRICS = ("metric/jsd", "metric/modes", "metric/high_quality", "metric/jsd_raw", "metric/modes_raw")
METRICS_EVERY = 100
EVENT_EVERY = 1_000
FRAME_MS = 60  # the charts take in at most one frame in 55 ms
AHEAD = 32_768  # rows that the charts may be behind: no run trains that many iterations between two frames
FRAMES_AFTER = 10


def measure(config: RunConfig, *, rows: int, minutes: float) -> list[Figure]:
    """Return resident memory early and late, what is in memory and on disk, and the price of a row."""
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    window = app.build_window(config, start=False)
    window.resize(1440, 900)
    window.show()
    try:
        charts = _Charts(window)
        writer = _Writer(History())
        found = [charts.follow(writer, stop) for stop in (EARLY, rows)]
    finally:
        window.close()
    history = writer.history
    return [
        *compared("history", *found),
        figure("history: in memory", "MiB", [history.nbytes / MEBIBYTE]),
        figure("history: on disk", "MiB", [history.spilled_bytes / MEBIBYTE]),
        figure("history: price of a row", "µs CPU", [1e6 * writer.cost_s / len(history.tables[0])], at_most=1.0),
    ]


class _Writer:
    """Appends made-up scalars, in the pieces in which a run appends its own."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.cost_s = 0.0  # CPU seconds spent in the history
        self.step = 0
        self._rows = np.random.default_rng(0).normal(1, 0.3, (64, ROWS_KEPT_BACK, len(SCALARS))).astype(np.float32)

    def append_to(self, stop: int) -> None:
        """Append one piece, as long as that does not pass ``stop``, and what belongs to its iterations."""
        end = min(stop, self.step + ROWS_KEPT_BACK)
        steps = np.arange(self.step + 1, end + 1)
        values = self._rows[self.step // ROWS_KEPT_BACK % len(self._rows)][: len(steps)]
        start = time.thread_time()
        self.history.table(SCALARS).append(steps, values)
        if end // METRICS_EVERY > self.step // METRICS_EVERY:
            self.history.table(METRICS).append(steps[-1:], values[:1, : len(METRICS)])
        if end // EVENT_EVERY > self.step // EVENT_EVERY:
            self.history.events.append(Event(end, f"lr D 0.001→{end}"))
        self.cost_s += time.thread_time() - start
        self.step = end


class _Charts:
    """The window's charts, shown a history that another thread appends to."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._first: Snapshot | None = None
        self._shown = 0  # rows of the newest frame
        window.bridge.snapshot_ready.connect(self._keep)
        while self._first is None:
            wait(FRAME_MS)

    def _keep(self, snapshot: Snapshot) -> None:
        self._first = snapshot

    def follow(self, writer: _Writer, stop: int) -> tuple[int, int]:
        """Show frames while the history grows to ``stop`` rows; return how far it is, and the resident bytes then."""

        def write() -> None:
            while writer.step < stop:
                while writer.step > self._shown + AHEAD:
                    time.sleep(0.001)
                writer.append_to(stop)

        thread = threading.Thread(target=write, name="ganstudio-bench", daemon=True)
        thread.start()
        while thread.is_alive():
            self._show(writer)
        for _ in range(FRAMES_AFTER):  # a chart or two are drawn at each
            self._show(writer)
        return writer.step, resident()

    def _show(self, writer: _Writer) -> None:
        if self._first is None:
            return
        snapshot = dataclasses.replace(
            self._first, run=self._first.run + 1, step=writer.step, history=writer.history, running=True
        )
        self._window.charts.show_snapshot(snapshot)
        self._shown = snapshot.step
        wait(FRAME_MS)
