"""What chance decides of each update: real samples, latents, classes and noise, each from a generator of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.augmentation import flip
from ganstudio.engine.game import Draws
from ganstudio.engine.lazy import F, torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.engine.config import RunConfig
    from ganstudio.engine.distributions import Distribution


class Supply:
    """Draws the batches of a run.

    Parameters
    ----------
    data
        What real samples are drawn from.
    generators
        "data", "z" and "noise"; whoever draws the same updates from equal generators gets equal batches.
    classes
        How many classes a conditional run tells its nets; 0 for all others.
    """

    def __init__(
        self, data: Distribution, generators: Mapping[str, torch.Generator], device: torch.device, classes: int = 0
    ) -> None:
        self._data, self._generators, self._device, self._classes = data, generators, device, classes
        self._shift, self._scale = torch.zeros(()), 1.0
        self._is_shifted = False
        self.prepare: Callable[[Tensor], Tensor] | None = None  # what a growing D wants done to real images

    def standardize(self, mean: NDArray[np.float64], scale: float) -> None:
        """Have the nets see the data less ``mean`` (d,), divided by ``scale``."""
        self._shift = torch.tensor(mean, dtype=torch.float32, device=self._device)
        self._scale = scale
        self._is_shifted = bool(np.any(mean)) or scale != 1

    def for_discriminator(self, config: RunConfig) -> Draws:
        """Return the draws of one update of D."""
        count = config.training.batch_size
        real, y = self._real(config)
        z = config.prior.sample(count, self._generators["z"])
        shape = real.shape
        return Draws(
            real=real,
            z=z,
            y=y,
            noise_real=self._noise(config, shape),
            noise_fake=self._noise(config, shape),
            share=self._share(count, len(shape)) if config.loss.needs_share else None,
        )

    def for_generator(self, config: RunConfig) -> Draws:
        """Return the draws of one update of G."""
        count = config.training.batch_size
        z = config.prior.sample(count, self._generators["z"])
        y = self._classes_of(count) if self._classes else None
        needs_real = config.loss.needs_real_for_generator
        if not needs_real and config.training.instance_noise == 0:
            return Draws(real=None, z=z, y=y)
        shape = (count, *self._data.shape)
        noise_fake = self._noise(config, shape)
        real = None
        if needs_real:
            real, of_real = self._real(config)
            y = of_real if self._classes else None  # pairs are compared within a class
        return Draws(
            real=real, z=z, y=y, noise_real=self._noise(config, shape) if needs_real else None, noise_fake=noise_fake
        )

    def _real(self, config: RunConfig) -> tuple[Tensor, Tensor | None]:
        count, y = config.training.batch_size, None
        if self._classes:
            points, labels = self._data.sample_labelled(count, self._generators["data"])
            y = F.one_hot(labels, self._classes).float()
        else:
            points = self._data.sample(count, self._generators["data"])
        if self._is_shifted:
            points = points.sub_(self._shift).div_(self._scale)
        if config.training.mirror:
            points = flip(points, self._generators["noise"])
        return (points if self.prepare is None else self.prepare(points)), y

    def _classes_of(self, count: int) -> Tensor:
        labels = torch.randint(self._classes, (count,), generator=self._generators["z"], device=self._device)
        return F.one_hot(labels, self._classes).float()

    def _noise(self, config: RunConfig, shape: tuple[int, ...] | torch.Size) -> Tensor | None:
        if config.training.instance_noise == 0:
            return None
        return torch.randn(shape, generator=self._generators["noise"], device=self._device)

    def _share(self, count: int, axes: int) -> Tensor:
        shape = (count,) + (1,) * (axes - 1)
        return torch.rand(shape, generator=self._generators["noise"], device=self._device)
