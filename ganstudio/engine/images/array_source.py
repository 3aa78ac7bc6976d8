"""Images in NumPy's files: .npy, or .npz with labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.images.array_files import ArrayError, StoredArray, open_npy, open_npz
from ganstudio.engine.images.classes import classes_of_values
from ganstudio.engine.images.fitting import Pixels
from ganstudio.engine.images.pixel_values import ALLOWED_VALUES, conversion
from ganstudio.engine.images.problems import unusable
from ganstudio.engine.images.sources import MOST_CLASSES, MOST_IMAGES, Batch, Source

ALLOWED_SHAPE = "images of the shape (N, H, W) or (N, H, W, C) with C = 1, 3 or 4, or (N, C, H, W)"
ALLOWED_FILE = "a file as numpy.save or numpy.savez writes it"
# By which names images go in .npz files, and their labels then.
LABELS_OF = {
    "images": "labels",
    "x_train": "y_train",
    "train_images": "train_labels",
    "train_x": "train_y",
    "x": "y",
    "data": "labels",
    "arr_0": "arr_1",
}
LARGEST_IMAGE = 128 * 2**20  # bytes of one; a packed file may promise any size
LARGEST_LABELS = 2**30  # bytes of all
LABEL_NAMES = ("labels", "label", "y", "targets", "target", "classes")


class ArraySource(Source):
    """The images of one array, with the labels of another one if there is one.

    Raises
    ------
    ConfigError
        If the shapes are not those of images and their labels.
    """

    def __init__(self, path: Path, images: StoredArray, labels: StoredArray | None) -> None:
        self._path, self._images = path, images
        self._channels_first = _channels_first(path, images)
        values: NDArray = np.zeros(images.shape[0], np.int64)
        class_names: tuple[str, ...] = ()
        if labels is not None:
            values, class_names = _read_labels(path, labels, images.shape[0])
        self._labels = values
        status = path.stat()
        super().__init__(path.stem, images.shape[0], class_names, [(path.name, status.st_size, status.st_mtime_ns)])
        self.is_grey = len(images.shape) == 3 or images.shape[1 if self._channels_first else 3] == 1

    @override
    def batches(self, size: int) -> Iterator[Batch]:
        start = 0
        try:
            convert = conversion(self._images.dtype, self._watched_parts)
            for part in self._images.parts():
                pixels = _opaque(_channels_last(convert(part), self._channels_first))
                yield Batch(pixels, self._labels[start : start + len(pixels)])
                start += len(pixels)
        except ArrayError as error:
            raise unusable(self._path, "a whole file, as NumPy writes it", str(error)) from None
        except ValueError as error:
            raise unusable(self._path, ALLOWED_VALUES, str(error)) from None

    def _watched_parts(self) -> Iterator[NDArray]:
        for part in self._images.parts():
            self.heartbeat()
            yield part


def npy_source(path: Path) -> ArraySource:
    """Return the images of a .npy file.

    Raises
    ------
    ConfigError
        If it holds none.
    """
    try:
        return ArraySource(path, open_npy(path), None)
    except ArrayError as error:
        raise unusable(path, ALLOWED_FILE, str(error)) from None


def npz_source(path: Path) -> ArraySource:
    """Return the images of a .npz file, and their labels if there are any.

    Raises
    ------
    ConfigError
        If it holds no images, or labels of another length.
    """
    try:
        arrays = open_npz(path)
        name = _images_of(path, arrays)
        return ArraySource(path, arrays[name], _labels_of(arrays, name))
    except ArrayError as error:
        raise unusable(path, ALLOWED_FILE, str(error)) from None


def _images_of(path: Path, arrays: Mapping[str, StoredArray]) -> str:
    """Return the name of the array of images: the only one of three or four axes, or the first known name."""
    candidates = [name for name, array in arrays.items() if len(array.shape) in (3, 4)]
    known = [name for name in LABELS_OF if name in candidates]
    if len(candidates) == 1 or known:
        return known[0] if known else candidates[0]
    found = ", ".join(f"{name} {array.shape}" for name, array in list(arrays.items())[:8]) or "no array"
    raise unusable(path, f"an array called images: {ALLOWED_SHAPE}", f"there is {found}")


def _labels_of(arrays: Mapping[str, StoredArray], images: str) -> StoredArray | None:
    usual = LABELS_OF.get(images)
    for name in (*((usual,) if usual else ()), *LABEL_NAMES):
        if name in arrays:
            return arrays[name]
    return None


def _read_labels(path: Path, labels: StoredArray, count: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    allowed = f"one label for each of the {count:,} images, a whole number or a text, of up to {MOST_CLASSES:,} kinds"
    flat = len(labels.shape) == 1 or (len(labels.shape) == 2 and labels.shape[1] == 1)
    if not flat or labels.shape[0] != count:
        raise unusable(path, allowed, f"the labels have the shape {labels.shape}")
    if count * labels.dtype.itemsize > LARGEST_LABELS:
        raise unusable(path, allowed, f"the labels are of the type {labels.dtype}")
    try:
        return classes_of_values(labels.whole().reshape(-1))
    except ArrayError:
        raise
    except ValueError as error:
        raise unusable(path, allowed, f"there are {error}") from None


def _channels_first(path: Path, images: StoredArray) -> bool:
    """Whether the array is (N, C, H, W); looks at the shape before anything is loaded."""
    shape = images.shape
    last = len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3, 4))
    first = not last and len(shape) == 4 and shape[1] in (1, 3, 4)
    if not (last or first) or min(shape[1:]) < 1:
        raise unusable(path, ALLOWED_SHAPE, f"the shape is {shape}")
    if math.prod(shape[1:]) * images.dtype.itemsize > LARGEST_IMAGE:
        found = f"the shape is {shape} of {images.dtype}"
        raise unusable(path, f"images of up to {LARGEST_IMAGE // 2**20} MiB each", found)
    if shape[0] > MOST_IMAGES:
        raise unusable(path, f"up to {MOST_IMAGES:,} images", f"there are {shape[0]:,}")
    return first


def _channels_last(pixels: Pixels, channels_first: bool) -> Pixels:
    if pixels.ndim == 3:
        return pixels[..., None]
    return np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)) if channels_first else pixels


def _opaque(pixels: Pixels) -> Pixels:
    """Return images without transparency, on white where they had it."""
    if pixels.shape[3] != 4:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
