"""Files that are written as a whole or not at all. This module does not import torch."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


UMASK = _umask()  # once, while there is one thread


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write; it takes the place of ``path`` when the block ends without an error.

    Raises
    ------
    OSError
        If it cannot be written: no such folder, no right to, disk full. A file that was there stays as it was.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)  # names have an end
    except OSError as error:
        raise _about(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if os.name == "posix":
            Path(name).chmod(0o666 & ~UMASK)  # mkstemp makes files that only the owner can read
        Path(name).replace(path)
    except BaseException as error:
        with suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            raise _about(path, error) from error
        raise


def _about(path: Path, error: OSError) -> OSError:
    """Return the error with the name of the file that was meant, not of the one that was to take its place."""
    return OSError(error.errno or errno.EIO, error.strerror or str(error), str(path))


def write(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, or leave what was there.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with replacing(path) as file:
        file.write(content)
