"""NumPy's files, read piece by piece: what is in them is known before any of it is loaded. Pickles are never opened."""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

CHUNK_BYTES = 8 * 2**20
MAGIC_LENGTH = 6
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
HEADER_ERRORS = (ValueError, EOFError, SyntaxError, TypeError, tokenize.TokenError)  # what NumPy raises at nonsense


class ArrayError(ValueError):
    """A file that holds no array that can be used; says why."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredArray:
    """An array in a file: its shape and type, and its rows when they are asked for.

    ``open`` gives the file at the first byte after the header.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    open: Callable[[], IO[bytes]]

    def parts(self) -> Iterator[NDArray]:
        """Yield the array's rows in order, some at a time.

        Raises
        ------
        ArrayError
            If the file ends before, or is damaged.
        """
        row_shape = self.shape[1:]
        row_bytes = math.prod(row_shape) * self.dtype.itemsize
        step = max(1, CHUNK_BYTES // max(1, row_bytes))
        with self.open() as stream:
            for start in range(0, self.shape[0], step):
                rows = min(step, self.shape[0] - start)
                yield np.frombuffer(_exactly(stream, rows * row_bytes), self.dtype).reshape(rows, *row_shape)

    def whole(self) -> NDArray:
        """Return all of a small array."""
        parts = list(self.parts())
        return np.concatenate(parts) if parts else np.empty(self.shape, self.dtype)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    try:
        content = stream.read(count)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise ArrayError(f"it is damaged: {error}") from None
    if len(content) < count:
        raise ArrayError("it ends too early")
    return content


def read_header(stream: IO[bytes], name: str, size: int) -> tuple[tuple[int, ...], np.dtype, int]:
    """Return shape, type and length of the header of an array of ``size`` bytes, header included.

    Raises
    ------
    ArrayError
        If there is none, it holds Python objects, or shape and size do not agree.
    """
    try:
        version = np.lib.format.read_magic(stream)
        if version not in HEADERS:
            raise ArrayError(f"{name} is of the format's version {version[0]}.{version[1]}")
        shape, is_fortran, dtype = HEADERS[version](stream)
    except ArrayError:
        raise
    except (*HEADER_ERRORS, OSError, zlib.error, zipfile.BadZipFile) as error:
        raise ArrayError(f"{name} is no array: {str(error).splitlines()[0].rstrip('.')}") from None
    if dtype.hasobject:
        raise ArrayError(f"{name} holds pickled Python objects, which could run any code and are never opened")
    if is_fortran and sum(length > 1 for length in shape) > 1:
        raise ArrayError(f"{name} is stored column by column; save numpy.ascontiguousarray of it")
    if any(length < 0 for length in shape):
        raise ArrayError(f"{name} has the shape {shape}")
    length = stream.tell()
    if length + math.prod(shape) * dtype.itemsize > size:
        raise ArrayError(f"{name} is cut off: its header promises {shape} of {dtype}, which is more than there is")
    return shape, dtype, length


def open_npy(path: Path) -> StoredArray:
    """Return the array of a .npy file.

    Raises
    ------
    ArrayError
        If it is none that can be used.
    """
    with path.open("rb") as stream:
        shape, dtype, length = read_header(stream, "it", path.stat().st_size)

    def opened() -> IO[bytes]:
        stream = path.open("rb")
        stream.seek(length)
        return stream

    return StoredArray("it", shape, dtype, opened)


def open_npz(path: Path) -> dict[str, StoredArray]:
    """Return the arrays of a .npz file by name.

    Raises
    ------
    ArrayError
        If the file is damaged, or one of its arrays is none that can be used.
    """
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                with archive.open(info) as stream:
                    shape, dtype, length = read_header(stream, f"its array {name!r}", info.file_size)
                arrays[name] = StoredArray(name, shape, dtype, _entry(path, info.filename, length))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise ArrayError(f"something is damaged: {error}") from None
    return arrays


def _entry(path: Path, name: str, skip: int) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        with zipfile.ZipFile(path) as archive:
            stream = archive.open(name)  # keeps the file open until it is closed itself
        stream.read(skip)
        return stream

    return opened
