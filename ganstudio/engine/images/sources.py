"""What every kind of source gives to the scan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.images.problems import ScanCancelled, SkipList

Progress = Callable[[int, int], None]  # done, total; a total of 0 is not known yet
Cancelled = Callable[[], bool]
Fingerprint = list[tuple[str, int, int]]  # name, size in bytes and time of change, ns, of every file that matters

MOST_IMAGES = 10_000_000
MOST_CLASSES = 1000
LARGEST_SIDE = 65_535


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Images of one size in a row: ``pixels`` (n, h, w, 1 or 3) uint8 and ``labels`` (n,)."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Watch:
    """How a long work tells of its progress and learns that it is not wanted any more."""

    progress: Progress
    cancelled: Cancelled

    def report(self, done: int, total: int) -> None:
        """Tell how far the work is.

        Raises
        ------
        ScanCancelled
            If the person asked for its end.
        """
        if self.cancelled():
            raise ScanCancelled
        self.progress(done, total)


def _nothing() -> None:
    pass


class Source(ABC):
    """Pictures to be read one after the other, in an order that is always the same.

    Making a source looks at names and headers alone. ``class_names`` are those of the labels that batches carry; empty
    without classes. ``count`` is how many pictures there are at most. ``is_grey`` if no picture can have a colour.
    """

    def __init__(self, title: str, count: int, class_names: tuple[str, ...], fingerprint: Fingerprint) -> None:
        self.title, self.count, self.class_names, self.fingerprint = title, count, class_names, fingerprint
        self.is_grey = False
        self.skipped = SkipList()
        self.notes: list[str] = []
        self.heartbeat: Callable[[], None] = _nothing  # called in whatever takes long before the first picture

    @abstractmethod
    def batches(self, size: int) -> Iterator[Batch]:
        """Read the pictures, passing over what is broken; ``size`` is that to which they will be brought."""
