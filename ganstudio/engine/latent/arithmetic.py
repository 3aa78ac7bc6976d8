"""A − B + C with groups of latents. This module does not import torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.noise import hash64, normals
from ganstudio.engine.latent.view_state import retracted

Array = NDArray[np.float32]

JITTER = 0.25  # standard deviation of the neighbourhood, per coordinate


def combined(a: Array, b: Array, c: Array, strength: float = 1.0) -> Array:
    """Return C̄ + strength · (Ā − B̄), brought to the mean length of all exemplars: (d,).

    Each well holds one or more latents, (n, d). The mean of n of them is shorter by √n, and the sum of three single
    ones longer by √3: only the direction is taken from the sum.

    References
    ----------
    Radford et al. 2016, "Unsupervised representation learning with DCGANs", arXiv:1511.06434, section 6.3.2: single
    exemplars were unstable, means of three worked.

    Raises
    ------
    ValueError
        If a well is empty.
    """
    wells = [np.atleast_2d(np.asarray(well, np.float64)) for well in (a, b, c)]
    for name, well in zip("ABC", wells, strict=True):
        if well.size == 0:
            raise ValueError(f"well {name} is empty")
    a_mean, b_mean, c_mean = (well.mean(0) for well in wells)
    length = float(np.linalg.norm(np.concatenate(wells), axis=1).mean())
    return retracted(c_mean + strength * (a_mean - b_mean), length).astype(np.float32)


def combined_classes(a: Array, b: Array, c: Array, strength: float = 1.0) -> Array:
    """Return the class weights (K,) of the result: C̄ + strength · (Ā − B̄), brought back to the simplex.

    Where A and B are of the same classes, it is that of C. What would be negative is zero, the rest keeps its
    proportions.

    Raises
    ------
    ValueError
        If a well is empty.
    """
    wells = [np.atleast_2d(np.asarray(well, np.float64)) for well in (a, b, c)]
    if any(well.size == 0 for well in wells):
        raise ValueError("a well is empty")
    a_mean, b_mean, c_mean = (well.mean(0) for well in wells)
    weights = np.maximum(c_mean + strength * (a_mean - b_mean), 0)
    return (weights / weights.sum()).astype(np.float32)


def means(a: Array, b: Array, c: Array) -> Array:
    """Return the wells' means, each at its exemplars' mean length, (3, d): what the equation's thumbnails show."""
    rows = []
    for well in (a, b, c):
        exemplars = np.atleast_2d(np.asarray(well, np.float64))
        rows.append(retracted(exemplars.mean(0), float(np.linalg.norm(exemplars, axis=1).mean())))
    return np.array(rows, np.float32)


def neighbourhood(g: Array, seed: int = 0, sigma: float = JITTER) -> Array:
    """Return g (d,) in the middle of eight jittered copies on the same shell, row by row: (9, d).

    Of figure 7 of Radford et al., with normal instead of uniform noise.
    """
    around = g + sigma * normals(hash64(seed, np.arange(9), 0x3B3), len(g)).astype(np.float64)
    result = retracted(around, float(np.linalg.norm(g.astype(np.float64)))).astype(np.float32)
    result[4] = g
    return result


def diagram(a: Array, b: Array, c: Array, size: int = 5, strength: float = 1.0) -> Array:
    """Return the J-diagram: rows from A and B on the left, on the right C and what answers to it: (size, size, d).

    Top left is B, bottom left A, top right C, bottom right C + A − B; in between, directions are mixed evenly and
    lengths too. With a ``strength``, the bottom is B + strength · (A − B) and C + strength · (A − B). It shows where
    along the way an analogy holds (White 2016, arXiv:1609.04468, section 2.2).
    """
    a_one, b_one, c_one = (np.atleast_2d(np.asarray(well, np.float64)).mean(0) for well in (a, b, c))
    lengths = [float(np.linalg.norm(np.atleast_2d(well), axis=1).mean()) for well in (a, b, c)]
    across, down = np.meshgrid(np.linspace(0, 1, size), np.linspace(0, 1, size))
    places = b_one + strength * down[..., None] * (a_one - b_one) + across[..., None] * (c_one - b_one)
    result_length = float(np.mean(lengths))
    corners = (lengths[1], lengths[2], lengths[0], result_length)
    weights = ((1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down)
    radius = sum(weight * length for weight, length in zip(weights, corners, strict=True))
    return retracted(places, np.asarray(radius)).astype(np.float32)


def diagram_classes(a: Array, b: Array, c: Array, size: int = 5, strength: float = 1.0) -> Array:
    """Return the class weights of the diagram's places, (size, size, K): mixed evenly, none negative."""
    a_one, b_one, c_one = (np.atleast_2d(np.asarray(well, np.float64)).mean(0) for well in (a, b, c))
    across, down = np.meshgrid(np.linspace(0, 1, size), np.linspace(0, 1, size))
    weights = b_one + strength * down[..., None] * (a_one - b_one) + across[..., None] * (c_one - b_one)
    weights = np.maximum(weights, 0)
    return (weights / weights.sum(-1, keepdims=True)).astype(np.float32)
