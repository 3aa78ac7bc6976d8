"""Quality by keeping what has company: samples in dense places of the generated ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Array = NDArray[np.float32]

NEIGHBOURS = 5
CHUNK = 128
PLAIN_WIDTH = 8  # up to so many features a tree is faster than comparing with all


def typicality(features: Array, bank: Array, *, k: int = NEIGHBOURS) -> Array:
    """Return the mean distance of samples (n, F) to their k nearest in a bank of generated ones (m, F): low is typical.

    A sample that is itself in the bank does not count as its own neighbour. nan where the bank has fewer than k others.
    """
    parts = list(typicalities(features, bank, k=k))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def typicalities(features: Array, bank: Array, *, k: int = NEIGHBOURS) -> Iterator[Array]:
    """Yield :func:`typicality` in chunks, so that it can be interrupted.

    The samples that are rated lowest are a filter like discriminator rejection sampling (Azadi et al. 2019,
    arXiv:1810.06758) and top-k training (Sinha et al. 2020, arXiv:2002.06224), without asking D.
    """
    tree = cKDTree(bank) if 0 < bank.shape[1] <= PLAIN_WIDTH and len(bank) else None
    squares = np.einsum("mf,mf->m", bank, bank)
    for start in range(0, len(features), CHUNK):
        asked = np.asarray(features[start : start + CHUNK], np.float32)
        if len(bank) == 0:
            yield np.full(len(asked), np.nan, np.float32)
            continue
        wanted = min(k + 1, len(bank))
        if tree is not None:
            near = np.asarray(tree.query(asked, wanted)[0], np.float64).reshape(len(asked), wanted)
        else:
            rough = squares - 2 * (asked @ bank.T)
            chosen = np.argpartition(rough, wanted - 1, axis=1)[:, :wanted]
            near = np.sort(np.linalg.norm((bank[chosen] - asked[:, None]).astype(np.float64), axis=-1), axis=1)
        yield _mean_of_others(near, k)


def _mean_of_others(near: NDArray[np.float64], k: int) -> Array:
    """Return the mean of the k smallest distances, less one that is zero: the sample itself."""
    itself = near[:, 0] == 0
    others = np.where(itself[:, None], np.roll(near, -1, axis=1), near)[:, :k]
    count = near.shape[1] - itself
    return np.where(count >= k, others.mean(1), np.nan).astype(np.float32)


def typical(scores: Array, share: float) -> NDArray[np.bool_]:
    """Return which samples are among the most typical ``share`` (0 to 1) of them: (n,) bools."""
    known = np.isfinite(scores)
    if not known.any():
        return np.zeros(len(scores), bool)
    return known & (scores <= np.quantile(scores[known], np.clip(share, 0, 1)))


def order(scores: Array) -> NDArray[np.int64]:
    """Return the samples' numbers, the most typical first; those without a score last."""
    return np.argsort(np.where(np.isfinite(scores), scores, np.inf), kind="stable")
