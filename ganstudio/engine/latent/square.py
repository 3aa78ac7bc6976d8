"""The whole prior of one or two latent dimensions on a unit square. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from typing_extensions import override

from ganstudio.engine.latent.surface import Everywhere, Extent

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

EDGE = 1e-6  # a point of the border is taken this far inside: beyond ±4.75 standard deviations


@dataclass(frozen=True, slots=True)
class PriorSquare(Everywhere):
    """g = Φ⁻¹(u): equal areas of the square hold equal shares of the prior.

    The first coordinate runs to the right, the second upwards; those from the third on are held at zero, so from three
    dimensions on the square is a slice. With one dimension y does not matter.

    References
    ----------
    Kingma and Welling 2014, "Auto-encoding variational Bayes", arXiv:1312.6114, appendix A.
    """

    dim: int

    @property
    @override
    def extent(self) -> Extent:
        """The unit square."""
        return (0.0, 1.0), (0.0, 1.0)

    def at(self, x: Floats, y: Floats) -> Array:
        """Return the latents at points (n,), (n,): (n, d) float32."""
        x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        g = np.zeros((*x.shape, self.dim), np.float32)
        g[..., 0] = ndtri(np.clip(x, EDGE, 1 - EDGE))
        if self.dim > 1:
            g[..., 1] = ndtri(np.clip(1 - y, EDGE, 1 - EDGE))
        return g

    def locate(self, g: Array) -> tuple[Floats, Floats]:
        """Return where latents (n, d) lie on the square: x (n,) and y (n,)."""
        x = ndtr(g[..., 0].astype(np.float64))
        return x, 1 - ndtr(g[..., 1].astype(np.float64)) if self.dim > 1 else np.full_like(x, 0.5)
