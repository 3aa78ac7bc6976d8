"""Densities of the data and of the generator on the line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, outside, probes
from ganstudio.engine.snapshot import Density, Layout

COUNT = 4_096
POINTS = 400
# Kernel width in cells of the plot: narrow, since Silverman's rule blurs separated modes together.
KERNEL_CELLS = 3.0


@probes.register("density")
@dataclass(frozen=True, kw_only=True, slots=True)
class DensityProbe(Probe):
    """p_data, exact where it is known, and p_g from 4,096 generated points, smoothed by a Gaussian kernel."""

    layout: ClassVar[Layout] = "line"

    @override
    def look(self, scene: Scene) -> Density:
        x, p_data, exact = data_density(scene)
        p_g, points = generator_density(scene)
        if "density shown" not in scene.kept:
            scene.kept["density shown"] = x.astype(np.float32), p_data.astype(np.float32)
        shown_x, shown_data = scene.kept["density shown"]
        return Density(
            x=shown_x,
            p_data=shown_data,
            p_g=p_g.astype(np.float32),
            exact=exact,
            count=COUNT,
            outside=outside(points, *scene.extent[0]),
        )


def data_density(scene: Scene) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Return the plot's x (n,), p_data there (n,), and whether it is exact; made once."""
    if "density" not in scene.kept:
        low, high = scene.extent[0]
        x = low + (np.arange(POINTS) + 0.5) * (high - low) / POINTS
        exact = scene.distribution.density(x[:, None])
        # Without a closed form: the same estimate as for the generator, from sixteen times as many points.
        p_data = estimate(scene.real(16 * COUNT)[:, 0], low, high) if exact is None else exact
        scene.kept["density"] = (x, p_data, exact is not None)
    return scene.kept["density"]


def generator_density(scene: Scene) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the estimate of p_g (n,) and the points (4096,) that it is made from; made once per look."""
    if "density" not in scene.made:
        points = scene.generated_points(COUNT)[:, 0]
        scene.made["density"] = (estimate(points, *scene.extent[0]), points)
    return scene.made["density"]


def estimate(points: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Return a kernel density estimate (n,) at the centres of equal cells; points outside count in the total."""
    width = (high - low) / POINTS
    cells = (points - low) / width
    cells = cells[(cells >= 0) & (cells < POINTS)]  # neither is true of what is not a number
    counts = np.bincount(cells.astype(np.intp), minlength=POINTS)
    return np.convolve(counts / (max(1, len(points)) * width), _kernel(), mode="same")


@lru_cache(maxsize=1)
def _kernel() -> NDArray[np.float64]:
    """Return the weights of a Gaussian in cells, up to four standard deviations."""
    reach = round(4 * KERNEL_CELLS)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / KERNEL_CELLS) ** 2)
    return np.asarray(weights / weights.sum())
