"""The real window, driven by a benchmark: what training keeps of its speed beside it, and what a frame costs."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, Qt, QTimer

from ganstudio import app
from ganstudio.bench.step import WARM_UP
from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.snapshot import Execution, Snapshot
from ganstudio.ui.main_window import MainWindow

SIZE = (1440, 900)
FRAME_MS = 33
TICK_MS = 10
STEPS_A_FRAME = 20  # between two frames whose cost is measured
COMPILING_S = 120.0  # at most, with nothing in the cache
PATIENCE_S = 180.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one stretch of training with the window showed."""

    steps_per_s: float
    frames_per_s: float
    late_ms: list[float]
    gui_ms_a_frame: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a frame took: by the clock, of the GUI's thread, and of all threads, in seconds."""

    wall_s: float
    gui_s: float
    process_s: float


class DrivenWindow:
    """The main window at 1440 × 900, driven from here.

    Parameters
    ----------
    config
        The run.
    every_layer
        Whether all of the stage's layers are on; else it has its usual ones.
    warm_up
        Iterations before anything is measured.
    """

    def __init__(self, config: RunConfig, *, every_layer: bool = True, warm_up: int = WARM_UP) -> None:
        self._window: MainWindow = app.build_window(replaced(config, "run.execution", "eager"), start=False)
        self._window.resize(*SIZE)
        if every_layer:
            stage = self._window.stage
            everything = {layout: [layer.name for layer in canvas.LAYERS] for layout, canvas in stage.canvases.items()}
            stage.restore({f"layers_{layout}": names for layout, names in everything.items()})
        self._window.show()
        self._seen: list[tuple[float, Snapshot]] = []
        self._window.bridge.snapshot_ready.connect(lambda snapshot: self._seen.append((time.perf_counter(), snapshot)))
        self._pulls = self._window.bridge.findChildren(QTimer)
        wait(lambda: bool(self._seen))
        self._advance(warm_up)

    def close(self) -> None:
        """End the session."""
        self._window.close()

    def carry_out(self, config: RunConfig, execution: Execution) -> bool:
        """Have iterations carried out in this way from now on; return whether that is possible here."""
        bridge, given_up_at = self._window.bridge, time.perf_counter() + COMPILING_S
        bridge.send(m.Tune(replaced(config, "run.execution", execution)))
        bridge.send(m.Advance(None))
        wait(lambda: self._newest.running)
        wait(lambda: self._newest.execution == execution or time.perf_counter() > given_up_at)
        self._pause()
        return self._newest.execution == execution

    def train_unseen(self, seconds: float) -> float:
        """Train at full speed for so long without a frame or a look; return iterations per second."""
        self._start()
        for timer in self._pulls:
            timer.stop()
        self._window.bridge.pull()  # a look that was made before, so that the next one is new
        start, first = time.perf_counter(), self._look_now()
        time.sleep(seconds)
        self._window.bridge.pull()
        end, last = time.perf_counter(), self._look_now()
        for timer in self._pulls:
            timer.start()
        self._pause()
        return (last.step - first.step) / (end - start)

    def _look_now(self) -> Snapshot:
        """Return a snapshot that is made from now on."""
        known = len(self._seen)
        wait(lambda: len(self._seen) > known, self._window.bridge.pull)
        return self._newest

    def train(self, seconds: float, interval_ms: int | None) -> Run:
        """Train at full speed for so long, with frames at this interval or as they adapt; a timer tries to be on time.

        Frames adapt by those before: what is measured begins after a moment.
        """
        self._window.bridge.hold_pace(interval_ms)
        self._start()
        if interval_ms is None:
            loop(1.0)
        self._seen.clear()
        ticks: list[float] = []
        timer = QTimer(interval=TICK_MS)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
        timer.start()
        busy = time.thread_time()
        loop(seconds)
        busy = time.thread_time() - busy
        timer.stop()
        if len(self._seen) < 2:
            raise RuntimeError("the window saw no two frames: did the run diverge?")
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        frames = len(self._seen)
        self._pause()
        late = [max(0.0, 1e3 * (b - a) - TICK_MS) for a, b in itertools.pairwise(ticks)]
        duration = end - start
        return Run((last.step - first.step) / duration, (frames - 1) / duration, late, 1e3 * busy / frames)

    def frame_costs(self, frames: int, steps: int = STEPS_A_FRAME) -> list[Cost]:
        """Return what it takes from having a snapshot until all of it is painted, with nothing else running.

        ``steps`` iterations are done between two frames.
        """
        for timer in self._pulls:  # frames are made here, one by one
            timer.stop()
        costs: list[Cost] = []

        def look() -> None:
            known = len(self._seen)
            wall, gui, process = time.perf_counter(), time.thread_time(), time.process_time()
            self._window.bridge.pull()
            app.application().processEvents()
            cost = Cost(time.perf_counter() - wall, time.thread_time() - gui, time.process_time() - process)
            if len(self._seen) > known and not self._newest.running:
                costs.append(cost)

        while len(costs) < frames:
            self._window.bridge.send(m.Advance(steps))
            goal = self._newest.step + steps
            wait(lambda goal=goal: self._newest.step >= goal and not self._newest.running, look)  # type: ignore[misc]
        for timer in self._pulls:
            timer.start()
        return costs

    @property
    def tiles(self) -> int:
        """Generated images in sight."""
        return sum(
            (panel.tiles >= 0).sum().item() for panel in self._window.stage.images.panels if panel.source == "fake"
        )

    @property
    def _newest(self) -> Snapshot:
        return self._seen[-1][1]

    def _start(self) -> None:
        self._window.bridge.send(m.Advance(None))
        wait(lambda: self._newest.running)

    def _pause(self) -> None:
        self._window.bridge.send(m.Pause())
        wait(lambda: not self._newest.running)

    def _advance(self, steps: int) -> None:
        goal = self._newest.step + steps
        self._window.bridge.send(m.Advance(steps))
        wait(lambda: self._newest.step >= goal and not self._newest.running)


def loop(seconds: float) -> None:
    """Let the window live for so long."""
    events = QEventLoop()
    QTimer.singleShot(round(1e3 * seconds), events.quit)
    events.exec()


def wait(met: Callable[[], bool], look: Callable[[], object] = lambda: app.application().processEvents()) -> None:
    """Look, which lets the window live, until this is so.

    Raises
    ------
    RuntimeError
        If it takes too long.
    """
    given_up_at = time.perf_counter() + PATIENCE_S
    while not met():
        if time.perf_counter() > given_up_at:
            raise RuntimeError(f"the window did not come so far within {PATIENCE_S:.0f} s: did the run diverge?")
        look()
        time.sleep(0.001)
