"""A long history in a few buckets: what a chart of a million iterations needs, at the price of two thousand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.history import CHUNK_ROWS, Table

CAPACITY = 2_000
Floats = NDArray[np.float64]
Steps = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """One scalar in buckets of neighbouring steps, oldest first.

    ``first`` and ``last`` (n,) are the steps of each bucket's first and last row; ``mean``, ``low`` and ``high`` (n,)
    are taken over its finite values, NaN where it has none; ``bad`` (n,) is where a value was not finite. A NaN of
    step 0 is not bad: a player that has not moved yet has no loss. ``width`` is that of a bucket in steps; those of
    equal width never change again once there is a newer one.
    """

    first: Steps
    last: Steps
    mean: Floats
    low: Floats
    high: Floats
    bad: NDArray[np.bool_]
    width: int

    def __len__(self) -> int:
        return len(self.first)

    def since(self, index: int) -> Buckets:
        """Return the buckets from ``index`` on."""
        part = slice(max(0, index), None)
        return Buckets(
            self.first[part],
            self.last[part],
            self.mean[part],
            self.low[part],
            self.high[part],
            self.bad[part],
            self.width,
        )

    def index_at(self, step: float) -> int | None:
        """Return the bucket nearest to a step, None if there are none."""
        if not len(self):
            return None
        after = int(np.searchsorted(self.first, step, side="right"))
        left, right = max(after - 1, 0), min(after, len(self) - 1)
        return left if step - self.last[left] <= self.first[right] - step else right


class _Groups:
    """Buckets of all columns: sums and counts, so that neighbours can be merged without loss."""

    __slots__ = ("bad", "count", "first", "high", "last", "low", "total")

    def __init__(self, first: Steps, last: Steps, count: Steps, total: Floats, low: Floats, high: Floats, bad: Steps):
        self.first, self.last = first, last  # (n,) each
        self.count, self.total, self.low, self.high, self.bad = count, total, low, high, bad  # (n, columns) each

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def of_rows(cls, steps: Steps, values: NDArray[np.float32], width: int) -> _Groups:
        """Return rows, (n,) and (n, columns), n > 0, grouped by ``step // width``."""
        finite = np.isfinite(values)
        exact = values.astype(np.float64)
        rows = cls(
            steps,
            steps,
            finite.astype(np.int64),
            np.where(finite, exact, 0.0),
            np.where(finite, exact, np.inf),
            np.where(finite, exact, -np.inf),
            (~finite & ((steps > 0)[:, None] | np.isinf(values))).astype(np.int64),
        )
        return rows.merged(width)

    def merged(self, width: int) -> _Groups:
        """Return these groups with those of one ``step // width`` joined."""
        starts = _starts(self.first // width)
        if len(starts) == len(self):
            return self
        ends = np.append(starts[1:], len(self)) - 1
        return _Groups(
            self.first[starts],
            self.last[ends],
            np.add.reduceat(self.count, starts),
            np.add.reduceat(self.total, starts),
            np.minimum.reduceat(self.low, starts),
            np.maximum.reduceat(self.high, starts),
            np.add.reduceat(self.bad, starts),
        )


def _starts(keys: Steps) -> NDArray[np.intp]:
    return np.flatnonzero(np.concatenate((np.ones(len(keys[:1]), bool), keys[1:] != keys[:-1])))


class Thinner:
    """Keeps one table of a history in at most ``capacity`` buckets and reads only the rows that are new.

    A bucket holds the rows of one ``step // width``, where ``width`` is a power of two times the table's cadence. When
    there would be too many, the width is doubled and neighbours are merged, so an update costs its new rows, whatever
    the length of the run, and merging costs a constant per row on the average. Nothing is smoothed: means are plain,
    and the extremes of every bucket are kept.
    """

    def __init__(self, table: Table, capacity: int = CAPACITY) -> None:
        self._table = table
        self._capacity = capacity
        self._cadence = 0  # unknown until there are two steps
        self._doublings = 0
        self._taken = 0
        columns = len(table.names)
        self._first, self._last = np.empty(capacity, np.int64), np.empty(capacity, np.int64)
        self._count, self._bad = np.empty((capacity, columns), np.int64), np.empty((capacity, columns), np.int64)
        self._total, self._low, self._high = (np.empty((capacity, columns)) for _ in range(3))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def width(self) -> int:
        """The width of a bucket in steps."""
        return max(self._cadence, 1) << self._doublings

    @property
    def last_step(self) -> int:
        """The newest step that was read, 0 before the first."""
        return int(self._last[self._length - 1]) if self._length else 0

    @property
    def taken(self) -> int:
        """How many rows were read."""
        return self._taken

    @property
    def is_behind(self) -> bool:
        """Whether the table has rows that were not read yet."""
        return self._taken < len(self._table)

    def update(self, limit: int | None = None) -> bool:
        """Read the rows that were appended since the last call, at most ``limit``; return whether there were any."""
        stop = len(self._table) if limit is None else min(len(self._table), self._taken + limit)
        if self._taken >= stop:
            return False
        if not self._cadence:
            self._learn_cadence()
        while self._taken < stop:  # by whole chunks of the table, so that reading copies nothing
            end = min(stop, (self._taken // CHUNK_ROWS + 1) * CHUNK_ROWS)
            steps, values = self._table.rows(self._taken, end)
            self._take(steps, values)
            self._taken = end
        return True

    def newest(self, column: int) -> float:
        """Return the newest value that was read of a column, as it is; NaN before the first."""
        if not self._taken:
            return float("nan")
        _, values = self._table.rows(self._taken - 1, self._taken)
        return float(values[0, column])

    def buckets(self, column: int, least_width: float = 0) -> Buckets:
        """Return one column, with buckets merged further until they are at least ``least_width`` steps wide."""
        width = self.width
        while width < least_width:
            width *= 2
        groups = self._view(0, slice(column, column + 1)).merged(width)
        count = groups.count[:, 0]
        some = count > 0
        mean = np.divide(groups.total[:, 0], count, out=np.full(len(groups), np.nan), where=some)
        return Buckets(
            groups.first.copy(),
            groups.last.copy(),
            mean,
            np.where(some, groups.low[:, 0], np.nan),
            np.where(some, groups.high[:, 0], np.nan),
            groups.bad[:, 0] > 0,
            width,
        )

    def _learn_cadence(self) -> None:
        # Rows may share a step (single updates of one player), so it is the first two steps that differ which tell.
        steps, _ = self._table.rows(max(0, self._taken - 1), min(len(self._table), self._taken + CHUNK_ROWS))
        apart = np.diff(steps)
        apart = apart[apart > 0]
        if len(apart):
            self._cadence = int(apart[0])
            self._put(self._view().merged(self.width))

    def _take(self, steps: Steps, values: NDArray[np.float32]) -> None:
        new = _Groups.of_rows(steps, values, self.width)
        while len(new) + self._length > self._capacity:
            self._doublings += 1
            self._put(self._view().merged(self.width))
            new = new.merged(self.width)
        if self._length and self._first[self._length - 1] // self.width == new.first[0] // self.width:
            new = self._joined_to_last(new)
            self._length -= 1
        self._put(new, self._length)

    def _joined_to_last(self, new: _Groups) -> _Groups:
        last = self._view(self._length - 1)
        return _Groups(
            np.concatenate((last.first, new.first)),
            np.concatenate((last.last, new.last)),
            np.concatenate((last.count, new.count)),
            np.concatenate((last.total, new.total)),
            np.concatenate((last.low, new.low)),
            np.concatenate((last.high, new.high)),
            np.concatenate((last.bad, new.bad)),
        ).merged(self.width)

    def _view(self, start: int = 0, columns: slice = slice(None)) -> _Groups:
        kept = slice(start, self._length)
        return _Groups(
            self._first[kept],
            self._last[kept],
            self._count[kept, columns],
            self._total[kept, columns],
            self._low[kept, columns],
            self._high[kept, columns],
            self._bad[kept, columns],
        )

    def _put(self, groups: _Groups, start: int = 0) -> None:
        end = start + len(groups)
        self._first[start:end], self._last[start:end] = groups.first, groups.last
        self._count[start:end], self._bad[start:end] = groups.count, groups.bad
        self._total[start:end], self._low[start:end], self._high[start:end] = groups.total, groups.low, groups.high
        self._length = end
