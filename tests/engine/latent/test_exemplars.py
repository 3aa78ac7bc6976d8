"""Exemplars for the guided analogy: who labels them, what is measured of them, which are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.engine.images import shipped
from ganstudio.engine.latent import exemplars
from ganstudio.engine.latent.exemplars import Labels
from ganstudio.engine.latent.nearest import NearestIndex


def stroke(lean: float, width: int = 3, side: int = 28) -> np.ndarray:
    """Return a stroke that moves ``lean`` pixels to the right per pixel upwards."""
    image = np.zeros((side, side, 1), np.uint8)
    for row in range(4, side - 4):
        middle = side // 2 + round(lean * (side / 2 - row))
        image[row, middle - width // 2 : middle + width // 2 + 1] = 255
    return image


@pytest.mark.parametrize("lean", [-0.5, 0.0, 0.5])
def test_slant_is_how_far_the_ink_moves_to_the_right_per_pixel_upwards(lean: float) -> None:
    assert exemplars.slant(stroke(lean)[None])[0] == pytest.approx(lean, abs=0.03)


def test_an_empty_image_has_no_slant_and_no_ink() -> None:
    empty = np.zeros((1, 8, 8, 3), np.uint8)
    assert exemplars.slant(empty)[0] == 0
    assert exemplars.boldness(empty)[0] == 0


def test_boldness_is_the_mean_brightness() -> None:
    half = np.zeros((1, 4, 4, 1), np.uint8)
    half[0, :2] = 255
    assert exemplars.boldness(half)[0] == pytest.approx(0.5)


def test_the_classifier_reads_digits() -> None:
    digits = shipped.digits()
    images, labels = digits.images[:300], np.asarray(digits.labels)[:300]
    *waits, found = exemplars.read_as_digits(images, chunk=128)
    assert waits == [None, None, None]
    assert found is not None
    assert (found.labels == labels).mean() > 0.97
    assert found.source == "classifier"


def test_the_nearest_training_images_vote_for_a_label() -> None:
    digits = shipped.digits()
    index = NearestIndex(digits.images[:2_000], np.asarray(digits.labels)[:2_000])
    *_, found = exemplars.nearest_labels(digits.images[2_000:2_100], index)
    assert found is not None
    assert (found.labels == np.asarray(digits.labels)[2_000:2_100]).mean() > 0.85
    assert found.confidence.min() >= 0.2
    assert found.confidence.max() == 1


def test_without_labels_the_nearest_training_images_cannot_vote() -> None:
    images = shipped.digits().images[:8]
    with pytest.raises(ValueError, match="no labels"):
        next(exemplars.nearest_labels(images, NearestIndex(images)))


def test_chosen_are_sure_ones_of_the_class_with_the_most_or_the_least() -> None:
    labels = np.array([0, 1, 1, 1, 1, 1, 0])
    sure = np.array([1, 1, 1, 0.5, 1, 1, 1], np.float32)
    values = np.array([9.0, 5, 4, 8, 1, 2, 9])
    found = Labels(labels, sure, "classifier")
    assert exemplars.chosen(found, values, 1, much=True, count=2).tolist() == [1, 2]
    assert exemplars.chosen(found, values, 1, much=False, count=2).tolist() == [4, 5]
    assert len(exemplars.chosen(found, values, 7, much=True)) == 0


def test_the_outermost_two_in_a_hundred_are_passed_over() -> None:
    count = 200
    found = Labels(np.zeros(count, np.int64), np.ones(count, np.float32), "classifier")
    assert exemplars.chosen(found, np.arange(count, dtype=float), 0, much=True).tolist() == [195, 194, 193]


def test_typical_are_the_surest_of_the_class() -> None:
    found = Labels(np.array([2, 2, 2, 1]), np.array([0.95, 0.99, 0.4, 1], np.float32), "classifier")
    assert exemplars.typical(found, 2).tolist() == [1, 0]


def test_the_class_that_was_asked_for_is_a_label() -> None:
    found = exemplars.asked(np.array([[0, 1, 0], [0.5, 0.25, 0.25]], np.float32))
    assert found.labels.tolist() == [1, 0]
    assert found.confidence.tolist() == [1, 0.5]
