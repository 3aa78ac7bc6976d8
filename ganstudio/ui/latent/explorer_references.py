"""What the picture in hand is compared with: a bank of generated samples, D's scores of them, the training images."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.engine.latent.nearest import NearestIndex
from ganstudio.engine.latent.noise import hash64
from ganstudio.engine.latent.renderer import Lane
from ganstudio.ui.latent.explorer_queue import RenderQueue

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.engine.latent.scores import ScoreReference

Array = NDArray[np.float32]

CAPACITY = 4_096
FOLLOWING_CAPACITY = 1_024  # while the model changes all the time
REALS = 1_024
DUTY = 12  # a bank is made anew after so many times as long as the last one took, while the model changes
LONGEST_REST_S, WATCHED_REST_S = 30.0, 3.0  # at most, and while its samples themselves are in sight
TELL_S = 0.25  # between two signals while a bank grows


class References(QObject):
    """Fills itself in the background, when asked to, and again when the model changes.

    Signals
    -------
    bank_changed
        There is more of the bank, another one, or D's ranks of it.
    ranked
        D's ranks are taken among other samples, by another snapshot's D.
    neighbours_changed
        The training images can be searched, or cannot any more.
    """

    bank_changed = Signal()
    ranked = Signal()
    neighbours_changed = Signal()

    def __init__(self, queue: RenderQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._model: LatentModel | None = None
        self._wants_bank = self._wants_neighbours = False
        self.bank: Bank | None = None
        self.scores: ScoreReference | None = None
        self.scores_model: LatentModel | None = None
        self.index: NearestIndex | None = None
        self.own_distances: Array = np.zeros(0, np.float32)
        self.class_names: tuple[str, ...] = ()
        self.why_no_images = ""
        self.following = False
        self._source: object = None  # of the index: equal data are not read again
        self._begun = self._told = 0.0
        self._watchers: set[object] = set()
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._fill)

    @property
    def train_images(self) -> NDArray | None:
        """The training images (N, H, W, C) uint8, as large as the model's; None until they are read."""
        return None if self.index is None else self.index.samples

    # -- asked for ----------------------------------------------------------------------------------------------------

    def want_bank(self) -> None:
        """Have a bank, and D's ranks, from now on."""
        if not self._wants_bank:
            self._wants_bank = True
            self._fill()

    def want_neighbours(self) -> None:
        """Have the training images to search in, from now on."""
        if not self._wants_neighbours:
            self._wants_neighbours = True
            self._read()

    def watch(self, who: object, watching: bool) -> None:
        """Learn that somebody shows the bank's samples themselves, or does no more: then they are made anew sooner."""
        if not watching:
            self._watchers.discard(who)
            return
        self._watchers.add(who)
        if self._again.remainingTime() > 1000 * WATCHED_REST_S:
            self._again.start(0)

    def take_model(self, model: LatentModel | None) -> None:
        """Learn that another model is shown, or another snapshot of the same one."""
        before, self._model = self._model, model
        same = model is not None and before is not None and _same_run(model, before)
        if not same:
            self.stop()
            self.bank = self.scores = self.scores_model = None
            self.bank_changed.emit()
        if model is None:
            return
        if self._wants_bank and not self._queue.is_busy(Lane.BACKGROUND, "bank") and not self._again.isActive():
            self._fill()
        if self._wants_neighbours:
            self._read()

    def stop(self) -> None:
        """Give up what is under way; :meth:`resume` goes on."""
        self._again.stop()
        for slot in ("bank", "scores", "index"):
            self._queue.cancel(Lane.BACKGROUND, slot)
        if self.index is None or len(self.own_distances) < min(REALS, len(self.index)):
            self._source = None  # to be read again

    def resume(self) -> None:
        """Go on with what was asked for."""
        if self._wants_bank:
            self._fill()
        if self._wants_neighbours:
            self._read()

    # -- the bank -----------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        model = self._model
        self._again.stop()
        if model is None or not self._wants_bank:
            return
        wanted = FOLLOWING_CAPACITY if self.following else CAPACITY
        if self.bank is not None and self.bank.model is model and self.bank.capacity >= wanted:
            if self.bank.is_full:
                if self.scores_model is not model:
                    self._rank()
                return
            bank = self.bank
        else:
            bank = None
        self._begun = time.monotonic()

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.bank import Bank

            filling = bank or Bank(model, capacity=wanted)
            for _ in filling.fill():
                yield filling

        self._queue.submit(Lane.BACKGROUND, make, "bank", self._take_bank, on_finished=self._end_bank)

    def _take_bank(self, bank: object) -> None:
        held = self.bank
        # A stale bank is better than a few samples of a new one.
        size = bank.size  # type: ignore[attr-defined]
        if held is None or held.model is self._model or size >= FOLLOWING_CAPACITY:
            self.bank = bank  # type: ignore[assignment]
        if self.bank is bank and time.monotonic() - self._told >= TELL_S:
            self._told = time.monotonic()
            self.bank_changed.emit()

    def _end_bank(self) -> None:
        self.bank_changed.emit()
        self._rank()
        if self.bank is None or self.bank.model is not self._model:
            self._again.start(round(1000 * self._rest_s()) if self.following else 0)

    def _rest_s(self) -> float:
        spent = time.monotonic() - self._begun
        return max(1.0, min(DUTY * spent, WATCHED_REST_S if self._watchers else LONGEST_REST_S))

    def _rank(self) -> None:
        bank = self.bank
        if bank is None or bank.model.D is None:
            return

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import score_reference

            reals, y = real_sample(bank.model, REALS)
            yield from score_reference(bank.model, bank, reals, y)

        def take(scores: object) -> None:
            if scores is None:
                return  # not yet; those before stay
            self.scores, self.scores_model = scores, bank.model  # type: ignore[assignment]
            self.ranked.emit()
            self.bank_changed.emit()

        self._queue.submit(Lane.BACKGROUND, make, "scores", take)

    # -- the training images ------------------------------------------------------------------------------------------

    def _read(self) -> None:
        model = self._model
        if model is None or not self._wants_neighbours:
            return
        source = (model.weights.config.data, model.shape)
        if source == self._source:
            return
        self._source = source
        self.index, self.own_distances, self.why_no_images = None, np.zeros(0, np.float32), ""
        self.neighbours_changed.emit()

        def make() -> Iterator[object]:
            images, labels, names = training_images(model)
            yield None
            index = NearestIndex(images, labels)
            yield index, names
            yield from index.own_distances(REALS)

        self._queue.submit(Lane.BACKGROUND, make, "index", self._take_index, self._lack_index)

    def _take_index(self, found: object) -> None:
        if isinstance(found, tuple):
            self.index, self.class_names = found
        else:
            self.own_distances = found  # type: ignore[assignment]
            whole = self.index is not None and len(self.own_distances) >= min(REALS, len(self.index))
            if time.monotonic() - self._told < TELL_S and not whole:
                return
            self._told = time.monotonic()
        self.neighbours_changed.emit()

    def _lack_index(self, message: str, _details: str) -> None:
        self.why_no_images = message
        self.neighbours_changed.emit()


def training_images(model: LatentModel) -> tuple[NDArray, NDArray[np.int64] | None, tuple[str, ...]]:
    """Return the images (N, H, W, C) that a model was trained with, as large as its own, their classes and names.

    Raises
    ------
    ValueError
        If its data are no images, are not of its size, or cannot be read (a ``ConfigError``).
    """
    from ganstudio.engine.distributions.images import ImageDistribution

    data = model.weights.config.data
    if not isinstance(data, ImageDistribution) or not model.is_image:
        raise ValueError("its data are not images")
    train = data.train
    images, (channels, height, width) = train.images, model.shape
    if images.shape[-1] != channels or images.shape[1] % height or images.shape[2] % width:
        raise ValueError(f"the training images are {images.shape[1:]}, the model's {(height, width, channels)}")
    if images.shape[1:3] != (height, width):  # of a net that still grows
        down, across = images.shape[1] // height, images.shape[2] // width
        cells = images.reshape(len(images), height, down, width, across, channels)
        images = np.rint(cells.mean((2, 4), dtype=np.float32)).astype(np.uint8)
    return images, train.labels, train.class_names


def real_sample(model: LatentModel, count: int) -> tuple[NDArray, Array | None]:
    """Return training images or points drawn at random, the same at every snapshot, and their class weights.

    None are drawn where the data cannot be read.
    """
    import torch

    from ganstudio.engine.distributions.images import ImageDistribution
    from ganstudio.engine.params import ConfigError

    data = model.weights.config.data
    try:
        if not isinstance(data, ImageDistribution):
            return data.sample(count, torch.Generator().manual_seed(0)).numpy(), None
        train = data.train
    except (ConfigError, OSError):
        return model.shown(torch.zeros(0, *model.shape)), None
    rows = np.sort(hash64(0, np.arange(count), 0x4EA1) % np.uint64(len(train.images))).astype(np.int64)
    labels = None
    if model.classes and train.labels is not None:
        labels = np.eye(model.classes, dtype=np.float32)[np.asarray(train.labels)[rows] % model.classes]
    return np.asarray(train.images[rows]), labels


def _same_run(model: LatentModel, other: LatentModel) -> bool:
    return (model.run, model.title, model.dim, model.classes) == (other.run, other.title, other.dim, other.classes)
