"""How much a sample changes when its latent does."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.latent.models import LatentModel, StyleMix

Array = NDArray[np.float32]

PROBES = 4
STEP = 1e-2  # of central differences along a unit-variance direction: small beside g, large beside rounding


def sensitivities(
    model: LatentModel,
    g: Array,
    y: Array | None = None,
    *,
    probes: int = PROBES,
    seed: int = 0,
    tau: float = float("inf"),
    psi: float = 1.0,
    style: StyleMix | None = None,
) -> Array:
    """Return estimates of ‖J‖_F, J = ∂G/∂g, at latents g (n, d): (n,), per unit of what the nets see.

    E‖J v‖² = ‖J‖_F² for v ~ N(0, I): the mean over ``probes`` directions, the same ones at every latent, by central
    differences. ``y`` is (K,), (n, K) or None.

    References
    ----------
    Hutchinson 1990, "A stochastic estimator of the trace of the influence matrix"; Odena et al. 2018, "Is generator
    conditioning causally related to GAN performance?", arXiv:1802.08768, on what J tells.
    """
    latents = torch.tensor(np.asarray(g, np.float32))
    weights = None if y is None else torch.tensor(np.asarray(y, np.float32))
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(len(latents), dtype=torch.float64)
    with torch.inference_mode():
        for _ in range(probes):
            v = STEP * torch.randn(latents.shape[1], generator=generator)
            ahead, behind = (
                model.images(latents + sign * v, weights, tau=tau, psi=psi, style=style).double() for sign in (1, -1)
            )
            total += ((ahead - behind) / (2 * STEP)).square().flatten(1).sum(1)
    return (total / max(probes, 1)).sqrt().float().numpy()
