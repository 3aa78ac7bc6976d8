"""The pictures of an analogy: its result among neighbours, the way to it, and the wells' means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent import arithmetic
from ganstudio.engine.latent.view_state import ViewState

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]
Pictures = NDArray
Wells = Sequence[tuple[Array, Array | None]]  # of A, B and C: latents (n, d), class weights (n, K) or None


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The result's pictures: nine neighbours or a diagram of 5 × 5, and their latents and class weights."""

    g: Array
    classes: Array | None
    pictures: Pictures


def result_pictures(
    model: LatentModel, state: ViewState, wells: Wells, strength: float, *, around: bool
) -> Iterator[Result]:
    """Yield the :class:`Result`: nine neighbours if ``around``, else the diagram of 5 × 5."""
    a, b, c = (g for g, _ in wells)
    classes = _known([y for _, y in wells])
    y = None
    if around:
        g = arithmetic.neighbourhood(arithmetic.combined(a, b, c, strength), seed=state.seed)
        if classes:
            y = np.repeat(arithmetic.combined_classes(*classes, strength)[None], len(g), 0)
    else:
        g = arithmetic.diagram(a, b, c, strength=strength).reshape(25, -1)
        if classes:
            y = arithmetic.diagram_classes(*classes, strength=strength).reshape(25, -1)
    yield Result(g, y, model.render(g, y, tau=state.tau, psi=state.psi))


def well_pictures(model: LatentModel, state: ViewState, wells: Wells) -> Iterator[object]:
    """Yield (well, picture of the mean (1, …), pictures of the exemplars (n, …)) for every well that is not empty."""
    for index, (g, y) in enumerate(wells):
        if len(g):
            middle = arithmetic.means(g, g, g)[:1]
            places = np.concatenate((middle, g))
            weights = None if y is None else np.concatenate((y.mean(0, keepdims=True), y))
            made = model.render(places, weights, tau=state.tau, psi=state.psi)
            yield index, made[:1], made[1:]


def _known(classes: Sequence[Array | None]) -> tuple[Array, Array, Array] | None:
    """Return the class weights of all wells, or None if one of them has none."""
    found = [one for one in classes if one is not None]
    return (found[0], found[1], found[2]) if len(found) == 3 else None
