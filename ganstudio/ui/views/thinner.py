"""A long history in a few buckets: what a chart of a million iterations needs, at the price of two thousand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.history import CHUNK_ROWS, Table

CAPACITY = 2_000
BLOCK_ROWS = (
    CHUNK_ROWS // 4
)  # rows that are taken together: what is made of them on the way is several times their size
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


class _Store:
    """Room for so many groups, made once."""

    __slots__ = ("_bad", "_count", "_first", "_high", "_last", "_low", "_total", "length")

    def __init__(self, capacity: int, columns: int) -> None:
        self._first, self._last = np.empty(capacity, np.int64), np.empty(capacity, np.int64)
        self._count, self._bad = np.empty((capacity, columns), np.int64), np.empty((capacity, columns), np.int64)
        self._total, self._low, self._high = (np.empty((capacity, columns)) for _ in range(3))
        self.length = 0

    def view(self, start: int = 0, columns: slice = slice(None)) -> _Groups:
        """Return the groups from ``start`` on, of these columns, without a copy."""
        kept = slice(start, self.length)
        return _Groups(
            self._first[kept],
            self._last[kept],
            self._count[kept, columns],
            self._total[kept, columns],
            self._low[kept, columns],
            self._high[kept, columns],
            self._bad[kept, columns],
        )

    def put(self, groups: _Groups, start: int = 0) -> None:
        """Have these groups from ``start`` on, and no others after them."""
        end = start + len(groups)
        self._first[start:end], self._last[start:end] = groups.first, groups.last
        self._count[start:end], self._bad[start:end] = groups.count, groups.bad
        self._total[start:end], self._low[start:end], self._high[start:end] = groups.total, groups.low, groups.high
        self.length = end


class _Wide:
    """The groups of a store joined to a larger width; what was joined once is not joined again.

    A chart of a few hundred pixels reads a fraction of the groups that there are, again and again.
    """

    __slots__ = ("_store", "_unsettled", "width")

    def __init__(self, width: int, capacity: int, columns: int) -> None:
        self.width = width
        self._store = _Store(capacity, columns)
        self._unsettled = 0  # the group of the other store with which the last one here begins

    def follow(self, groups: _Store) -> None:
        """Take in what is new in a store of smaller groups."""
        new = groups.view(self._unsettled)
        if not len(new):
            return
        keys = new.first // self.width
        self._store.put(new.merged(self.width), max(0, self._store.length - 1))
        self._unsettled += int(np.searchsorted(keys, keys[-1]))

    def view(self, columns: slice) -> _Groups:
        """Return what was taken in."""
        return self._store.view(0, columns)


def _starts(keys: Steps) -> NDArray[np.intp]:
    return np.flatnonzero(np.concatenate((np.ones(len(keys[:1]), bool), keys[1:] != keys[:-1])))


class Thinner:
    """Keeps one table of a history in at most ``capacity`` buckets and reads only the rows that are new.

    A bucket holds the rows of one ``step // width``, where ``width`` is a power of two times the table's cadence. When
    there would be too many, the width is doubled and neighbours are merged, so an update costs its new rows, whatever
    the length of the run, and merging costs a constant per row on the average. Nothing is smoothed: means are plain,
    and the extremes of every bucket are kept. Memory is that of ``capacity`` buckets from the beginning.
    """

    def __init__(self, table: Table, capacity: int = CAPACITY) -> None:
        self._table = table
        self._capacity = capacity
        self._cadence = 0  # unknown until there are two steps
        self._doublings = 0
        self._taken = 0
        columns = len(table.names)
        self._kept = _Store(capacity, columns)
        self._wide: _Wide | None = None
        self._newest = np.full(columns, np.nan, np.float32)

    def __len__(self) -> int:
        return self._kept.length

    @property
    def width(self) -> int:
        """The width of a bucket in steps."""
        return max(self._cadence, 1) << self._doublings

    @property
    def last_step(self) -> int:
        """The newest step that was read, 0 before the first."""
        return int(self._kept.view(len(self) - 1).last[0]) if len(self) else 0

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
        while self._taken < stop:  # by parts of the table's chunks, so that reading what is in memory copies nothing
            end = min(stop, (self._taken // BLOCK_ROWS + 1) * BLOCK_ROWS)
            self._take(*self._table.rows(self._taken, end))
            self._taken = end
        return True

    def newest(self, column: int) -> float:
        """Return the newest value that was read of a column, as it is; NaN before the first."""
        return float(self._newest[column])

    def buckets(self, column: int, least_width: float = 0) -> Buckets:
        """Return one column, with buckets merged further until they are at least ``least_width`` steps wide."""
        width = self.width
        while width < least_width:
            width *= 2
        groups = self._groups(width, slice(column, column + 1))
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

    def _groups(self, width: int, columns: slice) -> _Groups:
        if width == self.width:
            return self._kept.view(0, columns)
        if self._wide is None or self._wide.width != width:
            self._wide = _Wide(width, self._capacity, len(self._table.names))
        self._wide.follow(self._kept)
        return self._wide.view(columns)

    def _learn_cadence(self) -> None:
        # Rows may share a step (single updates of one player), so it is the first two steps that differ which tell.
        steps, _ = self._table.rows(max(0, self._taken - 1), min(len(self._table), self._taken + CHUNK_ROWS))
        apart = np.diff(steps)
        apart = apart[apart > 0]
        if len(apart):
            self._cadence = int(apart[0])
            self._join()

    def _join(self) -> None:
        """Join what is of one bucket at the present width."""
        self._kept.put(self._kept.view().merged(self.width))
        self._wide = None

    def _take(self, steps: Steps, values: NDArray[np.float32]) -> None:
        self._newest[:] = values[-1]
        new = _Groups.of_rows(steps, values, self.width)
        while len(new) + len(self) > self._capacity:
            self._doublings += 1
            self._join()
            new = new.merged(self.width)
        end = len(self)
        if end and self._kept.view(end - 1).first[0] // self.width == new.first[0] // self.width:
            new = self._joined_to_last(new)
            end -= 1
        self._kept.put(new, end)

    def _joined_to_last(self, new: _Groups) -> _Groups:
        last = self._kept.view(len(self) - 1)
        return _Groups(
            np.concatenate((last.first, new.first)),
            np.concatenate((last.last, new.last)),
            np.concatenate((last.count, new.count)),
            np.concatenate((last.total, new.total)),
            np.concatenate((last.low, new.low)),
            np.concatenate((last.high, new.high)),
            np.concatenate((last.bad, new.bad)),
        ).merged(self.width)
