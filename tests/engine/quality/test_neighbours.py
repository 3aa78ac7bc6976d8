"""Nearest images and duplicates, by their pixels."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.engine.images import shipped
from ganstudio.engine.quality import neighbours
from ganstudio.engine.quality.neighbours import NearestImages, duplicates, nearest_other, twin_distance


def grey(*levels: int) -> np.ndarray:
    """Return images of 2 × 2 pixels of one grey each."""
    return np.repeat(np.array(levels, np.uint8), 4).reshape(-1, 2, 2, 1)


def brute(images: np.ndarray, train: np.ndarray) -> np.ndarray:
    apart = images[:, None].astype(np.int64) - train[None]
    return np.sqrt(np.mean(apart**2, axis=(2, 3, 4))) / 255


@pytest.mark.parametrize("images", [shipped.digits().images[::25], shipped.emoji().images[::25]], ids=["grey", "rgb"])
def test_a_training_image_is_its_own_nearest_at_exactly_0(images):
    found = NearestImages(images)(images)
    assert found.indices[:, 0].tolist() == list(range(len(images)))
    assert not found.distances.any()


@pytest.mark.parametrize("channels", [1, 3])
def test_search_agrees_with_plain_differences_also_in_parts(channels, monkeypatch):
    rng = np.random.default_rng(0)
    train = rng.integers(0, 256, (60, 9, 9, channels)).astype(np.uint8)
    images = rng.integers(0, 256, (11, 9, 9, channels)).astype(np.uint8)
    monkeypatch.setattr(neighbours, "CHUNK_BYTES", 8 * 81 * channels * 7)
    expected = brute(images, train)
    found = NearestImages(train)(images, k=5)
    assert np.array_equal(found.indices, np.argsort(expected, axis=1)[:, :5])
    np.testing.assert_allclose(found.distances, np.sort(expected, axis=1)[:, :5], rtol=1e-12)
    assert np.array_equal(NearestImages(train)(images).indices[:, 0], found.indices[:, 0])


def test_distances_are_root_mean_squares_and_of_equal_ones_the_first_comes_first(monkeypatch):
    monkeypatch.setattr(neighbours, "CHUNK_BYTES", 8 * 4 * 2)
    found = NearestImages(grey(255, 10, 0, 10))(grey(10), k=3)
    assert found.indices.tolist() == [[1, 3, 2]]
    np.testing.assert_allclose(found.distances, [[0, 0, 10 / 255]])
    assert NearestImages(grey(255, 10, 0, 10))(grey(10)).indices.tolist() == [[1]]


def test_more_neighbours_than_there_are_images_are_all_of_them():
    assert NearestImages(grey(1, 2))(grey(2), k=8).indices.tolist() == [[1, 0]]


def test_images_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="training images are"):
        NearestImages(grey(1))(np.zeros((1, 3, 3, 1), np.uint8))


def test_a_file_mapped_read_only_can_be_searched(tmp_path):
    np.save(tmp_path / "train.npy", grey(5, 9, 200))
    train = np.load(tmp_path / "train.npy", mmap_mode="r")
    assert NearestImages(train)(grey(190)).indices.tolist() == [[2]]


def test_the_nearest_other_is_never_the_image_itself():
    np.testing.assert_allclose(nearest_other(grey(0, 51, 255)) * 5, [1, 1, 4])


def test_duplicates_are_counted_within_a_distance():
    images = grey(0, 1, 100, 102, 200, 200, 200)
    assert duplicates(images, 0.0) == 3
    assert duplicates(images, 1 / 255) == 5
    assert duplicates(images, 2 / 255) == 7
    assert duplicates(images[:1], 1.0) == 0


def test_one_image_in_a_hundred_has_a_twin_by_definition():
    images = shipped.digits().images[:: 10_000 // 500]
    within = twin_distance(images)
    assert duplicates(images, within) in (5, 6)  # nearest pairs come as two
    assert twin_distance(grey(0, 7, 30)) == pytest.approx(7 / 255)
