"""In one and two dimensions: the latent square and its image under G, linked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.square import PriorSquare
from ganstudio.engine.latent.weights import ModelError

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

SIDE = 41  # lines of the lattice each way


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SquareImage:
    """A lattice of the latent square and where G puts it.

    Parameters
    ----------
    square
        (rows, columns, 2): x to the right, y down, within the unit square; one row if z has one dimension.
    g
        (rows, columns, d), canonical coordinates.
    points
        (rows, columns, dim), x = G(z) in data units.
    stretch
        (rows, columns): by how much G enlarges areas (lengths, where z or x has one dimension) of the prior there,
        |∂x/∂u| in data units, from differences of the lattice. Small: mass is packed; large: thin and torn.
    """

    square: Floats
    g: Array
    points: Array
    stretch: Floats


def square_image(model: LatentModel, side: int = SIDE, y: Array | None = None) -> SquareImage:
    """Return the image of the latent square under G.

    From three latent dimensions on, it is that of the slice through the middle.

    Raises
    ------
    ModelError
        If the model makes images.
    """
    if model.is_image:
        raise ModelError("the latent square is for points; this model makes images")
    even = (np.arange(side) + 0.5) / side
    x, down = np.meshgrid(even, even if model.dim > 1 else np.array([0.5]))
    g = PriorSquare(model.dim).at(x.ravel(), down.ravel())
    points = model.render(g, y).reshape(*x.shape, -1)
    return SquareImage(
        square=np.stack((x, down), -1),
        g=g.reshape(*x.shape, -1),
        points=points,
        stretch=_stretch(points.astype(np.float64), 1 / side),
    )


def _stretch(points: Floats, step: float) -> Floats:
    across = np.gradient(points, step, axis=1)
    if points.shape[0] == 1:
        return np.linalg.norm(across, axis=-1)
    down = np.gradient(points, step, axis=0)
    if points.shape[-1] == 1:
        return np.hypot(across[..., 0], down[..., 0])
    return np.abs(across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0])


def picked(model: LatentModel, x: float, y: float, class_weights: Array | None = None) -> tuple[Array, Array]:
    """Return g (d,) under a point of the latent square and where G puts it, (dim,)."""
    g = PriorSquare(model.dim).at(np.array([x]), np.array([y]))
    return g[0], model.render(g, class_weights)[0]


def sources(image: SquareImage, point: Array, count: int = 1, apart: float = 0.1) -> Floats:
    """Return the places of the square whose images are nearest to a point (dim,): (≤ count, 2).

    G may fold, so that several places lead there; those given are at least ``apart`` from each other.
    """
    squares = image.square.reshape(-1, 2)
    distances = np.linalg.norm(image.points.reshape(len(squares), -1) - point, axis=1)
    found: list[Floats] = []
    for index in np.argsort(distances, kind="stable"):
        if all(np.linalg.norm(squares[index] - other) >= apart for other in found):
            found.append(squares[index])
            if len(found) == count:
                break
    return np.array(found)
