"""A long run in the real window: what memory grows by beside the history, and whether frames stay as cheap."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from ganstudio import app
from ganstudio.bench.figures import Figure, figure
from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.main_window import MainWindow

STEPS = 1_000_000
LIMIT_S = 15 * 60
QUICK_LIMIT_S = 40
SETTLED = 20_000  # iterations after which everything that is made once has been made
MEBIBYTE = 2**20
FRAMES = 200  # at the start and at the end, whose cost is compared


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return the growth of resident memory, that of the history, and the cost of frames early and late."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    watcher = _Watcher(_smallest(config))
    try:
        watcher.wait_for(SETTLED, 120)
        start_bytes, start_history = resident(), watcher.history_bytes
        early = watcher.frame_costs()
        watcher.wait_for(STEPS, QUICK_LIMIT_S if quick else LIMIT_S)
        late = watcher.frame_costs()
        grown, history = resident() - start_bytes, watcher.history_bytes - start_history
    finally:
        watcher.window.close()
    return [
        figure("iterations", "", [float(watcher.step)]),
        figure("growth of resident memory", "MiB", [grown / MEBIBYTE]),
        figure("growth of the history", "MiB", [history / MEBIBYTE]),
        figure("growth beside the history", "MiB", [(grown - history) / MEBIBYTE], at_most=10.0),
        figure("GUI frame, first frames", "ms CPU", early),
        figure("GUI frame, last frames", "ms CPU", late),
    ]


def resident() -> int:
    """Return the bytes of this process that are in memory.

    Raises
    ------
    OSError
        On systems without /proc.
    """
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _smallest(config: RunConfig) -> RunConfig:
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


class _Watcher:
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
        """Bytes of the run's history."""
        return self._snapshot.history.nbytes if self._snapshot is not None else 0

    def wait_for(self, step: int, limit_s: float) -> None:
        """Let it run until that iteration, or so long."""
        until = time.monotonic() + limit_s
        while self.step < step and time.monotonic() < until:
            _loop(200)

    def frame_costs(self) -> list[float]:
        """Return the CPU milliseconds that the GUI thread takes for each of the next frames."""
        self._costs.clear()
        while len(self._costs) < FRAMES:
            _loop(200)
        return list(self._costs)

    def _show(self, snapshot: Snapshot) -> None:
        start = time.thread_time()
        self._snapshot = snapshot
        self.window.transport.show_snapshot(snapshot)
        self.window.stage.show_snapshot(snapshot)
        self.window.charts.show_snapshot(snapshot)
        app.application().sendPostedEvents()  # paints now what would be painted at the loop's next turn
        self._costs.append(1e3 * (time.thread_time() - start))


def _loop(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
