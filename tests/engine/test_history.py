"""Append-only scalars, readable from another thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ganstudio.engine import history as histories
from ganstudio.engine.history import CHUNK_ROWS, Event, History, Table, from_arrays


def filled(rows: int, names: tuple[str, ...] = ("loss/d", "loss/g")) -> Table:
    table = Table(names)
    append(table, 0, rows)
    return table


def append(table: Table, start: int, rows: int) -> None:
    steps = np.arange(start, start + rows, dtype=np.int64)
    table.append(steps, np.stack([steps * (column + 1) for column in range(len(table.names))], 1).astype(np.float32))


def assert_rows(table: Table, start: int, stop: int) -> None:
    steps, values = table.rows(start, stop)
    np.testing.assert_array_equal(steps, np.arange(start, stop))
    np.testing.assert_array_equal(values, np.stack([steps, 2 * steps], 1).astype(np.float32))


@pytest.mark.parametrize("rows", [0, 1, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS + 5])
def test_what_was_appended_at_once_is_read_back(rows: int) -> None:
    table = filled(rows)
    assert len(table) == rows
    assert_rows(table, 0, rows)


def test_rows_appended_in_uneven_pieces_cross_chunks_unharmed() -> None:
    table = Table(("loss/d", "loss/g"))
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
    steps, values = table.rows(10)
    assert (steps.shape, values.shape) == ((0,), (0, 2))


def test_rows_are_never_moved_when_the_table_grows() -> None:
    table = filled(CHUNK_ROWS)
    steps, values = table.rows()
    append(table, CHUNK_ROWS, CHUNK_ROWS)
    assert np.shares_memory(steps, table.rows(0, 10)[0])
    np.testing.assert_array_equal(values[:, 1], 2 * np.arange(CHUNK_ROWS))


def test_a_reader_never_sees_a_row_that_is_not_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "CHUNK_ROWS", 64)  # many edges
    table = Table(("loss/d", "loss/g"))
    total = 30_000

    def write() -> None:
        for start in range(0, total, 30):
            append(table, start, 30)

    writer = threading.Thread(target=write)
    writer.start()
    looks, length = 0, 0
    while length < total:
        length = len(table)
        assert_rows(table, max(0, length - 500), length)
        looks += 1
    writer.join()
    assert_rows(table, 0, total)
    assert looks >= 1


def test_memory_is_that_of_the_chunks() -> None:
    assert filled(CHUNK_ROWS + 1).nbytes == 2 * CHUNK_ROWS * (8 + 2 * 4)
    assert History().nbytes == 0


def test_a_history_finds_scalars_by_name() -> None:
    history = History()
    append(history.table(("loss/d", "loss/g")), 0, 5)
    append(history.table(("metric/jsd",)), 10, 3)
    assert history.table(("loss/d", "loss/g")) is history.tables[0]
    assert history.names() == ("loss/d", "loss/g", "metric/jsd")
    assert history.column("loss/g") == (history.tables[0], 1)
    assert history.column("loss/x") is None
    steps, values = history.series("loss/g", start=3)
    assert (steps.tolist(), values.tolist()) == ([3, 4], [6.0, 8.0])
    assert history.nbytes == sum(table.nbytes for table in history.tables)


def test_an_unknown_series_is_empty() -> None:
    steps, values = History().series("loss/d")
    assert (len(steps), len(values)) == (0, 0)


def test_last_gives_the_newest_of_every_scalar_that_has_one() -> None:
    history = History()
    append(history.table(("loss/d", "loss/g")), 0, 5)
    history.table(("metric/jsd",))
    assert history.last() == {"loss/d": 4.0, "loss/g": 8.0}


@pytest.mark.parametrize(("step", "rows"), [(-1, 0), (0, 1), (3, 4), (99, 8)])
def test_until_copies_what_lies_before_a_step(step: int, rows: int) -> None:
    history = History()
    append(history.table(("loss/d",)), 0, 8)
    history.events += [Event(2, "k: 1 → 5"), Event(6, "diverged")]
    copy = history.until(step)
    assert len(copy.table(("loss/d",))) == rows
    assert [event.step for event in copy.events] == [event.step for event in history.events if event.step <= step]
    append(copy.table(("loss/d",)), 100, 4)
    assert len(history.table(("loss/d",))) == 8
    assert history.last() == {"loss/d": 7.0}


def test_until_keeps_every_row_of_the_same_step() -> None:
    history = History()
    history.table(("loss/d",)).append(np.array([1, 2, 2, 3]), np.zeros((4, 1), np.float32))
    assert history.until(2).series("loss/d")[0].tolist() == [1, 2, 2]


def test_a_history_is_made_from_arrays() -> None:
    original = filled(CHUNK_ROWS + 3)
    history = from_arrays({original.names: original.rows()})
    assert_rows(history.table(original.names), 0, CHUNK_ROWS + 3)
