"""GANSpace: principal components of an inner layer's activations, mapped back to latents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.latent.directions import Directions, upright
from ganstudio.engine.latent.features import projected
from ganstudio.engine.latent.layers import record
from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.noise import samples

Array = NDArray[np.float32]

COUNT = 4_096
CHUNK = 32  # samples between two places where the work can be interrupted
MOST_FEATURES = 256
RIDGE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActivationPca:
    """Directions from activations, and how much better they are than chance.

    ``explained`` (k,) is the share of the activations' variance along each component, ``chance`` that along a random
    direction of the same space: one over its dimension.
    """

    directions: Directions
    explained: Array
    chance: float


def activation_pca(
    model: LatentModel, layer: str, y: Tensor | None = None, *, count: int = COUNT, seed: int = 0
) -> Iterator[ActivationPca | None]:
    """Yield the principal components of ``layer``'s output over the prior, as directions of g.

    Before that, it yields None as often as it can be interrupted. Activations of more than 256 numbers go through a
    fixed random projection first. A component's direction is the least-squares answer of g to its score,
    argmin ‖S U − G‖, normalised; for Gaussian g that is cov(score, g).

    References
    ----------
    Härkönen et al. 2020, "GANSpace", arXiv:2004.02546, sections 2.2 and 2.3.

    Raises
    ------
    ValueError
        If there is no such layer.
    """
    g = torch.from_numpy(samples(seed, count, model.dim, start=1_000_000))
    parts: list[Tensor] = []
    for part in g.split(CHUNK):
        with torch.inference_mode():
            parts.append(projected(record(model, layer, part, y).flatten(1), MOST_FEATURES))
        yield None
    yield principal(torch.cat(parts), g)


def principal(activations: Tensor, g: Tensor) -> ActivationPca:
    """Return the directions of g (n, d) that answer to the principal components of activations (n, F)."""
    count, dim = g.shape
    centred, latents = activations - activations.mean(0), g - g.mean(0)
    covariance = (centred.T @ centred).double() / (count - 1)
    values, axes = torch.linalg.eigh(covariance)
    kept = min(dim, axes.shape[1])
    variance, axes = values.flip(0)[:kept].clamp_min(0), axes.flip(1)[:, :kept]
    total = float(values.clamp_min(0).sum())
    answers = (centred @ axes.float()).T.double() @ latents.double() / (count - 1)  # (k, d): cov(score, g)
    lengths = answers.norm(dim=1, keepdim=True)
    good = (lengths[:, 0] > RIDGE * max(total, 1e-30) ** 0.5) & (variance > RIDGE * variance[0])
    vectors, variance = (answers / lengths.clamp_min(1e-30))[good], variance[good]
    share = (variance / total).numpy().astype(np.float32) if total > 0 else np.zeros(len(vectors), np.float32)
    found = Directions(
        source="activations",
        vectors=upright(vectors.numpy()),
        weights=variance.sqrt().numpy().astype(np.float32),
        weight_title="standard deviation of the activations",
        share=share,
        note="" if len(vectors) else "this layer does not change",
    )
    return ActivationPca(directions=found, explained=share, chance=1 / axes.shape[0])
