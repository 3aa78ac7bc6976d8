"""Which images are held out."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio import paths
from ganstudio.engine.images.split import held_out_indices


@pytest.fixture
def labels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 7, size=1_234)


def test_a_tenth_of_every_class_is_held_out(labels):
    held = held_out_indices(labels, 0.1, 0)
    assert len(held) == 123
    sizes = np.bincount(labels)
    assert (np.abs(np.bincount(labels[held], minlength=7) - sizes * 0.1) < 1).all()


def test_indices_are_ascending_and_distinct(labels):
    assert (np.diff(held_out_indices(labels, 0.3, 5)) > 0).all()


def test_equal_arguments_give_equal_splits_and_other_seeds_others(labels):
    first = held_out_indices(labels, 0.1, 0)
    assert np.array_equal(first, held_out_indices(labels.astype(np.uint8), 0.1, 0))
    assert not np.array_equal(first, held_out_indices(labels, 0.1, 1))


def test_the_split_does_not_change_from_version_to_version():
    assert held_out_indices(np.arange(40) % 2, 0.1, 0).tolist() == [2, 14, 17, 27]


def test_no_class_loses_its_last_image():
    assert held_out_indices(np.array([0, 1, 2]), 0.5, 0).tolist() == []
    assert len(held_out_indices(np.array([0, 0, 1]), 1.0, 0)) == 1


def test_an_empty_set_has_nothing_to_hold_out():
    assert held_out_indices(np.empty(0, np.int64), 0.1, 0).tolist() == []


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(ValueError, match="share"):
        held_out_indices(np.zeros(3, np.int64), share, 0)


def test_a_thousand_of_the_shipped_digits_are_held_out():
    with np.load(paths.resources() / "datasets" / "mnist10k.npz", allow_pickle=False) as file:
        digits = file["labels"]
    held = held_out_indices(digits)
    assert len(held) == 1_000
    assert np.bincount(digits[held]).tolist() == [100, 113, 99, 103, 98, 86, 102, 107, 94, 98]
