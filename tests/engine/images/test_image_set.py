"""A set of images, and how it is divided."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.engine.images import ImageSet
from ganstudio.engine.images.split import held_out_indices


def numbered(count: int = 200, sizes: tuple[int, ...] = (), stored: bool = False) -> ImageSet:
    """Images that hold their own row."""
    images = np.zeros((count, 2, 2, 3), np.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = np.arange(count) // 256, np.arange(count) % 256
    labels = np.repeat(np.arange(len(sizes)), sizes) if sizes else None
    names = tuple(f"class {index}" for index in range(len(sizes)))
    return ImageSet(
        images=images, labels=labels, class_names=names, title="numbered", held_out_rows=20 if stored else None
    )


def rows(images: ImageSet) -> list[int]:
    return (images.images[:, 0, 0, 0].astype(int) * 256 + images.images[:, 0, 0, 1]).tolist()


def test_a_set_knows_its_shape_and_classes():
    images = numbered(10, (7, 3))
    assert (len(images), images.shape, images.classes, images.class_counts) == (10, (3, 2, 2), 2, (7, 3))
    assert (numbered(4).classes, numbered(4).class_counts) == (0, ())


@pytest.mark.parametrize(
    "images", [np.zeros((2, 4, 4)), np.zeros((2, 4, 4, 2), np.uint8), np.zeros((4, 4, 1), np.uint8)]
)
def test_arrays_that_are_no_images_are_refused(images):
    with pytest.raises(ValueError, match="is needed"):
        ImageSet(images=images, labels=None, class_names=(), title="")


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="one for each of 3 images"):
        ImageSet(images=np.zeros((3, 4, 4, 1), np.uint8), labels=np.zeros(2, np.int64), class_names=("a",), title="")


def test_the_split_is_the_one_that_everything_shares_and_loses_nothing():
    images = numbered(200, (150, 40, 10))
    train, held_out = images.split()
    assert rows(held_out) == held_out_indices(images.labels).tolist()
    assert sorted(rows(train) + rows(held_out)) == list(range(200))
    assert held_out.class_counts == (15, 4, 1)
    assert train.class_counts == (135, 36, 9)


def test_a_set_of_two_has_one_to_train_with_and_one_held_out():
    train, held_out = numbered(2).split()
    assert (rows(train), rows(held_out)) == ([0], [1])


def test_fewer_images_are_among_more_and_every_class_has_its_share():
    images = numbered(200, (100, 60, 40))
    before: set[int] = set()
    for limit in (3, 10, 50, 179, 10_000):
        train, held_out = images.split(limit)
        assert len(train) == min(limit, 180)
        assert before <= set(rows(train))
        before = set(rows(train))
        shares = np.array(train.class_counts) / len(train)
        assert np.abs(shares - [0.5, 0.3, 0.2]).max() <= 1 / len(train) + 0.01
        assert len(held_out) == 20


def test_a_set_that_is_stored_in_order_is_only_sliced():
    images = numbered(200, stored=True)
    train, held_out = images.split()
    assert np.shares_memory(train.images, images.images)
    assert (rows(train), rows(held_out)) == (list(range(180)), list(range(180, 200)))
    assert rows(images.split(7).train) == list(range(7))


def test_one_class_is_a_set_without_classes():
    chosen = numbered(10, (7, 3)).of_class(1)
    assert rows(chosen) == [7, 8, 9]
    assert (chosen.classes, chosen.labels, chosen.title) == (0, None, "numbered: class 1")
    assert rows(numbered(3).of_class(0)) == [0, 1, 2]


def test_the_mean_image_is_that_of_all(monkeypatch):
    monkeypatch.setattr("ganstudio.engine.images.image_set.CHUNK_BYTES", 100)
    pixels = np.random.default_rng(0).integers(0, 256, (57, 4, 4, 1), dtype=np.uint8)
    images = ImageSet(images=pixels, labels=None, class_names=(), title="")
    assert np.array_equal(images.mean_image(), np.rint(pixels.mean(0)).astype(np.uint8))
