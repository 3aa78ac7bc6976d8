"""The shelf: places with a name and a thumbnail, in one file. Imports no torch.

A ``.glat`` file is a safetensors file: the latents are tensors, so that other programs can read them, the states JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from ganstudio.engine import atomic
from ganstudio.engine.latent import view_text
from ganstudio.engine.latent.view_state import ViewState, ViewStateError

Bytes = NDArray[np.uint8]

FORMAT = "ganstudio bookmarks"
VERSION = 1
SUFFIX = ".glat"
LARGEST_BYTES = 64 * 2**20
MOST = 4_096
LARGEST_NAME = 200
LARGEST_THUMBNAIL = 512


class BookmarksError(ValueError):
    """A file that cannot be used as bookmarks; names it and what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True, slots=True, eq=False)
class Bookmark:
    """A place: its name, its state, and its picture (H, W, 1 or 3) or None. ``group`` gathers exemplars of one kind."""

    name: str
    state: ViewState
    thumbnail: Bytes | None = None
    group: str = ""


def save(path: Path, bookmarks: Sequence[Bookmark]) -> None:
    """Write bookmarks to ``path``, as a whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    tensors: dict[str, NDArray] = {}
    entries = []
    for index, mark in enumerate(bookmarks):
        tensors[f"{index}.g"] = np.ascontiguousarray(mark.state.point())
        if mark.thumbnail is not None:
            tensors[f"{index}.thumbnail"] = np.ascontiguousarray(mark.thumbnail)
        entries.append({"name": mark.name, "group": mark.group, "state": view_text.to_mapping(mark.state)})
    header = {"format": FORMAT, "version": VERSION, "bookmarks": entries}
    atomic.write(path, to_bytes(tensors, {"ganstudio": json.dumps(header)}))


def read(path: Path) -> list[Bookmark]:
    """Return the bookmarks of a file.

    Raises
    ------
    BookmarksError
        If it is not a whole file of bookmarks.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise BookmarksError(path, "not a file" if path.exists() else "no such file")
        if path.stat().st_size > LARGEST_BYTES:
            raise BookmarksError(path, f"more than {LARGEST_BYTES} bytes")
        with safe_open(path, framework="np") as file:
            header = json.loads((file.metadata() or {})["ganstudio"])
            entries = header["bookmarks"]
            if header["format"] != FORMAT or not isinstance(entries, list):
                raise BookmarksError(path, "not a file of bookmarks")
            if header["version"] > VERSION:
                raise BookmarksError(path, f"of version {header['version']}; this program reads up to {VERSION}")
            if len(entries) > MOST:
                raise BookmarksError(path, f"{len(entries)} bookmarks: allowed are {MOST}")
            names = set(file.keys())
            return [_bookmark(entry, index, file, names) for index, entry in enumerate(entries)]
    except (SafetensorError, OSError) as error:
        raise BookmarksError(path, f"not a whole file ({error})") from None
    except ViewStateError as error:
        raise BookmarksError(path, f"a bookmark is damaged: {error}") from None
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, BookmarksError):
            raise
        raise BookmarksError(path, "not a file of bookmarks") from None


def _bookmark(entry: object, index: int, file: object, names: set[str]) -> Bookmark:
    if not isinstance(entry, dict) or not isinstance(entry["name"], str) or not isinstance(entry["group"], str):
        raise TypeError
    thumbnail = None
    if (key := f"{index}.thumbnail") in names:
        thumbnail = file.get_tensor(key)  # type: ignore[attr-defined]
        sides, channels = thumbnail.shape[:2], thumbnail.shape[2:]
        if thumbnail.dtype != np.uint8 or channels not in ((1,), (3,)) or not 0 < max(sides) <= LARGEST_THUMBNAIL:
            raise TypeError
    state = view_text.from_mapping(entry["state"])
    return Bookmark(entry["name"][:LARGEST_NAME], state, thumbnail, entry["group"][:LARGEST_NAME])
