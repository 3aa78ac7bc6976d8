"""A plot's range that neither jumps nor jitters."""

from __future__ import annotations

import math

from ganstudio.ui.views.chart_scale import nice_step

Range = tuple[float, float]

EASE = 0.35  # of the way to the goal in one frame: 97 % after eight
ARRIVED = 0.005  # of the span: the rest of the way is not seen
ROOM = 0.06  # of the span, beyond what must be seen, lest it tremble out of the range
LOOSE = 0.5  # a range is loose when what it must show fills less than this part of it
PATIENCE = 90  # frames, three seconds, for which it must be loose before it shrinks
HURRY = 300  # frames for which it shrinks after a sixth of that, where what it shows has just become something else


class SteadyRange:
    """A range that moves to its goal in about eight frames.

    The goal is either told (:meth:`follow`) or rounded from what must be seen (:meth:`contain`), in which case it grows
    at once and shrinks only after being much too large for three seconds.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self, *, hurry: bool = False) -> None:
        """Forget what was shown: the next goal is taken at once, and for ten seconds it shrinks sooner if ``hurry``."""
        self._hurry = HURRY if hurry else 0
        self._now: Range | None = None
        self._goal: Range = (0.0, 1.0)
        self._loose = 0

    @property
    def now(self) -> Range:
        """What to show in this frame."""
        return self._now or self._goal

    @property
    def goal(self) -> Range:
        """Where the range is going."""
        return self._goal

    @property
    def settled(self) -> bool:
        """Whether the goal is reached."""
        return self._now is None or self._now == self._goal

    def follow(self, low: float, high: float) -> None:
        """Go to exactly this range."""
        self._goal = (low, high)
        self._now = self._now or self._goal

    def contain(self, low: float, high: float) -> None:
        """Show at least this range, in rounded numbers; a bound of 0 stays 0."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return
        room = ROOM * (high - low)
        outer = (low - room if low else low, high + room if high else high)
        if self._now is None:
            self.follow(*rounded(*outer))
            return
        held, patience = self._goal, PATIENCE // 6 if self._hurry else PATIENCE
        self._hurry = max(0, self._hurry - 1)
        if low < held[0] or high > held[1]:
            self._goal = rounded(outer[0] if low < held[0] else held[0], outer[1] if high > held[1] else held[1])
            self._loose = 0
            return
        self._loose = self._loose + 1 if high - low < LOOSE * (held[1] - held[0]) else 0
        if self._loose >= patience:
            self._goal, self._loose = rounded(*outer), 0

    def step(self) -> None:
        """Go on by one frame."""
        if self._now is None or self.settled:
            return
        low, high = (now + EASE * (goal - now) for now, goal in zip(self._now, self._goal, strict=True))
        rest = max(abs(low - self._goal[0]), abs(high - self._goal[1]))
        self._now = self._goal if rest < ARRIVED * (self._goal[1] - self._goal[0]) else (low, high)

    def settle(self) -> None:
        """Be there."""
        self._now = self._goal


def rounded(low: float, high: float) -> Range:
    """Return the smallest range of rounded ends that holds ``low`` to ``high``; it is never empty."""
    if high - low <= 1e-9 * max(1e-3, abs(low), abs(high)):
        middle, half = (low + high) / 2, max(1e-3, 0.05 * abs(low + high))
        low, high = middle - half, middle + half
    step = nice_step(high - low, 10) / 2
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
