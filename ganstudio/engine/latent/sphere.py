"""Around here: the exponential map of the sphere on which a latent lies. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.interpolation import NO_LENGTH, exponential, orthogonal
from ganstudio.engine.latent.surface import Everywhere

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

STEP = 0.2  # radians per map unit: about 30 tiles once around


@dataclass(frozen=True, slots=True, eq=False)
class AroundHere(Everywhere):
    """The sphere of radius r = ‖origin‖ seen from the origin.

    g = r (cos ρ · u + sin ρ · (x e₁ + y e₂) / ρ) with ρ = √(x² + y²) in radians, u = origin / r, and e₁, e₂ ⟂ u
    orthonormal. It never leaves the shell; ``flat`` shows the tangent plane g = r (u + x e₁ + y e₂), which does.

    Parameters
    ----------
    origin
        (d,).
    frame
        (3, d): u, e₁ and e₂, orthonormal.
    flat
        The plane instead of the sphere.
    step
        Radians per map unit.
    """

    origin: Array
    frame: Floats
    flat: bool = False
    step: float = STEP

    @classmethod
    def through(cls, origin: Array, axes: Array, *, flat: bool = False, step: float = STEP) -> AroundHere:
        """Return the surface around ``origin`` (d,) spanned by two directions (2, d), made orthonormal.

        Raises
        ------
        ValueError
            If d < 3: a circle or a line has no two directions to turn to.
        """
        if len(origin) < 3:
            raise ValueError("around here needs a latent of three dimensions or more")
        return cls(origin, orthonormal(np.vstack((origin[None], axes))), flat, step)

    def at(self, x: Floats, y: Floats) -> Array:
        """Return the latents at points (n,), (n,): (n, d) float32."""
        plane = np.stack((np.asarray(x, np.float64), np.asarray(y, np.float64)), -1) * self.step
        u, tangent = self.frame[0], plane @ self.frame[1:]
        direction = u + tangent if self.flat else exponential(u, tangent)
        radius = float(np.linalg.norm(self.origin.astype(np.float64)))
        at_origin = (plane == 0).all(-1)[..., None]
        return np.where(at_origin, self.origin, radius * direction).astype(np.float32)


def orthonormal(vectors: NDArray) -> Floats:
    """Return vectors (k, d), k ≤ d, made orthonormal from the first on (Gram–Schmidt, twice for accuracy).

    One that adds nothing new (zero, or a combination of those before it) is replaced by a coordinate axis that does.
    """
    rows: list[Floats] = []
    for vector in np.asarray(vectors, np.float64):
        length = float(np.linalg.norm(vector))
        candidate = vector / length if length > NO_LENGTH else vector
        rest = _rejected(_rejected(candidate, rows), rows)
        if np.linalg.norm(rest) < 1e-6:
            basis = np.array(rows).reshape(-1, len(vector))
            # The axis that is least within the span of the rows so far.
            axis = np.eye(len(vector))[int(np.argmin((basis**2).sum(0)))]
            rest = _rejected(_rejected(axis, rows), rows) if rows else orthogonal(orthogonal(axis))
        rows.append(rest / np.linalg.norm(rest))
    return np.array(rows)


def _rejected(vector: Floats, rows: list[Floats]) -> Floats:
    for row in rows:
        vector = vector - (vector @ row) * row
    return vector
