"""The surface through three or four chosen latents. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.latent.interpolation import NO_LENGTH, orthogonal
from ganstudio.engine.latent.surface import Everywhere, Extent

Array = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Anchors(Everywhere):
    """Weighted directions of the anchors (3 or 4, d), with the equally weighted length Σ wₖ ‖gₖ‖.

    Four lie at the corners of the unit square (top left, top right, bottom left, bottom right; bilinear weights),
    three at its top middle, bottom left and bottom right (barycentric weights). Anchors may be alike, so the weights
    are not divided by √Σ w²: for nearly equal ones that would lengthen g up to twofold.
    """

    anchors: Array

    @property
    @override
    def extent(self) -> Extent:
        """The unit square."""
        return (0.0, 1.0), (0.0, 1.0)

    @override
    def contains(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        return np.all(self._weights(np.asarray(x, np.float64), np.asarray(y, np.float64)) >= -1e-9, axis=-1)

    def at(self, x: Floats, y: Floats) -> Array:
        """Return the latents at points (n,), (n,): (n, d) float32; outside, those of the nearest border's weights."""
        weights = np.maximum(self._weights(np.asarray(x, np.float64), np.asarray(y, np.float64)), 0)
        weights /= weights.sum(-1, keepdims=True)
        anchors = self.anchors.astype(np.float64)
        lengths = np.linalg.norm(anchors, axis=1)
        units = anchors / np.maximum(lengths, NO_LENGTH)[:, None]
        mixed = weights @ units
        size = np.linalg.norm(mixed, axis=-1, keepdims=True)
        # Where directions cancel there is none: take one beside the first anchor.
        aside = orthogonal(units[0]) if units.shape[1] > 1 else np.zeros(1)
        direction = np.where(size > 1e-6, mixed / np.maximum(size, 1e-6), aside)
        at_anchor = (weights == 1).any(-1)[..., None]
        exact = self.anchors[np.argmax(weights, -1)]
        return np.where(at_anchor, exact, direction * (weights @ lengths)[..., None]).astype(np.float32)

    def _weights(self, x: Floats, y: Floats) -> Floats:
        if len(self.anchors) == 3:
            right = x - (1 - y) / 2  # the triangle's left edge runs from (1/2, 0) to (0, 1)
            return np.stack((1 - y, y - right, right), -1)
        return np.stack(((1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y), -1)
