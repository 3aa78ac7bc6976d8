"""Between a render worker and Qt: jobs go in with what to do with their results, one timer pulls those."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

from ganstudio.engine.latent.renderer import Failed, Finished, Lane, Make, Rendered, Renderer, RenderEvent

PULL_MS = 16
FOCUS_PULL_MS = 4  # while the picture under the hand is being made: it waits for no frame
MOST_KEPT = 64  # jobs of one slot that may still answer; those before them were replaced and never began

OnResult = Callable[[object], None]
OnFailed = Callable[[str, str], None]
OnFinished = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Wanted:
    on_result: OnResult
    on_failed: OnFailed
    on_finished: OnFinished | None


class RenderQueue(QObject):
    """One :class:`Renderer` as the window uses it: results come to callbacks, in the GUI thread.

    A timer of 16 ms, or of 4 while the focus is under way, pulls them; it runs only while something is. The worker's
    thread starts with the first job.

    Parameters
    ----------
    name
        Of the thread.
    on_failed
        Is told of failures that nobody else asked to hear of: message and details.
    """

    def __init__(self, name: str, on_failed: OnFailed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name, self._on_failed = name, on_failed
        self._renderer: Renderer | None = None
        self._wanted: dict[tuple[Lane, str], OrderedDict[int, _Wanted]] = {}
        self._closed = False
        self._none = itertools.count(-1, -1)  # tickets after the end
        self.seconds: dict[str, float] = {}  # by slot: from the submission of its last job to that one's first result
        self._timer = QTimer(self, interval=PULL_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)

    @property
    def renderer(self) -> Renderer:
        """The worker; its thread starts when it is first asked for."""
        if self._renderer is None:
            self._renderer = Renderer(self._name)
        return self._renderer

    @property
    def is_pulling(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    def submit(
        self,
        lane: Lane,
        make: Make,
        slot: str,
        on_result: OnResult,
        on_failed: OnFailed | None = None,
        on_finished: OnFinished | None = None,
    ) -> int:
        """Queue a job in place of one that waits in the same lane and slot; return its ticket. Never blocks."""
        if self._closed:
            return next(self._none)
        ticket = self.renderer.submit(lane, make, slot)
        wanted = self._wanted.setdefault((lane, slot), OrderedDict())
        wanted[ticket] = _Wanted(on_result, on_failed or self._on_failed, on_finished)
        while len(wanted) > MOST_KEPT:
            # Not the oldest: it may be the one that runs, whose first result is delivered in any case.
            del wanted[list(wanted)[1]]
        self._keep_pulling(FOCUS_PULL_MS if lane is Lane.FOCUS or self._timer.interval() < PULL_MS else PULL_MS)
        return ticket

    def _keep_pulling(self, interval: int) -> None:
        if not self._timer.isActive() or self._timer.interval() != interval:
            self._timer.start(interval)

    def cancel(self, lane: Lane, slot: str | None = None) -> None:
        """Drop the jobs of a lane, or of one slot of it, and whatever they have not yet delivered."""
        if self._renderer is None:
            return
        self._renderer.cancel(lane, slot)
        for place in [place for place in self._wanted if place[0] is lane and slot in (None, place[1])]:
            del self._wanted[place]

    def new_generation(self, *lanes: Lane) -> None:
        """Drop everything of the lanes (by default focus and tiles): another model is shown."""
        if self._renderer is None:
            return
        self._renderer.new_generation(*lanes)
        for place in [place for place in self._wanted if place[0] in (lanes or (Lane.FOCUS, Lane.TILES))]:
            del self._wanted[place]

    def is_busy(self, lane: Lane, slot: str | None = None) -> bool:
        """Whether a job of the lane, or of one slot of it, waits or runs."""
        return self._renderer is not None and self._renderer.is_busy(lane, slot)

    @property
    def is_at_work(self) -> bool:
        """Whether any job waits or runs."""
        return any(self.is_busy(lane) for lane in Lane)

    @property
    def busy_s(self) -> float:
        """For how many seconds the present piece of work has run; 0 if there is none."""
        return 0.0 if self._renderer is None else self._renderer.busy_s

    def pull(self) -> None:
        """Hand out what there is; the timer stops when nothing is under way."""
        if self._renderer is None:
            return
        busy = self.is_at_work  # before taking: else something could slip through
        for event in self._renderer.take():
            self._hand_out(event)
        if not busy and not self.is_at_work:
            self._timer.stop()
        else:
            self._keep_pulling(FOCUS_PULL_MS if self._renderer.is_busy(Lane.FOCUS) else PULL_MS)

    def close(self, timeout_s: float = 2.0) -> bool:
        """End the thread; return whether it has ended."""
        self._closed = True
        self._timer.stop()
        self._wanted.clear()
        return self._renderer is None or self._renderer.close(timeout_s)

    def _hand_out(self, event: RenderEvent) -> None:
        wanted = self._wanted.get((event.lane, event.slot), OrderedDict())
        asked = wanted.get(event.ticket)
        if asked is None:
            if isinstance(event, Failed) and event.ticket == 0:  # the thread itself could not be prepared
                self._on_failed(event.message, event.details)
            return
        for older in [ticket for ticket in wanted if ticket < event.ticket]:
            del wanted[older]  # replaced
        if isinstance(event, Rendered):
            if event.index == 0:
                self.seconds[event.slot] = event.seconds
            asked.on_result(event.value)
            return
        wanted.pop(event.ticket, None)
        if isinstance(event, Failed):
            asked.on_failed(event.message, event.details)
        elif isinstance(event, Finished) and asked.on_finished is not None:
            asked.on_finished()
