"""How real D finds a sample: a rank, since a raw logit means little by itself, and where in the image it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]

REFERENCES = 1_024  # samples of each kind that a rank is taken among


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """D's ``logit`` of a sample, and the share of generated and of real samples that D finds less real; nan if none."""

    logit: float
    among_fakes: float
    among_reals: float


@dataclass(frozen=True, slots=True, eq=False)
class ScoreReference:
    """D's logits of generated (n,) and of real samples (m,) at one snapshot, sorted.

    The scale of logits depends on the loss and on the penalty, and shifts while D trains; ranks do not.
    """

    fakes: Array
    reals: Array

    @classmethod
    def of(cls, fakes: Array, reals: Array) -> ScoreReference:
        """Return the reference for logits in any order; what is not finite is left out."""
        kept = (np.sort(np.asarray(logits, np.float32)[np.isfinite(logits)]) for logits in (fakes, reals))
        return cls(*kept)

    def rank(self, logit: float) -> Rank:
        """Return where a logit falls; of equal ones, half count as below."""
        return Rank(float(logit), _share(self.fakes, logit), _share(self.reals, logit))

    def ranks(self, logits: Array) -> Array:
        """Return the share of generated samples below each logit (k,): (k,)."""
        return np.array([_share(self.fakes, logit) for logit in logits], np.float32)


def _share(reference: Array, logit: float) -> float:
    if len(reference) == 0 or not math.isfinite(logit):
        return math.nan
    below = np.searchsorted(reference, logit, "left") + np.searchsorted(reference, logit, "right")
    return float(below) / (2 * len(reference))


def score_gradient(model: LatentModel, picture: NDArray, y: Array | None = None) -> Array:
    """Return ∂D/∂x of one sample: (H, W, C) of an image, (dim,) of a point, per unit of what the nets see.

    Where it is positive, D would find a brighter pixel more real.

    Raises
    ------
    ModelError
        If the model came without D.
    """
    with torch.enable_grad():
        x = model.seen(picture[None]).requires_grad_(True)
        logit = model.logits(x, None if y is None else torch.tensor(y))
        (slope,) = torch.autograd.grad(logit.sum(), x)
    slope = slope[0].movedim(0, -1) if model.is_image else slope[0]
    return slope.float().numpy().copy()


def heat(gradient: Array) -> Array:
    """Return a gradient (H, W, C) as one signed number per pixel in [-1, 1], (H, W): the channels' sum, scaled."""
    total = gradient.sum(-1)
    largest = float(np.abs(total).max())
    return (total / largest).astype(np.float32) if largest > 0 and math.isfinite(largest) else np.zeros_like(total)
