"""Class × seed: the same latents under every class. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.latent.noise import hash64, normals
from ganstudio.engine.latent.surface import Everywhere, Extent

Array = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClassGrid(Everywhere):
    """Column k is class k, row r the r-th latent of the seed: what z tells, and what the class tells.

    A cell is one unit wide and high. Rows are endless.

    Raises
    ------
    ValueError
        If there are no classes.
    """

    seed: int
    dim: int
    classes: int

    def __post_init__(self) -> None:
        if self.classes < 1:
            raise ValueError("this model has no classes")

    @property
    @override
    def extent(self) -> Extent:
        """As wide as there are classes."""
        return (0.0, float(self.classes)), None

    def at(self, x: Floats, y: Floats) -> Array:
        """Return the latents of the rows at points (n,), (n,): (n, d) float32."""
        _, rows = np.broadcast_arrays(x, np.floor(y))
        return normals(hash64(self.seed, rows.astype(np.int64), 0xC1A55), self.dim)

    @override
    def class_weights(self, x: Floats, y: Floats) -> Array:
        """Return one-hot weights (n, K) of the columns."""
        columns = np.clip(np.floor(np.broadcast_arrays(x, y)[0]), 0, self.classes - 1).astype(np.int64)
        return np.eye(self.classes, dtype=np.float32)[columns]
