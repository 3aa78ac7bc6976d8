"""Rows in chunks, in memory and on disk: whatever is spilled when, a table reads as one long array."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import FrameType

import numpy as np
import pytest

from ganstudio.engine.event_log import EventLog
from ganstudio.engine.spill import SpillFile
from ganstudio.engine.table import CHUNK_ROWS, Room, Table, _Chunk

NAMES = ("loss/d", "loss/g")


def filled(rows: int) -> Table:
    table = Table(NAMES)
    append(table, 0, rows)
    return table


def append(table: Table, start: int, rows: int) -> None:
    steps = np.arange(start, start + rows, dtype=np.int64)
    table.append(steps, np.stack([steps * (column + 1) for column in range(len(table.names))], 1).astype(np.float32))


def assert_rows(table: Table, start: int, stop: int) -> None:
    steps, values = table.rows(start, stop)
    np.testing.assert_array_equal(steps, np.arange(start, stop))
    np.testing.assert_array_equal(values, np.stack([steps, 2 * steps], 1).astype(np.float32))


def full_disk(self: SpillFile, *buffers: memoryview) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("rows", [0, 1, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS + 5])
def test_what_was_appended_at_once_is_read_back(rows: int) -> None:
    table = filled(rows)
    assert len(table) == rows
    assert table.last_step == rows - 1
    assert_rows(table, 0, rows)


def test_rows_appended_in_uneven_pieces_cross_chunks_unharmed() -> None:
    table = Table(NAMES)
    total = 0
    for piece in (1, CHUNK_ROWS - 2, 3, 0, 2 * CHUNK_ROWS, 7):
        append(table, total, piece)
        total += piece
    assert_rows(table, 0, total)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (0, 1),
        (CHUNK_ROWS - 1, CHUNK_ROWS),
        (CHUNK_ROWS - 1, CHUNK_ROWS + 1),
        (CHUNK_ROWS, 2 * CHUNK_ROWS),
        (5, 2 * CHUNK_ROWS + 5),
        (2 * CHUNK_ROWS, 2 * CHUNK_ROWS + 10),
    ],
)
def test_any_range_can_be_read(start: int, stop: int) -> None:
    assert_rows(filled(2 * CHUNK_ROWS + 10), start, stop)


def test_a_range_ends_with_the_table_and_may_be_empty() -> None:
    table = filled(10)
    assert len(table.rows(8, 100)[0]) == 2
    for start, stop in ((10, None), (3, 3), (9, 2), (100, 200)):
        steps, values = table.rows(start, stop)
        assert (steps.shape, values.shape) == ((0,), (0, 2))


def test_rows_are_never_moved_when_the_table_grows() -> None:
    table = filled(CHUNK_ROWS)
    steps, values = table.rows()
    append(table, CHUNK_ROWS, CHUNK_ROWS)
    assert np.shares_memory(steps, table.rows(0, 10)[0])
    np.testing.assert_array_equal(values[:, 1], 2 * np.arange(CHUNK_ROWS))


def test_memory_is_that_of_the_chunks() -> None:
    assert filled(CHUNK_ROWS + 1).nbytes == 2 * CHUNK_ROWS * (8 + 2 * 4)


# -- what outgrows the budget ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_any_split_into_chunks_budgets_and_appends_reads_as_one_array(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, chunk_rows, total = int(rng.integers(1, 8)), int(rng.integers(1, 60)), int(rng.integers(0, 700))
    budget = int(rng.integers(0, 12)) * chunk_rows * (8 + 4 * columns) // 2
    steps = np.cumsum(rng.integers(0, 3, total))
    values = rng.normal(size=(total, columns)).astype(np.float32)
    values[rng.random((total, columns)) < 0.05] = np.nan
    room = Room(budget)
    table = Table([f"x{column}" for column in range(columns)], room, EventLog(), chunk_rows)
    done = 0
    while done < total:
        count = int(rng.choice([1, 3, 64, 500]))
        table.append(steps[done : done + count], values[done : done + count])
        done = min(total, done + count)
        assert len(table) == done
        start, stop = sorted(rng.integers(0, done + 1, 2).tolist())
        found_steps, found_values = table.rows(start, stop)
        np.testing.assert_array_equal(found_steps, steps[start:stop])
        np.testing.assert_array_equal(found_values, values[start:stop])
        assert table.nbytes <= budget + chunk_rows * (8 + 4 * columns)
    pieces = list(table.blocks())
    assert sum(len(some) for some, _ in pieces) == total
    for found, wanted in zip(table.rows(), (steps, values), strict=True):
        assert found.dtype == (np.int64 if wanted is steps else np.float32)
        np.testing.assert_array_equal(found, wanted)
    bytes_a_chunk = chunk_rows * (8 + 4 * columns)
    assert room.file.size == max(0, total // chunk_rows - budget // bytes_a_chunk) * bytes_a_chunk


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_up_to_a_step_shares_what_is_full_and_goes_its_own_way(seed: int) -> None:
    rng = np.random.default_rng(seed)
    total, chunk_rows = 300, int(rng.integers(1, 40))
    steps = np.cumsum(rng.integers(0, 3, total))
    values = rng.normal(size=(total, 2)).astype(np.float32)
    room = Room(int(rng.integers(0, 4)) * chunk_rows * 16)
    table = Table(NAMES, room, EventLog(), chunk_rows)
    table.append(steps, values)
    written = room.file.size
    step = int(rng.integers(-1, steps[-1] + 3))
    keep = int(np.searchsorted(steps, step, side="right"))
    copy = table.until(step, room, EventLog())
    assert room.file.size - written <= chunk_rows * 16
    np.testing.assert_array_equal(copy.rows()[0], steps[:keep])
    copy.append(steps[keep:] + 1000, values[keep:])
    np.testing.assert_array_equal(copy.rows()[0], np.concatenate((steps[:keep], steps[keep:] + 1000)))
    np.testing.assert_array_equal(copy.rows()[1], values)
    np.testing.assert_array_equal(table.rows()[0], steps)


def test_tables_of_one_room_share_its_budget_and_the_oldest_leave_first() -> None:
    room = Room(3 * 10 * 16)
    one, other = (Table(NAMES, room, EventLog(), 10) for _ in range(2))
    for start in range(0, 50, 10):
        append(one, start, 10)
        append(other, start, 10)
    assert one.nbytes + other.nbytes == 3 * 10 * 16
    assert (one.nbytes, other.nbytes) == (1 * 10 * 16, 2 * 10 * 16)
    assert_rows(one, 0, 50)
    assert_rows(other, 0, 50)


def test_a_full_disk_is_said_once_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    room, events = Room(2 * 10 * 16), EventLog()
    table = Table(NAMES, room, events, 10)
    append(table, 0, 45)
    with monkeypatch.context() as full:
        full.setattr(SpillFile, "write", full_disk)
        append(table, 45, 100)
    assert [(event.step, event.text) for event in events] == [(49, "history stays in memory: No space left on device")]
    assert_rows(table, 0, 145)
    assert table.nbytes == (15 - 2) * 10 * 16  # two chunks had left before
    append(table, 145, 20)  # there is room again
    assert table.nbytes == (2 + 1) * 10 * 16
    assert_rows(table, 0, 165)
    assert len(events) == 1


def test_a_disk_that_does_not_give_rows_back_is_an_error_and_no_wrong_row(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(NAMES, Room(0), EventLog(), 10)
    append(table, 0, 25)

    def broken(self: SpillFile, offset: int, size: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(SpillFile, "read", broken)
    with pytest.raises(OSError, match="Input/output"):
        table.rows()
    assert_rows(table, 20, 25)


# -- two threads -------------------------------------------------------------------------------------------------------


@pytest.fixture
def _impatient_threads() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def test_a_chunk_may_leave_memory_between_any_two_lines_of_a_read() -> None:
    moments = 0
    for moment in range(1, 20):
        table = Table(NAMES, chunk_rows=10)
        append(table, 0, 10)
        (chunk,) = table._chunks
        lines = 0

        def leave(frame: FrameType, event: str, arg: object, moment: int = moment, chunk: _Chunk = chunk) -> object:
            nonlocal lines, moments
            if frame.f_code is _Chunk.read.__code__ and event == "line":
                lines += 1
                if lines == moment:
                    chunk.spill(SpillFile())
                    moments += 1
            return leave

        before = sys.gettrace()
        sys.settrace(leave)
        try:
            steps, values = table.rows(2, 7)
        finally:
            sys.settrace(before)
        assert steps.tolist() == [2, 3, 4, 5, 6]
        assert values[:, 1].tolist() == [4, 6, 8, 10, 12]
    assert moments >= 3


@pytest.mark.usefixtures("_impatient_threads")
@pytest.mark.parametrize("budget", [None, 0, 3 * 64 * 16])
def test_readers_see_whole_rows_while_chunks_fill_and_leave_memory(budget: int | None) -> None:
    room = None if budget is None else Room(budget)
    table = Table(NAMES, room, EventLog(), 64)  # many edges
    total = 60_000
    faults: list[AssertionError] = []
    looks = [0, 0]

    def read(reader: int) -> None:
        rng = np.random.default_rng(reader)
        length = 0
        while length < total:
            length = len(table)
            start = max(0, length - 500) if reader else int(rng.integers(0, length + 1))
            try:
                assert_rows(table, start, min(length, start + 500))
            except AssertionError as fault:
                faults.append(fault)
                return
            looks[reader] += 1

    readers = [threading.Thread(target=read, args=(reader,)) for reader in range(2)]
    for reader in readers:
        reader.start()
    for start in range(0, total, 32):
        append(table, start, 32)
    for reader in readers:
        reader.join()
    assert not faults
    assert min(looks) >= 1
    assert_rows(table, 0, total)
