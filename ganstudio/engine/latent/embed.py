"""Real and generated samples in one plane: a mode that G has dropped is a hole. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from ganstudio.engine.latent.noise import hash64, normals

Array = NDArray[np.float32]
Indices = NDArray[np.int64]

EXACT_WIDTH = 512  # up to so many samples, or numbers of a sample, the Gram matrix is decomposed as it is
SUBSPACE = 16
ITERATIONS = 8
MARGIN = 0.03  # of the plane's extent on every side


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A projection on two axes: ``mean`` (P,), ``axes`` (2, P), and the share of the variance along each (2,).

    Fitted on samples, never on latents: N(0, I) has no principal axes.
    """

    mean: Array
    axes: Array
    explained: tuple[float, float]

    def project(self, samples: NDArray) -> Array:
        """Return where samples (n, …) lie: (n, 2)."""
        return np.asarray((_flat(samples) - self.mean) @ self.axes.T, np.float32)


def fitted(real: NDArray, fake: NDArray) -> Embedding:
    """Return the two principal axes of real (n, …) and generated samples (m, …) together, each set weighing the same.

    Raises
    ------
    ValueError
        If there are fewer than two samples in all.
    """
    sets = [_flat(samples) for samples in (real, fake) if len(samples)]
    if sum(map(len, sets)) < 2:
        raise ValueError("a projection needs at least two samples")
    together = np.concatenate(sets)
    weights = np.concatenate([np.full(len(rows), 1 / (len(rows) * len(sets)), np.float32) for rows in sets])
    mean = weights @ together
    centred = (together - mean) * np.sqrt(weights)[:, None]
    count, width = centred.shape
    if width == 1:
        return Embedding(mean, np.array([[1.0], [0.0]], np.float32), (1.0, 0.0))
    values, axes = _principal(centred) if min(count, width) <= EXACT_WIDTH else _nearly_principal(centred)
    flip = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1) < 0
    total = float(np.einsum("np,np->", centred, centred, dtype=np.float64))
    shares = (values / total).tolist() if total > 0 else [0.0, 0.0]
    return Embedding(mean, np.where(flip, -axes, axes).astype(np.float32), (shares[0], shares[1]))


def _principal(centred: Array) -> tuple[NDArray[np.float64], Array]:
    """Return the two largest eigenvalues (2,) of CᵀC and their vectors (2, P)."""
    count, width = centred.shape
    tall = count >= width  # whichever Gram matrix is smaller has the same spectrum
    gram = (centred.T @ centred if tall else centred @ centred.T).astype(np.float64)
    values, vectors = eigh(gram, subset_by_index=(len(gram) - 2, len(gram) - 1))
    axes = vectors[:, ::-1].T if tall else vectors[:, ::-1].T @ centred
    axes = axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-12)
    return values[::-1].clip(min=0), axes.astype(np.float32)


def _nearly_principal(centred: Array) -> tuple[NDArray[np.float64], Array]:
    """Return the same, by subspace iteration from a fixed start: a fiftieth of the work for thousands of samples.

    Halko, Martinsson and Tropp 2011, "Finding structure with randomness", algorithm 4.4.
    """
    basis = normals(hash64(0, np.arange(centred.shape[1])), SUBSPACE)  # (P, s)
    for _ in range(ITERATIONS):
        basis, _ = np.linalg.qr(centred.T @ (centred @ basis))
    seen = (centred @ basis).astype(np.float64)
    values, vectors = np.linalg.eigh(seen.T @ seen)
    return values[::-1][:2].clip(min=0), (basis @ vectors[:, ::-1][:, :2]).T.astype(np.float32)


def extent_of(*points: Array) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the range of x and of y that holds all points (n, 2), with a margin."""
    together = np.concatenate([rows for rows in points if len(rows)] or [np.zeros((1, 2), np.float32)])
    low, high = together.min(0).astype(float), together.max(0).astype(float)
    pad = np.where(high > low, MARGIN * (high - low), 0.5)
    low, high = low - pad, high + pad
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def thumbnails(
    points: Array, extent: tuple[tuple[float, float], tuple[float, float]], columns: int, rows: int
) -> Indices:
    """Return which sample each cell of a grid shows: (rows, columns), row 0 at the highest y; -1 where none lies.

    A cell shows the sample nearest to its centre among those that lie in it: nothing overlaps, and holes stay holes.
    """
    (left, right), (low, high) = extent
    chosen = np.full(rows * columns, -1, np.int64)
    if len(points) == 0:
        return chosen.reshape(rows, columns)
    across = (points[:, 0].astype(np.float64) - left) / (right - left) * columns
    down = (high - points[:, 1].astype(np.float64)) / (high - low) * rows
    column, row = np.floor(across).astype(np.int64), np.floor(down).astype(np.int64)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    distance = (across - column - 0.5) ** 2 + (down - row - 0.5) ** 2
    far_first = np.argsort(-distance, kind="stable")
    far_first = far_first[inside[far_first]]
    chosen[row[far_first] * columns + column[far_first]] = far_first  # the nearest is written last
    return chosen.reshape(rows, columns)


def _flat(samples: NDArray) -> Array:
    rows: Array = np.asarray(samples, np.float32).reshape(len(samples), int(np.prod(samples.shape[1:])))
    return rows / np.float32(255) if samples.dtype == np.uint8 else rows
