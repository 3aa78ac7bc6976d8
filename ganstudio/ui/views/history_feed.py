"""A history as charts read it: only what is new, and in buckets."""

from __future__ import annotations

from ganstudio.engine.history import History
from ganstudio.ui.views.thinner import Buckets, Thinner


class HistoryFeed:
    """Follows every table of one history with a :class:`Thinner`."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.reads = 0  # how often there was something new: while it stays the same, nothing that is told here changes
        self._thinners: dict[int, Thinner] = {}  # by the table's id; the history keeps its tables alive
        self._places: dict[str, tuple[Thinner, int]] = {}  # where a scalar was found: a table keeps its columns

    @property
    def last_step(self) -> int:
        """The newest step that was read."""
        return max((thinner.last_step for thinner in self._thinners.values()), default=0)

    @property
    def is_behind(self) -> bool:
        """Whether there are rows that were not read yet."""
        return any(thinner.is_behind for thinner in self._thinners.values())

    def read(self, limit: int | None = None) -> None:
        """Read the rows that are new, at most ``limit`` of each table."""
        for table in list(self.history.tables):
            thinner = self._thinners.get(id(table))
            if thinner is None:
                thinner = self._thinners[id(table)] = Thinner(table)
            self.reads += thinner.update(limit)

    def taken(self, name: str) -> int:
        """Return how many rows of a scalar were read."""
        found = self._found(name)
        return found[0].taken if found else 0

    def buckets(self, name: str, least_width: float = 0) -> Buckets | None:
        """Return a scalar in buckets of at least so many steps, None before its first row was read."""
        found = self._found(name)
        return found[0].buckets(found[1], least_width) if found and found[0].taken else None

    def newest(self, name: str) -> float | None:
        """Return a scalar's newest value as it is, None before its first row was read."""
        found = self._found(name)
        return found[0].newest(found[1]) if found and found[0].taken else None

    def _found(self, name: str) -> tuple[Thinner, int] | None:
        if name not in self._places:
            column = self.history.column(name)
            thinner = self._thinners.get(id(column[0])) if column else None
            if column is None or thinner is None:
                return None
            self._places[name] = thinner, column[1]
        return self._places[name]
