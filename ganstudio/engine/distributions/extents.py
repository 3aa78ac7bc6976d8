"""What a plot shows of a distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Extent

MARGIN = 0.15  # of the longest side, on every side


def square_around(low: ArrayLike, high: ArrayLike) -> Extent:
    """Return equally long axes around the box from ``low`` (d,) to ``high`` (d,), with a margin.

    Equally long, so that a plane drawn in true proportions fills its square.
    """
    lowest, highest = np.atleast_1d(low), np.atleast_1d(high)
    middle = (lowest + highest) / 2
    half = float(np.max(highest - lowest)) * (0.5 + MARGIN)
    return tuple((float(centre - half), float(centre + half)) for centre in middle)


def widened(extent: Extent, by: float) -> Extent:
    """Return the extent with every end moved outwards."""
    return tuple((low - by, high + by) for low, high in extent)
