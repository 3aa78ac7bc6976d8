"""The render worker: one thread that makes pictures, the most urgent first, and never keeps the window waiting.

This module does not import torch until its thread starts.
"""

from __future__ import annotations

import itertools
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

Make = Callable[[], Iterator[object]]


class Lane(IntEnum):
    """How urgent a job is; work on a lower lane waits, between two of its yields, for all above it."""

    FOCUS = 0  # the picture under the hand
    TILES = 1  # whatever else is visible: the map's tiles, filmstrips, the grid
    BACKGROUND = 2  # the bank, neighbours, directions, inversion, export


@dataclass(frozen=True, slots=True)
class Rendered:
    """A job's result: the ``index``-th that it yielded, ``seconds`` after it was submitted."""

    ticket: int
    lane: Lane
    slot: str
    generation: int
    value: object
    index: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Finished:
    """A job came to its end; there will be no more results of it."""

    ticket: int
    lane: Lane
    slot: str
    generation: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A job raised an exception; the worker goes on with the others."""

    ticket: int
    lane: Lane
    slot: str
    generation: int
    message: str
    details: str


RenderEvent = Rendered | Finished | Failed
Place = tuple[Lane, str]


@dataclass(slots=True, eq=False)
class _Job:
    ticket: int
    lane: Lane
    slot: str
    generation: int
    make: Make
    submitted: float
    steps: Iterator[object] | None = None
    yields: int = 0
    results: int = 0
    dropped: bool = False
    served: int = field(default=0)

    def failed(self, error: Exception) -> Failed:
        details = "".join(traceback.format_exception(error))
        message = str(error) or type(error).__name__
        return Failed(self.ticket, self.lane, self.slot, self.generation, message, details)


class Renderer:
    """Runs jobs in a thread of its own and keeps their results until they are taken.

    A job is a function that returns an iterator. What it yields is delivered, coarse first, fine later; a yield of
    ``None`` only says that here it can be interrupted. Between two yields the worker turns to whatever is most urgent:
    a higher lane, then the slot that has waited longest.

    In every (lane, slot) the latest wins: a job that still waits is replaced, one that runs is stopped at its next
    yield. But the first yield of a job that has begun is always delivered: if newer jobs cancelled it, a drag would
    show nothing until the mouse rests. :meth:`cancel` and :meth:`new_generation` do drop it.

    No result is pushed anywhere: whoever shows them calls :meth:`take`, from a timer.

    Parameters
    ----------
    name
        Of the thread.
    prepare
        Called first in the thread; by default it is prepared as one that trains: one intra-op thread, no denormals.
    """

    def __init__(self, name: str = "ganstudio-render", prepare: Callable[[], None] | None = None) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[Place, _Job] = {}
        self._running: dict[Place, _Job] = {}
        self._events: deque[RenderEvent] = deque()
        self._tickets = itertools.count(1)
        self._turns = itertools.count(1)
        self._generation = 0
        self._busy_since = 0.0
        self._stopping = False
        self._prepare = _prepare if prepare is None else prepare
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    # -- for whoever submits ------------------------------------------------------------------------------------------

    def submit(self, lane: Lane, make: Make, slot: str = "") -> int:
        """Queue a job in place of one that waits in the same lane and slot; return its ticket. Never blocks."""
        with self._changed:
            ticket = next(self._tickets)
            job = _Job(ticket, lane, slot, self._generation, make, time.perf_counter())
            if not self._stopping:
                replaced = self._waiting.get((lane, slot))
                job.served = 0 if replaced is None else replaced.served
                self._waiting[lane, slot] = job
                self._changed.notify_all()
        return ticket

    def cancel(self, lane: Lane, slot: str | None = None) -> None:
        """Drop the jobs of a lane, or of one slot of it, with every result not yet taken."""
        with self._changed:
            self._drop(lambda place: place[0] is lane and slot in (None, place[1]))
            kept = [event for event in self._events if event.lane is not lane or slot not in (None, event.slot)]
            self._events = deque(kept)
            self._changed.notify_all()

    def new_generation(self, *lanes: Lane) -> int:
        """Say that what the lanes (by default focus and tiles) are doing is out of date: another model is shown.

        Their jobs are dropped and none of their results is delivered any more. Returns the new generation's number,
        which the jobs submitted from now on, and their results, carry.
        """
        chosen = lanes or (Lane.FOCUS, Lane.TILES)
        with self._changed:
            self._generation += 1
            self._drop(lambda place: place[0] in chosen)
            self._events = deque(event for event in self._events if event.lane not in chosen)
            self._changed.notify_all()
            return self._generation

    @property
    def generation(self) -> int:
        """The number of the present generation."""
        return self._generation

    def take(self) -> list[RenderEvent]:
        """Return what has happened since the last call, in order. Never blocks for longer than a swap."""
        with self._changed:
            events, self._events = self._events, deque()
        return list(events)

    def wait(self, timeout_s: float) -> bool:
        """Wait until there is something to take; return whether there is. For tests and benchmarks, not a window."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._events), timeout_s)

    def is_busy(self, lane: Lane, slot: str | None = None) -> bool:
        """Return whether a job of the lane, or of one slot of it, waits or runs."""
        with self._changed:
            places = (place for place, job in (*self._waiting.items(), *self._running.items()) if not job.dropped)
            return any(place[0] is lane and slot in (None, place[1]) for place in places)

    @property
    def busy_s(self) -> float:
        """For how many seconds the present piece of work has run; 0 if there is none. Above 1, say so."""
        since = self._busy_since
        return time.perf_counter() - since if since else 0.0

    def close(self, timeout_s: float = 2.0) -> bool:
        """Stop after the present piece of work; return whether the thread has ended. Jobs are closed, not finished."""
        with self._changed:
            self._stopping = True
            self._drop(lambda place: True)
            self._events.clear()
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _drop(self, chosen: Callable[[Place], bool]) -> None:
        for place in [place for place in self._waiting if chosen(place)]:
            del self._waiting[place]
        for place, job in self._running.items():
            if chosen(place):
                job.dropped = True

    # -- the thread ---------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self._prepare()
        except Exception as error:  # noqa: BLE001 - pictures can be made without it; the window shows the message
            job = _Job(0, Lane.BACKGROUND, "", 0, lambda: iter(()), time.perf_counter())
            self._deliver(job.failed(error))
        while True:
            going, over = self._next()
            if over is not None:
                self._end(over)
            if going is not None:
                self._advance(going)
            elif over is None:
                return

    def _next(self) -> tuple[_Job | None, _Job | None]:
        """Wait for work; return the job to go on with and one to put an end to. Neither: stop."""
        with self._changed:
            while True:
                for dropped in [job for job in self._running.values() if job.dropped]:
                    del self._running[dropped.lane, dropped.slot]
                    return None, dropped
                places = set(self._waiting) | set(self._running)
                if places:
                    break
                if self._stopping:
                    return None, None
                self._changed.wait()
            place = min(places, key=self._urgency)
            over = None
            if place in self._waiting and (place not in self._running or self._running[place].yields):
                over = self._running.pop(place, None)
                self._running[place] = self._waiting.pop(place)
            job = self._running[place]
            job.served = next(self._turns)
            return job, over

    def _urgency(self, place: Place) -> tuple[int, int]:
        job = self._running.get(place) or self._waiting[place]
        return place[0], job.served

    def _advance(self, job: _Job) -> None:
        """Do one piece of a job's work, up to its next yield."""
        event: RenderEvent | None = None
        ended = False
        self._busy_since = time.perf_counter()
        try:
            if job.steps is None:
                job.steps = iter(job.make())
            value = next(job.steps)
        except StopIteration:
            ended = True
            event = Finished(job.ticket, job.lane, job.slot, job.generation, time.perf_counter() - job.submitted)
        except Exception as error:  # noqa: BLE001 - the one place where a job's error becomes data
            ended = True
            event = job.failed(error)
        else:
            if value is not None:
                seconds = time.perf_counter() - job.submitted
                event = Rendered(job.ticket, job.lane, job.slot, job.generation, value, job.results, seconds)
                job.results += 1
            del value
        self._busy_since = 0.0
        with self._changed:
            job.yields += 1
            if ended and self._running.get((job.lane, job.slot)) is job:
                del self._running[job.lane, job.slot]
            if event is not None and not job.dropped:
                self._events.append(event)
                self._changed.notify_all()

    def _end(self, job: _Job) -> None:
        """Close what a job has open; an error in that is news too, unless nobody wants to hear of the job."""
        close = getattr(job.steps, "close", None)
        if close is None:
            return
        try:
            close()
        except Exception as error:  # noqa: BLE001 - as above
            self._deliver(job.failed(error))

    def _deliver(self, event: RenderEvent) -> None:
        with self._changed:
            if not self._stopping:
                self._events.append(event)
                self._changed.notify_all()


def _prepare() -> None:
    from ganstudio.engine.device import prepare_thread

    prepare_thread()
