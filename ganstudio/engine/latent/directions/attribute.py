"""From a group without a property to a group with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ganstudio.engine.latent.directions import Directions

Array = NDArray[np.float32]
Floats = NDArray[np.float64]


def mean_difference(with_it: Array, without: Array, name: str = "attribute") -> Directions:
    """Return the direction between the means of two groups of latents, (n, d) and (m, d).

    Raises
    ------
    ValueError
        If a group is empty, or their means are the same.
    """
    _check(with_it, without)
    difference = with_it.mean(0, dtype=np.float64) - without.mean(0, dtype=np.float64)
    return _one(difference, name)


def logistic(with_it: Array, without: Array, name: str = "attribute", penalty: float = 1.0) -> Directions:
    """Return the normal of the plane that best separates two groups of latents, (n, d) and (m, d).

    Logistic regression with a ridge penalty ½ λ ‖w‖², each group weighing the same. Where the groups are spread
    unevenly it leaves out what the mean difference only has by the way.

    References
    ----------
    Shen et al. 2020, "Interpreting the latent space of GANs for semantic face editing", arXiv:1907.10786, section 2.

    Raises
    ------
    ValueError
        If a group is empty, or nothing separates them.
    """
    _check(with_it, without)
    points = np.concatenate((with_it, without)).astype(np.float64)
    signs = np.concatenate((np.ones(len(with_it)), -np.ones(len(without))))
    shares = np.where(signs > 0, 0.5 / len(with_it), 0.5 / len(without)) * len(points)

    def objective(parameters: Floats) -> tuple[float, Floats]:
        w, b = parameters[:-1], parameters[-1]
        margin = signs * (points @ w + b)
        slope = -shares * signs * np.exp(-np.logaddexp(0, margin))
        loss = float(shares @ np.logaddexp(0, -margin)) + 0.5 * penalty * float(w @ w)
        return loss, np.append(points.T @ slope + penalty * w, slope.sum())

    start = np.zeros(points.shape[1] + 1)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return _one(found.x[:-1], name)


def orthogonalised(directions: Directions, locked: Array) -> Directions:
    """Return directions without their part along locked ones (m, d), so that moving leaves those attributes alone.

    One that lies wholly within them is dropped.
    """
    if len(locked) == 0:
        return directions
    basis, _ = np.linalg.qr(np.asarray(locked, np.float64).T)  # (d, m)
    vectors = directions.vectors.astype(np.float64)
    rest = vectors - (vectors @ basis) @ basis.T
    lengths = np.linalg.norm(rest, axis=1)
    kept = np.flatnonzero(lengths > 1e-4)
    return Directions(
        source=directions.source,
        vectors=(rest[kept] / lengths[kept, None]).astype(np.float32),
        weights=directions.weights[kept],
        weight_title=directions.weight_title,
        share=None if directions.share is None else directions.share[kept],
        note="" if len(kept) == len(rest) else "some lie within the locked attributes",
        names=tuple(directions.names[index] for index in kept),
    )


def _check(with_it: Array, without: Array) -> None:
    if len(with_it) == 0 or len(without) == 0:
        raise ValueError("an attribute needs at least one latent with it and one without")


def _one(vector: Floats, name: str) -> Directions:
    length = float(np.linalg.norm(vector))
    if not length > 1e-6:
        raise ValueError("the two groups do not differ")
    return Directions(
        source="attribute",
        vectors=(vector / length).astype(np.float32)[None],
        weights=np.array([length], np.float32),
        weight_title="length before it was normalised",
        names=(name,),
    )
