"""Tables of points in files: CSV of one or two columns, or a NumPy array. Every error says where and what."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.distributions import Extent
from ganstudio.engine.params import ConfigError

MAX_VALUES = 10_000_000
MAX_BYTES = 512 * 2**20
LARGEST = float(np.finfo(np.float32).max)
NPY_MAGIC = b"\x93NUMPY"
SMALLEST_SPREAD = 1e-30
MARGIN = 0.1  # of each axis, beyond the quantiles
QUANTILES = (0.001, 0.999)  # one stray point must not shrink all others to a dot

Row = tuple[int, str]  # number and text of a line


@dataclass(frozen=True, slots=True, eq=False)
class PointTable:
    """The points of a file (n, d) and what is known of them.

    ``mean`` (d,) and ``variance``, that of a coordinate, averaged over the axes; ``extent`` holds all but stray points.
    """

    points: NDArray[np.float32]
    mean: NDArray[np.float64]
    variance: float
    extent: Extent


def read_points(file: str) -> PointTable:
    """Return the points of a file; read anew only if its time or its size has changed.

    Raises
    ------
    ConfigError
        Of the setting ``data.file``, if no file is chosen, it cannot be read or it holds anything else than points.
    """
    if not file.strip():
        raise ConfigError("data.file", file, "a CSV or .npy file with one or two columns; choose a file")
    try:
        path = Path(file).expanduser()
        status = path.stat()
    except (RuntimeError, ValueError) as error:  # a home of nobody, a NUL within
        raise ConfigError("data.file", file, f"the name of a file; the system says: {error}") from None
    except FileNotFoundError:
        raise ConfigError("data.file", file, "a file that exists; there is none of this name") from None
    except OSError as error:
        raise _unreadable(file, error) from None
    if path.is_dir():
        raise ConfigError("data.file", file, "a file; this is a folder")
    if not path.is_file():  # to read a pipe is to wait for ever
        raise ConfigError("data.file", file, "a file; this is a pipe or a device")
    try:
        return _read(file, path, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise _unreadable(file, error) from None


def _unreadable(file: str, error: OSError) -> ConfigError:
    return ConfigError("data.file", file, f"a file that can be read; the system says: {error.strerror or error}")


@lru_cache(maxsize=4)
def _read(file: str, path: Path, mtime_ns: int, size: int) -> PointTable:
    del mtime_ns  # part of the cache's key
    if size > MAX_BYTES:
        raise _wrong(file, f"up to {MAX_BYTES // 2**20} MiB", f"it has {size / 2**20:.0f} MiB")
    with path.open("rb") as stream:
        is_array = stream.read(len(NPY_MAGIC)) == NPY_MAGIC
    if path.suffix.lower() == ".npy" and not is_array:
        raise _wrong(file, "a NumPy array, as numpy.save writes it", "its first bytes are not those of one")
    values, where = _read_array(file, path) if is_array else _read_text(file, path)
    _check(file, values, where)
    return _table(values)


def _wrong(file: str, allowed: str, found: str) -> ConfigError:
    return ConfigError("data.file", file, f"{allowed}; in {os.path.basename(file)} {found}")  # noqa: PTH119 - of "C:\a" too


def _check(file: str, values: NDArray[np.float64], where: Callable[[int], str]) -> None:
    if len(values) < 2:
        raise _wrong(file, "two points or more", f"there {'is one' if len(values) else 'are none'}")
    bad = ~(np.abs(values) <= LARGEST)  # true of NaN too
    if bad.any():
        row, column = np.argwhere(bad)[0].tolist()
        found = f"{where(row)}, column {column + 1} holds {values[row, column]:g}"
        raise _wrong(file, f"finite numbers up to {LARGEST:.1e}", found)
    spread = float(np.ptp(values))
    if 0 < spread < SMALLEST_SPREAD:  # densities would exceed what float32 holds
        raise _wrong(file, f"numbers that differ by {SMALLEST_SPREAD:g} or more", f"they differ by {spread:g}")


def _table(values: NDArray[np.float64]) -> PointTable:
    low, high = np.quantile(values, QUANTILES, axis=0)
    # An axis on which nothing varies is drawn as wide as the other one, or as wide as its value is large.
    longest = float(np.max(high - low)) or 0.2 * max(1.0, float(np.max(np.abs(low))))
    half = np.where(high > low, high - low, longest) * (0.5 + MARGIN)
    middle = (low + high) / 2
    extent = tuple((float(m - h), float(m + h)) for m, h in zip(middle, half, strict=True))
    return PointTable(values.astype(np.float32, order="C"), values.mean(0), float(values.var(axis=0).mean()), extent)


def _read_array(file: str, path: Path) -> tuple[NDArray[np.float64], Callable[[int], str]]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)  # mapped: a header may promise more than there is
    except (ValueError, EOFError) as error:
        raise _wrong(
            file, "an array of real numbers, as numpy.save writes it", f"NumPy finds: {str(error).rstrip('.')}"
        ) from None
    if array.dtype.kind not in "iufb":
        raise _wrong(file, "an array of real numbers", f"the type is {array.dtype}")
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] not in (1, 2)):
        raise _wrong(file, "an array of shape (n,), (n, 1) or (n, 2)", f"the shape is {array.shape}")
    if array.size > MAX_VALUES:
        raise _wrong(file, f"up to {MAX_VALUES:,} numbers", f"there are {array.size:,}")
    values = np.array(array, np.float64)
    return values if values.ndim == 2 else values[:, None], lambda row: f"row {row + 1}"


def _read_text(file: str, path: Path) -> tuple[NDArray[np.float64], Callable[[int], str]]:
    lines = _decoded(path.read_bytes()).splitlines()
    rows = [(number, text) for number, line in enumerate(lines, 1) if (text := line.split("#", 1)[0].strip(" \t\0"))]
    if not rows:
        raise _wrong(file, "two points or more", "there is no line with a point")
    separator = next((mark for mark in (";", "\t", ",") if any(mark in text for _, text in rows[:10])), None)
    if not any(_is_number(cell) for cell in _cells(rows[0][1], separator)):
        del rows[0]  # the names of the columns
    if not rows:
        raise _wrong(file, "two points or more", "there is nothing but a line of names")
    columns = len(_cells(rows[0][1], separator))
    if columns > 2:
        raise _wrong(file, "one or two columns", f"line {rows[0][0]} has {columns}")
    if columns * len(rows) > MAX_VALUES:
        raise _wrong(file, f"up to {MAX_VALUES:,} numbers", f"there are {columns * len(rows):,}")
    values = _parsed(file, rows, separator, columns)
    return values, lambda row: f"line {rows[row][0]}"


def _decoded(raw: bytes) -> str:
    """Return the text; spreadsheets mark theirs by a byte order. What is not text turns up as a cell that is wrong."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


def _parsed(file: str, rows: list[Row], separator: str | None, columns: int) -> NDArray[np.float64]:
    plain = [_plain(text, separator) for _, text in rows]
    try:
        values = np.loadtxt(plain, delimiter=separator, ndmin=2, comments=None, dtype=np.float64)
        if values.shape == (len(rows), columns):
            return values
    except ValueError:
        pass  # the rows are gone through below, to say which cell it is
    for number, text in rows:
        cells = _cells(text, separator)
        if len(cells) != columns:
            found = f"line {number} has {len(cells)}"
            raise _wrong(file, f"as many columns in every line as in the first, {columns}", found)
        for column, cell in enumerate(cells, 1):
            if not _is_number(cell):
                raise _wrong(file, "numbers", f"line {number}, column {column} holds {cell[:40]!r}")
    return np.array([[float(cell) for cell in _cells(text, separator)] for _, text in rows])


def _plain(text: str, separator: str | None) -> str:
    """Return a row without quotation marks, decimal commas as points; no commas are left where they separate."""
    text = text.replace('"', "")
    return text.replace(",", ".") if separator in (";", "\t") else text


def _cells(text: str, separator: str | None) -> list[str]:
    return [cell.strip() for cell in _plain(text, separator).split(separator)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
