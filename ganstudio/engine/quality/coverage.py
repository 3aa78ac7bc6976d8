"""Precision, recall, density and coverage of samples: fidelity and diversity as two things."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

NEIGHBOURS = 5


class Coverage(NamedTuple):
    """The four numbers; about 1 each where both sets are of one distribution."""

    precision: float
    recall: float
    density: float
    coverage: float


class Manifold:
    """Real points with a ball around each that reaches to its k-th nearest neighbour among them.

    Parameters
    ----------
    real
        Features (m, d), m > k.
    k
        Which neighbour; 5 as in Naeem et al.

    Raises
    ------
    ValueError
        If there are not more than k points.

    References
    ----------
    Precision and recall: Kynkäänniemi et al., 2019, "Improved precision and recall metric for assessing generative
    models", equations 1 and 2. Density and coverage: Naeem et al., 2020, "Reliable fidelity and diversity metrics for
    generative models", equations 3 and 4. Balls are open, as in the latter's program.
    """

    def __init__(self, real: NDArray[np.float64], k: int = NEIGHBOURS) -> None:
        if len(real) <= k:
            raise ValueError(f"{len(real)} points; more than k = {k} are needed")
        self._k = k
        self._real = torch.from_numpy(np.array(real, np.float64))
        self._radii = radii(self._real, k)

    def compare(self, generated: NDArray[np.float64]) -> Coverage:
        """Return precision, recall, density and coverage of generated points (n, d), n > k.

        Raises
        ------
        ValueError
            If there are not more than k points.
        """
        if len(generated) <= self._k:
            raise ValueError(f"{len(generated)} points; more than k = {self._k} are needed")
        fake = torch.from_numpy(np.array(generated, np.float64))
        between = squared_distances(self._real, fake)  # (m, n)
        inside = between < self._radii[:, None]  # of a real point's ball
        return Coverage(
            precision=float(inside.any(0).double().mean()),
            recall=float((between < radii(fake, self._k)[None]).any(1).double().mean()),
            density=float(inside.double().sum(0).mean() / self._k),
            coverage=float(inside.any(1).double().mean()),
        )


def radii(points: Tensor, k: int) -> Tensor:
    """Return the squared distance of every point (m, d) to its k-th nearest neighbour, itself not counted: (m,)."""
    apart = squared_distances(points, points)
    apart.fill_diagonal_(0)
    return apart.kthvalue(k + 1, dim=1).values


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """Return ‖a_i - b_j‖² of points (m, d) and (n, d): (m, n), in double precision by one product of matrices."""
    centre = a.mean(0)  # nearer to the origin, the difference of large squares loses less
    a, b = a - centre, b - centre
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1)[None]
    return squares.addmm(a, b.T, alpha=-2).clamp_min_(0)
