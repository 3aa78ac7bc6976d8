"""The same slider stays the same slider while a model trains."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from ganstudio.engine.latent.directions import Directions


def aligned(new: Directions, old: Directions) -> Directions:
    """Return ``new`` with the order and the signs of ``old``.

    Each old direction keeps its place and takes the new one most like it, by the largest sum of |cos| over all; its
    sign is turned to agree. New ones without a partner follow, in their own order. Directions of another source or
    dimension come back as they are.
    """
    if new.source != old.source or new.vectors.shape[1:] != old.vectors.shape[1:] or not old.count or not new.count:
        return new
    cosines = old.vectors.astype(np.float64) @ new.vectors.astype(np.float64).T
    rows, columns = linear_sum_assignment(-np.abs(cosines))
    rest = [index for index in range(new.count) if index not in set(columns.tolist())]
    order = np.array([*columns, *rest], np.int64)
    signs = np.ones(new.count)
    signs[: len(rows)] = np.where(cosines[rows, columns] < 0, -1.0, 1.0)
    return Directions(
        source=new.source,
        vectors=(new.vectors[order] * signs[:, None]).astype(np.float32),
        weights=new.weights[order],
        weight_title=new.weight_title,
        share=None if new.share is None else new.share[order],
        note=new.note,
        names=new.names if new.names == tuple(str(index + 1) for index in range(new.count)) else _named(new, order),
    )


def _named(directions: Directions, order: np.ndarray) -> tuple[str, ...]:
    return tuple(directions.names[index] for index in order)
