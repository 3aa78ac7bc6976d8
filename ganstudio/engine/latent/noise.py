"""Gaussian numbers at addresses: the same for the same address, everywhere and in any order.

This module does not import torch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Array = NDArray[np.float32]
Hashes = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: SplitMix64's increment


def hash64(*keys: ArrayLike) -> Hashes:
    """Return one 64-bit hash for each tuple of whole numbers; the keys broadcast.

    Notes
    -----
    SplitMix64's finaliser (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"), once per key.
    """
    columns = np.broadcast_arrays(*(np.asarray(key, np.int64) for key in keys))
    state = np.zeros(columns[0].shape, np.uint64)
    with np.errstate(over="ignore"):  # the arithmetic is meant modulo 2^64
        for column in columns:
            state = _mixed((state ^ column.astype(np.uint64)) + GOLDEN)
    return state


def normals(hashes: Hashes, dim: int) -> Array:
    """Return ``dim`` independent standard normal numbers for each hash: (…) -> (…, dim) float32."""
    with np.errstate(over="ignore"):
        counter = np.arange(1, dim + 1, dtype=np.uint64) * GOLDEN
        bits = _mixed(np.asarray(hashes, np.uint64)[..., None] + counter)
    # 53 bits at the centres of equal cells, never 0 or 1.
    return ndtri(((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53).astype(np.float32)


def samples(seed: int, count: int, dim: int, *, start: int = 0) -> Array:
    """Return draws number ``start`` to ``start + count`` of N(0, I) for this seed, (count, dim) float32."""
    return normals(hash64(seed, np.arange(start, start + count), 0x5EED), dim)


def _mixed(state: Hashes) -> Hashes:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
