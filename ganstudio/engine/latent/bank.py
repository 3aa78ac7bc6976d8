"""A bank of generated samples, filled in the background: what inversion starts from and typicality compares with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.latent.features import d_features, projected
from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.noise import hash64, samples

Array = NDArray[np.float32]

CAPACITY = 4_096
CHUNK = 16  # samples between two places where the filling can be interrupted


class Bank:
    """``capacity`` draws of the prior and what the model makes of them; usable while it is being filled.

    One thread fills it (:meth:`fill`), any may read the first ``size`` rows: those are never written again.

    Parameters
    ----------
    model
        Whose samples they are.
    seed
        Of the latents. The same seed gives the same latents at every snapshot.
    class_weights
        (K,) for every sample; None: of a model with classes, one class each, drawn evenly.
    """

    def __init__(
        self, model: LatentModel, *, capacity: int = CAPACITY, seed: int = 0, class_weights: Array | None = None
    ) -> None:
        self.model = model
        self.capacity = capacity
        self.size = 0
        self._g = samples(seed, capacity, model.dim)
        self._classes = _classes(model, seed, capacity, class_weights)
        self._images: NDArray | None = None
        self._logits = np.full(capacity, np.nan, np.float32)
        self._features: Array | None = None

    @property
    def g(self) -> Array:
        """Canonical coordinates (size, d)."""
        return self._g[: self.size]

    @property
    def classes(self) -> Array | None:
        """Class weights (size, K), or None."""
        return None if self._classes is None else self._classes[: self.size]

    @property
    def images(self) -> NDArray:
        """Images (size, H, W, C) uint8, or points (size, dim) float32 in data units."""
        size = self.size
        return self.model.shown(torch.zeros(0, *self.model.shape)) if self._images is None else self._images[:size]

    @property
    def logits(self) -> Array:
        """D's logits (size,); nan if the model came without D."""
        return self._logits[: self.size]

    @property
    def features(self) -> Array:
        """What D's last layer sees of them, (size, F), F ≤ 512; without D, the samples themselves."""
        size = self.size
        return np.zeros((0, 1), np.float32) if self._features is None else self._features[:size]

    @property
    def is_full(self) -> bool:
        """Whether it has all that it can hold."""
        return self.size == self.capacity

    def fill(self, chunk: int = CHUNK) -> Iterator[int]:
        """Make the samples that are missing; yield after each chunk how many there are."""
        while self.size < self.capacity:
            start, stop = self.size, min(self.size + chunk, self.capacity)
            y = None if self._classes is None else torch.from_numpy(self._classes[start:stop])
            with torch.inference_mode():
                made = self.model.images(torch.from_numpy(self._g[start:stop]), y)
                if self.model.D is not None:
                    logits, features = d_features(self.model, made, y)
                    self._logits[start:stop] = logits.numpy()
                else:
                    features = projected(made.flatten(1))
            shown, flat = self.model.shown(made), features.float().numpy()
            if self._images is None or self._features is None:
                self._images = np.empty((self.capacity, *shown.shape[1:]), shown.dtype)
                self._features = np.empty((self.capacity, flat.shape[1]), np.float32)
            self._images[start:stop] = shown
            self._features[start:stop] = flat
            self.size = stop  # last: whoever reads now sees whole rows only
            yield stop


def _classes(model: LatentModel, seed: int, count: int, given: Array | None) -> Array | None:
    if model.classes == 0:
        return None
    if given is not None:
        return np.repeat(np.asarray(given, np.float32)[None], count, 0)
    drawn = hash64(seed, np.arange(count), 0xC1A55) % np.uint64(model.classes)
    return np.eye(model.classes, dtype=np.float32)[drawn.astype(np.int64)]
