"""The run's past: averaged weights of many steps, within a budget of memory."""

from __future__ import annotations

import math
import threading

from ganstudio.engine.latent.weights import Weights

BUDGET_BYTES = 512 * 2**20
MOST = 256


class SnapshotRing:
    """Copies of a run's weights, the oldest to the newest; safe between the thread that trains and the window's.

    When there is no room left, those go that matter least: what stays is evenly spaced in the logarithm of the step,
    as training changes most in the beginning. The first and the newest always stay.

    Parameters
    ----------
    budget_bytes
        What all of them may take together.
    most
        How many there may be.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES, most: int = MOST) -> None:
        self._budget, self._most = budget_bytes, max(most, 2)
        self._lock = threading.Lock()
        self._held: list[Weights] = []
        self._version = 0

    def add(self, weights: Weights) -> None:
        """Keep a copy.

        One of another run replaces all that there is; one of a step that is already past (the run went back)
        replaces those from that step on.
        """
        with self._lock:
            if self._held and self._held[-1].run != weights.run:
                self._held.clear()
            while self._held and self._held[-1].step >= weights.step:
                self._held.pop()
            self._held.append(weights)
            while len(self._held) > 2 and self._is_full():
                self._drop_one()
            self._version += 1

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()
            self._version += 1

    @property
    def version(self) -> int:
        """Changes with every change: cheap to poll."""
        return self._version

    @property
    def newest(self) -> Weights | None:
        """The newest, or None."""
        with self._lock:
            return self._held[-1] if self._held else None

    def all(self) -> tuple[Weights, ...]:
        """Return every one, by rising step."""
        with self._lock:
            return tuple(self._held)

    def steps(self) -> tuple[int, ...]:
        """Return the steps there are, rising."""
        with self._lock:
            return tuple(weights.step for weights in self._held)

    def nearest(self, step: int) -> Weights | None:
        """Return the one nearest to a step, or None if there are none."""
        with self._lock:
            return min(self._held, key=lambda weights: abs(weights.step - step), default=None)

    def before(self, step: int) -> Weights | None:
        """Return the last one before a step, or None."""
        return next((weights for weights in reversed(self.all()) if weights.step < step), None)

    def after(self, step: int) -> Weights | None:
        """Return the first one after a step, or None."""
        return next((weights for weights in self.all() if weights.step > step), None)

    def _is_full(self) -> bool:
        return len(self._held) > self._most or sum(weights.nbytes for weights in self._held) > self._budget

    def _drop_one(self) -> None:
        """Drop the one whose neighbours are nearest to each other, in the logarithm of the step."""
        places = [math.log1p(weights.step) for weights in self._held]
        inner = range(1, len(places) - 1)
        del self._held[min(inner, key=lambda index: places[index + 1] - places[index - 1])]
