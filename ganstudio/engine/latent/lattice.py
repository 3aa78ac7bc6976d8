"""The endless map: every point of it is a draw of the prior. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.noise import hash64, normals
from ganstudio.engine.latent.surface import Everywhere

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

FARTHEST = 2.0**40  # beyond it, coordinates have too few binary places left


@dataclass(frozen=True, slots=True)
class Lattice(Everywhere):
    """Independent draws L(i, j) of N(0, I) at whole numbers, joined so that N(0, I) holds everywhere between them.

    In a cell, w = bilinear weights of the smoothed fractions s(f) = f²(3 − 2f), and g = Σ wₖ Lₖ / √(Σ wₖ²). The
    corners are independent, so g is exactly N(0, I) at every point, and continuous across cells; plain bilinear
    weights would shrink it to half its length in the middle.

    References
    ----------
    Bodin et al. 2024, "Linear combinations of latents in generative models", arXiv:2408.08558;
    Agustsson et al. 2019, "Optimal transport maps for distribution preserving operations", arXiv:1711.01970.
    """

    seed: int
    dim: int

    def corners(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> Array:
        """Return the latents at whole numbers (n,), (n,): (n, d)."""
        return normals(hash64(self.seed, i, j), self.dim)

    def at(self, x: Floats, y: Floats) -> Array:
        """Return the latents at points (n,), (n,): (n, d) float32.

        Raises
        ------
        ValueError
            If a coordinate is beyond ±2⁴⁰.
        """
        x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        if not (np.abs(x) <= FARTHEST).all() or not (np.abs(y) <= FARTHEST).all():
            raise ValueError("the map ends at ±2⁴⁰")
        left, top = np.floor(x), np.floor(y)
        i, j = left.astype(np.int64), top.astype(np.int64)
        across, down = _smooth(x - left), _smooth(y - top)
        weights = np.stack(
            ((1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down)
        )  # (4, n), in the order of the hashes
        weights /= np.sqrt((weights**2).sum(0))
        hashes = hash64(self.seed, np.stack((i, i + 1, i, i + 1)), np.stack((j, j, j + 1, j + 1)))
        # Neighbouring points share corners: each is drawn once.
        distinct, where = np.unique(hashes, return_inverse=True)
        latents = normals(distinct, self.dim)[where.reshape(hashes.shape)]  # (4, n, d)
        return np.einsum("kn,knd->nd", weights, latents, optimize=False).astype(np.float32)


def _smooth(fraction: Floats) -> Floats:
    return fraction * fraction * (3 - 2 * fraction)
