"""What the suite of the page Latent does with it: a hand that drags, a map that is new, work that is given up."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ganstudio import app
from ganstudio.bench.driven_window import loop, wait
from ganstudio.engine.latent.jobs import Picture
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.inversion_search import InversionSearch
from ganstudio.ui.latent.latent_page import LatentPage

TICK_MS = 10
MOVE_MS = 16  # between two moves of the mouse
TURN_S = 2.0  # in which it goes around once
REACH = 0.3  # of the picture's width, that it goes from its middle
BUSY_S = 0.3  # that a long job has worked before it is cancelled


class Painted(QObject):
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
class Moves:
    """Which moves wait for their picture: their number among the states, and when they began."""

    waiting: list[tuple[int, float]] = field(default_factory=list)
    states: dict[int, tuple[ViewState, int]] = field(default_factory=dict)  # by identity, which lasts while held
    states_so_far: int = 0

    def number(self, state: ViewState) -> int:
        """Return the number of a state; 0 for one from before."""
        return self.states.get(id(state), (state, 0))[1]


class Drag:
    """A hand that drags the inspector's picture in circles, with Alt: along two random directions.

    A move's time ends when its own picture, or that of a later move, is painted: those that were overtaken count too.
    """

    def __init__(self, page: LatentPage) -> None:
        self._explorer, self._picture = page.explorer, page.inspector.picture
        self._moves = Moves()
        self._start = 0.0  # of the dragging
        self._begun = 0.0  # the move that is under way
        self._latest = 0  # the number of the state whose picture is there, painted or not
        self.shown_ms: list[float] = []
        self.made_ms: list[float] = []
        self.moves = self.pictures = 0
        self._painted = Painted(self._picture, self._after_painting)
        self._explorer.state_changed.connect(self._on_state)
        self._explorer.picture_changed.connect(self._on_picture)

    def run(self, seconds: float, enough: Callable[[], bool]) -> list[float]:
        """Drag for so long, and on until it is enough; return how late a timer was, in milliseconds."""
        ticks: list[float] = []
        tick, mouse = _timer(TICK_MS, lambda: ticks.append(time.perf_counter())), _timer(MOVE_MS, self._move)
        self._start = time.perf_counter()
        self._send(QEvent.Type.MouseButtonPress, self._place())
        tick.start()
        mouse.start()
        loop(seconds)
        wait(lambda: enough() and bool(self.shown_ms))
        tick.stop()
        mouse.stop()
        return [max(0.0, 1e3 * (b - a) - TICK_MS) for a, b in itertools.pairwise(ticks)]

    def end(self) -> None:
        """Let go once the last picture is there."""
        wait(lambda: not self._moves.waiting)
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


class FreshMap:
    """A map of which nothing is known yet."""

    def __init__(self, page: LatentPage) -> None:
        self._explorer, self._surface = page.explorer, page.map.surface
        self._seed, self._first, self._whole = -1, 0.0, 0.0

    def measured(self, seed: int) -> tuple[float, float]:
        """Go to a seed; return after how many milliseconds something, and everything, is painted."""
        painted = Painted(self._surface, self._after_painting)
        start, self._seed = time.perf_counter(), seed
        self._explorer.set_seed(seed)
        wait(lambda: self._whole > 0)
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


def cancelled_inversion(explorer: Explorer) -> float:
    """Return after how many milliseconds the long worker gives its next result once an inversion is given up."""
    picture = explorer.picture
    if picture is None:
        raise RuntimeError("there is no picture to look for")
    search = InversionSearch(explorer)
    search.steps = 1_000_000  # it does not come to its end by itself
    search.start(picture.shown)
    wait(lambda: search.progress is not None)
    loop(BUSY_S)
    free: list[float] = []
    start = time.perf_counter()
    search.stop()
    explorer.submit_long(lambda: iter([True]), "after", lambda _value: free.append(time.perf_counter()))
    wait(lambda: bool(free))
    search.deleteLater()
    return 1e3 * (free[0] - start)


def cancelled_bank(explorer: Explorer) -> float:
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
    wait(lambda: bool(sizes))
    loop(BUSY_S)
    start = time.perf_counter()
    explorer.cancel(Lane.BACKGROUND, slot)
    explorer.submit(Lane.BACKGROUND, lambda: iter([True]), "after", lambda _value: free.append(time.perf_counter()))
    wait(lambda: bool(free))
    return 1e3 * (free[0] - start)


def _timer(interval_ms: int, work: Callable[[], None]) -> QTimer:
    timer = QTimer(interval=interval_ms)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(work)
    return timer
