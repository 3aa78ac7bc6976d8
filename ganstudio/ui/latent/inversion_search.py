"""Looking for the latent of a picture, and how its error compares with those of training images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.inversion import Progress
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.ui.latent.explorer import Explorer

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]

SLOT, REFERENCE_SLOT = "inversion", "inversion errors"
STEPS = 200  # of Adam, for the picture and for the training images that it is compared with
EVERY = 3  # steps between two results
REFERENCES = 24  # training images that the error is compared with


class InversionSearch(QObject):
    """One search at a time, in the long worker; afterwards the same search for some training images.

    Their errors are kept for as long as the model is the same.

    Signals
    -------
    progressed
        The :class:`Progress`, every few steps.
    finished
        The search came to its end.
    compared
        More training images' errors are known.
    failed
        Why it cannot be done.
    """

    progressed = Signal(object)
    finished = Signal()
    compared = Signal()
    failed = Signal(str)

    def __init__(self, explorer: Explorer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._model: LatentModel | None = None
        self._known: dict[str, Array] = {}  # by the model's fingerprint
        self.progress: Progress | None = None
        self.is_searching = self.is_comparing = False
        self.lacks_references = ""
        self.steps = STEPS

    @property
    def model(self) -> LatentModel | None:
        """Whose latents are looked for."""
        return self._model

    @property
    def references(self) -> Array:
        """The errors (n,) that the same search leaves on training images; empty before any is known."""
        if self._model is None:
            return np.zeros(0, np.float32)
        return self._known.get(self._model.fingerprint, np.zeros(0, np.float32))

    def start(self, target: Bytes) -> None:
        """Look for a picture (H, W, C) of the present model's size; what is under way is dropped."""
        explorer, model = self._explorer, self._explorer.model
        self.stop()
        if model is None:
            self.failed.emit("There is no model.")
            return
        bank = explorer.bank if explorer.bank is not None and explorer.bank.model.shape == model.shape else None
        self._model, self.progress, self.is_searching = model, None, True
        steps = self.steps
        explorer.submit_long(
            lambda: _search(model, target, bank, steps), SLOT, self._take, self._lack, lambda: self._end(model, bank)
        )

    def stop(self) -> None:
        """Give up; what was found stays."""
        self._explorer.cancel_long(SLOT)
        self._explorer.cancel_long(REFERENCE_SLOT)
        self.is_searching = self.is_comparing = False

    def quantile(self, error: float) -> float:
        """Return the share of the training images that are matched better; nan while none is known."""
        from ganstudio.engine.latent.inversion import quantile

        return quantile(error, self.references)

    def limit(self) -> float:
        """Return the error that 95 % of the training images stay below; nan before all are known."""
        from ganstudio.engine.latent.inversion import NOT_REPRESENTABLE

        known = self.references
        return float(np.quantile(known, NOT_REPRESENTABLE)) if len(known) >= REFERENCES else float("nan")

    def _take(self, progress: object) -> None:
        self.progress = cast("Progress", progress)
        self.progressed.emit(progress)

    def _lack(self, message: str, _details: str) -> None:
        self.is_searching = False
        self.failed.emit(f"{message[:1].upper()}{message[1:]}.")

    def _end(self, model: LatentModel, bank: Bank | None) -> None:
        self.is_searching = False
        if len(self._known.get(model.fingerprint, ())) < REFERENCES:
            self._compare(model, bank)
        self.finished.emit()

    def _compare(self, model: LatentModel, bank: Bank | None) -> None:
        self.is_comparing, self.lacks_references = True, ""
        steps = self.steps

        def take(errors: object) -> None:
            self._known = {model.fingerprint: cast(Array, errors)}
            self.compared.emit()

        def lack(message: str, _details: str) -> None:
            self.is_comparing, self.lacks_references = False, message
            self.compared.emit()

        def end() -> None:
            self.is_comparing = False
            self.compared.emit()

        self._explorer.submit_long(lambda: _errors(model, bank, steps), REFERENCE_SLOT, take, lack, end)


def _search(model: LatentModel, target: Bytes, bank: Bank | None, steps: int) -> Iterator[object]:
    from ganstudio.engine.latent.inversion import inverted

    return inverted(model, target, bank, steps=steps, every=EVERY)


def _errors(model: LatentModel, bank: Bank | None, steps: int) -> Iterator[object]:
    from ganstudio.engine.latent.inversion import reference_errors
    from ganstudio.ui.latent.real_pictures import real_pictures

    pictures, classes = real_pictures(model, REFERENCES)
    labels = None if classes is None else classes.argmax(1)
    yield None
    yield from reference_errors(model, pictures, labels, bank, steps=steps)
