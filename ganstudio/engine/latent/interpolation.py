"""Between latents: lerp, polar slerp and the sphere's exponential and logarithm. This module does not import torch.

For g ~ N(0, I) the length is √d almost surely; the middle of a straight line between two draws is shorter by √2, a
place that training never saw (White 2016, arXiv:1609.04468, section 2.1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

SMALL_SINE = 1e-4  # below it two directions count as parallel, or as opposite
NO_LENGTH = 1e-12


def lerp(a: Array, b: Array, t: Floats) -> Array:
    """Return the points at ``t`` (n,) of the straight line from a (d,) to b (d,): (n, d)."""
    t = np.asarray(t, np.float64)[:, None]
    return _exact_ends(a, b, t, (1 - t) * a + t * b)


def slerp(a: Array, b: Array, t: Floats) -> Array:
    """Return points of the polar slerp from a (d,) to b (d,) at ``t`` (n,): (n, d) float32.

    The direction turns at constant speed on the great circle (Shoemake 1985), the length goes evenly from ‖a‖ to ‖b‖.
    The ends are exact. Opposite directions are joined through one that is orthogonal to both; where a direction is
    missing (a zero end, or d = 1) the line is straight.
    """
    t = np.asarray(t, np.float64)[:, None]
    start, end = a.astype(np.float64), b.astype(np.float64)
    from_length, to_length = float(np.linalg.norm(start)), float(np.linalg.norm(end))
    if min(from_length, to_length) < NO_LENGTH or len(start) == 1:
        return lerp(a, b, t[:, 0])
    directions = turned(start / from_length, end / to_length, t)
    return _exact_ends(a, b, t, directions * ((1 - t) * from_length + t * to_length))


def turned(u: Floats, v: Floats, t: Floats) -> Floats:
    """Return unit vectors on the great circle between unit vectors u and v, (d,) or (n, d), at t (n, 1): (n, d)."""
    u, v = np.broadcast_arrays(np.atleast_2d(u), np.atleast_2d(v))
    angle = angle_between(u, v)[:, None]
    sine = np.sin(angle)
    close = np.abs(sine) < SMALL_SINE
    safe = np.where(close, 1.0, sine)
    arc = (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / safe
    if not close.any():
        return arc
    straight = _unit((1 - t) * u + t * v)
    opposite = close & (angle > 1)
    halfway = orthogonal(u - v) if opposite.any() else u
    first = np.cos(np.pi * np.minimum(t, 0.5)) * u + np.sin(np.pi * np.minimum(t, 0.5)) * halfway
    second = np.cos(np.pi * np.minimum(1 - t, 0.5)) * v + np.sin(np.pi * np.minimum(1 - t, 0.5)) * halfway
    around = _unit(np.where(t <= 0.5, first, second))
    return np.where(opposite, around, np.where(close, straight, arc))


def angle_between(u: Floats, v: Floats) -> Floats:
    """Return the angles of unit vectors (…, d), accurate near 0 and near π too (Kahan)."""
    return 2 * np.arctan2(np.linalg.norm(u - v, axis=-1), np.linalg.norm(u + v, axis=-1))


def exponential(u: Floats, tangent: Floats) -> Floats:
    """Return where the geodesics from unit vectors u (…, d) along tangent vectors (…, d) end: unit vectors."""
    length = np.linalg.norm(tangent, axis=-1, keepdims=True)
    return np.cos(length) * u + np.sinc(length / np.pi) * tangent  # sin(ρ)/ρ


def logarithm(u: Floats, v: Floats) -> Floats:
    """Return the tangent vectors at unit vectors u that lead to v, (…, d); for opposite ones, one of the many."""
    angle = angle_between(u, v)[..., None]
    across = v - (u * v).sum(-1, keepdims=True) * u
    length = np.linalg.norm(across, axis=-1, keepdims=True)
    usual = across * (angle / np.maximum(length, NO_LENGTH))
    lost = (length < SMALL_SINE) & (angle > 1)
    return np.where(lost, angle * orthogonal(u - v), usual) if lost.any() else usual


def orthogonal(direction: Floats) -> Floats:
    """Return unit vectors orthogonal to vectors (…, d), d ≥ 2: always the same ones for the same line."""
    unit = _unit(direction)
    smallest = np.argmin(np.round(np.abs(unit), 9), axis=-1)[..., None]  # rounded: u and −u must choose alike
    axis = np.zeros_like(unit)
    np.put_along_axis(axis, smallest, 1.0, axis=-1)
    return _unit(axis - (axis * unit).sum(-1, keepdims=True) * unit)


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), NO_LENGTH)


def _exact_ends(a: Array, b: Array, t: Floats, points: Floats) -> Array:
    return np.where(t == 0, a, np.where(t == 1, b, points)).astype(np.float32)
