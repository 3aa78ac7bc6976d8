"""Rows of scalars in chunks: the newest in memory, older ones in a file. This module does not import torch."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.event_log import Event, EventLog
from ganstudio.engine.spill import SpillFile

CHUNK_ROWS = 16_384
BUDGET_BYTES = 2 * 2**20  # of full chunks in memory: the charts read rows as they come, and an export in blocks

Rows = tuple[NDArray[np.int64], NDArray[np.float32]]


class _Chunk:
    """So many rows, in memory or in the file. Only :meth:`put` and :meth:`spill` change it, in the writer's thread.

    Copies of a history share its full chunks, which never change again.
    """

    __slots__ = ("_file", "_held", "_offset", "columns", "first", "rows")

    def __init__(self, rows: int, columns: int, first: int) -> None:
        self.rows, self.columns = rows, columns
        self.first = first  # the step of its first row
        self._held: Rows | None = (np.empty(rows, np.int64), np.empty((rows, columns), np.float32))
        self._file: SpillFile | None = None
        self._offset = 0

    @property
    def nbytes(self) -> int:
        """Bytes of all its rows, wherever they are."""
        return self.rows * (8 + 4 * self.columns)

    @property
    def is_held(self) -> bool:
        """Whether it is in memory."""
        return self._held is not None

    def put(self, at: int, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """Write rows from the row ``at`` on."""
        if self._held is not None:
            self._held[0][at : at + len(steps)] = steps
            self._held[1][at : at + len(steps)] = values

    def read(self, low: int, high: int) -> Rows:
        """Return the rows from ``low`` to ``high``: views of what is in memory, copies of what is not."""
        held = self._held  # once: the writer may take it away at any moment, and what is referred to stays
        if held is not None:
            return held[0][low:high], held[1][low:high]
        if self._file is None:
            raise AssertionError("a chunk is either held or stored")
        width = 4 * self.columns
        steps = self._file.read(self._offset + 8 * low, 8 * (high - low))
        values = self._file.read(self._offset + 8 * self.rows + width * low, width * (high - low))
        return np.frombuffer(steps, np.int64), np.frombuffer(values, np.float32).reshape(high - low, self.columns)

    def spill(self, file: SpillFile) -> None:
        """Move it from memory to the file; on an error it stays where it is."""
        if self._held is not None:
            steps, values = self._held
            self._offset = file.write(steps.data, values.data)
            self._file = file
            self._held = None  # last: a reader finds it in one place or in the other


class Room:
    """What full chunks have of memory: when a budget is spent, the oldest go to a file.

    Where that fails, they stay in memory, and every further chunk tries again.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES, file: SpillFile | None = None) -> None:
        self.file = file or SpillFile()
        self._budget = budget_bytes
        self._held: deque[_Chunk] = deque()
        self._bytes = 0
        self._failed = False
        self._lock = threading.Lock()  # of writers: copies of a history share its room

    def take(self, chunk: _Chunk) -> OSError | None:
        """Take in a full chunk; return why chunks stay in memory from now on, if that is news."""
        with self._lock:
            self._held.append(chunk)
            self._bytes += chunk.nbytes
            try:
                while self._bytes > self._budget:
                    self._held[0].spill(self.file)
                    self._bytes -= self._held.popleft().nbytes
            except OSError as error:
                first, self._failed = not self._failed, True
                return error if first else None
            return None


class Table:
    """Rows of float32 scalars with the step each belongs to, the steps in ascending order.

    One thread appends. A reader first reads a length, which is written last, and then only what lies below it;
    rows are never moved, since a table grows by whole chunks.

    Parameters
    ----------
    names
        Of the columns.
    room
        Where full chunks go; None keeps all of them in memory.
    events
        Where to say that chunks cannot leave memory.
    chunk_rows
        Rows of a chunk.
    """

    def __init__(
        self,
        names: Sequence[str],
        room: Room | None = None,
        events: EventLog | None = None,
        chunk_rows: int = CHUNK_ROWS,
    ) -> None:
        self.names = tuple(names)
        self._room, self._events = room, events
        self._chunk_rows = chunk_rows
        self._chunks: list[_Chunk] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Bytes held in memory, the unused rest of the last chunk included."""
        return sum(chunk.nbytes for chunk in self._chunks if chunk.is_held)

    @property
    def last_step(self) -> int:
        """The step of the newest row, -1 before the first."""
        return int(self.rows(self._length - 1)[0][0]) if self._length else -1

    def append(self, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """Append rows; ``steps`` is (n,), ``values`` is (n, columns)."""
        done, total, rows = 0, len(steps), self._chunk_rows
        while done < total:
            offset = self._length % rows
            if offset == 0:
                self._chunks.append(_Chunk(rows, len(self.names), int(steps[done])))
            count = min(total - done, rows - offset)
            self._chunks[-1].put(offset, steps[done : done + count], values[done : done + count])
            self._length += count  # published last: a reader never sees a row that is not yet whole
            done += count
            if offset + count == rows:
                self._leave(self._chunks[-1])

    def rows(self, start: int = 0, stop: int | None = None) -> Rows:
        """Return the rows from ``start`` to ``stop`` (by row, not by step): steps (n,) and values (n, columns).

        They may be the table's own memory and are not to be written to.

        Raises
        ------
        OSError
            If rows are on a disk that does not give them back.
        """
        stop = self._length if stop is None else min(stop, self._length)
        if start // self._chunk_rows == (stop - 1) // self._chunk_rows and start < stop:
            return next(self.blocks(start, stop))
        count = max(0, stop - start)
        steps, values = np.empty(count, np.int64), np.empty((count, len(self.names)), np.float32)
        done = 0
        for some, their_values in self.blocks(start, stop):
            steps[done : done + len(some)], values[done : done + len(some)] = some, their_values
            done += len(some)
        return steps, values

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[Rows]:
        """Yield the same rows chunk by chunk, so that a table of any length can be gone through in little memory."""
        stop = self._length if stop is None else min(stop, self._length)
        while start < stop:
            index, low = divmod(start, self._chunk_rows)
            high = min(self._chunk_rows, stop - index * self._chunk_rows)
            yield self._chunks[index].read(low, high)
            start += high - low

    def until(self, step: int, room: Room | None, events: EventLog | None) -> Table:
        """Return a copy that ends with ``step``; it shares the full chunks, and costs one of them at most."""
        copy = Table(self.names, room, events, self._chunk_rows)
        chunks = self._chunks[: -(-self._length // self._chunk_rows)]
        last = bisect_right(chunks, step, key=lambda chunk: chunk.first) - 1
        if last >= 0:
            copy._chunks = chunks[:last]
            start = copy._length = last * self._chunk_rows
            steps, values = self.rows(start, start + self._chunk_rows)
            keep = int(np.searchsorted(steps, step, side="right"))
            copy.append(steps[:keep], values[:keep])
        return copy

    def _leave(self, chunk: _Chunk) -> None:
        """Give a full chunk over to the room."""
        error = self._room.take(chunk) if self._room is not None else None
        if error is not None and self._events is not None:
            reason = error.strerror or str(error)
            self._events.append(Event(self.last_step, f"history stays in memory: {reason}"))
