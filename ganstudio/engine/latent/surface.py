"""Two-dimensional families of latents, which the map shows. This module does not import torch."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.view_state import ViewState

Array = NDArray[np.float32]
Floats = NDArray[np.float64]
Extent = tuple[tuple[float, float] | None, tuple[float, float] | None]


class Surface(Protocol):
    """Latents over map coordinates: x to the right, y down, as in an image."""

    @property
    def extent(self) -> Extent:
        """The range of x and that of y; None where it is endless."""

    def at(self, x: Floats, y: Floats) -> Array:
        """Return the canonical coordinates at points (n,), (n,): (n, d) float32."""

    def class_weights(self, x: Floats, y: Floats) -> Array | None:
        """Return the classes' weights (n, K) where the surface itself chooses them, else None."""

    def contains(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Return which points (n,) belong to the surface."""


class Everywhere:
    """Base of surfaces that leave the class to the view's state."""

    __slots__ = ()

    @property
    def extent(self) -> Extent:
        """Endless."""
        return None, None

    def class_weights(self, x: Floats, y: Floats) -> Array | None:
        """Return None: the class is the state's."""
        return None

    def contains(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Return whether the points are within the extent."""
        inside = np.ones(np.shape(x), bool)
        for values, bounds in zip((x, y), self.extent, strict=True):
            if bounds is not None:
                inside &= (values >= bounds[0]) & (values <= bounds[1])
        return inside


def surface_of(state: ViewState, classes: int = 0) -> Surface:
    """Return the surface that the state's map shows, for a model with this many classes.

    Raises
    ------
    ValueError
        If the model or the state lacks what the mode needs: classes, anchors, or three dimensions.
    """
    from ganstudio.engine.latent.anchors import Anchors
    from ganstudio.engine.latent.class_grid import ClassGrid
    from ganstudio.engine.latent.lattice import Lattice
    from ganstudio.engine.latent.noise import samples
    from ganstudio.engine.latent.sphere import AroundHere
    from ganstudio.engine.latent.square import PriorSquare

    view = state.map
    if view.mode == "around":
        origin = state.point() if view.origin is None else view.origin
        axes = samples(state.seed, 2, state.dim, start=1) if view.axes is None else view.axes
        return AroundHere.through(origin, axes, flat=view.flat)
    if view.mode == "anchors":
        if view.anchors is None:
            raise ValueError("the map needs three or four anchors")
        return Anchors(view.anchors)
    if view.mode == "square":
        return PriorSquare(state.dim)
    if view.mode == "classes":
        return ClassGrid(state.seed, state.dim, classes)
    return Lattice(state.seed, state.dim)
