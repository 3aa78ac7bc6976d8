"""The real window on a run of the smallest nets: what memory grows by, and whether frames stay as cheap."""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QEventLoop, QTimer

from ganstudio import app
from ganstudio.bench.figures import Figure, figure
from ganstudio.bench.resident import EARLY, MEBIBYTE, compared, resident
from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.main_window import MainWindow

STEPS = 10_000_000
FRAMES = 200  # at the start and at the end, whose cost is compared
EARLIEST_SHARE = 0.25  # of the time at most until what came before is taken as early


def measure(config: RunConfig, *, rows: int, minutes: float) -> list[Figure]:
    """Return resident memory early and late, the history's part in it, and the cost of frames early and late."""
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    watcher = Watcher(smallest(config))
    try:
        watcher.wait_for(EARLY, 60 * minutes * EARLIEST_SHARE)
        first_costs = watcher.frame_costs()
        early, early_history = (watcher.step, resident()), watcher.history_bytes
        watcher.wait_for(STEPS, 60 * minutes * (1 - EARLIEST_SHARE))
        last_costs = watcher.frame_costs()
        late, late_history = (watcher.step, resident()), watcher.history_bytes
    finally:
        watcher.window.close()
    return [
        *compared("window", early, late),
        figure("window: growth of the history's part", "MiB", [(late_history - early_history) / MEBIBYTE]),
        figure("window: GUI frame, first frames", "ms CPU", first_costs),
        figure("window: GUI frame, last frames", "ms CPU", last_costs),
    ]


def smallest(config: RunConfig) -> RunConfig:
    """Return the config with the smallest nets and batch that there are: the most rows of history in a given time."""
    for path, value in {
        "generator.depth": 1,
        "generator.width": 2,
        "discriminator.depth": 1,
        "discriminator.width": 2,
        "training.batch_size": 2,
        "penalty.name": "none",
        "training.metrics_every": 1000,
    }.items():
        config = replaced(config, path, value)
    return config


class Watcher:
    """The window on a run, and the cost of each of its frames."""

    def __init__(self, config: RunConfig) -> None:
        self.window: MainWindow = app.build_window(config, start=False)
        self.window.resize(1440, 900)
        self.window.show()
        self._costs: list[float] = []
        self._snapshot: Snapshot | None = None
        bridge = self.window.bridge
        bridge.snapshot_ready.disconnect()
        bridge.snapshot_ready.connect(self._show)
        bridge.send(m.Advance(None))

    @property
    def step(self) -> int:
        """Iterations done."""
        return self._snapshot.step if self._snapshot is not None else 0

    @property
    def history_bytes(self) -> int:
        """Bytes of the run's history that are in memory."""
        return self._snapshot.history.nbytes if self._snapshot is not None else 0

    def wait_for(self, step: int, limit_s: float) -> None:
        """Let it run until that iteration, or so long."""
        until = time.monotonic() + limit_s
        while self.step < step and time.monotonic() < until:
            wait(200)

    def frame_costs(self) -> list[float]:
        """Return the CPU milliseconds that the GUI thread takes for each of the next frames."""
        self._costs.clear()
        while len(self._costs) < FRAMES:
            wait(200)
        return self._costs[:FRAMES]

    def _show(self, snapshot: Snapshot) -> None:
        start = time.thread_time()
        self._snapshot = snapshot
        self.window.transport.show_snapshot(snapshot)
        self.window.stage.show_snapshot(snapshot)
        self.window.charts.show_snapshot(snapshot)
        app.application().sendPostedEvents()  # paints now what would be painted at the loop's next turn
        self._costs = self._costs[-FRAMES:]  # the measurement itself must not grow
        self._costs.append(1e3 * (time.thread_time() - start))


def wait(milliseconds: int) -> None:
    """Let the GUI do its work for so long."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
