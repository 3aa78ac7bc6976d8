"""A set of images of one size, and how it is divided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.images.split import held_out_indices

CHUNK_BYTES = 8 * 2**20  # of images gone through at once, so that a set on disk never fills the memory
SUBSET_SEED = 0  # of the data, not of the run: every run with as many images has the same ones


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be used, by its name below the source, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class ImageSet:
    """Images of one size, with or without classes.

    Parameters
    ----------
    images
        (N, H, W, C) uint8, C = 1 (grey) or 3 (RGB); mapped from the disk where it is a person's own set.
    labels
        Class of every image, (N,), from 0; None without classes.
    class_names
        A name for every class, also for one without an image.
    title
        What the set is called.
    skipped, skipped_count
        The files that were passed over: the first of them, and how many in all.
    notes
        What else a person should know of how the source was read.
    held_out_rows
        How many of the last rows are the held-out part, where the images are in the order of :func:`split_rows`;
        None: they are in any other.
    mean
        The mean of all images, (H, W, C), where it was found when they were read; see :meth:`mean_image`.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...]
    title: str
    skipped: tuple[Skipped, ...] = ()
    skipped_count: int = 0
    notes: tuple[str, ...] = ()
    held_out_rows: int | None = None
    mean: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != np.uint8 or self.images.shape[3] not in (1, 3):
            raise ValueError(f"images: {self.images.dtype} {self.images.shape}; uint8 (N, H, W, 1 or 3) is needed")
        if self.labels is not None and len(self.labels) != len(self.images):
            raise ValueError(f"labels: {len(self.labels)}; one for each of {len(self.images)} images is needed")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of an image as nets see it: (C, H, W)."""
        _, height, width, channels = self.images.shape
        return channels, height, width

    @property
    def classes(self) -> int:
        """The number of classes; 0 without labels."""
        return 0 if self.labels is None else len(self.class_names)

    @property
    def class_counts(self) -> tuple[int, ...]:
        """The number of images of every class; empty without labels."""
        if self.labels is None:
            return ()
        return tuple(np.bincount(self.labels, minlength=self.classes).tolist())

    def mean_image(self) -> NDArray[np.uint8]:
        """Return the mean of all images, (H, W, C), rounded; goes through the whole set if it is not known yet."""
        if self.mean is not None:
            return self.mean
        total = np.zeros(self.images.shape[1:])
        for start, stop in chunks(self.images.shape):
            total += self.images[start:stop].sum(axis=0, dtype=np.int64)
        return np.rint(total / max(1, len(self))).astype(np.uint8)

    def taken(self, rows: NDArray[np.int64] | slice) -> ImageSet:
        """Return the images of these rows; a slice copies nothing, an array of rows copies them into memory."""
        labels = None if self.labels is None else self.labels[rows]
        return replace(self, images=self.images[rows], labels=labels, held_out_rows=None, mean=None)

    def of_class(self, index: int) -> ImageSet:
        """Return the images of one class, as a set without classes."""
        if self.labels is None:
            return self
        chosen = self.taken(np.flatnonzero(self.labels == index))
        return replace(chosen, labels=None, class_names=(), title=f"{self.title}: {self.class_names[index]}")

    def split(self, limit: int | None = None) -> ImageSplit:
        """Return the part to train with and the part held out, a tenth of every class and always the same.

        Of the part to train with, at most ``limit`` images are taken, of every class its share: fewer of them are
        always among more of them. What is held out stays whole.
        """
        if self.held_out_rows is not None:  # in this very order already: nothing is copied
            middle = len(self) - self.held_out_rows
            return ImageSplit(self.taken(slice(0, min(middle, limit or middle))), self.taken(slice(middle, None)))
        train, held_out = split_rows(self.labels, len(self))
        return ImageSplit(self.taken(np.sort(train[:limit])), self.taken(held_out))

    def first(self, count: int) -> ImageSet:
        """Return ``count`` of the images, of every class its share; the set itself if it has no more."""
        if count >= len(self):
            return self
        labels = np.zeros(len(self), np.int64) if self.labels is None else self.labels
        return self.taken(np.sort(_shared_out(labels)[:count]))


class ImageSplit(NamedTuple):
    """The images to train with and those held out."""

    train: ImageSet
    held_out: ImageSet


def split_rows(labels: NDArray[np.int64] | None, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows to train with, ordered so that a class has its share of any number of the first, and the others.

    The held-out ones are ascending; of a set too small to give a tenth, it is the last row.
    """
    labels = np.zeros(count, np.int64) if labels is None else labels
    held_out = held_out_indices(labels)
    if not len(held_out) and count > 1:
        held_out = np.array([count - 1])
    rest = np.ones(count, bool)
    rest[held_out] = False
    train = np.flatnonzero(rest)
    return train[_shared_out(labels[train])], held_out


def _shared_out(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return an order of the images in which every class comes up evenly, and by chance within it."""
    keys = np.random.PCG64(np.random.SeedSequence([SUBSET_SEED, len(labels)])).random_raw(len(labels))
    order = np.lexsort((keys, labels))  # by class, and by chance in a class
    sizes = np.bincount(labels)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = (rank + 0.5) / sizes[labels[order]]
    return order[np.argsort(place, kind="stable")]


def chunks(shape: tuple[int, ...], chunk_bytes: int = CHUNK_BYTES) -> list[tuple[int, int]]:
    """Return (start, stop) of the rows of an array of bytes, so many that each part is of about ``chunk_bytes``."""
    step = max(1, chunk_bytes // max(1, int(np.prod(shape[1:], dtype=np.int64))))
    return [(start, min(start + step, shape[0])) for start in range(0, shape[0], step)]
