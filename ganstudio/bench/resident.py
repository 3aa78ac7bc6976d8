"""Resident memory of this process, and how it is reported."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from ganstudio.bench.figures import Figure, figure

EARLY = 100_000  # iterations after which a run's memory is what it should stay
LARGEST_RATIO = 1.05
MEBIBYTE = 2**20


def resident() -> int:
    """Return the bytes of this process that are in memory.

    Raises
    ------
    OSError
        On systems without /proc.
    """
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def compared(label: str, early: tuple[int, int], late: tuple[int, int]) -> list[Figure]:
    """Return the figures of resident memory at two iterations, each given with its bytes."""
    (early_step, early_bytes), (late_step, late_bytes) = early, late
    return [
        figure(f"{label}: iterations, early", "", [float(early_step)]),
        figure(f"{label}: resident memory, early", "MiB", [early_bytes / MEBIBYTE]),
        figure(f"{label}: iterations, late", "", [float(late_step)]),
        figure(f"{label}: resident memory, late", "MiB", [late_bytes / MEBIBYTE]),
        figure(f"{label}: resident memory, late / early", "×", [late_bytes / early_bytes], at_most=LARGEST_RATIO),
    ]
