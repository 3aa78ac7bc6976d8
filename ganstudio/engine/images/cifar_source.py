"""CIFAR-10's and CIFAR-100's binary versions: records of labels and 3 × 32 × 32 bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.images.problems import unusable
from ganstudio.engine.images.sources import Batch, Source

SIDE = 32
PIXELS = 3 * SIDE * SIDE
CHUNK_RECORDS = 2048
ALLOWED = "a CIFAR file of the binary version: records of 3,073 bytes (CIFAR-10) or 3,074 bytes (CIFAR-100)"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two: how many labels a record begins with and how many classes each has; the last one counts."""

    title: str
    classes: tuple[int, ...]
    names_file: str

    @property
    def record(self) -> int:
        """Bytes of a record."""
        return len(self.classes) + PIXELS


KINDS = (
    Kind("CIFAR-10", (10,), "batches.meta.txt"),
    Kind("CIFAR-100", (20, 100), "fine_label_names.txt"),
)


class CifarSource(Source):
    """The images of one or several files."""

    def __init__(self, files: Sequence[Path]) -> None:
        kinds = {kind for path in files if (kind := kind_of(path)) is not None}
        odd = [path for path in files if kind_of(path) is None]
        if odd or len(kinds) != 1:
            path = odd[0] if odd else files[0]
            found = f"there are {path.stat().st_size:,} bytes" if odd else "there are files of both"
            raise unusable(path, ALLOWED, found)
        (self._kind,) = kinds
        self._files = list(files)
        status = [path.stat() for path in files]
        count = sum(item.st_size // self._kind.record for item in status)
        fingerprint = [(path.name, item.st_size, item.st_mtime_ns) for path, item in zip(files, status, strict=True)]
        super().__init__(self._kind.title, count, _class_names(self._kind, files[0].parent), fingerprint)

    @override
    def batches(self, size: int) -> Iterator[Batch]:
        record, labels = self._kind.record, len(self._kind.classes)
        for path in self._files:
            with path.open("rb") as stream:
                while content := stream.read(record * CHUNK_RECORDS):
                    if len(content) % record:
                        raise unusable(path, ALLOWED, "a record is cut off")
                    rows = np.frombuffer(content, np.uint8).reshape(-1, record)
                    if rows[:, labels - 1].max() >= self._kind.classes[-1]:
                        found = f"there is the label {rows[:, labels - 1].max()}"
                        raise unusable(
                            path, f"{self._kind.title}'s labels from 0 to {self._kind.classes[-1] - 1}", found
                        )
                    pixels = rows[:, labels:].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
                    yield Batch(np.ascontiguousarray(pixels), rows[:, labels - 1].astype(np.int64))


def kind_of(path: Path) -> Kind | None:
    """Return whether a file is CIFAR-10's or CIFAR-100's, by its size and its first labels; None if neither's."""
    size = path.stat().st_size
    for kind in KINDS:
        if size and size % kind.record == 0 and _labels_fit(path, kind):
            return kind
    return None


def _labels_fit(path: Path, kind: Kind) -> bool:
    with path.open("rb") as stream:
        content = stream.read(kind.record * 64)
    head: NDArray[np.uint8] = np.frombuffer(content, np.uint8).reshape(-1, kind.record)[:, : len(kind.classes)]
    return bool((head < np.array(kind.classes)).all())


def _class_names(kind: Kind, folder: Path) -> tuple[str, ...]:
    """Return the names in the list that lies beside the data; numbers where there is none."""
    try:
        lines = (folder / kind.names_file).read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        lines = []
    names = tuple(line.strip() for line in lines if line.strip())
    return names if len(names) == kind.classes[-1] else tuple(map(str, range(kind.classes[-1])))
