"""From a latent to one near by whose sample D finds more real."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.latent.models import LatentModel, StyleMix

Array = NDArray[np.float32]

STEPS = 20
TURN = 0.06  # radians of the first step; they become shorter towards the last


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """A latent g (d,) after ``step`` steps, and D's ``logit`` of its sample."""

    step: int
    g: Array
    logit: float


def refined(
    model: LatentModel,
    g: Array,
    y: Array | None = None,
    *,
    steps: int = STEPS,
    turn: float = TURN,
    tau: float = float("inf"),
    psi: float = 1.0,
    style: StyleMix | None = None,
) -> Iterator[Refined]:
    """Yield the latent after every step, from the first, g (d,) itself, on: up the slope of D(G(g)) on g's own sphere.

    There the prior's term ½‖g‖² of the energy does not change, so that only D's remains. What is found can also be
    where D is mistaken: it says what D takes for real.

    References
    ----------
    Che et al. 2020, "Your GAN is secretly an energy-based model", arXiv:2003.06060, whose Langevin noise is left out.

    Raises
    ------
    ModelError
        If the model came without D.
    """
    weights = None if y is None else torch.tensor(np.asarray(y, np.float32))
    at = torch.tensor(np.asarray(g, np.float32))
    length = float(at.norm())
    for step in range(steps + 1):
        with torch.enable_grad():
            here = at[None].clone().requires_grad_(True)
            logit = model.logits(model.images(here, weights, tau=tau, psi=psi, style=style), weights).sum()
            (slope,) = torch.autograd.grad(logit, here)
        yield Refined(step, at.numpy().copy(), float(logit.detach()))
        along = slope[0] - (slope[0] @ at) / max(length, 1e-12) ** 2 * at
        steepness = float(along.norm())
        if steepness <= 0 or length <= 0:
            return  # nothing to climb: a dead generator, or the origin
        angle = turn * (1 - step / steps)
        at = math.cos(angle) * at + math.sin(angle) * length / steepness * along
