"""Append-only scalars of a run, readable from another thread without a lock. This module does not import torch.

One thread appends. A reader first reads a length, which is written last, and then only what lies below it;
rows are never moved, since a table grows by whole chunks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHUNK_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened between two steps: a changed setting, a divergence."""

    step: int
    text: str


class Table:
    """Rows of float32 scalars with the step each belongs to."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._steps: list[NDArray[np.int64]] = []
        self._values: list[NDArray[np.float32]] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Bytes held, the unused rest of the last chunk included."""
        return sum(chunk.nbytes for chunk in self._steps) + sum(chunk.nbytes for chunk in self._values)

    def append(self, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """Append rows; ``steps`` is (n,), ``values`` is (n, columns)."""
        done = 0
        while done < len(steps):
            offset = self._length % CHUNK_ROWS
            if offset == 0 and self._length == CHUNK_ROWS * len(self._steps):
                self._steps.append(np.empty(CHUNK_ROWS, np.int64))
                self._values.append(np.empty((CHUNK_ROWS, len(self.names)), np.float32))
            count = min(len(steps) - done, CHUNK_ROWS - offset)
            self._steps[-1][offset : offset + count] = steps[done : done + count]
            self._values[-1][offset : offset + count] = values[done : done + count]
            self._length += count  # published last: a reader never sees a row that is not yet whole
            done += count

    def rows(self, start: int = 0, stop: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows from ``start`` to ``stop`` (by row, not by step): steps (n,) and values (n, columns)."""
        stop = self._length if stop is None else min(stop, self._length)
        if start >= stop:
            return np.empty(0, np.int64), np.empty((0, len(self.names)), np.float32)
        first, last = start // CHUNK_ROWS, (stop - 1) // CHUNK_ROWS
        low, high = start - first * CHUNK_ROWS, stop - first * CHUNK_ROWS
        if first == last:
            return self._steps[first][low:high], self._values[first][low:high]
        steps, values = self._steps[first : last + 1], self._values[first : last + 1]
        return np.concatenate(steps)[low:high], np.concatenate(values)[low:high]


class History:
    """All scalars of a run by name ("loss/d"), in tables of equal cadence, and its events."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.events: list[Event] = []

    def table(self, names: Sequence[str]) -> Table:
        """Return the table of these columns, a new one if there is none."""
        for table in self.tables:
            if table.names == tuple(names):
                return table
        made = Table(names)
        self.tables.append(made)
        return made

    def names(self) -> tuple[str, ...]:
        """Return the name of every scalar there is."""
        return tuple(name for table in self.tables for name in table.names)

    def column(self, name: str) -> tuple[Table, int] | None:
        """Return the table that holds ``name`` and the column's index, or None."""
        for table in self.tables:
            if name in table.names:
                return table, table.names.index(name)
        return None

    def series(self, name: str, start: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return steps (n,) and values (n,) of a scalar from row ``start`` on; empty if there is none."""
        found = self.column(name)
        if found is None:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        table, column = found
        steps, values = table.rows(start)
        return steps, values[:, column]

    def last(self) -> dict[str, float]:
        """Return the newest value of every scalar."""
        newest: dict[str, float] = {}
        for table in self.tables:
            length = len(table)
            if length:
                _, values = table.rows(length - 1, length)
                newest.update(zip(table.names, values[0].tolist(), strict=True))
        return newest

    @property
    def nbytes(self) -> int:
        """Bytes held by all tables."""
        return sum(table.nbytes for table in self.tables)

    def until(self, step: int) -> History:
        """Return a copy that ends with ``step``; the original stays as it is for whoever reads it."""
        copy = History()
        for table in self.tables:
            steps, values = table.rows()
            keep = int(np.searchsorted(steps, step, side="right"))
            copy.table(table.names).append(steps[:keep], values[:keep])
        copy.events = [event for event in self.events if event.step <= step]
        return copy


def from_arrays(arrays: Mapping[tuple[str, ...], tuple[NDArray[np.int64], NDArray[np.float32]]]) -> History:
    """Return a history that holds these tables."""
    history = History()
    for names, (steps, values) in arrays.items():
        history.table(names).append(steps, values)
    return history
