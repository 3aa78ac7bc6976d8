"""Directions in latent space along which pictures change: found, compared, and applied."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Directions:
    """Unit vectors in canonical coordinates, the most effective first.

    Parameters
    ----------
    source
        How they were found ("local", "sefa", "activations", "mean_jacobian", "attribute").
    vectors
        (k, d), unit rows.
    weights
        (k,), not negative: what they were sorted by; ``weight_title`` says what that is.
    share
        (k,) of the whole that each explains, where that has a meaning; else None.
    note
        What is to be said with them ("no preferred direction"); empty if nothing.
    names
        (k,), "1" to "k" by default.
    """

    source: str
    vectors: Array
    weights: Array
    weight_title: str = ""
    share: Array | None = None
    note: str = ""
    names: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.names:
            object.__setattr__(self, "names", tuple(str(index + 1) for index in range(len(self.vectors))))

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.vectors)

    def top(self, count: int) -> Directions:
        """Return the first ``count`` of them."""
        return Directions(
            source=self.source,
            vectors=self.vectors[:count],
            weights=self.weights[:count],
            weight_title=self.weight_title,
            share=None if self.share is None else self.share[:count],
            note=self.note,
            names=self.names[:count],
        )


def upright(vectors: NDArray) -> Array:
    """Return rows (k, d) with their largest entry positive: a direction has no sign of its own."""
    largest = np.take_along_axis(vectors, np.argmax(np.abs(vectors), axis=1)[:, None], axis=1)
    return (vectors * np.where(largest < 0, -1.0, 1.0)).astype(np.float32)
