"""Append-only scalars of a run, readable from another thread without a lock. This module does not import torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.event_log import Event, EventLog
from ganstudio.engine.table import CHUNK_ROWS, Room, Table

__all__ = ["CHUNK_ROWS", "Event", "EventLog", "History", "Room", "Table"]


class History:
    """All scalars of a run by name ("loss/d"), in tables of equal cadence, and its events.

    However long the run, memory holds a few megabytes of it, and an unnamed file the rest, without loss.

    Parameters
    ----------
    room
        How much memory and which file; one of its own if not given.
    chunk_rows
        Rows that go to the file together.
    """

    def __init__(self, room: Room | None = None, chunk_rows: int = CHUNK_ROWS) -> None:
        self._room = room or Room()
        self._chunk_rows = chunk_rows
        self.tables: list[Table] = []
        self.events = EventLog(self._room.file)

    def table(self, names: Sequence[str]) -> Table:
        """Return the table of these columns, a new one if there is none."""
        for table in self.tables:
            if table.names == tuple(names):
                return table
        made = Table(names, self._room, self.events, self._chunk_rows)
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
        """Bytes that all tables hold in memory."""
        return sum(table.nbytes for table in self.tables)

    @property
    def spilled_bytes(self) -> int:
        """Bytes in the file."""
        return self._room.file.size

    def until(self, step: int) -> History:
        """Return a copy that ends with ``step``; the original stays as it is for whoever reads it.

        It shares what is full and will not change any more, in memory and in the file.
        """
        copy = History(self._room, self._chunk_rows)
        copy.events = self.events.until(step)
        copy.tables = [table.until(step, self._room, copy.events) for table in self.tables]
        return copy
