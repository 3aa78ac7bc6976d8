"""Groups of latents that an attribute can be read from: of the shelf, and by what their pictures look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ganstudio.engine.latent.renderer import Lane
from ganstudio.ui.latent.attribute_choice import REST
from ganstudio.ui.latent.explorer import Explorer

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.nearest import NearestIndex

Array = NDArray[np.float32]

MOST_LABELLED = 1_024
CHUNK = 16
FEWEST = 3  # of a class, for it to be offered


class AttributeGroups(QObject):
    """The groups there are, by name.

    Bookmarks are grouped on the shelf. Of a model without classes whose training images have labels, generated samples
    are grouped by the label of the training image nearest to each.

    Signals
    -------
    changed
        There are others.
    """

    changed = Signal()

    def __init__(self, explorer: Explorer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._classes: dict[str, Array] = {}
        self._labelled: object = None  # the bank that they are of
        explorer.bookmarks_changed.connect(self.changed)

    @property
    def groups(self) -> dict[str, Array]:
        """Latents (n, d) by the name of their group."""
        model, found = self._explorer.model, dict[str, list[Array]]()
        if model is None:
            return {}
        for mark in self._explorer.bookmarks:
            if mark.state.dim == model.dim:
                found.setdefault(mark.group or "shelf", []).append(mark.state.point())
        shelf = {name: np.stack(latents) for name, latents in sorted(found.items())}
        return shelf | {name: latents for name, latents in self._classes.items() if latents.shape[1] == model.dim}

    @property
    def hint(self) -> str:
        """What to say where there is nothing to choose from."""
        explorer = self._explorer
        if explorer.model is None:
            return ""
        if len(self.groups) > 1:
            return ""
        if explorer.model.classes:
            return "Classes are an input of this model. Put bookmarks into two groups on the shelf to compare them."
        if explorer.nearest is not None and explorer.nearest.labels is not None:
            return "Generated samples are being compared with the labelled training images."
        return "Put bookmarks into two groups on the shelf to compare them."

    def want(self) -> None:
        """Have samples grouped by what they look like, where that can be told."""
        explorer = self._explorer
        if explorer.model is None or explorer.model.classes or not explorer.model.is_image:
            self._forget()
            return
        explorer.want_bank()
        explorer.want_neighbours()
        index, bank = explorer.nearest, explorer.bank
        ready = index is not None and index.labels is not None and bank is not None and bank.size > 0
        if not ready or index is None or bank is None or bank.images.shape[1:] != index.samples.shape[1:]:
            return
        count = min(bank.size, MOST_LABELLED)
        key = (bank, count)
        if self._labelled == key or (count < MOST_LABELLED and not bank.is_full):
            return
        self._labelled = key
        explorer.submit(Lane.BACKGROUND, lambda: labels_of(bank, index, count), "attribute groups", self._take(bank))

    def _take(self, bank: Bank) -> Callable[[object], None]:
        def take(found: object) -> None:
            if isinstance(found, np.ndarray):
                self._classes = self._named(bank.g[: len(found)], found)
                self.changed.emit()

        return take

    def _named(self, g: Array, labels: NDArray[np.int64]) -> dict[str, Array]:
        names = self._explorer.references.class_names
        made = {}
        for label in np.unique(labels).tolist():
            mine = g[labels == label]
            if len(mine) >= FEWEST:
                made[f"looks like {names[label] if label < len(names) else label}"] = mine
        return made

    def _forget(self) -> None:
        self._labelled = None
        if self._classes:
            self._classes = {}
            self.changed.emit()

    def chosen(self, ahead: str, behind: str) -> tuple[Array, Array] | None:
        """Return the latents of two groups, or None where one of them is empty or both are the same."""
        groups = self.groups
        if ahead not in groups or ahead == behind:
            return None
        if behind != REST:
            return (groups[ahead], groups[behind]) if behind in groups else None
        alike = ahead in self._classes
        rest = [latents for name, latents in groups.items() if name != ahead and (name in self._classes) == alike]
        return (groups[ahead], np.concatenate(rest)) if rest else None


def labels_of(bank: Bank, index: NearestIndex, count: int) -> Iterator[NDArray[np.int64] | None]:
    """Yield the label of the training image nearest to each of the first ``count`` samples; None before that."""
    images, labels, found = bank.images, index.labels, list[NDArray]()
    if labels is None:
        return
    for start in range(0, count, CHUNK):
        near = index.query(images[start : min(start + CHUNK, count)], 1)
        found.append(np.asarray(labels)[near.indices[:, 0]])
        yield None
    yield np.concatenate(found)
