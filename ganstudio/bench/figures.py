"""Figures of a benchmark: repeated measurements, their median and spread."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured quantity.

    Parameters
    ----------
    name, unit
        What it is ("training.ours", "steps/s").
    value
        The median of the repetitions, or a percentile over all of them where the name says so.
    low, high
        The smallest and largest repetition.
    repetitions
        How many there were.
    wanted
        The bound it is held to, in words, and whether it is kept; None where there is none.
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    repetitions: int
    wanted: str = ""
    kept: bool | None = None


def figure(
    name: str,
    unit: str,
    values: Sequence[float],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    value: float | None = None,
) -> Figure:
    """Return the figure of repeated measurements: their median, unless another ``value`` is given."""
    middle = statistics.median(values) if value is None else value
    wanted, kept = "", None
    if at_least is not None:
        wanted, kept = f"≥ {at_least:g}", middle >= at_least
    elif at_most is not None:
        wanted, kept = f"≤ {at_most:g}", middle <= at_most
    return Figure(
        name=name,
        unit=unit,
        value=middle,
        low=min(values),
        high=max(values),
        repetitions=len(values),
        wanted=wanted,
        kept=kept,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(share * len(ordered) + 0.999999) - 1))]


def machine() -> str:
    """Return what was measured on, in one line."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{_processor()}, {os.cpu_count()} cores{load}, {platform.platform()}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()
