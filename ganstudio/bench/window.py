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
from ganstudio.bench.step import WARM_UP
from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.device import prepare_thread
from ganstudio.engine.snapshot import Execution, Snapshot
from ganstudio.ui.main_window import MainWindow

SIZE = (1440, 900)
FRAME_MS = 33
TICK_MS = 10
STEPS_A_FRAME = 20  # between two frames whose cost is measured
COMPILING_S = 120.0  # at most, with nothing in the cache
EXECUTIONS: dict[Execution, float] = {"eager": 0.9, "compiled": 0.97}  # and what training is to keep of its speed


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return what training keeps of its speed with the window, the cost of frames, and the lateness of a timer."""
    repetitions, seconds, frames = (3, 1.0, 60) if quick else (7, 3.0, 400)
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    prepare_thread()
    window = _Window(config)
    try:
        costs = window.frame_costs(frames)
        found = []
        for execution, kept in EXECUTIONS.items():
            if window.carry_out(config, execution):
                found += _speeds(window, execution, kept, repetitions, seconds)
    finally:
        window.close()
    wall, own, every = ([1e3 * getattr(cost, name) for cost in costs] for name in ("wall_s", "gui_s", "process_s"))
    return [
        *found,
        figure("GUI frame, median", "ms CPU", own, at_most=6.0),
        figure("GUI frame, p99", "ms CPU", own, value=percentile(own, 0.99), at_most=14.0),
        figure("GUI frame with Qt's helping threads, median", "ms CPU", every),
        figure("GUI frame by the clock, median", "ms", wall),
    ]


def _speeds(window: _Window, execution: Execution, kept: float, repetitions: int, seconds: float) -> list[Figure]:
    """Return what one way of carrying out an iteration keeps of its speed, at 30 frames a second and as they adapt."""
    alone, watched, adapted = [], [], []
    for repetition in range(repetitions):
        # In turns, and each first as often as the other: a machine's speed drifts.
        if repetition % 2:
            alone.append(window.train_unseen(seconds))
        watched.append(window.train(seconds, FRAME_MS))
        adapted.append(window.train(seconds, None))
        if not repetition % 2:
            alone.append(window.train_unseen(seconds))
    late = [one for run in watched for one in run.late_ms]
    end = "" if execution == "eager" else f", {execution}"
    ratios, as_adapted = ([a.steps_per_s / b for a, b in zip(runs, alone, strict=True)] for runs in (watched, adapted))
    return [
        figure(f"headless{end}", "steps/s", alone),
        figure(f"with the window at 30 fps{end}", "steps/s", [run.steps_per_s for run in watched]),
        figure(f"window / headless{end}", "×", ratios, at_least=kept),
        figure(f"frames a second, held at 30{end}", "1/s", [run.frames_per_s for run in watched]),
        figure(f"GUI thread per frame while training{end}", "ms CPU", [run.gui_ms_a_frame for run in watched]),
        figure(f"window / headless, adapting{end}", "×", as_adapted),
        figure(f"frames a second, adapting{end}", "1/s", [run.frames_per_s for run in adapted]),
        figure(f"lateness of a {TICK_MS} ms timer, median{end}", "ms", late),
        figure(f"lateness of a {TICK_MS} ms timer, p99{end}", "ms", late, value=percentile(late, 0.99), at_most=20.0),
    ]


@dataclass(frozen=True, slots=True)
class _Run:
    """What one stretch of training with the window showed."""

    steps_per_s: float
    frames_per_s: float
    late_ms: list[float]
    gui_ms_a_frame: float


@dataclass(frozen=True, slots=True)
class _Cost:
    """What a frame took: by the clock, of the GUI's thread, and of all threads, in seconds."""

    wall_s: float
    gui_s: float
    process_s: float


class _Window:
    """The main window, driven from here."""

    def __init__(self, config: RunConfig) -> None:
        self._window: MainWindow = app.build_window(replaced(config, "run.execution", "eager"), start=False)
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

    def carry_out(self, config: RunConfig, execution: Execution) -> bool:
        """Have iterations carried out in this way from now on; return whether that is possible here."""
        bridge, given_up_at = self._window.bridge, time.perf_counter() + COMPILING_S
        bridge.send(m.Tune(replaced(config, "run.execution", execution)))
        bridge.send(m.Advance(None))
        _wait(lambda: self._newest.running)
        _wait(lambda: self._newest.execution == execution or time.perf_counter() > given_up_at)
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
        while len(self._seen) == known:
            time.sleep(0.0005)
            self._window.bridge.pull()
        return self._newest

    def train(self, seconds: float, interval_ms: int | None) -> _Run:
        """Train at full speed for so long, with frames at this interval or as they adapt; a timer tries to be on time.

        Frames adapt by those before: what is measured begins after a moment.
        """
        self._window.bridge.hold_pace(interval_ms)
        self._start()
        if interval_ms is None:
            _loop(1.0)
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
        self._pause()
        late = [max(0.0, 1e3 * (b - a) - TICK_MS) for a, b in itertools.pairwise(ticks)]
        duration = end - start
        return _Run((last.step - first.step) / duration, (frames - 1) / duration, late, 1e3 * busy / frames)

    def frame_costs(self, frames: int) -> list[_Cost]:
        """Return what it takes from having a snapshot until all of it is painted, with nothing else running."""
        for timer in self._pulls:  # frames are made here, one by one
            timer.stop()
        costs: list[_Cost] = []
        while len(costs) < frames:
            self._window.bridge.send(m.Advance(STEPS_A_FRAME))
            goal = self._newest.step + STEPS_A_FRAME
            while self._newest.step < goal or self._newest.running:
                time.sleep(0.002)
                known = len(self._seen)
                wall, gui, process = time.perf_counter(), time.thread_time(), time.process_time()
                self._window.bridge.pull()
                _process_events()
                cost = _Cost(time.perf_counter() - wall, time.thread_time() - gui, time.process_time() - process)
                if len(self._seen) > known and not self._newest.running:
                    costs.append(cost)
        for timer in self._pulls:
            timer.start()
        return costs

    @property
    def _newest(self) -> Snapshot:
        return self._seen[-1][1]

    def _start(self) -> None:
        self._window.bridge.send(m.Advance(None))
        _wait(lambda: self._newest.running)

    def _pause(self) -> None:
        self._window.bridge.send(m.Pause())
        _wait(lambda: not self._newest.running)

    def _advance(self, steps: int) -> None:
        goal = self._newest.step + steps
        self._window.bridge.send(m.Advance(steps))
        _wait(lambda: self._newest.step >= goal and not self._newest.running)


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
