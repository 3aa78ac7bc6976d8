"""Ranges that stay still, and the numbers on axes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ganstudio.ui.views import chart_scale
from ganstudio.ui.views.chart_scale import ValueRange


def test_the_axis_of_steps_ends_at_a_rounded_number_not_far_beyond() -> None:
    for step in (1, 99, 101, 125, 3000, 12_480, 999_999, 1_000_001):
        end = chart_scale.step_ceiling(step)
        assert end >= step
        assert end <= max(100, step * 4 / 3)
    assert chart_scale.step_ceiling(12_480) == 12_500
    assert chart_scale.step_ceiling(1_000_001) == 1_250_000


def test_the_axis_of_steps_changes_seldom() -> None:
    ends = {chart_scale.step_ceiling(step) for step in range(1, 100_000)}
    assert len(ends) == 31  # ten in every decade from 100 on, and 100 itself


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.38629, "1.39"),
        (0.00412, "0.00412"),
        (-0.6931, "−0.693"),
        (12_345, "12345"),
        (1.5e-7, "1.50·10⁻⁷"),
        (3.2e9, "3.20·10⁹"),
        (0.0, "0"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_are_short_and_readable(value: float, text: str) -> None:
    assert chart_scale.number(value) == text


def test_ticks_lie_inside_the_range_at_round_values() -> None:
    assert chart_scale.linear_ticks(0, 1, 4) == [0, 0.5, 1]
    assert chart_scale.linear_ticks(-0.3, 2.1, 5) == pytest.approx([0, 0.5, 1, 1.5, 2])
    assert chart_scale.log_ticks(-3.2, 0.1, 4) == [-3, -2, -1, 0]
    assert [chart_scale.log_tick_text(mark) for mark in (-5.0, -3.0, 0.0, 3.0, 6.0)] == [
        "10⁻⁵",
        "0.001",
        "1",
        "1000",
        "10⁶",
    ]


def test_iterations_are_grouped_or_counted_in_thousands() -> None:
    assert chart_scale.step_text(12_480) == "12\u202f480"
    assert chart_scale.step_text(150_000, 250_000) == "150k"
    assert chart_scale.step_text(1_500_000, 2e6) == "1.5M"


def test_labels_are_moved_apart_and_keep_their_order() -> None:
    assert chart_scale.spread_apart([10, 12], 10, 0, 100) == [10, 20]
    assert chart_scale.spread_apart([98, 95], 10, 0, 100) == [100, 90]
    assert chart_scale.spread_apart([], 10, 0, 100) == []


def noisy(level: float, count: int = 200, seed: int = 0) -> np.ndarray:
    return level + 0.1 * np.random.default_rng(seed).standard_normal(count)


def test_a_range_is_rounded_and_holds_the_data_and_what_must_be_seen() -> None:
    values = ValueRange()
    values.fit(noisy(1), noisy(1.2), [math.log(4)])
    assert values.low <= 0.8
    assert values.high >= 1.4
    for end in (values.low, values.high):
        assert end * 20 == pytest.approx(round(end * 20))


def test_noise_hardly_moves_a_range() -> None:
    values = ValueRange()
    changes = [values.fit(noisy(1, seed=seed), noisy(1.2, seed=seed)) for seed in range(60)]
    assert changes[0]
    assert sum(changes) <= 3
    assert values.high - values.low < 1.5


def test_a_first_spike_does_not_squeeze_the_rest() -> None:
    low, high = noisy(1), noisy(1.2)
    high[0] = 50
    values = ValueRange()
    values.fit(low, high)
    assert values.high < 3


def test_few_values_are_all_seen() -> None:
    values = ValueRange()
    values.fit(np.array([1.0, 1, 9]), np.array([1.0, 1, 9]))
    assert values.high >= 9


def test_a_range_grows_at_once_and_shrinks_only_after_a_while() -> None:
    values = ValueRange()
    values.fit(noisy(0), noisy(0))
    assert values.fit(noisy(0), noisy(8))
    assert values.high >= 8
    calls = next(count for count in range(1, 100) if values.fit(noisy(0), noisy(0)))
    assert calls == chart_scale.PATIENCE
    assert values.high < 2


def test_a_constant_and_an_empty_curve_have_a_range() -> None:
    values = ValueRange()
    assert not values.fit(np.empty(0), np.empty(0))
    values.fit(np.full(5, 2.0), np.full(5, 2.0))
    assert values.low < 2 < values.high
    values.reset()
    values.fit(np.full(3, np.nan), np.array([np.nan, np.inf, -np.inf]))
    assert values.low < values.high
    assert math.isfinite(values.low + values.high)


def test_a_range_never_pads_across_zero() -> None:
    values = ValueRange()
    values.fit(np.array([0.0, 0.01]), np.array([0.9, 1.0]))
    assert values.low == 0


def test_a_log_range_spans_a_decade_at_least_and_ignores_what_has_no_logarithm() -> None:
    values = ValueRange(log=True)
    values.fit(np.array([0.0, 0.02, -1, np.nan]), np.array([0.03, 0.03, np.inf, 0.03]), [0.004])
    assert 10**values.low <= 0.004
    assert 10**values.high >= 0.03
    assert values.high - values.low >= 1
    assert values.position(np.array([0.0, 0.1])).tolist() == [-1000, -1]


def test_what_is_always_shown_is_shown_before_any_data() -> None:
    values = ValueRange()
    values.set_least((0.0, 1.0))
    assert (values.low, values.high) == (0, 1)
    values.fit(np.array([0.4]), np.array([0.6]))
    assert values.low <= 0
    assert values.high >= 1


@pytest.mark.parametrize("log", [False, True])
def test_one_end_stays_while_the_other_one_grows(log: bool) -> None:
    values = ValueRange(log=log)
    values.fit(np.full(3, 0.3), np.full(3, 0.5))
    low = values.low
    for high in (4.0, 31.0, 900.0):
        assert values.fit(np.full(3, 0.3), np.full(3, high))
    assert values.low == low


@pytest.mark.parametrize("least", [(0.0,), (0.5, 0.5)])
def test_a_range_that_must_show_one_value_only_has_an_extent_before_there_is_data(least: tuple[float, ...]) -> None:
    values = ValueRange()
    values.set_least(least)
    assert values.low == least[0]
    assert values.high > values.low
