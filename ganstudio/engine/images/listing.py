"""Every file below a folder, in an order that is always the same."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ganstudio.engine.images.problems import SkipList, refused, system_words
from ganstudio.engine.images.sources import Watch

MOST_FILES = 2_000_000
REPORT_EVERY = 500
JUNK = {"thumbs.db", "desktop.ini", "__macosx"}  # what systems leave; of no interest to anybody


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its path below the folder with ``/`` between, its size in bytes and its time of change in ns."""

    name: str
    size: int
    mtime_ns: int

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot and in small letters."""
        return os.path.splitext(self.name)[1].lower()  # noqa: PTH122 - a name, not a path of this system

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders from the source down to the file."""
        return tuple(self.name.split("/")[:-1])


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is the system's own, or hidden."""
    return name.startswith(".") or name.lower() in JUNK


def files_below(folder: Path, skipped: SkipList, watch: Watch) -> list[Found]:
    """Return the files below a folder, sorted by name; links are followed, but no folder is entered twice.

    Raises
    ------
    ConfigError
        If the folder itself cannot be read, or holds more files than :data:`MOST_FILES`.
    ScanCancelled
        If that was asked for.
    """
    found: list[Found] = []
    entered: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = _entries(folder / below, entered)
        except OSError as error:
            if not below:
                raise refused(folder, f"a folder that can be read; the system says: {system_words(error)}") from None
            skipped.add(f"{below}/", f"cannot be opened: {system_words(error)}")
            continue
        if entries is None:
            skipped.add(f"{below}/", "a link to a folder that was read already")
            continue
        for entry in entries:
            name = f"{below}/{entry.name}" if below else entry.name
            if len(found) % REPORT_EVERY == 0:
                watch.report(len(found), 0)
            if len(found) >= MOST_FILES:
                raise refused(folder, f"a folder with up to {MOST_FILES:,} files; there are more")
            _sort_in(entry, name, found, waiting, skipped)
    return sorted(found, key=lambda file: file.name)


def _entries(folder: Path, entered: set[tuple[int, int]]) -> list[os.DirEntry[str]] | None:
    """Return what lies in a folder, or None if it was entered before."""
    status = folder.stat()
    identity = (status.st_dev, status.st_ino)
    if identity in entered:
        return None
    entered.add(identity)
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not is_junk(entry.name)), key=lambda entry: entry.name)


def _sort_in(entry: os.DirEntry[str], name: str, found: list[Found], waiting: list[str], skipped: SkipList) -> None:
    try:
        status = entry.stat()  # follows links; a loop of them is an error of the system
    except OSError as error:
        skipped.add(name, f"cannot be opened: {system_words(error)}")
        return
    if stat.S_ISDIR(status.st_mode):
        waiting.append(name)
    elif stat.S_ISREG(status.st_mode):
        found.append(Found(name, status.st_size, status.st_mtime_ns))
    else:
        skipped.add(name, "a pipe or a device")
