"""IDX files, gzipped or not: MNIST, Fashion-MNIST, EMNIST and whatever else is written so."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.images.classes import classes_of_values
from ganstudio.engine.images.pictures import MOST_PIXELS
from ganstudio.engine.images.problems import unusable
from ganstudio.engine.images.sources import MOST_IMAGES, Batch, Source

ALLOWED = "IDX images as MNIST has them: unsigned bytes of three axes (or four, the last one 3)"
GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTES = 0x08
CHUNK_BYTES = 8 * 2**20
READING_ERRORS = (OSError, EOFError, zlib.error, struct.error)
FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


class IdxSource(Source):
    """The images of an IDX file, with the labels of the file beside it if there is one.

    EMNIST's images lie on their side in their files (Cohen et al. 2017); by the name of the file they are known and
    turned upright.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._shape = _image_shape(path)
        self._emnist = path.name.lower().startswith("emnist")
        labels_path = labels_beside(path)
        self._labels: NDArray[np.int64] = np.zeros(self._shape[0], np.int64)
        class_names: tuple[str, ...] = ()
        files = [path]
        if labels_path is not None:
            self._labels, class_names = _read_labels(labels_path, self._shape[0])
            class_names = _named(path, class_names)
            files.append(labels_path)
        fingerprint = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        super().__init__(_title(path), self._shape[0], class_names, fingerprint)
        self.is_grey = len(self._shape) == 3
        if labels_path is not None:
            self.notes.append(f"The labels are those of {labels_path.name}.")

    @override
    def batches(self, size: int) -> Iterator[Batch]:
        count, *image = self._shape
        image_bytes = math.prod(image)
        step = max(1, CHUNK_BYTES // image_bytes)
        with opened(self._path) as stream:
            stream.read(4 + 4 * len(self._shape))
            for start in range(0, count, step):
                rows = min(step, count - start)
                pixels = np.frombuffer(_exactly(self._path, stream, rows * image_bytes), np.uint8)
                pixels = pixels.reshape(rows, image[0], image[1], -1)
                if self._emnist:
                    pixels = np.ascontiguousarray(pixels.transpose(0, 2, 1, 3))
                yield Batch(pixels, self._labels[start : start + rows])


def opened(path: Path) -> IO[bytes]:
    """Return a file opened for reading, unpacked if it is gzipped."""
    with path.open("rb") as stream:
        packed = stream.read(2) == GZIP_MAGIC
    return cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb")


def is_idx(path: Path) -> bool:
    """Whether a file begins as an IDX file does, of images or of labels."""
    try:
        with opened(path) as stream:
            head = stream.read(4)
    except READING_ERRORS:
        return False
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in (8, 9, 11, 12, 13, 14) and 1 <= head[3] <= 4


def axes_of(path: Path) -> int:
    """Return how many axes an IDX file has: one for labels, three for images."""
    with opened(path) as stream:
        return stream.read(4)[3]


def labels_beside(path: Path) -> Path | None:
    """Return the file of labels that belongs to a file of images, gzipped or not, or None."""
    plain = path.name.removesuffix(".gz")
    name = plain.replace("images", "labels").replace("idx3", "idx1").replace("idx4", "idx1")
    if name == plain:
        return None
    for candidate in (name, f"{name}.gz"):
        if (path.parent / candidate).is_file():
            return path.parent / candidate
    return None


def _read_labels(path: Path, count: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    allowed = f"one label for each of the {count:,} images"
    (found,) = _shape(path, allowed, axes=(1,))
    if found != count:
        raise unusable(path, allowed, f"there are {found:,}")
    with opened(path) as stream:
        stream.read(8)
        return classes_of_values(np.frombuffer(_exactly(path, stream, count), np.uint8))


def _image_shape(path: Path) -> tuple[int, ...]:
    shape = _shape(path, ALLOWED, axes=(3, 4))
    count, height, width = shape[:3]
    if min(shape) < 1 or (len(shape) == 4 and shape[3] not in (1, 3)) or height * width > MOST_PIXELS:
        raise unusable(path, ALLOWED, f"the shape is {shape}")
    if count > MOST_IMAGES:
        raise unusable(path, f"up to {MOST_IMAGES:,} images", f"there are {count:,}")
    return shape


def _shape(path: Path, allowed: str, axes: tuple[int, ...]) -> tuple[int, ...]:
    try:
        with opened(path) as stream:
            head = stream.read(4)
            if len(head) < 4 or head[:2] != b"\0\0":
                raise unusable(path, allowed, "the first bytes are not those of an IDX file")
            if head[3] == 1 and 1 not in axes:
                raise unusable(path, f"{allowed}; choose the file of the images", "there are labels")
            if head[2] != UNSIGNED_BYTES or head[3] not in axes:
                raise unusable(path, allowed, f"there is type 0x{head[2]:02x} with {head[3]} axes")
            return struct.unpack(f">{head[3]}I", stream.read(4 * head[3]))
    except READING_ERRORS as error:
        raise unusable(path, allowed, f"something is damaged: {error}") from None


def _exactly(path: Path, stream: IO[bytes], count: int) -> bytes:
    try:
        content = stream.read(count)
    except READING_ERRORS as error:
        raise unusable(path, "a whole IDX file", f"something is damaged: {error}") from None
    if len(content) < count:
        raise unusable(path, "a whole IDX file", "the data end before what the header promises")
    return content


def _title(path: Path) -> str:
    plain = path.name.removesuffix(".gz").removesuffix(".idx")
    if plain in ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "train-images.idx3-ubyte"):
        return path.parent.name or plain
    return plain.removesuffix("-idx3-ubyte").removesuffix("-images")


def _named(path: Path, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return names for the classes where more is known than numbers: of Fashion-MNIST, and EMNIST's mapping file."""
    if "fashion" in f"{path.parent.name}/{path.name}".lower() and values == tuple(map(str, range(len(FASHION)))):
        return FASHION
    split = path.name.partition("-train-")[0].partition("-test-")[0]
    try:
        lines = (path.parent / f"{split}-mapping.txt").read_text("ascii").split("\n")
        letters = {pair[0]: chr(int(pair[1])) for line in lines if len(pair := line.split()) >= 2}
    except (OSError, ValueError, OverflowError):
        return values
    return tuple(letters.get(value, value) for value in values)
