"""Thinning a history against brute force."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from ganstudio.engine.history import History, Room, Table
from ganstudio.ui.views.thinner import Thinner


def table_of(steps: np.ndarray, values: np.ndarray) -> Table:
    table = Table([f"x{column}" for column in range(values.shape[1])])
    table.append(steps, values.astype(np.float32))
    return table


def brute_force(steps: np.ndarray, values: np.ndarray, width: int) -> list[tuple[float, ...]]:
    found = []
    for key in np.unique(steps // width):
        rows = steps // width == key
        finite = values[rows][np.isfinite(values[rows])].astype(np.float64)
        some = len(finite) > 0
        found.append(
            (
                steps[rows][0],
                steps[rows][-1],
                finite.mean() if some else np.nan,
                finite.min() if some else np.nan,
                finite.max() if some else np.nan,
                bool((~np.isfinite(values[rows])).any()),
            )
        )
    return found


def as_rows(thinner: Thinner, column: int, least_width: float = 0) -> np.ndarray:
    b = thinner.buckets(column, least_width)
    return np.array([b.first, b.last, b.mean, b.low, b.high, b.bad], float).T


@pytest.mark.parametrize("cadence", [1, 7, 100])
@pytest.mark.parametrize("batch", [1, 13, 5000])
def test_buckets_equal_brute_force_however_the_rows_arrive(cadence: int, batch: int) -> None:
    rng = np.random.default_rng(0)
    steps = cadence * np.arange(1, 1501)
    values = rng.normal(size=(1500, 2)).astype(np.float32)
    values[rng.random((1500, 2)) < 0.05] = np.nan
    values[40, 0], values[41, 1] = np.inf, -np.inf
    table = Table(["a", "b"])
    thinner = Thinner(table, capacity=64)
    for start in range(0, 1500, batch):
        table.append(steps[start : start + batch], values[start : start + batch])
        assert thinner.update()
    assert len(thinner) <= 64
    assert thinner.width % cadence == 0
    assert (thinner.width // cadence).bit_count() == 1
    for column in (0, 1):
        expected = np.array(brute_force(steps, values[:, column], thinner.width), float)
        np.testing.assert_allclose(as_rows(thinner, column), expected, rtol=1e-12)


def test_a_wider_view_equals_brute_force_at_its_width() -> None:
    steps = np.arange(1, 501)
    values = np.random.default_rng(1).normal(size=(500, 1)).astype(np.float32)
    thinner = Thinner(table_of(steps, values))
    thinner.update()
    made = thinner.buckets(0, least_width=5)
    assert made.width == 8
    expected = np.array(brute_force(steps, values[:, 0], 8), float)
    np.testing.assert_allclose(as_rows(thinner, 0, 5), expected, rtol=1e-12)


@pytest.mark.parametrize("batch", [1, 7, 60])
def test_a_wider_view_that_is_read_as_rows_arrive_equals_one_that_is_read_at_the_end(batch: int) -> None:
    rng = np.random.default_rng(2)
    steps = np.cumsum(rng.integers(0, 3, 700)) + 1
    values = rng.normal(size=(700, 2)).astype(np.float32)
    values[rng.random((700, 2)) < 0.05] = np.nan
    table = Table(["a", "b"])
    thinner = Thinner(table, capacity=256)
    for start in range(0, 700, batch):
        table.append(steps[start : start + batch], values[start : start + batch])
        thinner.update()
        width = thinner.buckets(start % 2, least_width=13).width
        assert width == 16
    for column in (0, 1):
        expected = np.array(brute_force(steps, values[:, column], 16), float)
        np.testing.assert_allclose(as_rows(thinner, column, 13), expected, rtol=1e-12)


def test_an_update_reads_only_rows_that_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(np.arange(1, 100_001), np.zeros((100_000, 1)))
    thinner = Thinner(table)
    thinner.update()
    read = []
    original = Table.rows
    monkeypatch.setattr(
        Table, "rows", lambda self, start=0, stop=None: read.append((start, stop)) or original(self, start, stop)
    )
    table.append(np.arange(100_001, 100_011), np.ones((10, 1), np.float32))
    thinner.update()
    assert read == [(100_000, 100_010)]


def test_without_new_rows_an_update_does_nothing() -> None:
    thinner = Thinner(table_of(np.arange(3), np.zeros((3, 1))))
    assert thinner.update()
    assert not thinner.update()


def test_a_limit_leaves_the_rest_for_the_next_update() -> None:
    thinner = Thinner(table_of(np.arange(1, 101), np.zeros((100, 1))))
    thinner.update(limit=30)
    assert (thinner.taken, thinner.last_step, thinner.is_behind) == (30, 30, True)
    thinner.update()
    assert (thinner.taken, thinner.is_behind) == (100, False)


def test_a_million_rows_stay_within_the_capacity() -> None:
    table = Table(["x"])
    thinner = Thinner(table)
    for start in range(0, 1_000_000, 100_000):
        table.append(np.arange(start, start + 100_000), np.full((100_000, 1), start, np.float32))
        thinner.update()
    made = thinner.buckets(0)
    assert 1_000 < len(made) <= 2_000
    assert made.first[0] == 0
    assert made.last[-1] == 999_999
    assert made.high[-1] == 900_000


def test_rows_of_one_step_share_a_bucket_and_do_not_hide_the_cadence() -> None:
    steps = np.array([0, 0, 0, 1, 2, 2, 3])
    thinner = Thinner(table_of(steps, np.arange(7.0)[:, None]))
    thinner.update(limit=2)
    thinner.update()
    made = thinner.buckets(0)
    assert made.first.tolist() == [0, 1, 2, 3]
    assert made.mean.tolist() == [1, 3, 4.5, 6]
    assert thinner.width == 1


def test_a_nan_of_step_zero_is_no_fault_but_any_later_one_is() -> None:
    values = np.array([[np.nan], [1.0], [np.nan], [np.inf]])
    thinner = Thinner(table_of(np.arange(4), values))
    thinner.update()
    made = thinner.buckets(0)
    assert made.bad.tolist() == [False, False, True, True]
    np.testing.assert_array_equal(made.mean, [np.nan, 1, np.nan, np.nan])


def test_the_newest_value_is_as_it_was_recorded() -> None:
    thinner = Thinner(table_of(np.arange(3), np.array([[1.0], [2.0], [np.nan]])))
    assert np.isnan(thinner.newest(0))
    thinner.update(limit=2)
    assert thinner.newest(0) == 2


def test_the_bucket_nearest_to_a_step_is_found() -> None:
    thinner = Thinner(table_of(np.array([100, 200, 300]), np.zeros((3, 1))))
    assert thinner.buckets(0).index_at(5) is None
    thinner.update()
    made = thinner.buckets(0)
    assert [made.index_at(step) for step in (0, 149, 151, 299, 1e9)] == [0, 0, 1, 2, 2]


def test_a_long_history_on_disk_is_thinned_in_the_memory_of_a_short_one() -> None:
    history = History(Room(0))
    table = history.table(["a", "b"])
    values = np.random.default_rng(0).normal(size=(50_000, 2)).astype(np.float32)
    for start in range(0, 1_000_000, 50_000):
        table.append(np.arange(start, start + 50_000), values)
    thinner = Thinner(table)
    thinner.update(limit=10_000)
    tracemalloc.start()
    try:
        while thinner.is_behind:
            thinner.update(limit=32_768)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 50_000
    assert most < 2_000_000
    assert thinner.buckets(0).high.max() == values[:, 0].max()
    assert thinner.newest(1) == values[-1, 1]
