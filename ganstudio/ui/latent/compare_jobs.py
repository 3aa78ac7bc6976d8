"""What the comparison shows, and the work of making it. Its functions run in the render worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.interpolation import lerp, slerp
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.shell_gauge import shell

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """A way between two places: its name, g (n, d), their lengths (n,), and its pictures (n, …)."""

    name: str
    g: Array
    lengths: NDArray[np.float64]
    pictures: NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """The same latents in two models: pictures (n, …) of each, and how they differ.

    ``change`` (n,) is the root mean square difference of pixels, as a share of black to white; of points their
    distance in data units. nan where the two cannot be compared.
    """

    first: NDArray
    second: NDArray
    change: NDArray[np.float64]


def ways(model: LatentModel, a: ViewState, b: ViewState, state: ViewState, count: int) -> Iterator[Way]:
    """Yield the straight line and the polar slerp between two places, ``count`` pictures of each.

    Classes go evenly from the first's to the second's on both.
    """
    from ganstudio.engine.latent.jobs import pictures

    t = np.linspace(0, 1, count)
    y = None
    if a.class_weights is not None and b.class_weights is not None:
        share = t[:, None].astype(np.float32)
        y = (1 - share) * a.class_weights + share * b.class_weights
    for name, between in (("lerp", lerp), ("slerp", slerp)):
        g = between(a.point(), b.point(), t)
        made = np.concatenate([batch.pictures for batch in pictures(model, g, y, state=state)])
        yield Way(name=name, g=g, lengths=np.linalg.norm(g.astype(np.float64), axis=1), pictures=made)


def pairs(first: LatentModel, second: LatentModel, g: Array, state: ViewState) -> Iterator[Pair | None]:
    """Yield the pictures of latents g (n, d) in two models, with the classes and the diversity of ``state``.

    Raises
    ------
    ValueError
        If one of them has another dimension or other classes.
    """
    from ganstudio.engine.latent.jobs import pictures

    for model in (first, second):
        if model.dim != g.shape[1]:
            raise ValueError(f"it has {model.dim} latent dimensions, the other {g.shape[1]}")
        classes = 0 if state.class_weights is None else len(state.class_weights)
        if model.classes != classes:
            raise ValueError(f"it has {model.classes or 'no'} classes, the other {classes or 'none'}")
    made = []
    for model in (first, second):
        parts = []
        for batch in pictures(model, g, state=state):
            parts.append(batch.pictures)
            yield None
        made.append(np.concatenate(parts))
    yield Pair(first=made[0], second=made[1], change=difference(made[0], made[1]))


def difference(first: NDArray, second: NDArray) -> NDArray[np.float64]:
    """Return how pictures (n, …) differ from others, see :class:`Pair`: (n,)."""
    if first.shape != second.shape:
        return np.full(len(first), np.nan)
    apart = (first.astype(np.float64) - second.astype(np.float64)).reshape(len(first), -1)
    if first.dtype == np.uint8:
        return np.sqrt((apart**2).mean(1)) / 255
    return np.linalg.norm(apart, axis=1)


def middle_text(way: Way) -> str:
    """Return what to say of the middle of a way."""
    band = shell(way.g.shape[1])
    length = float(way.lengths[len(way.lengths) // 2])
    share = 100 * band.percentile(length)
    shorter = "fewer than 0.1 %" if share < 0.1 else "more than 99.9 %" if share > 99.9 else f"{share:.1f} %"
    return f"‖g‖ {length:.2f} in the middle: {shorter} of draws are shorter"
