"""A ZIP of pictures. Nothing is unpacked to the disk, and an archive that swells beyond measure is refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from typing_extensions import override

from ganstudio.engine.images.classes import classes_of_folders
from ganstudio.engine.images.folder_source import could_be_picture
from ganstudio.engine.images.listing import MOST_FILES, Found, is_junk
from ganstudio.engine.images.pictures import PictureError, read_picture
from ganstudio.engine.images.problems import printable, system_words, unusable
from ganstudio.engine.images.sources import Batch, Source

LARGEST_ENTRY = 256 * 2**20  # bytes, unpacked
LARGEST_RATIO = 200  # unpacked to packed; a picture's own compression leaves little to gain
SMALL = 2**20  # bytes below which a ratio does not matter
LARGEST_TOTAL = 256 * 2**30
READING_ERRORS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


class ZipSource(Source):
    """The picture files in a ZIP archive."""

    def __init__(self, path: Path) -> None:
        status = path.stat()
        infos = _infos(path, status.st_size)
        files = {_name(info): info for info in infos if not info.is_dir() and not _is_junk(_name(info))}
        found = [Found(name, files[name].file_size, 0) for name in sorted(files)]
        chosen = [file for file in found if could_be_picture(file)]
        self._path = path
        self._entries = [files[file.name] for file in chosen]
        labels, class_names, notes = classes_of_folders([file.folders for file in chosen])
        self._labels = np.zeros(len(chosen), np.int64) if labels is None else labels
        super().__init__(path.stem, len(chosen), class_names, [(path.name, status.st_size, status.st_mtime_ns)])
        self.notes += notes
        for file in found:
            if not could_be_picture(file):
                self.skipped.add(file.name, f"{file.suffix} is no picture's ending")

    @override
    def batches(self, size: int) -> Iterator[Batch]:
        with zipfile.ZipFile(self._path) as archive:
            for info, label in zip(self._entries, self._labels, strict=True):
                try:
                    pixels = read_picture(io.BytesIO(_content(archive, info)), size)
                except PictureError as error:
                    self.skipped.add(_name(info), str(error))
                else:
                    yield Batch(pixels[None], np.array([label]))


def names_in(path: Path) -> list[str]:
    """Return the names in a ZIP archive, as they stand there.

    Raises
    ------
    ConfigError
        If it is damaged.
    """
    return [info.filename for info in _opened(path)]


def _opened(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except OSError as error:
        raise unusable(path, "a ZIP archive that can be read", f"the system says: {system_words(error)}") from None
    except (*READING_ERRORS, LookupError, MemoryError) as error:
        raise unusable(path, "a whole ZIP archive", f"something is damaged: {error}") from None


def _infos(path: Path, size: int) -> list[zipfile.ZipInfo]:
    infos = _opened(path)
    if len(infos) > MOST_FILES:
        raise unusable(path, f"a ZIP with up to {MOST_FILES:,} entries", f"there are {len(infos):,}")
    total = sum(info.file_size for info in infos)
    if total > LARGEST_TOTAL:
        allowed = f"a ZIP of up to {LARGEST_TOTAL // 2**30} GiB unpacked"
        raise unusable(path, allowed, f"the entries come to {total / 2**30:,.0f} GiB")
    if total > SMALL and total > LARGEST_RATIO * size:
        allowed = f"a ZIP that unpacks to at most {LARGEST_RATIO} times its size"
        raise unusable(path, allowed, f"the entries come to {total / size:,.0f} times it")
    return infos


def _name(info: zipfile.ZipInfo) -> str:
    parts = [part for part in info.filename.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return printable("/".join(parts))


def _is_junk(name: str) -> bool:
    return not name or any(is_junk(part) for part in name.split("/"))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return an entry's bytes; never more of them than its header says, which is looked at first."""
    if info.flag_bits & 1:
        raise PictureError("encrypted")
    if not info.file_size:
        raise PictureError("empty")
    if info.file_size > LARGEST_ENTRY:
        found = f"{info.file_size / 2**20:,.0f} MiB unpacked"
        raise PictureError(f"too large: {found}; up to {LARGEST_ENTRY // 2**20} MiB are read")
    if info.file_size > SMALL and info.file_size > LARGEST_RATIO * info.compress_size:
        raise PictureError(f"unpacks to {info.file_size / max(1, info.compress_size):,.0f} times its size; not opened")
    try:
        with archive.open(info) as stream:
            return stream.read(info.file_size)
    except READING_ERRORS as error:
        raise PictureError(f"damaged in the archive: {str(error)[:120]}") from None
