"""What the view of points shows: the latent square's image under G, samples of both kinds, exact densities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.noise import samples

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.engine.latent.points import SquareImage

Array = NDArray[np.float32]
Floats = NDArray[np.float64]
Range = tuple[float, float]

SAMPLES = 1_024  # of each kind
LINE_SIDE = 201  # of the lattice, where it is a line
LINE = 256  # places at which a density on a line is known
LEVELS = 201  # of the data's quantile function


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointsSample:
    """Everything that is drawn of one model.

    Parameters
    ----------
    image
        The lattice of the latent square and where G puts it.
    latent_dim
        Of the model; from 3 on the square is a slice.
    fake, real
        Samples (n, dim), in data units.
    extent
        What a plot of the data shows, (low, high) of each axis.
    density
        On a line: places (n,) and the data's exact density there (n,); None where there is no closed form.
    step
        Of the model.
    """

    image: SquareImage
    latent_dim: int
    fake: Array
    real: Array
    extent: tuple[Range, ...]
    density: tuple[Floats, Floats] | None
    step: int

    @property
    def dim(self) -> int:
        """The dimension of the data, 1 or 2."""
        return int(self.image.points.shape[-1])

    def place(self, x: float, y: float) -> Floats:
        """Return where a place of the square goes, (dim,), between the lattice's points."""
        points, square = self.image.points.astype(np.float64), self.image.square
        column, across = _between(square[0, :, 0], x)
        row, down = _between(square[:, 0, 1], y)
        top = (1 - across) * points[row, column] + across * points[row, column + 1]
        if points.shape[0] == 1:
            return np.asarray(top, np.float64)
        bottom = (1 - across) * points[row + 1, column] + across * points[row + 1, column + 1]
        return np.asarray((1 - down) * top + down * bottom, np.float64)

    def histogram(self, kind: str, bins: int = 64) -> tuple[Floats, Floats]:
        """Return edges (bins + 1,) and densities (bins,) of the samples on a line."""
        values = (self.fake if kind == "fake" else self.real)[:, 0].astype(np.float64)
        counts, edges = np.histogram(values, bins, self.extent[0])
        return edges, counts / (max(1, len(values)) * (edges[1] - edges[0]))

    def quantiles(self) -> tuple[Floats, Floats]:
        """Return levels u (n,) and the real samples' quantiles (n,): the rising map from the prior to the data."""
        levels = (np.arange(LEVELS) + 0.5) / LEVELS
        return levels, np.quantile(self.real[:, 0].astype(np.float64), levels)


def points_sample(
    model: LatentModel, y: Array | None = None, reals: Array | None = None
) -> Iterator[PointsSample | None]:
    """Yield what is shown of a model of points, at the end. ``reals`` are those of an earlier call, if kept.

    Raises
    ------
    ModelError
        If the model makes images.
    """
    from ganstudio.engine.latent.points import SIDE, square_image
    from ganstudio.ui.latent.explorer_references import real_sample

    image = square_image(model, side=LINE_SIDE if model.dim == 1 else SIDE, y=y)
    yield None
    fake = model.render(samples(0, SAMPLES, model.dim), y)
    real = real_sample(model, SAMPLES)[0] if reals is None else reals
    yield None
    data = model.weights.config.data
    density = None
    if data.dim == 1:
        places = np.linspace(*data.extent[0], LINE)
        exact = data.density(places[:, None])
        density = None if exact is None else (places, np.asarray(exact, np.float64))
    yield PointsSample(
        image=image,
        latent_dim=model.dim,
        fake=fake,
        real=np.asarray(real, np.float32),
        extent=tuple(data.extent),
        density=density,
        step=model.step,
    )


def _between(centres: Floats, at: float) -> tuple[int, float]:
    """Return which two of equal steps' centres a place lies between, and how far; beyond the ends, a line goes on."""
    if len(centres) < 2:
        return 0, 0.0
    step = float(centres[1] - centres[0])
    index = min(max(int((at - float(centres[0])) / step), 0), len(centres) - 2)
    return index, (at - float(centres[index])) / step
