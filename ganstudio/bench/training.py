"""Iterations per second: ours without a window, and a loop written by hand, in turns."""

from __future__ import annotations

import time

from ganstudio.bench.figures import Figure, figure
from ganstudio.bench.plain_loop import PlainLoop
from ganstudio.engine.config import RunConfig
from ganstudio.engine.device import prepare_thread
from ganstudio.engine.trainer import Trainer

WARM_UP = 100  # iterations before anything is timed


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return steps per second of both, and their ratio pair by pair."""
    repetitions, seconds = (3, 1.0) if quick else (7, 3.0)
    prepare_thread()  # both under equal conditions
    trainer, plain = Trainer(config), PlainLoop(config)
    for _ in range(WARM_UP):
        trainer.iterate()
        plain.iterate()
    ours, theirs = [], []
    for repetition in range(repetitions):
        # In turns, and each first as often as the other: a machine's speed drifts.
        if repetition % 2:
            theirs.append(plain.run(seconds))
        ours.append(iterations_per_s(trainer, seconds))
        if not repetition % 2:
            theirs.append(plain.run(seconds))
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return [
        figure("headless", "steps/s", ours),
        figure("plain PyTorch loop", "steps/s", theirs),
        figure("headless / plain loop", "×", ratios),
    ]


def iterations_per_s(trainer: Trainer, seconds: float) -> float:
    """Train for so long; return iterations per second."""
    first = trainer.step
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        trainer.iterate()
    return (trainer.step - first) / (time.perf_counter() - start)
