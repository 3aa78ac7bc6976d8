"""Classes from the names of folders, and from labels of any kind."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.images.problems import printable
from ganstudio.engine.images.sources import MOST_CLASSES

PARTS = {"train", "training", "test", "testing", "val", "valid", "validation"}  # of a data set, rather than classes
TOP = "(top folder)"

Folders = tuple[str, ...]


def classes_of_folders(folders: Sequence[Folders]) -> tuple[NDArray[np.int64] | None, tuple[str, ...], list[str]]:
    """Return the class of every picture, the names of the classes and notes, from the folders that pictures lie in.

    Parameters
    ----------
    folders
        For every picture, the names of the folders from the source down to it.

    Notes
    -----
    The first folder below those that all pictures share is the class, as torchvision's ImageFolder has it; where these
    are the parts of a data set (train, test, …), the next one is. A single folder makes no classes.
    """
    shared = _shared(min(folders), max(folders)) if folders else 0  # what these two share, all between them do
    below = [parts[shared:] for parts in folders]
    notes = []
    first = {parts[0] if parts else "" for parts in below}
    if len(first) > 1 and all(name.lower() in PARTS for name in first):
        below = [parts[1:] for parts in below]
        notes.append(f"The parts {', '.join(sorted(map(printable, first)))} are taken together.")
    names = [parts[0] if parts else "" for parts in below]
    known = sorted(set(names))
    if len(known) < 2:
        return None, (), notes
    if len(known) > MOST_CLASSES:
        notes.append(f"{len(known):,} folders are too many to be classes; up to {MOST_CLASSES:,} are.")
        return None, (), notes
    index = {name: number for number, name in enumerate(known)}
    labels = np.array([index[name] for name in names], np.int64)
    return labels, tuple(printable(name) or TOP for name in known), notes


def _shared(first: Folders, last: Folders) -> int:
    """Return how many folders two paths begin with together."""
    pairs = zip(first, last, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def classes_of_values(values: NDArray) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return labels from 0 and their names from whole numbers or texts, (N,); names are those values.

    Raises
    ------
    ValueError
        If they are neither, or too many; says what they are.
    """
    if values.dtype.kind == "f" and np.isfinite(values).all() and (values == np.rint(values)).all():
        values = values.astype(np.int64)
    if values.dtype.kind not in "iubUS":
        raise ValueError(f"labels of the type {values.dtype}")
    known, labels = np.unique(values, return_inverse=True)
    if len(known) > MOST_CLASSES:
        raise ValueError(f"{len(known):,} different labels")
    names = [item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item) for item in known.tolist()]
    return labels.astype(np.int64).reshape(-1), tuple(names)


def only_present(labels: NDArray[np.int64], names: tuple[str, ...]) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Return labels and names without the classes of which no picture could be read; no classes if one is left."""
    present, dense = np.unique(labels, return_inverse=True)
    if len(present) < 2:
        return None, ()
    return dense.astype(np.int64).reshape(-1), tuple(names[index] for index in present)
