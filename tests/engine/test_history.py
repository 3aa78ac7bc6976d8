"""All scalars of a run by name, and its events."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from ganstudio.engine.history import Event, History, Room, Table


def append(table: Table, start: int, rows: int) -> None:
    steps = np.arange(start, start + rows, dtype=np.int64)
    table.append(steps, np.stack([steps * (column + 1) for column in range(len(table.names))], 1).astype(np.float32))


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
    assert History().nbytes == 0


def test_last_gives_the_newest_of_every_scalar_that_has_one() -> None:
    history = History()
    append(history.table(("loss/d", "loss/g")), 0, 5)
    history.table(("metric/jsd",))
    assert history.last() == {"loss/d": 4.0, "loss/g": 8.0}


@pytest.mark.parametrize("budget_bytes", [0, 10**6])
@pytest.mark.parametrize(("step", "rows"), [(-1, 0), (0, 1), (3, 4), (99, 8)])
def test_until_copies_what_lies_before_a_step(step: int, rows: int, budget_bytes: int) -> None:
    history = History(Room(budget_bytes), chunk_rows=2)
    append(history.table(("loss/d",)), 0, 8)
    history.events.extend([Event(2, "k: 1 → 5"), Event(6, "diverged")])
    copy = history.until(step)
    assert len(copy.table(("loss/d",))) == rows
    assert [event.step for event in copy.events] == [event.step for event in history.events if event.step <= step]
    append(copy.table(("loss/d",)), 100, 4)
    copy.events.append(Event(100, "lr 1→2"))
    assert len(history.table(("loss/d",))) == 8
    assert history.last() == {"loss/d": 7.0}
    assert len(history.events) == 2


def test_until_keeps_every_row_of_the_same_step() -> None:
    history = History(chunk_rows=3)
    history.table(("loss/d",)).append(np.array([1, 2, 2, 2, 2, 3]), np.zeros((6, 1), np.float32))
    assert history.until(2).series("loss/d")[0].tolist() == [1, 2, 2, 2, 2]


def test_a_copy_outlives_the_history_whose_file_it_shares() -> None:
    history = History(Room(0), chunk_rows=10)
    append(history.table(("loss/d",)), 0, 95)
    assert history.spilled_bytes == 9 * 10 * 12
    copy = history.until(70)
    del history
    gc.collect()
    assert copy.series("loss/d")[1].tolist() == list(range(71))


def test_a_dropped_history_leaves_no_file_open() -> None:
    history = History(Room(0), chunk_rows=10)
    append(history.table(("loss/d",)), 0, 25)
    file = history._room.file._file
    assert file is not None
    gc.disable()  # by reference counts alone: a run's disk space is free as soon as the run is
    try:
        del history
        assert file.closed
    finally:
        gc.enable()


def test_memory_stays_within_the_budget_however_many_rows_there_are() -> None:
    history = History()
    scalars, metrics = history.table(("a", "b", "c", "d", "e", "f")), history.table(("m", "n"))
    values = np.zeros((5_000, 6), np.float32)
    most = 0
    for start in range(0, 600_000, 5_000):
        scalars.append(np.arange(start, start + 5_000), values)
        metrics.append(np.arange(start, start + 5_000, 100), values[:50, :2])
        most = max(most, history.nbytes)
    assert most < 6 * 2**20
    assert history.spilled_bytes > 12 * 2**20
    assert history.series("a")[0].tolist() == list(range(600_000))
