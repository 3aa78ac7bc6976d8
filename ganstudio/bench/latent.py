"""The page Latent in the real window while a run trains: how soon a hand sees what it does, and what training keeps."""

from __future__ import annotations

import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ganstudio import app, paths
from ganstudio.bench.figures import Figure, figure, percentile
from ganstudio.engine import messages as m
from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.device import prepare_thread
from ganstudio.engine.latent.jobs import Picture
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.inversion_search import InversionSearch
from ganstudio.ui.latent.latent_page import LatentPage
from ganstudio.ui.main_window import MainWindow

PRESET, OTHER_PRESET = "emoji", "digits_dcgan"
SIZE = (1440, 900)
TICK_MS = 10
MOVE_MS = 16  # between two moves of the mouse
TURN_S = 2.0  # in which it goes around once
REACH = 0.3  # of the picture's width, that it goes from its middle
TILES = 144
NOTCHES = 12  # of the wheel at most, until so many tiles are in sight
FIRST_STEPS = 10  # before anything is measured
BUSY_S = 0.3  # that a long job has worked before it is cancelled
REST_S = 0.2
PATIENCE_S = 180.0
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
        found.append(_Fresh(studio.page).measured(seed))
        _loop(REST_S)
    return [
        figure("map: tiles on the screen", "tiles", [tiles], at_least=TILES),
        figure("map: another seed until a placeholder is painted", "ms", [one for one, _ in found], at_most=50),
        figure("map: another seed until all tiles are painted", "ms", [whole for _, whole in found], at_most=500),
    ]


def _cancel_figures(studio: _Studio, times: int) -> list[Figure]:
    explorer = studio.explorer
    ways = {"inversion": _cancelled_inversion, "bank": _cancelled_bank}
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
        _wait(lambda: bool(self._seen) and self._newest.step >= FIRST_STEPS)
        self._show("latent")
        _wait(lambda: self.explorer.picture is not None)

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
        _wait(lambda: surface.tiles.progress[1] > 0)
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
        _loop(seconds)
        return self._rate()

    def train_kept(self, seconds: float) -> float:
        """As :meth:`train`, with one snapshot kept and everything about it known."""
        queue = self.explorer.queue
        self.explorer.follow(False)
        _wait(lambda: not any(queue.is_busy(lane) for lane in Lane))
        rate = self.train(seconds)
        self.explorer.follow(True)
        return rate

    def train_dragged(self, seconds: float) -> _Dragged:
        """Drag the picture for so long."""
        _loop(REST_S)
        drag = _Drag(self.page)
        self._seen.clear()
        late = drag.run(seconds)
        rate = self._rate()
        drag.end()
        return _Dragged(rate, drag.shown_ms, drag.made_ms, late, drag.moves, drag.pictures)

    def train_unseen(self, seconds: float) -> float:
        """Train for so long without a frame, a look or a copy for the explorer; return iterations per second."""
        queue = self.explorer.queue
        self._show("train")
        self._window.bridge.send(m.Follow(None))
        _wait(lambda: not any(queue.is_busy(lane) for lane in Lane))
        for timer in self._pulls:
            timer.stop()
        self._window.bridge.pull()  # a look that was made before, so that the next one is new
        self._seen.clear()
        self._look_now()
        time.sleep(seconds)
        self._window.bridge.pull()
        self._look_now()
        for timer in self._pulls:
            timer.start()
        rate = self._rate()
        self._show("latent")
        _loop(REST_S)
        return rate

    def _look_now(self) -> None:
        known, given_up_at = len(self._seen), time.perf_counter() + PATIENCE_S
        while len(self._seen) == known:
            if time.perf_counter() > given_up_at:
                raise RuntimeError("the run makes no more snapshots: did it diverge?")
            time.sleep(0.0005)
            self._window.bridge.pull()

    def _rate(self) -> float:
        if len(self._seen) < 2 or self._seen[-1][1].step == self._seen[0][1].step:
            raise RuntimeError("the window saw no two iterations: did the run diverge, or is a stretch too short?")
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


class _Painted(QObject):
    """Tells when a widget has been painted."""

    def __init__(self, widget: QWidget, tell: Callable[[], None]) -> None:
        super().__init__()
        self._widget, self._tell = widget, tell
        widget.installEventFilter(self)

    def stop(self) -> None:
        """Tell no more."""
        self._widget.removeEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Paint or watched is not self._widget:
            return False
        watched.event(event)  # here and not after: what matters is when it is done
        self._tell()
        return True


@dataclass(slots=True)
class _Moves:
    """Which moves wait for their picture: their number among the states, and when they began."""

    waiting: list[tuple[int, float]] = field(default_factory=list)
    states: dict[int, tuple[ViewState, int]] = field(default_factory=dict)  # by identity, which lasts while held
    states_so_far: int = 0

    def number(self, state: ViewState) -> int:
        """Return the number of a state; 0 for one from before."""
        return self.states.get(id(state), (state, 0))[1]


class _Drag:
    """A hand that drags the inspector's picture in circles, with Alt: over the endless map.

    A move's time ends when its own picture, or that of a later move, is painted: those that were overtaken count too.
    """

    def __init__(self, page: LatentPage) -> None:
        self._explorer, self._picture = page.explorer, page.inspector.picture
        self._moves = _Moves()
        self._begun = 0.0  # the move that is under way
        self._latest = 0  # the number of the state whose picture is there, painted or not
        self.shown_ms: list[float] = []
        self.made_ms: list[float] = []
        self.moves = self.pictures = 0
        self._painted = _Painted(self._picture, self._after_painting)
        self._explorer.state_changed.connect(self._on_state)
        self._explorer.picture_changed.connect(self._on_picture)

    def run(self, seconds: float) -> list[float]:
        """Drag for so long; return how late a timer was."""
        ticks: list[float] = []
        tick, mouse = _timer(TICK_MS, lambda: ticks.append(time.perf_counter())), _timer(MOVE_MS, self._move)
        self._start = time.perf_counter()
        self._send(QEvent.Type.MouseButtonPress, self._place())
        tick.start()
        mouse.start()
        _loop(seconds)
        tick.stop()
        mouse.stop()
        return [max(0.0, 1e3 * (b - a) - TICK_MS) for a, b in itertools.pairwise(ticks)]

    def end(self) -> None:
        """Let go once the last picture is there."""
        _wait(lambda: not self._moves.waiting)
        self._send(QEvent.Type.MouseButtonRelease, self._place())
        self._painted.stop()
        self._explorer.state_changed.disconnect(self._on_state)
        self._explorer.picture_changed.disconnect(self._on_picture)

    def _move(self) -> None:
        self.moves += 1
        self._begun = time.perf_counter()
        self._send(QEvent.Type.MouseMove, self._place())
        self._begun = 0.0

    def _place(self) -> QPointF:
        angle = 2 * math.pi * (time.perf_counter() - self._start) / TURN_S
        reach = REACH * self._picture.width()
        return QPointF(self._picture.rect().center()) + QPointF(reach * math.cos(angle), reach * math.sin(angle))

    def _send(self, kind: QEvent.Type, place: QPointF) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        held = none if kind == QEvent.Type.MouseButtonRelease else left
        on_screen = self._picture.mapToGlobal(place)
        event = QMouseEvent(kind, place, on_screen, button, held, Qt.KeyboardModifier.AltModifier)
        app.application().sendEvent(self._picture, event)

    def _on_state(self, state: ViewState) -> None:
        moves = self._moves
        moves.states_so_far += 1
        moves.states[id(state)] = (state, moves.states_so_far)
        if self._begun:  # else the run went on, and its new snapshot shows the same place
            moves.waiting.append((moves.states_so_far, self._begun))

    def _on_picture(self, picture: Picture) -> None:
        number = self._moves.number(picture.state)
        if number > self._latest:
            self._latest = number
            self.pictures += 1
            self.made_ms.append(1e3 * self._explorer.queue.seconds["picture"])

    def _after_painting(self) -> None:
        now = time.perf_counter()
        self.shown_ms += [1e3 * (now - begun) for number, begun in self._moves.waiting if number <= self._latest]
        self._moves.waiting = [move for move in self._moves.waiting if move[0] > self._latest]


class _Fresh:
    """A map of which nothing is known yet."""

    def __init__(self, page: LatentPage) -> None:
        self._explorer, self._surface = page.explorer, page.map.surface
        self._seed, self._first, self._whole = -1, 0.0, 0.0

    def measured(self, seed: int) -> tuple[float, float]:
        """Go to a seed; return after how many milliseconds something, and everything, is painted."""
        painted = _Painted(self._surface, self._after_painting)
        start, self._seed = time.perf_counter(), seed
        self._explorer.set_seed(seed)
        _wait(lambda: self._whole > 0)
        painted.stop()
        return 1e3 * (self._first - start), 1e3 * (self._whole - start)

    def _after_painting(self) -> None:
        places, now = self._surface.places, time.perf_counter()
        if places is None or places.state.seed != self._seed:
            return
        self._first = self._first or now
        done, count = self._surface.tiles.progress
        if count and done == count:
            self._whole = self._whole or now


def _cancelled_inversion(explorer: Explorer) -> float:
    """Return after how many milliseconds the long worker gives its next result once an inversion is given up."""
    picture = explorer.picture
    if picture is None:
        raise RuntimeError("there is no picture to look for")
    search = InversionSearch(explorer)
    search.steps = 1_000_000  # it does not come to its end by itself
    search.start(picture.shown)
    _wait(lambda: search.progress is not None)
    _loop(BUSY_S)
    free: list[float] = []
    start = time.perf_counter()
    search.stop()
    explorer.submit_long(lambda: iter([True]), "after", lambda _value: free.append(time.perf_counter()))
    _wait(lambda: bool(free))
    search.deleteLater()
    return 1e3 * (free[0] - start)


def _cancelled_bank(explorer: Explorer) -> float:
    """Return after how many milliseconds the page's worker gives its next result once a bank is given up."""
    model, slot = explorer.model, "bank to be given up"
    if model is None:
        raise RuntimeError("there is no model to fill a bank with")
    sizes: list[object] = []
    free: list[float] = []

    def fill() -> Iterator[object]:
        from ganstudio.engine.latent.bank import Bank

        while True:  # it does not come to its end by itself
            yield from Bank(model).fill()

    explorer.submit(Lane.BACKGROUND, fill, slot, sizes.append)
    _wait(lambda: bool(sizes))
    _loop(BUSY_S)
    start = time.perf_counter()
    explorer.cancel(Lane.BACKGROUND, slot)
    explorer.submit(Lane.BACKGROUND, lambda: iter([True]), "after", lambda _value: free.append(time.perf_counter()))
    _wait(lambda: bool(free))
    return 1e3 * (free[0] - start)


def _timer(interval_ms: int, work: Callable[[], None]) -> QTimer:
    timer = QTimer(interval=interval_ms)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(work)
    return timer


def _loop(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    loop.exec()


def _wait(met: Callable[[], bool]) -> None:
    """Let the window live until this is so."""
    given_up_at = time.perf_counter() + PATIENCE_S
    while not met():
        if time.perf_counter() > given_up_at:
            raise RuntimeError(f"the window did not come so far within {PATIENCE_S:.0f} s")
        app.application().processEvents()
        time.sleep(0.001)
