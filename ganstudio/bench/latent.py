"""The page Latent in the real window while a run trains: how soon a hand sees what it does, and what training keeps."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from PySide6.QtCore import QTimer

from ganstudio import app, paths
from ganstudio.bench.driven_window import PATIENCE_S, loop, wait
from ganstudio.bench.figures import Figure, figure, percentile
from ganstudio.bench.latent_probes import (
    TICK_MS,
    Drag,
    FreshMap,
    cancelled_bank,
    cancelled_inversion,
)
from ganstudio.engine import messages as m
from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.device import prepare_thread
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.latent_page import LatentPage
from ganstudio.ui.main_window import MainWindow

PRESET, OTHER_PRESET = "emoji", "digits_dcgan"
SIZE = (1500, 940)  # a little more than usual: the first screen whose time is bounded has 144 tiles
TILES = 144
NOTCHES = 12  # of the wheel at most, until so many tiles are in sight
FIRST_STEPS = 10  # before anything is measured
REST_S = 0.2
QUICK, WHOLE = (3, 2.0, 5), (7, 6.0, 15)  # turns, seconds of each stretch, repetitions of what is over in a moment


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return the latencies of the page Latent while its run trains, and what training keeps of its speed beside it.

    A config of images is measured as it is; in place of any other, the preset ``emoji`` or ``digits_dcgan``.
    """
    turns, seconds, times = QUICK if quick else WHOLE
    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    app.application()
    prepare_thread()
    studio = _Studio(_of_images(config))
    try:
        return [
            *_map_figures(studio, times),
            *_cancel_figures(studio, times),
            *_drag_figures(studio, turns, seconds),
        ]
    finally:
        studio.close()


def _of_images(config: RunConfig) -> RunConfig:
    """Return a config whose pictures can be explored, without the metrics' bursts: these come in one stretch or two."""
    if config.data.layout != "images":
        shipped = (paths.resources() / "models" / f"{PRESET}.gan.safetensors").is_file()
        config = presets.find(PRESET if shipped else OTHER_PRESET).config()
    return replaced(replaced(config, "training.metrics_every", 100_000), "run.execution", "eager")


def _map_figures(studio: _Studio, times: int) -> list[Figure]:
    tiles = studio.show_many_tiles()
    found = []
    for seed in range(1, times + 1):
        found.append(FreshMap(studio.page).measured(seed))
        loop(REST_S)
    return [
        figure("map: tiles on the screen", "tiles", [tiles], at_least=TILES),
        figure("map: another seed until a placeholder is painted", "ms", [one for one, _ in found], at_most=50),
        figure("map: another seed until all tiles are painted", "ms", [whole for _, whole in found], at_most=500),
    ]


def _cancel_figures(studio: _Studio, times: int) -> list[Figure]:
    explorer = studio.explorer
    ways = {"inversion": cancelled_inversion, "bank": cancelled_bank}
    found = {name: [way(explorer) for _ in range(times)] for name, way in ways.items()}
    return [
        figure(f"cancel of an {name}" if name[0] in "aeiou" else f"cancel of a {name}", "ms", values, at_most=100)
        for name, values in found.items()
    ]


def _drag_figures(studio: _Studio, turns: int, seconds: float) -> list[Figure]:
    alone, following, kept, dragged = [], [], [], []
    for turn in range(turns):
        # In turns, and each first as often as the other: a machine's speed drifts.
        if turn % 2:
            alone.append(studio.train_unseen(seconds))
        dragged.append(studio.train_dragged(seconds))
        following.append(studio.train(seconds))
        kept.append(studio.train_kept(seconds))
        if not turn % 2:
            alone.append(studio.train_unseen(seconds))
    shown = [one for run in dragged for one in run.shown_ms]
    late = [one for run in dragged for one in run.late_ms]
    rates = {"dragged": [run.steps_per_s for run in dragged], "following": following, "kept": kept}
    ratios = {name: [a / b for a, b in zip(run, alone, strict=True)] for name, run in rates.items()}
    return [
        figure("drag to picture, median", "ms", shown, at_most=16),
        figure("drag to picture, p95", "ms", shown, value=percentile(shown, 0.95), at_most=40),
        figure("pictures per move of the mouse", "×", [run.pictures / run.moves for run in dragged]),
        figure(
            "of these the worker: state to picture made, median", "ms", [one for run in dragged for one in run.made_ms]
        ),
        figure(f"lateness of a {TICK_MS} ms timer while dragged, median", "ms", late),
        figure(
            f"lateness of a {TICK_MS} ms timer while dragged, p99", "ms", late, value=percentile(late, 0.99), at_most=40
        ),
        figure("headless", "it/s", alone),
        figure("page Latent, dragged", "it/s", rates["dragged"]),
        figure("page Latent, following the run", "it/s", following),
        figure("page Latent, a snapshot kept", "it/s", kept),
        figure("dragged / headless", "×", ratios["dragged"], at_least=0.8),
        figure("following the run / headless", "×", ratios["following"], at_least=0.95),
        figure("a snapshot kept / headless", "×", ratios["kept"], at_least=0.95),
    ]


class _Studio:
    """The main window with a run that trains all the time, on the page Latent unless said otherwise."""

    def __init__(self, config: RunConfig) -> None:
        self._window: MainWindow = app.build_window(config, start=False)
        self._window.resize(*SIZE)
        self._window.show()
        self._seen: list[tuple[float, Snapshot]] = []
        self._window.bridge.snapshot_ready.connect(lambda snapshot: self._seen.append((time.perf_counter(), snapshot)))
        self._pulls = self._window.bridge.findChildren(QTimer)
        self._window.bridge.send(m.Advance(None))
        wait(lambda: bool(self._seen) and self._newest.step >= FIRST_STEPS)
        self._show("latent")
        wait(lambda: self.explorer.picture is not None)

    @property
    def page(self) -> LatentPage:
        """The page Latent."""
        page = self._window.pages.latent
        if page is None:
            raise RuntimeError("the page Latent was not made")
        return page

    @property
    def explorer(self) -> Explorer:
        """What the page's parts share."""
        return self.page.explorer

    @property
    def _newest(self) -> Snapshot:
        return self._seen[-1][1]

    def close(self) -> None:
        """End the session."""
        self._window.close()

    def _show(self, name: str) -> None:
        self._window.transport.pages.set_value(name)

    def show_many_tiles(self) -> int:
        """Zoom out until there are as many tiles in sight as wanted, or no more come; return how many there are."""
        surface = self.page.map.surface
        wait(lambda: surface.tiles.progress[1] > 0)
        most, notches = surface.tiles.progress[1], 0
        for notch in range(1, NOTCHES + 1):
            surface.motion.zoom(-1)
            if surface.tiles.progress[1] > most:
                most, notches = surface.tiles.progress[1], notch
            if most >= TILES:
                break
        surface.motion.zoom(notch - notches)
        return surface.tiles.progress[1]

    def train(self, seconds: float) -> float:
        """Look at the page for so long; return iterations per second."""
        self._seen.clear()
        loop(seconds)
        wait(self._has_advanced)
        return self._rate()

    def train_kept(self, seconds: float) -> float:
        """As :meth:`train`, with one snapshot kept and everything about it known."""
        queue = self.explorer.queue
        self.explorer.follow(False)
        wait(lambda: not any(queue.is_busy(lane) for lane in Lane))
        rate = self.train(seconds)
        self.explorer.follow(True)
        return rate

    def train_dragged(self, seconds: float) -> _Dragged:
        """Drag the picture for so long."""
        loop(REST_S)
        drag = Drag(self.page)
        self._seen.clear()
        late = drag.run(seconds, self._has_advanced)
        rate = self._rate()
        drag.end()
        return _Dragged(rate, drag.shown_ms, drag.made_ms, late, drag.moves, drag.pictures)

    def train_unseen(self, seconds: float) -> float:
        """Train for so long without a frame, a look or a copy for the explorer; return iterations per second."""
        queue = self.explorer.queue
        self._show("train")
        self._window.bridge.send(m.Follow(None))
        wait(lambda: not any(queue.is_busy(lane) for lane in Lane))
        for timer in self._pulls:
            timer.stop()
        self._window.bridge.pull()  # a look that was made before, so that the next one is new
        self._seen.clear()
        self._look_now()
        time.sleep(seconds)
        self._window.bridge.pull()
        self._look_now()
        while not self._has_advanced():
            self._look_now()
        for timer in self._pulls:
            timer.start()
        rate = self._rate()
        self._show("latent")
        loop(REST_S)
        return rate

    def _look_now(self) -> None:
        known, given_up_at = len(self._seen), time.perf_counter() + PATIENCE_S
        while len(self._seen) == known:
            if time.perf_counter() > given_up_at:
                raise RuntimeError("the run makes no more snapshots: did it diverge?")
            time.sleep(0.0005)
            self._window.bridge.pull()

    def _has_advanced(self) -> bool:
        """Whether an iteration has been seen from end to end: on a busy machine a stretch may be too short for it."""
        return len(self._seen) > 1 and self._newest.step > self._seen[0][1].step

    def _rate(self) -> float:
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        return (last.step - first.step) / (end - start)


@dataclass(frozen=True, slots=True)
class _Dragged:
    """What a stretch of dragging showed."""

    steps_per_s: float
    shown_ms: list[float]
    made_ms: list[float]
    late_ms: list[float]
    moves: int
    pictures: int
