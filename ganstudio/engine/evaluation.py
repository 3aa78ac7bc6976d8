"""What the metrics say of a trainer's generators, the averaged and the raw one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.device import random_generator
from ganstudio.engine.distributions.images import ImageDistribution, as_tensor
from ganstudio.engine.game import called
from ganstudio.engine.image_panel import MEASURED_IMAGES, ImagePanel

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.engine.trainer import Trainer

JUDGED_IMAGES = 256  # real ones of each kind, for D's scores


def measures(trainer: Trainer, count: int) -> dict[str, float]:
    """Return every metric of the averaged generator, and with the suffix ``_raw`` those of the raw one.

    Parameters
    ----------
    count
        How many points each of them makes; of images it is always ``MEASURED_IMAGES``.
    """
    generator = random_generator(trainer.device, trainer.config.run.seed, 6, trainer.step)
    if isinstance(trainer.panel, ImagePanel):
        return _image_measures(trainer, trainer.panel, generator) | _familiarity(trainer)
    z = trainer.config.prior.sample(count, generator)
    averaged = trainer.panel.measure(trainer.generated(trainer.ema, z))
    return averaged | _of_raw(trainer.panel.measure(trainer.generated(trainer.G, z)))


def _image_measures(trainer: Trainer, panel: ImagePanel, generator: torch.Generator) -> dict[str, float]:
    z = trainer.config.prior.sample(MEASURED_IMAGES, generator)
    y = labels = None
    if trainer.classes:  # every class as often as the others
        labels = np.arange(MEASURED_IMAGES) % trainer.classes
        y = _one_hot(trainer, labels)
    averaged = panel.measure(trainer.images(trainer.ema, z, y), labels)
    return averaged | _of_raw(panel.measure(trainer.images(trainer.G, z, y), labels))


def _of_raw(values: dict[str, float]) -> dict[str, float]:
    return {f"{name}_raw": value for name, value in values.items()}


def _familiarity(trainer: Trainer) -> dict[str, float]:
    """Return D's mean scores on images that it learns from and on held-out ones: apart, it knows them by heart."""
    data = cast(ImageDistribution, trainer.data)
    with torch.no_grad(), trainer.at_rest():
        return {
            name: _mean_score(trainer, images, labels)
            for name, images, labels in (
                ("score/train", data.train.images, data.train.labels),
                ("score/held_out", data.held_out.images, data.held_out.labels),
            )
            if len(images)
        }


def _mean_score(trainer: Trainer, images: NDArray[np.uint8], labels: NDArray[np.int64] | None) -> float:
    spread = np.linspace(0, len(images) - 1, min(len(images), JUDGED_IMAGES)).astype(int)
    x = as_tensor(images[spread], trainer.device)
    if trainer.supply.prepare is not None:
        x = trainer.supply.prepare(x)
    y = _one_hot(trainer, labels[spread]) if trainer.classes and labels is not None else None
    return float(trainer.config.loss.score(called(trainer.D, x, y)).mean())


def _one_hot(trainer: Trainer, labels: NDArray[np.int64]) -> Tensor:
    return torch.nn.functional.one_hot(torch.from_numpy(labels), trainer.classes).float().to(trainer.device)
