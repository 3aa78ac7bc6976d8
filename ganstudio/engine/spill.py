"""Bytes that need not stay in memory: an unnamed file that any thread can read. This module does not import torch."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import weakref
from pathlib import Path
from typing import BinaryIO

from ganstudio import paths


class SpillFile:
    """An append-only file without a name; it is gone when nobody refers to it any more, or the process has ended.

    It lies in the person's cache folder, since a system's temporary folder is often one in memory. Pages of it are the
    system's to keep or to drop: it is read into buffers and never mapped, so that it does not count as resident memory.
    One thread at a time may write. Reading takes no lock where the system can read at a position (everywhere but on
    Windows), and there a short one.

    Parameters
    ----------
    folder
        Where to make it, if not in the cache folder; made at the first write.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self._size = 0
        self._lock = threading.Lock()  # of the file's one position, where reading and writing move it

    @property
    def size(self) -> int:
        """Bytes written."""
        return self._size

    def write(self, *buffers: memoryview | bytes) -> int:
        """Append the buffers, one after the other; return the offset of the first.

        Raises
        ------
        OSError
            If they cannot be written: disk full, no folder that can be written to. What was written before stays.
        """
        if self._file is None:
            self._file = _made(self._folder)
            weakref.finalize(self, self._file.close)
        start = end = self._size
        for buffer in buffers:
            view = memoryview(buffer).cast("B")
            while view:
                count = self._write_at(self._file, view, end)
                end += count
                view = view[count:]
        self._size = end  # last: what was written of a failed attempt will be written over
        return start

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset`` on.

        Raises
        ------
        OSError
            If the disk does not give them back.
        """
        pieces = []
        while size > 0:
            piece = self._read_at(offset, size)
            if not piece:
                raise OSError(errno.EIO, "the history's temporary file was cut short")
            pieces.append(piece)
            offset += len(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _write_at(self, file: BinaryIO, view: memoryview, offset: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(file.fileno(), view, offset)
        with self._lock:
            file.seek(offset)
            return file.write(view)

    def _read_at(self, offset: int, size: int) -> bytes:
        if self._file is None:
            return b""
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, offset)
        with self._lock:
            self._file.seek(offset)
            return self._file.read(size)


def _made(folder: Path | None) -> BinaryIO:
    """Return a new unnamed file in ``folder``, or in the cache folder or else where the system has such files."""
    if folder is None:
        try:
            return _made(paths.user_cache())
        except OSError:  # a home that is read-only or full
            folder = Path(tempfile.gettempdir())
    return tempfile.TemporaryFile(prefix="ganstudio-", dir=folder, buffering=0)
