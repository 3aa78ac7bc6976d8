"""Which images of a set are held out: the one answer that training, the quality panel and its classifier share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HELD_OUT_SHARE = 0.1
SPLIT_SEED = 0  # of the data, not of the run: every run and every measurement holds the same images out


def held_out_indices(
    labels: NDArray[np.integer], share: float = HELD_OUT_SHARE, seed: int = SPLIT_SEED
) -> NDArray[np.int64]:
    """Return the indices of the images to hold out, ascending.

    Stratified: every class gives its share, rounded so that ``round(share · N)`` are held out in all (largest
    remainders first), and keeps at least one image for training. The choice depends on the labels, the share and the
    seed, and on nothing else: raw PCG64 output, which numpy promises never to change (NEP 19), orders the images.

    Parameters
    ----------
    labels
        Class of every image, (N,). For a set without classes: zeros.
    share
        Share of the images to hold out, 0 to 1.
    seed
        Whole number from 0.

    Raises
    ------
    ValueError
        If ``share`` is not between 0 and 1, or ``labels`` is not of one dimension.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(f"labels: {labels.ndim} dimensions; one label per image is needed")
    if not 0 <= share <= 1:
        raise ValueError(f"share: {share}; a number between 0 and 1 is needed")
    if len(labels) == 0:
        return np.empty(0, np.int64)
    _, of_class, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    keys = np.random.PCG64(np.random.SeedSequence([seed, len(labels)])).random_raw(len(labels))
    order = np.lexsort((keys, of_class))  # by class, and by chance in a class
    rank = np.empty(len(labels), np.int64)
    rank[order] = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.flatnonzero(rank < _quotas(sizes, share)[of_class]).astype(np.int64)


def _quotas(sizes: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Return how many images each class gives, (K,): largest remainders, and never all of a class."""
    exact = sizes * share
    quotas = np.minimum(np.floor(exact).astype(np.int64), sizes - 1)
    missing = round(share * int(sizes.sum())) - int(quotas.sum())
    for index in np.argsort(-(exact - quotas), kind="stable"):
        if missing <= 0:
            break
        if quotas[index] < sizes[index] - 1:
            quotas[index] += 1
            missing -= 1
    return quotas
