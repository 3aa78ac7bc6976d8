"""Canonical coordinates g ~ N(0, I) and the z that a model was trained with.

Every map here is differentiable, works row by row on (n, d), and turns N(0, I) into exactly the prior: so whatever
keeps N(0, I) is the operation that matches the prior (Agustsson et al. 2019, arXiv:1711.01970).
"""

from __future__ import annotations

import math
from functools import singledispatch

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.engine.priors import Prior
from ganstudio.engine.priors.normal import Normal
from ganstudio.engine.priors.sphere import Sphere
from ganstudio.engine.priors.uniform import Uniform

TAU_FLOOR = 1.0  # below it, and below the next, pictures leave what was learnt rather than becoming more typical
PSI_FLOOR = 0.7
BELOW_ONE = 1 - 2**-24  # the largest float32 under 1


@singledispatch
def to_z(prior: Prior, g: Tensor) -> Tensor:
    """Return the latents of the prior at canonical coordinates g (n, d): (n, d).

    Any prior will do that maps uniform numbers to its draws: z = F⁻¹(Φ(g)), in double precision.
    """
    u = _phi(g.double()).clamp(1e-300, 1 - 2**-53)
    return prior.from_uniform(u).to(g.dtype)


@to_z.register
def _(prior: Normal, g: Tensor) -> Tensor:
    return g


@to_z.register
def _(prior: Uniform, g: Tensor) -> Tensor:
    return torch.erf(g / math.sqrt(2)).clamp(-BELOW_ONE, BELOW_ONE)  # 2 Φ(g) − 1


@to_z.register
def _(prior: Sphere, g: Tensor) -> Tensor:
    return math.sqrt(prior.dim) * F.normalize(g, dim=1)


def truncated(g: Tensor, tau: float) -> Tensor:
    """Return g with every coordinate as a draw of the normal distribution cut at ±τ, in its old quantile.

    gᵢ ← Φ⁻¹(Φ(−τ) + Φ(gᵢ) (Φ(τ) − Φ(−τ))): the truncation of BigGAN (Brock et al. 2019, arXiv:1809.11096, section 3.1;
    Marchesi 2017, arXiv:1706.00082), but continuous in τ for a fixed g, where drawing again makes pictures jump.
    """
    if math.isinf(tau):
        return g
    if not tau > 0:
        raise ValueError(f"τ = {tau}: allowed is a number above 0")
    low = _phi(torch.tensor(-tau, dtype=torch.float64))
    # By symmetry from the lower half alone, where Φ keeps its relative accuracy.
    tail = _phi(-g.double().abs())
    size = -torch.special.ndtri(low + tail * (1 - 2 * low))
    return (torch.sign(g) * size.to(g.dtype)).clamp(-tau, tau)


def diversified(g: Tensor, tau: float = math.inf, psi: float = 1.0) -> Tensor:
    """Return g truncated at ±τ, then scaled by ψ."""
    g = truncated(g, tau)
    return g if psi == 1 else psi * g


def _phi(x: Tensor) -> Tensor:
    """Return Φ(x), accurate in the lower tail, where ``torch.special.ndtr`` is 2 % off at −8."""
    return 0.5 * torch.erfc(x * -math.sqrt(0.5))
