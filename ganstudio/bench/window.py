"""The real window at 1440 × 900 with every layer on: what training keeps of its speed, and what a frame costs."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, Qt, QTimer

from ganstudio import app
from ganstudio.bench.figures import Figure, figure, percentile
from ganstudio.bench.step import WARM_UP, rate
from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig
from ganstudio.engine.device import prepare_thread
from ganstudio.engine.snapshot import Snapshot
from ganstudio.engine.trainer import Trainer
from ganstudio.ui.main_window import MainWindow

SIZE = (1440, 900)
TICK_MS = 10
STEPS_A_FRAME = 20  # between two frames whose cost is measured


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return the speed with the window and without, the cost of frames, and the lateness of a timer."""
    repetitions, seconds, frames = (3, 2.0, 60) if quick else (7, 5.0, 400)
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    prepare_thread()
    trainer = Trainer(config)
    for _ in range(WARM_UP):
        trainer.iterate()
    window = _Window(config)
    try:
        alone, watched, late, busy = [], [], [], []
        for repetition in range(repetitions):
            # In turns, and each first as often as the other: a machine's speed drifts.
            if repetition % 2:
                alone.append(rate(trainer, seconds))
            run = window.train(seconds)
            watched.append(run.steps_per_s)
            late += run.late_ms
            busy.append(run.gui_ms_a_frame)
            if not repetition % 2:
                alone.append(rate(trainer, seconds))
        costs, cpu_costs = window.frame_costs(frames)
    finally:
        window.close()
    ratios = [a / b for a, b in zip(watched, alone, strict=True)]
    return [
        figure("headless", "steps/s", alone),
        figure("with the window at 30 fps", "steps/s", watched),
        figure("window / headless", "×", ratios, at_least=0.9),
        figure("GUI frame, median", "ms", costs, at_most=10.0),
        figure("GUI frame, p99", "ms", costs, value=percentile(costs, 0.99)),
        figure("GUI frame, median without waiting for a core", "ms CPU", cpu_costs),
        figure("GUI thread per frame while training", "ms CPU", busy),
        figure(f"lateness of a {TICK_MS} ms timer, median", "ms", late),
        figure(f"lateness of a {TICK_MS} ms timer, p99", "ms", late, value=percentile(late, 0.99), at_most=40.0),
    ]


@dataclass(frozen=True, slots=True)
class _Run:
    """What one stretch of training with the window showed."""

    steps_per_s: float
    late_ms: list[float]
    gui_ms_a_frame: float


class _Window:
    """The main window, driven from here."""

    def __init__(self, config: RunConfig) -> None:
        self._window: MainWindow = app.build_window(config, start=False)
        self._window.resize(*SIZE)
        stage = self._window.stage
        everything = {layout: [layer.name for layer in canvas.LAYERS] for layout, canvas in stage.canvases.items()}
        stage.restore({f"layers_{layout}": names for layout, names in everything.items()})
        self._window.show()
        self._seen: list[tuple[float, Snapshot]] = []
        self._window.bridge.snapshot_ready.connect(lambda snapshot: self._seen.append((time.perf_counter(), snapshot)))
        self._pulls = self._window.bridge.findChildren(QTimer)
        _wait(lambda: bool(self._seen))
        self._advance(WARM_UP)

    def close(self) -> None:
        """End the session."""
        self._window.close()

    def train(self, seconds: float) -> _Run:
        """Train at full speed for so long, watched at 30 frames a second, with a timer that ought to be on time."""
        self._window.bridge.send(m.Advance(None))
        _wait(lambda: self._seen[-1][1].running)
        self._seen.clear()
        ticks: list[float] = []
        timer = QTimer(interval=TICK_MS)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
        timer.start()
        busy = time.thread_time()
        _loop(seconds)
        busy = time.thread_time() - busy
        timer.stop()
        if len(self._seen) < 2:
            raise RuntimeError("the window saw no two frames: did the run diverge?")
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        frames = len(self._seen)
        self._window.bridge.send(m.Pause())
        _wait(lambda: not self._seen[-1][1].running)
        late = [max(0.0, 1e3 * (b - a) - TICK_MS) for a, b in itertools.pairwise(ticks)]
        return _Run((last.step - first.step) / (end - start), late, 1e3 * busy / frames)

    def frame_costs(self, frames: int) -> tuple[list[float], list[float]]:
        """Return the milliseconds from taking a snapshot until all of it is painted, with nothing else running.

        First by the clock, then those in which the thread had a core: on a busy machine the two differ.
        """
        for timer in self._pulls:  # frames are made here, one by one
            timer.stop()
        costs: list[float] = []
        cpu_costs: list[float] = []
        while len(costs) < frames:
            self._window.bridge.send(m.Advance(STEPS_A_FRAME))
            goal = self._seen[-1][1].step + STEPS_A_FRAME
            while self._seen[-1][1].step < goal or self._seen[-1][1].running:
                time.sleep(0.002)
                known = len(self._seen)
                start, cpu_start = time.perf_counter(), time.thread_time()
                self._window.bridge.pull()
                _process_events()
                cost, cpu_cost = 1e3 * (time.perf_counter() - start), 1e3 * (time.thread_time() - cpu_start)
                if len(self._seen) > known and not self._seen[-1][1].running:
                    costs.append(cost)
                    cpu_costs.append(cpu_cost)
        for timer in self._pulls:
            timer.start()
        return costs, cpu_costs

    def _advance(self, steps: int) -> None:
        goal = self._seen[-1][1].step + steps
        self._window.bridge.send(m.Advance(steps))
        _wait(lambda: self._seen[-1][1].step >= goal and not self._seen[-1][1].running)


def _loop(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    loop.exec()


def _process_events() -> None:
    app.application().processEvents()


def _wait(met: Callable[[], bool]) -> None:
    while not met():
        _process_events()
        time.sleep(0.002)
