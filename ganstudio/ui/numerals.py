"""How numbers are written, everywhere in the window."""

from __future__ import annotations

NARROW_SPACE = "\u202f"  # no line is broken at it
MINUS = "\u2212"


def thousands(count: int) -> str:
    """Return a whole number in groups of three digits."""
    return f"{count:,}".replace(",", NARROW_SPACE)


def signed(value: float) -> str:
    """Return a number to three digits with its sign."""
    return f"{value:+.3g}".replace("-", MINUS)
