"""A person's own files made a set of images of one size: read once, kept, and mapped from the disk after that."""

from __future__ import annotations

import io
import shutil
import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.images import cache
from ganstudio.engine.images.classes import only_present
from ganstudio.engine.images.finding import source_of
from ganstudio.engine.images.fitting import colored, fitted, is_grey
from ganstudio.engine.images.image_set import ImageSet, chunks, split_rows
from ganstudio.engine.images.problems import refused, system_words, unusable
from ganstudio.engine.images.settings import ScanSettings
from ganstudio.engine.images.sources import Cancelled, Progress, Source, Watch

RESERVE_BYTES = 256 * 2**20  # of the disk, that a set leaves free
MOST_OPEN = 4
_open: OrderedDict[str, ImageSet] = OrderedDict()  # equal scans give the very same set
_lock = threading.Lock()


def _no_progress(done: int, total: int) -> None:
    pass


def _never() -> bool:
    return False


def scan(
    path: str,
    settings: ScanSettings,
    progress: Progress = _no_progress,
    cancelled: Cancelled = _never,
) -> ImageSet:
    """Return the images that a path leads to, at one size; may be called in any thread.

    What was read before and has not changed since is taken from the cache: only names, sizes and times are looked at.

    Parameters
    ----------
    path
        A folder of pictures, a ZIP of them, a .npz or .npy file, an IDX file or CIFAR's binary files.
    settings
        What becomes of the pictures.
    progress
        Is told how many pictures are done, and of how many in all; 0 of all while files are being found.
    cancelled
        Is asked between two pictures whether to stop.

    Raises
    ------
    ConfigError
        Of the setting ``data.path``, if no set can be made of it. A file that is broken is passed over and listed.
    ScanCancelled
        If it was cancelled; nothing is left of it.
    """
    watch = Watch(progress, cancelled)
    watch.report(0, 0)
    source = source_of(path, watch)
    key = cache.key_of(str(Path(path).expanduser().resolve()), source.fingerprint, settings.key())
    known = _known(key)
    if known is None:
        source.heartbeat = lambda: watch.report(0, source.count)
        try:
            _make(path, source, settings, watch, key)
        except OSError as error:
            raise refused(path, f"what can be read and kept; the system says: {system_words(error)}") from None
        known = _known(key)
    if known is None:
        raise refused(path, f"what can be kept in {cache.folder()}; it could not be read back from there")
    return known


def is_scanned(path: str, settings: ScanSettings) -> bool:
    """Whether a scan would find everything in the cache.

    Raises
    ------
    ConfigError
        If the path leads to nothing that can be used.
    """
    source = source_of(path, Watch(_no_progress, _never))
    return _known(cache.key_of(str(Path(path).expanduser().resolve()), source.fingerprint, settings.key())) is not None


def forget() -> None:
    """Let go of the sets that are open; those on the disk stay."""
    with _lock:
        _open.clear()


def _known(key: str) -> ImageSet | None:
    with _lock:
        found = _open.pop(key, None) or cache.load(key)
        if found is not None:
            _open[key] = found
            while len(_open) > MOST_OPEN:
                _open.popitem(last=False)
        return found


def _make(path: str, source: Source, settings: ScanSettings, watch: Watch, key: str) -> None:
    made = cache.working_folder()
    try:
        _check_room(path, made, source.count * settings.size**2 * 3 * 2)
        raw = _Raw(made / "raw", settings, source.is_grey)
        labels = _read(source, settings, watch, raw)
        if len(labels) < 2:
            raise unusable(path, "two pictures or more that can be read", _too_few(source, len(labels)))
        _finish(made, raw, labels, source, watch)
        cache.publish(made, key)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _check_room(path: str, where: Path, needed: int) -> None:
    free = shutil.disk_usage(where).free
    if needed > free - RESERVE_BYTES:
        allowed = f"a set for which there is room on the disk: up to {needed / 2**20:,.0f} MiB are needed in {where}"
        raise unusable(path, allowed, f"there are many pictures, and {free / 2**20:,.0f} MiB are free")


class _Raw:
    """The images as they come, one after the other in a file of bytes without a header."""

    def __init__(self, path: Path, settings: ScanSettings, source_is_grey: bool) -> None:
        self.path, self.size = path, settings.size
        self.channels = 1 if settings.color == "grey" or (settings.color == "as_is" and source_is_grey) else 3
        self.all_grey = settings.color == "as_is"  # until a picture has a colour

    def taken(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        self.all_grey = self.all_grey and is_grey(pixels)
        return colored(pixels, self.channels)


def _read(source: Source, settings: ScanSettings, watch: Watch, raw: _Raw) -> NDArray[np.int64]:
    """Write every picture at its new size; return the labels of those that could be read."""
    labels = [np.empty(0, np.int64)]
    read = 0
    with raw.path.open("wb") as file:
        for batch in source.batches(settings.size):
            file.write(raw.taken(fitted(batch.pixels, settings)).tobytes())
            labels.append(batch.labels)
            read += len(batch.labels)
            watch.report(min(read + source.skipped.count, source.count), source.count)
    return np.concatenate(labels)


def _too_few(source: Source, read: int) -> str:
    found = "there is one" if read else "there are none"
    if source.skipped.named:
        first = source.skipped.named[0]
        found += f"; {source.skipped.count:,} were passed over, such as {first.name} ({first.reason})"
    return found


def _finish(made: Path, raw: _Raw, labels: NDArray[np.int64], source: Source, watch: Watch) -> None:
    """Write the images anew: those to train with, then the held-out ones; then all that is known of them."""
    classes, class_names = only_present(labels, source.class_names) if source.class_names else (None, ())
    train, held_out = split_rows(classes, len(labels))
    order = np.concatenate([train, held_out])
    channels = 1 if raw.all_grey else raw.channels
    stored = np.memmap(raw.path, np.uint8, "r", shape=(len(labels), raw.size, raw.size, raw.channels))
    shape = (len(labels), raw.size, raw.size, channels)
    total = np.zeros(shape[1:], np.int64)
    with (made / cache.IMAGES).open("wb") as file:
        file.write(_header(shape))
        for start, stop in chunks(shape):
            watch.report(source.count, source.count)
            rows = stored[order[start:stop]][..., :channels]
            total += rows.sum(axis=0, dtype=np.int64)
            file.write(rows.tobytes())
    del stored
    np.save(made / cache.MEAN, np.rint(total / len(labels)).astype(np.uint8), allow_pickle=False)
    raw.path.unlink()
    facts = cache.Facts(
        title=source.title,
        class_names=class_names,
        held_out_rows=len(held_out),
        skipped=tuple(source.skipped.named),
        skipped_count=source.skipped.count,
        notes=tuple(source.notes),
    )
    cache.save_facts(made, facts, None if classes is None else classes[order])


def _header(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return stream.getvalue()
