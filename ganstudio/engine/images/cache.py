"""Sets that were read once, kept on the disk and mapped into memory, which a set may well exceed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganstudio import paths
from ganstudio.engine.images.image_set import ImageSet, Skipped

VERSION = 1  # of what the reading does and of the files it leaves; a new one lets everything be read anew
MOST_BYTES = 8 * 2**30  # of all kept sets together; the one used longest ago goes first
ABANDONED_S = 24 * 3600  # after which a half-made set is taken for that of a program that ended
WORKING = ".making-"
IMAGES, LABELS, MEAN, FACTS = "images.npy", "labels.npy", "mean.npy", "set.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a kept set besides its images and labels; see :class:`ImageSet`."""

    title: str
    class_names: tuple[str, ...]
    held_out_rows: int
    skipped: tuple[Skipped, ...]
    skipped_count: int
    notes: tuple[str, ...]


def folder() -> Path:
    """Return the folder of kept sets, made if need be; one for this run alone where the usual one cannot be written."""
    try:
        usual = paths.user_cache() / "images"
        usual.mkdir(parents=True, exist_ok=True)
        if os.access(usual, os.W_OK):
            return usual
    except OSError:
        pass
    return _temporary()


@cache
def _temporary() -> Path:
    import atexit

    made = tempfile.mkdtemp(prefix="ganstudio-images-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def key_of(source: str, fingerprint: list[tuple[str, int, int]], settings: Mapping[str, object]) -> str:
    """Return the name under which a set is kept: it changes with the files, the settings and this program's reading."""
    told = json.dumps([VERSION, source, fingerprint, dict(settings)], sort_keys=True)
    return hashlib.blake2b(told.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def load(key: str) -> ImageSet | None:
    """Return a kept set, its images mapped, or None if there is none or it is damaged."""
    kept = folder() / key
    try:
        facts = json.loads((kept / FACTS).read_text("utf-8"))
        images = np.load(kept / IMAGES, mmap_mode="r", allow_pickle=False)
        labels = np.load(kept / LABELS, allow_pickle=False) if facts["class_names"] else None
        mean = np.load(kept / MEAN, allow_pickle=False)
        facts["skipped"] = tuple(Skipped(**item) for item in facts["skipped"])
        facts |= {name: tuple(facts[name]) for name in ("class_names", "notes")}
        made = ImageSet(images=images, labels=labels, mean=mean, **facts)
        if mean.shape != images.shape[1:] or mean.dtype != np.uint8:
            return None
        if labels is not None and (labels.min() < 0 or labels.max() >= made.classes):
            return None
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
    with suppress(OSError):
        os.utime(kept / FACTS)  # when it was last used
    return made


def save_facts(where: Path, facts: Facts, labels: NDArray[np.int64] | None) -> None:
    """Write all of a set but its images into a folder."""
    if labels is not None:
        np.save(where / LABELS, labels, allow_pickle=False)
    (where / FACTS).write_text(json.dumps(asdict(facts), ensure_ascii=False), "utf-8")


def working_folder() -> Path:
    """Return a new folder to make a set in; those that were abandoned go."""
    for left in folder().glob(f"{WORKING}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=WORKING, dir=folder()))


def publish(made: Path, key: str) -> None:
    """Let a finished set take its place; where another program was faster, that one's stays."""
    kept = folder() / key
    if kept.exists() and load(key) is None:
        shutil.rmtree(kept, ignore_errors=True)
    try:
        made.rename(kept)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not kept.exists():
            raise
    shrink(keep=key)


def shrink(keep: str) -> None:
    """Remove sets, the one used longest ago first, until all together are within :data:`MOST_BYTES`."""
    known = []
    for entry in folder().iterdir():
        with suppress(OSError):
            if not entry.name.startswith(".") and entry.is_dir():
                size = sum(file.stat().st_size for file in entry.iterdir())
                known.append(((entry / FACTS).stat().st_mtime_ns, size, entry))
    total = sum(size for _, size, _ in known)
    for _, size, entry in sorted(known, key=lambda item: item[0]):
        if total <= MOST_BYTES:
            break
        if entry.name != keep:
            shutil.rmtree(entry, ignore_errors=True)  # elsewhere than on POSIX, one that is in use stays
            total -= size
