"""Copies of a run's nets while it trains: made by the thread that trains, for whoever explores them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.engine.latent.weights import Weights

if TYPE_CHECKING:
    from ganstudio.engine.trainer import Trainer


def weights_of(trainer: Trainer, run: int = 0) -> Weights:
    """Return a copy of a trainer's averaged generator and of its D; ``run`` is noted in it."""
    data = trainer.data
    is_image = data.layout == "images"
    return Weights.copied(
        trainer.config,
        trainer.ema,
        trainer.D,
        shape=data.shape,
        mean=(0.0,) if is_image else tuple(float(value) for value in trainer.mean),
        scale=1.0 if is_image else float(trainer.scale),
        classes=data.classes,
        class_names=getattr(data, "class_names", ()),
        run=run,
        step=trainer.step,
    )
