"""Sliders that feel equal: the step along each direction that changes the picture by the same amount."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.latent.view_state import retracted

Array = NDArray[np.float32]

TARGET = 0.15  # root mean square change of a pixel, of a range from −1 to 1: 7.5 % of black to white
STEPS = np.geomspace(0.02, 6.0, 13)  # in units of g: from a twentieth of a pixel's change to right across the shell
THUMBS = 7  # of a slider's filmstrip, from −3 to 3 equal effects


def sigma_eff(
    f: Callable[[Tensor], Tensor], g: Array, vectors: Array, target: float = TARGET, *, on_shell: bool = True
) -> Array:
    """Return the step along each of the directions (k, d) at g (d,) that changes f by ``target``: (k,).

    The change is the root mean square over a sample's numbers, averaged over both ways, found between steps by
    interpolation. A direction that does not change it so much within six units gets six.
    """
    if len(vectors) == 0:
        return np.zeros(0, np.float32)
    amounts = np.concatenate((STEPS, -STEPS))
    places = along(g, vectors, amounts, on_shell=on_shell)  # (k, 2n, d)
    with torch.inference_mode():
        here = f(torch.tensor(g[None]))
        there = torch.cat([f(part) for part in torch.from_numpy(places.reshape(-1, len(g))).split(64)])
        change = (there - here).flatten(1).square().mean(1).sqrt()
    both = change.numpy().astype(np.float64).reshape(len(vectors), 2, len(STEPS)).mean(1)
    return np.array([_crossing(row, target) for row in both], np.float32)


def _crossing(change: NDArray[np.float64], target: float) -> float:
    above = np.flatnonzero(change >= target)
    if len(above) == 0:
        return float(STEPS[-1])
    index = int(above[0])
    if index == 0:
        return float(STEPS[0] * target / change[0])  # below the first step the change is proportional
    low, high = change[index - 1], change[index]
    share = (target - low) / (high - low)
    return float(STEPS[index - 1] + share * (STEPS[index] - STEPS[index - 1]))


def along(g: Array, vectors: Array, amounts: NDArray, *, on_shell: bool = True) -> Array:
    """Return the latents at ``amounts`` (n,), or (k, n), along each direction (k, d) from g (d,): (k, n, d).

    With ``on_shell`` each is brought back to the length of g, but for an amount of zero, which is g itself.
    """
    each = np.broadcast_to(np.asarray(amounts, np.float64), (len(vectors), np.shape(amounts)[-1]))[..., None]
    places = g.astype(np.float64) + each * vectors[:, None].astype(np.float64)
    if on_shell:
        places = retracted(places, float(np.linalg.norm(g.astype(np.float64))))
    return np.where(each == 0, g, places).astype(np.float32)


def filmstrip(g: Array, vectors: Array, sigma: Array, *, thumbs: int = THUMBS, on_shell: bool = True) -> Array:
    """Return the latents of every slider's filmstrip, from −3 to 3 equal effects: (k, thumbs, d)."""
    amounts = np.linspace(-3, 3, thumbs)[None] * np.asarray(sigma, np.float64)[:, None]
    return along(g, vectors, amounts, on_shell=on_shell)
