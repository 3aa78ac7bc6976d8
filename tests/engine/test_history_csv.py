"""A history as CSV, in pieces of any size."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from ganstudio.engine.history import History, Room
from ganstudio.engine.history_csv import csv_pieces


def rows_of(history: History, rows_at_once: int) -> list[dict[str, str]]:
    pieces = list(csv_pieces(history, rows_at_once))
    shares = [share for share, _ in pieces]
    assert shares == sorted(shares)
    return list(csv.DictReader(io.StringIO("".join(text for _, text in pieces))))


@pytest.mark.parametrize("rows_at_once", [1, 2, 3, 100])
def test_the_last_row_of_an_iteration_carries_its_measurements(rows_at_once: int) -> None:
    history = History()
    steps = np.array([0, 0, 1, 2, 2, 2, 3])
    history.table(["loss/d"]).append(steps, np.arange(7, dtype=np.float32)[:, None])
    history.table(["metric/jsd"]).append(np.array([0, 2]), np.array([[0.5], [0.25]], np.float32))
    rows = rows_of(history, rows_at_once)
    assert [row["step"] for row in rows] == ["0", "0", "1", "2", "2", "2", "3"]
    assert [row["loss/d"] for row in rows] == ["0", "1", "2", "3", "4", "5", "6"]
    assert [row["metric/jsd"] for row in rows] == ["", "0.5", "", "", "", "0.25", ""]


def test_values_survive_the_round_trip_exactly() -> None:
    history = History()
    values = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    values[7, 1] = np.nan
    history.table(["a", "b", "c"]).append(np.arange(50), values)
    rows = rows_of(history, 8)
    read = np.array([[float(row[name]) for name in "abc"] for row in rows], np.float32)
    np.testing.assert_array_equal(read, values)


def test_an_empty_history_is_a_header_alone() -> None:
    assert [text for _, text in csv_pieces(History())] == ["step\n"]


def test_what_is_on_disk_is_written_as_what_is_in_memory() -> None:
    texts = []
    for history in (History(), History(Room(0), chunk_rows=17)):
        rng = np.random.default_rng(3)
        main, others = history.table(["a", "b"]), history.table(["c"])
        for start in range(0, 500, 25):
            main.append(np.arange(start, start + 25), rng.normal(size=(25, 2)).astype(np.float32))
            others.append(np.array([start + 24]), rng.normal(size=(1, 1)).astype(np.float32))
        texts.append("".join(text for _, text in csv_pieces(history, 64)))
    assert texts[0] == texts[1]
    assert texts[0].count("\n") == 501
