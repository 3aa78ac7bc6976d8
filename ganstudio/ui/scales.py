"""How a slider's way maps to a setting's values. No Qt: numbers only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ganstudio.engine.params import Param

POSITIONS = 1000  # of a slider for numbers that are not few whole ones
FEW = 200  # whole numbers that get a position each


@dataclass(frozen=True, slots=True)
class Scale:
    """A map between a value and the share of a slider's way, 0 to 1.

    ``log`` is even in ratios. ``log0`` is too, above ``floor``, with 0 itself at the left end. ``nines`` is for
    decays: even in ratios of 1 − x, so that 0.9, 0.99 and 0.999 are equally far apart.
    """

    low: float
    high: float
    kind: Literal["linear", "log", "log0", "nines"]
    whole: bool
    floor: float = 0.0

    @property
    def positions(self) -> int:
        """How many steps a slider should have."""
        if self.whole and self.kind == "linear" and self.high - self.low <= FEW:
            return int(self.high - self.low)
        return POSITIONS

    def share(self, value: float) -> float:
        """Return the share of the way at which ``value`` stands."""
        value = min(max(value, self.low), self.high)
        if self.kind == "log":
            return math.log(value / self.low) / math.log(self.high / self.low)
        if self.kind == "log0":
            if value < self.floor:
                return 0.0
            start = 1 / POSITIONS
            return start + (1 - start) * math.log(value / self.floor) / math.log(self.high / self.floor)
        if self.kind == "nines":
            return math.log(1 - value) / math.log(1 - self.high)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """Return the value at a share of the way, rounded to what one would write."""
        share = min(max(share, 0.0), 1.0)
        if share in (0.0, 1.0):
            return self.low if share == 0 else self.high
        if self.kind == "log":
            raw = self._sized(self.low * (self.high / self.low) ** share)
        elif self.kind == "log0":
            start = 1 / POSITIONS
            raw = _rounded(self.floor * (self.high / self.floor) ** max(0.0, (share - start) / (1 - start)), 2)
        elif self.kind == "nines":
            raw = round(1 - _rounded((1 - self.high) ** share, 2), 12)
        else:
            step = 10 ** math.floor(math.log10((self.high - self.low) / self.positions))
            raw = round(round((self.low + share * (self.high - self.low)) / step) * step, 12)
        return min(max(float(round(raw)) if self.whole else raw, self.low), self.high)

    def _sized(self, value: float) -> float:
        """Round a value, to a near power of two where the bounds are such: batch sizes and widths usually are."""
        if self.whole and math.log2(self.low).is_integer() and math.log2(self.high).is_integer():
            near = 2.0 ** round(math.log2(value))
            if abs(value / near - 1) < 0.04:
                return near
        return _rounded(value, 2)


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def scale_of(declared: Param) -> Scale | None:
    """Return the scale of a number's slider, or None where a slider would serve nobody (no bounds, a seed)."""
    if declared.bounds is None or declared.kind not in (int, float):
        return None
    low, high = declared.bounds
    whole = declared.kind is int
    if whole and high >= 2**31 - 1:
        return None
    if declared.scale == "log" or (whole and high - low > FEW):
        if low > 0:
            return Scale(low, high, "log", whole)
        return Scale(low, high, "log0", whole, 1.0 if whole or high >= 1e3 else high * 1e-5)
    if not whole and low >= 0 and 0.99 < high < 1:
        return Scale(low, high, "nines", whole)
    return Scale(low, high, "linear", whole)


def shown(value: float) -> str:
    """Return a number as one would type it: short, exact to six digits, exponents without padding."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e9):
        return str(int(value))
    text = f"{value:.6g}"
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        return f"{mantissa}e{int(exponent)}"
    return text
