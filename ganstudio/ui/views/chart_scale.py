"""Axes that stay still: rounded ranges with hysteresis, ticks and the numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ganstudio.ui.numerals import thousands

Floats = NDArray[np.float64]

ROOM = 2.0  # outliers count for the range unless they would make it more than so many times larger
OUTLIERS = 1.5  # percent of buckets at either end that may be outliers
LOOSE = 0.4  # a range is loose when what it shows fills less than this part of it
PATIENCE = 8  # fits for which a range must be loose before it shrinks
LEAST_BUCKETS = 20  # with fewer, nothing is an outlier
_STEP_CEILINGS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def step_ceiling(step: int) -> int:
    """Return the rounded end of an axis that shows 0 to ``step``; at least 100 and at most a third larger."""
    if step <= 100:
        return 100
    size = 10 ** math.floor(math.log10(step))
    return next(int(part * size) for part in _STEP_CEILINGS if part * size >= step)


def nice_step(span: float, count: int) -> float:
    """Return the step of 1, 2 or 5 times a power of ten that divides ``span`` into at most about ``count`` parts."""
    raw = span / max(1, count)
    size = 10.0 ** math.floor(math.log10(raw))
    return next(part * size for part in (1.0, 2.0, 5.0, 10.0) if part * size >= raw * 0.999)


def linear_ticks(low: float, high: float, count: int) -> list[float]:
    """Return rounded values inside [low, high], about ``count`` of them."""
    step = nice_step(high - low, count)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Return exponents inside [low, high] to label on a log10 axis: decades, or 1, 2 and 5 where it spans few."""
    decades = [float(power) for power in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]
    if len(decades) >= 3 or (len(decades) == 2 and count <= 3):
        return decades[:: max(1, math.ceil(len(decades) / max(2, count)))]
    parts = (1, 2, 5) if high - low < 1.6 else (1, 3)
    marks = [power + math.log10(part) for power in range(math.floor(low), math.ceil(high) + 1) for part in parts]
    return [mark for mark in marks if low - 1e-9 <= mark <= high + 1e-9]


def number(value: float, digits: int = 3) -> str:
    """Return a value with so many significant digits, short enough for a chart."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size >= 5 or size < -4:
        mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
        return f"{mantissa}·10{str(int(power)).translate(_SUPERSCRIPTS)}".replace("-", "−")
    return f"{value:.{max(0, digits - 1 - size)}f}".replace("-", "−")


def tick_text(value: float, step: float) -> str:
    """Return the label of a linear tick, with the decimals that its step needs."""
    if value and (abs(value) >= 1e5 or step < 1e-3):
        mantissa, _, power = f"{value:.0e}".partition("e")
        return f"{mantissa}·10{str(int(power)).translate(_SUPERSCRIPTS)}".replace("-", "−")
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:.{decimals}f}".replace("-", "−")


def log_tick_text(exponent: float) -> str:
    """Return the label of a tick at 10^exponent."""
    value = 10.0**exponent
    if -3.01 <= exponent <= 4.01:
        return f"{value:.4g}"
    power = math.floor(exponent + 1e-9)
    part = round(value / 10.0**power)
    return ("" if part == 1 else f"{part}·") + f"10{str(power).translate(_SUPERSCRIPTS)}"


def step_text(step: float, span: float = 0) -> str:
    """Return a count of iterations: grouped by thousands, or in k or M on an axis of a large span."""
    if span >= 2e6:
        return f"{step / 1e6:g}M" if step else "0"
    if span >= 2e4:
        return f"{step / 1e3:g}k" if step else "0"
    return thousands(round(step))


class ValueRange:
    """The range of a value axis: robust, rounded, and changed seldom.

    It grows at once when something worth seeing leaves it, and shrinks only after being loose for a while. A few
    outliers (a first spike) do not count when they would squeeze all the rest.

    Parameters
    ----------
    log
        Whether ``low`` and ``high`` are exponents of ten.
    least
        What is always shown, in the values' own unit.
    """

    def __init__(self, *, log: bool = False, least: Sequence[float] = ()) -> None:
        self.log = log
        self._least = tuple(least)
        self.low, self.high = 0.0, 1.0
        self.reset()

    def reset(self) -> None:
        """Forget what was shown."""
        self.low, self.high = (-1.0, 0.0) if self.log else (0.0, 1.0)
        self._empty, self._loose = True, 0
        if self._least and not self.log:
            self.low, self.high = min(self._least), max(self._least)
            if self.low == self.high:
                self.high += 1.0  # an axis without an extent cannot be painted

    def set_least(self, least: Sequence[float]) -> None:
        """Show at least these values from now on."""
        if tuple(least) != self._least:
            self._least = tuple(least)
            self.reset()

    def position(self, values: Floats) -> Floats:
        """Return values (n,) in the axis' unit: exponents on a log axis, where 0 and less is far below any range."""
        if not self.log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values > 0, np.log10(values), np.where(np.isnan(values), np.nan, -1e3))

    def holds(self, values: Sequence[float]) -> bool:
        """Whether the range was fitted to something and shows all of these values that can be shown."""
        shown = self._shown(np.array(values, float))
        return not self._empty and bool(np.all((shown >= self.low) & (shown <= self.high)))

    def fit(self, low: Floats, high: Floats, include: Sequence[float] = ()) -> bool:
        """Take in the buckets' extremes, (n,) each, and values that must be seen; return whether the range changed."""
        wanted = self._wanted(low, high, include)
        if wanted is None:
            return False
        new = self._settled(*wanted)
        if new == (self.low, self.high):
            return False
        self.low, self.high = new
        return True

    def _wanted(self, low: Floats, high: Floats, include: Sequence[float]) -> tuple[float, float] | None:
        always = self._shown(np.array([*self._least, *include], float))
        lows, highs = self._shown(low), self._shown(high)
        if not len(lows):
            return (float(always.min()), float(always.max())) if len(always) else None
        bottom, top = float(lows.min()), float(highs.max())
        if len(lows) >= LEAST_BUCKETS:
            core_low = min(float(np.percentile(lows, OUTLIERS)), *always, np.inf)
            core_high = max(float(np.percentile(highs, 100 - OUTLIERS)), *always, -np.inf)
            room = (ROOM - 1) / 2 * (core_high - core_low)
            if top - bottom > ROOM * (core_high - core_low) > 0:
                bottom, top = max(bottom, core_low - room), min(top, core_high + room)
        return min(bottom, *always, np.inf), max(top, *always, -np.inf)

    def _shown(self, values: Floats) -> Floats:
        at = self.position(values)
        return at[np.isfinite(at) & (at > -1e3)] if self.log else at[np.isfinite(at)]

    def _settled(self, low: float, high: float) -> tuple[float, float]:
        if self._empty:
            self._empty = False
            return self._rounded(low, high)
        if low < self.low or high > self.high:
            self._loose = 0
            new_low, new_high = self._rounded(min(low, self.low), max(high, self.high))
            # Only the end that was passed moves: the other one is rounded already.
            return (new_low if low < self.low else self.low), (new_high if high > self.high else self.high)
        self._loose = self._loose + 1 if high - low < LOOSE * (self.high - self.low) else 0
        if self._loose < PATIENCE:
            return self.low, self.high
        self._loose = 0
        return self._rounded(low, high)

    def _rounded(self, low: float, high: float) -> tuple[float, float]:
        if self.log:
            return _log_rounded(low, high)
        if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
            low, high = low - 0.5 * max(abs(low), 1e-3), high + 0.5 * max(abs(high), 1e-3)
        floor = 0.0 if low >= 0 else -math.inf  # a pad never crosses zero
        ceiling = 0.0 if high <= 0 else math.inf
        pad = 0.04 * (high - low)
        step = nice_step(high - low, 4) / 2
        return (
            max(math.floor((low - pad) / step) * step, floor),
            min(math.ceil((high + pad) / step) * step, ceiling),
        )


def _log_rounded(low: float, high: float) -> tuple[float, float]:
    if high - low < 1:  # at least a decade
        low, high = (low + high) / 2 - 0.5, (low + high) / 2 + 0.5
    marks = [
        power + math.log10(part) for power in range(math.floor(low) - 1, math.ceil(high) + 2) for part in (1, 2, 5)
    ]
    below = max(mark for mark in marks if mark <= low - 0.02)
    above = min(mark for mark in marks if mark >= high + 0.02)
    return below, above


def spread_apart(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return positions near ``wanted``, in its order, at least ``least`` apart, inside [low, high] if they fit."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = [min(max(wanted[index], low), high) for index in order]
    for before, after in pairwise(range(len(placed))):
        placed[after] = max(placed[after], placed[before] + least)
    over = placed[-1] - high if placed else 0.0
    if over > 0:
        placed[-1] = high
        for index in range(len(placed) - 2, -1, -1):
            placed[index] = min(placed[index], placed[index + 1] - least)
    result = [0.0] * len(wanted)
    for index, place in zip(order, placed, strict=True):
        result[index] = place
    return result
