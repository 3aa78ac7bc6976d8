"""The average effect of a direction, from samples alone."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.latent.directions import Directions, upright
from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]


def mean_jacobian(pictures: Tensor, g: Tensor) -> Tensor:
    """Return an estimate of E[∂G/∂g], (numbers of a picture, d), from pictures (n, …) of latents g (n, d).

    By Stein's identity E[(G(g) − Ḡ) gᵀ] = E[∂G/∂g] for g ~ N(0, I). The cross-covariance is divided by the latents'
    own covariance, which takes their sampling noise away: of a linear G the answer is exact.

    Raises
    ------
    ValueError
        If there are not more samples than dimensions.
    """
    count, dim = g.shape
    if count <= dim + 1:
        raise ValueError(f"{count} samples do not tell the effect of {dim} dimensions")
    flat = pictures.flatten(1).float()
    flat, latents = flat - flat.mean(0), (g - g.mean(0)).float()
    across = (latents.T @ flat / count).double()  # (d, P)
    within = (latents.double().T @ latents.double()) / count
    return torch.linalg.solve(within, across).T.float()


def mean_effect(pictures: Tensor, g: Tensor) -> Directions:
    """Return the directions of the largest average effect: right singular vectors of E[∂G/∂g]."""
    slopes = mean_jacobian(pictures, g)
    values, vectors = torch.linalg.eigh((slopes.T @ slopes).double())
    energy = values.flip(0).clamp_min(0).numpy()
    total = float(energy.sum())
    return Directions(
        source="mean_jacobian",
        vectors=upright(vectors.flip(1).T.numpy()),
        weights=np.sqrt(energy).astype(np.float32),
        weight_title="singular value of E[∂G/∂g]",
        share=(energy / total if total > 0 else np.zeros_like(energy)).astype(np.float32),
        note="" if total > 0 else "no direction has an average effect",
    )


def mean_effect_of(model: LatentModel, pictures: NDArray, g: Array) -> Directions:
    """Return the directions from pictures as they are looked at, such as the bank's, and their latents (n, d)."""
    return mean_effect(model.seen(pictures), torch.tensor(g))
