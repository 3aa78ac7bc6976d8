"""The directions that matter here: singular vectors of G's Jacobian at one place."""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.latent.directions import Directions, upright
from ganstudio.engine.latent.interpolation import NO_LENGTH, exponential

Array = NDArray[np.float32]
Method = Literal["jvp", "differences"]

CHUNK = 16  # directions per batch: between two of them the work can be interrupted
EPS = 1e-2  # of the differences: nets of ReLUs bend at many places, so that it must not be small beyond float32's noise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Local:
    """G near one place.

    Parameters
    ----------
    directions
        Right singular vectors of J = ∂G/∂g; their weights are the singular values, their share that of ‖J‖².
    sensitivity
        ‖J‖, the Frobenius norm: how fast the picture changes here, over all directions.
    condition
        λ₁/λ_d of JᵀJ; ∞ if a direction has no effect at all. Odena et al. 2018 (arXiv:1802.08768) found it to follow a
        generator's quality.
    """

    directions: Directions
    sensitivity: float
    condition: float


def jacobian(f: Callable[[Tensor], Tensor], g: Array, method: Method = "differences", eps: float = EPS) -> Tensor:
    """Return J = ∂f/∂g at g (d,): (samples' numbers, d), from one batch of 2d (``differences``) or d (``jvp``).

    Central differences need nothing but evaluations and cost half of ``jvp``, exact forward-mode differentiation
    (32×32, d = 64, DCGAN of width 16, one core: 12 and 28 ms).
    """
    *_, last = jacobian_steps(f, g, method, eps, chunk=len(g))
    assert last is not None  # noqa: S101 - the steps end with the answer
    return last


def jacobian_steps(
    f: Callable[[Tensor], Tensor], g: Array, method: Method = "differences", eps: float = EPS, chunk: int = CHUNK
) -> Iterator[Tensor | None]:
    """Yield None after each batch of ``chunk`` directions but the last, and then :func:`jacobian`'s answer."""
    point = torch.tensor(np.asarray(g, np.float32))
    parts: list[Tensor] = []
    for steps in torch.eye(len(point)).split(chunk):
        if parts:
            yield None
        parts.append(_slopes(f, point, steps, method, eps))
    yield torch.cat(parts).T


def _slopes(f: Callable[[Tensor], Tensor], point: Tensor, steps: Tensor, method: Method, eps: float) -> Tensor:
    """Return the derivatives of f along steps (k, d), as rows: (k, samples' numbers)."""
    if method == "jvp":
        _prepare_forward_mode()
        places = point.expand(len(steps), -1).contiguous()
        with torch.no_grad():  # forward mode needs no graph
            return torch.func.jvp(f, (places,), (steps,))[1].flatten(1)
    with torch.inference_mode():
        ahead, behind = f(torch.cat((point + eps * steps, point - eps * steps))).flatten(1).chunk(2)
        slopes = (ahead - behind) / (2 * eps)
    return slopes.clone()


@cache
def _prepare_forward_mode() -> None:
    """Import what forward mode imports at its first use (0.2 s); torch warns there of its own deprecated parts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        importlib.import_module("torch._decomp.decompositions_for_jvp")


def local(f: Callable[[Tensor], Tensor], g: Array, method: Method = "differences", eps: float = EPS) -> Local:
    """Return the directions of the largest change of f at g (d,), by an eigendecomposition of JᵀJ (d, d).

    References
    ----------
    Ramesh et al. 2018, "A spectral regularizer for unsupervised disentanglement", arXiv:1812.01161; Chiu et al. 2020,
    "Human-in-the-loop differential subspace search", TOG 39(4); Wang and Ponce 2021, arXiv:2101.06006;
    Choi et al. 2022, "Do not escape from the manifold", arXiv:2106.06959.
    """
    return principal(jacobian(f, g, method, eps))


def local_steps(
    f: Callable[[Tensor], Tensor], g: Array, method: Method = "differences", eps: float = EPS
) -> Iterator[Local | None]:
    """Yield None as often as the work can be interrupted, and then :func:`local`'s answer."""
    for slopes in jacobian_steps(f, g, method, eps):
        yield None if slopes is None else principal(slopes)


def principal(slopes: Tensor) -> Local:
    """Return what a Jacobian (samples' numbers, d) says."""
    values, vectors = torch.linalg.eigh((slopes.T @ slopes).double())
    energy = values.flip(0).clamp_min(0).numpy()  # (d,), descending
    total = float(energy.sum())
    found = Directions(
        source="local",
        vectors=upright(vectors.flip(1).T.numpy()),
        weights=np.sqrt(energy).astype(np.float32),
        weight_title="singular value of ∂G/∂g",
        share=(energy / total if total > 0 else np.zeros_like(energy)).astype(np.float32),
        note="" if total > 0 else "nothing changes the picture here",
    )
    least = float(energy[-1])
    # Eigenvalues of JᵀJ below float32's resolution are noise, not small numbers.
    condition = float(energy[0]) / least if least > 1e-12 * float(energy[0]) else math.inf
    return Local(directions=found, sensitivity=math.sqrt(total), condition=condition)


def followed(
    f: Callable[[Tensor], Tensor], g: Array, direction: Array, step: float, count: int, method: Method = "differences"
) -> Iterator[Array]:
    """Yield ``count`` latents along a local direction that is found anew at every step; ``step`` is in units of g.

    At each place the singular vector most like the last heading is taken, made tangent to the sphere of radius ‖g‖,
    and followed along it: so the walk neither turns back where singular vectors change their order or sign, nor leaves
    the shell.
    """
    here, heading = g.astype(np.float64), direction.astype(np.float64)
    radius = float(np.linalg.norm(here))
    if radius < NO_LENGTH:
        raise ValueError("a walk along the shell cannot start in its centre")
    for _ in range(count):
        vectors = local(f, here.astype(np.float32), method).directions.vectors.astype(np.float64)
        alike = vectors @ heading
        best = int(np.argmax(np.abs(alike)))
        heading = vectors[best] * (1.0 if alike[best] >= 0 else -1.0)
        unit = here / radius
        tangent = heading - (heading @ unit) * unit
        length = float(np.linalg.norm(tangent))
        if length < 1e-6:  # straight out of the shell: there is nowhere to go along it
            return
        here = radius * exponential(unit, tangent * (step / (length * radius)))
        here *= radius / np.linalg.norm(here)
        yield here.astype(np.float32)
