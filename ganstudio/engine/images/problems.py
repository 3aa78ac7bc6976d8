"""What is said of a source that cannot be used, and of files that are passed over."""

from __future__ import annotations

import os
from pathlib import Path

from ganstudio.engine.images.image_set import Skipped
from ganstudio.engine.params import ConfigError

SETTING = "data.path"
MOST_LISTED = 1000  # skipped files that are named; all are counted


class ScanCancelled(Exception):  # noqa: N818 - not an error: it was wished for
    """The person asked for the scan to end; nothing was kept."""


def unusable(path: str | Path, allowed: str, found: str) -> ConfigError:
    """Return the error of a source: what is allowed, and what was found in it."""
    name = printable(os.path.basename(os.path.normpath(path)) or str(path))  # noqa: PTH119 - of "C:\a" too
    return ConfigError(SETTING, printable(str(path)), f"{allowed}; in {name} {found}")


def refused(path: str | Path, allowed: str) -> ConfigError:
    """Return the error of a source that cannot even be looked into."""
    return ConfigError(SETTING, printable(str(path)), allowed)


def system_words(error: OSError) -> str:
    """Return what the system says of a file that it does not give."""
    return error.strerror or str(error)


def printable(name: str) -> str:
    """Return a file's name as text: bytes that are none in its encoding become question marks."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class SkipList:
    """Gathers the files that are passed over: names the first of them, counts them all."""

    def __init__(self) -> None:
        self.named: list[Skipped] = []
        self.count = 0

    def add(self, name: str, reason: str) -> None:
        """Note a file and why it is passed over."""
        self.count += 1
        if len(self.named) < MOST_LISTED:
            self.named.append(Skipped(printable(name), reason))
