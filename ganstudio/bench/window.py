"""The real window at 1440 × 900 with every layer on: what training keeps of its speed, and what a frame costs."""

from __future__ import annotations

import sys

from ganstudio import app
from ganstudio.bench.driven_window import FRAME_MS, TICK_MS, DrivenWindow
from ganstudio.bench.figures import Figure, figure, percentile
from ganstudio.engine.config import RunConfig
from ganstudio.engine.device import prepare_thread
from ganstudio.engine.snapshot import Execution

EXECUTIONS: dict[Execution, float] = {"eager": 0.9, "compiled": 0.97}  # and what training is to keep of its speed


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return what training keeps of its speed with the window, the cost of frames, and the lateness of a timer."""
    repetitions, seconds, frames = (3, 1.0, 60) if quick else (7, 3.0, 400)
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    prepare_thread()
    window = DrivenWindow(config)
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


def _speeds(window: DrivenWindow, execution: Execution, kept: float, repetitions: int, seconds: float) -> list[Figure]:
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
