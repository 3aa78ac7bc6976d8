"""The real window while a model of 64 × 64 images trains: how late timers are, and what a sheet of 64 tiles costs."""

from __future__ import annotations

import dataclasses
import io
import sys
from pathlib import Path

import numpy as np

from ganstudio import app, paths
from ganstudio.bench.driven_window import FRAME_MS, TICK_MS, DrivenWindow
from ganstudio.bench.figures import Figure, figure, percentile
from ganstudio.engine import atomic, presets
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.distributions.image_files import ImageFiles
from ganstudio.engine.images import shipped

PRESET = "emoji"
SIDE = 64
COUNT = 512
QUICK, WHOLE = (2.0, 20), (10.0, 60)  # seconds of training, frames
WARM_UP = 2


def measure(*, quick: bool) -> list[Figure]:
    """Return a timer's lateness while the model trains, and what frames cost with a sheet of 64 tiles in sight."""
    seconds, frames = QUICK if quick else WHOLE
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    window = DrivenWindow(large(presets.find(PRESET).config()), every_layer=False, warm_up=WARM_UP)
    try:
        run = window.train(seconds, FRAME_MS)
        adapted = window.train(seconds, None)
        costs = window.frame_costs(frames, 1)
        tiles = window.tiles
    finally:
        window.close()
    late = adapted.late_ms
    own = [1e3 * cost.gui_s for cost in costs]
    size = f"{SIDE} × {SIDE}"
    return [
        figure(f"{size}: with the window", "it/s", [adapted.steps_per_s]),
        figure(f"{size}: lateness of a {TICK_MS} ms timer, median", "ms", late),
        figure(
            f"{size}: lateness of a {TICK_MS} ms timer, p99", "ms", late, value=percentile(late, 0.99), at_most=40.0
        ),
        figure(
            f"{size}: lateness of a {TICK_MS} ms timer, p99, held at 30 frames a second",
            "ms",
            run.late_ms,
            value=percentile(run.late_ms, 0.99),
            at_most=40.0,
        ),
        figure(f"{size}: tiles in sight", "tiles", [tiles], at_least=64),
        figure(f"{size}: GUI frame with the sheet, median", "ms CPU", own, at_most=6.0),
        figure(f"{size}: GUI frame with the sheet, p99", "ms CPU", own, value=percentile(own, 0.99)),
    ]


def large(config: RunConfig) -> RunConfig:
    """Return a config of emoji with images of twice the size."""
    data = ImageFiles(path=str(_kept()), size=str(SIDE), color="rgb", mirror=True)
    return replaced(dataclasses.replace(config, data=data), "training.metrics_every", 100_000)


def _kept() -> Path:
    """Return a file of images of that size, always the same one, so that it is read into the cache only once."""
    path = paths.user_cache() / f"bench{SIDE}.npy"
    if not path.is_file():
        images = shipped.emoji().images[:COUNT]
        stream = io.BytesIO()
        np.save(stream, images.repeat(2, 1).repeat(2, 2), allow_pickle=False)
        atomic.write(path, stream.getvalue())
    return path
