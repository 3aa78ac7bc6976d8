"""How often to draw: as often as pleases the eye, and as seldom as training needs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from ganstudio.engine.snapshot import Snapshot

CALM_MS = 33  # while paused, and at first
INTERVALS_MS = (16, 33, 50, 66)
FASTEST_AT_FULL_SPEED_MS = 33
JUDGED_FRAMES = 16
# What frames may take of a core. The eager step holds the interpreter's lock and loses that time; the compiled one does
# not; and a run of limited speed waits most of the time.
EAGER_SHARE, COMPILED_SHARE, LIMITED_SHARE = 0.1, 0.2, 0.3
SLACK = 0.8  # of what would be allowed, before frames come faster again: no going to and fro
COARSE_CLOCK_S = 2e-3  # some systems count a thread's time in ticks, which only a mean evens out


class FramePace:
    """Chooses the time between two frames by what frames cost the GUI's thread, everything painted included.

    Parameters
    ----------
    clock
        The processor time of the GUI's thread, in seconds; to be called from that thread.
    """

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        self._clock = clock
        coarse = time.get_clock_info("thread_time").resolution > COARSE_CLOCK_S
        self._middle: Callable[[list[float]], float] = statistics.mean if coarse else statistics.median
        self._last: float | None = None
        self._costs_ms: list[float] = []
        self.interval_ms = CALM_MS

    def note(self, snapshot: Snapshot) -> int:
        """Learn that a snapshot is about to be shown; return the time to wait for the next one, in milliseconds."""
        now = self._clock()
        if self._last is not None:
            self._costs_ms.append(1e3 * (now - self._last))
        self._last = now
        if not snapshot.running:
            self._costs_ms.clear()
            self.interval_ms = CALM_MS
        elif len(self._costs_ms) >= JUDGED_FRAMES:
            self.interval_ms = self._fitting(self._middle(self._costs_ms), snapshot)
            self._costs_ms.clear()
        return self.interval_ms

    def _fitting(self, cost_ms: float, snapshot: Snapshot) -> int:
        """Return the shortest interval of which a frame takes no more than its share."""
        limited = snapshot.config.run.speed_limit > 0
        share = LIMITED_SHARE if limited else COMPILED_SHARE if snapshot.execution == "compiled" else EAGER_SHARE
        for interval in INTERVALS_MS:
            slack = SLACK if interval < self.interval_ms else 1.0
            if (limited or interval >= FASTEST_AT_FULL_SPEED_MS) and cost_ms <= slack * share * interval:
                return interval
        return INTERVALS_MS[-1]
