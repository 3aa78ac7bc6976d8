"""What happened in a run, in order, however much it was. This module does not import torch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, overload

from typing_extensions import override

from ganstudio.engine.spill import SpillFile

BLOCK = 512  # events that are written to the file together; from one to two blocks stay in memory


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened between two steps: a changed setting, a divergence."""

    step: int
    text: str


class _Stored(NamedTuple):
    """A block of events in the file."""

    offset: int
    size: int


class EventLog(Sequence[Event]):
    """Events, oldest first; the newest are in memory, those before them in a file.

    One thread appends, any may read without a lock. A log equals a list of the same events.

    Parameters
    ----------
    file
        Where older events go.
    """

    def __init__(self, file: SpillFile | None = None) -> None:
        self._file = file or SpillFile()
        # One attribute, replaced as a whole, so that a reader has blocks and newest events that belong together.
        self._parts: tuple[tuple[_Stored, ...], list[Event]] = ((), [])

    def append(self, event: Event) -> None:
        """Append an event."""
        blocks, newest = self._parts
        newest.append(event)
        if len(newest) >= 2 * BLOCK and len(newest) % BLOCK == 0:
            self._shorten(blocks, newest)

    def extend(self, events: Iterable[Event]) -> None:
        """Append events."""
        for event in events:
            self.append(event)

    def until(self, step: int) -> EventLog:
        """Return a copy without the events after ``step``."""
        copy = EventLog(self._file)
        copy.extend(event for event in self if event.step <= step)
        return copy

    def _shorten(self, blocks: tuple[_Stored, ...], newest: list[Event]) -> None:
        while len(newest) >= 2 * BLOCK:
            data = json.dumps([[event.step, event.text] for event in newest[:BLOCK]]).encode()
            try:
                offset = self._file.write(data)
            except OSError:
                return  # they stay in memory, and the next block tries again
            blocks, newest = (*blocks, _Stored(offset, len(data))), newest[BLOCK:]
            self._parts = blocks, newest

    def _from(self, start: int) -> Iterator[Event]:
        """Yield the events from the one at ``start`` on, without reading the blocks before it."""
        blocks, newest = self._parts
        first = min(start // BLOCK, len(blocks))
        yield from islice(self._events(blocks[first:], newest), start - first * BLOCK, None)

    def _events(self, blocks: Sequence[_Stored], newest: Sequence[Event]) -> Iterator[Event]:
        for block in blocks:
            for step, text in json.loads(self._file.read(block.offset, block.size)):
                yield Event(step, text)
        yield from tuple(newest)

    @override
    def __len__(self) -> int:
        blocks, newest = self._parts
        return BLOCK * len(blocks) + len(newest)

    @override
    def __iter__(self) -> Iterator[Event]:
        return self._from(0)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...

    @override
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        places = range(len(self))[index]  # raises where a list would
        if isinstance(places, int):
            return next(self._from(places))
        if not places:
            return []
        low, high = min(places[0], places[-1]), max(places[0], places[-1])
        found = list(islice(self._from(low), high - low + 1))
        return [found[place - low] for place in places]

    def __setitem__(self, index: int, event: Event) -> None:
        """Replace the newest event, the only one that may still change."""
        if range(len(self))[index] != len(self) - 1:
            raise IndexError("only the newest event can be replaced")
        self._parts[1][-1] = event

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    @override
    def __repr__(self) -> str:
        return f"EventLog({list(self)!r})"
