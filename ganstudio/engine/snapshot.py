"""What a viewer may see: frozen arrays, made by the session's thread, never written again.

All points and densities are in data units; a score is what the loss calls its score (a probability where it has one).
This module does not import torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ganstudio.engine.config import RunConfig
    from ganstudio.engine.distributions import Extent
    from ganstudio.engine.history import History

Array = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Steps = NDArray[np.int64]
GeneratorChoice = Literal["ema", "raw"]
Execution = Literal["eager", "compiling", "compiled"]
Layout = Literal["line", "plane", "images"]  # of the data: what a stage draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Density:
    """Densities on the line: ``x`` (n,), ``p_data`` (n,), ``p_g`` (n,).

    ``p_g`` is a kernel estimate from ``count`` generated points; ``exact`` says whether ``p_data`` is analytic or an
    estimate of the same kind. ``outside`` counts generated points below and above the plot.
    """

    x: Array
    p_data: Array
    p_g: Array
    exact: bool
    count: int
    outside: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """D along the line: ``x`` (n,), ``score`` (n,), ``optimal`` (n,) or None where the loss or the data fix none.

    ``supported`` (n,) is where p_data + p_g is large enough for D to have been trained at all.
    """

    x: Array
    score: Array
    optimal: Array | None
    supported: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Threads:
    """Where evenly spaced latents go: ``z`` (n,), the first coordinate, and ``x`` (n,) = G(z).

    ``push`` (n,) is −∂L_G/∂x of each point, for standardised data: where the generator's loss wants it to go.
    ``scale`` is the data units of one standardised unit. ``z_dim`` above 1 means that the other coordinates were held
    at their centre: a slice of the prior.
    """

    z: Array
    x: Array
    push: Array
    scale: float
    z_dim: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """Points of the plane: ``real`` (n, 2) and ``fake`` (m, 2), of the same latents in every snapshot.

    ``outside`` counts generated points beyond the plot's left, right, bottom and top edge.
    """

    real: Array
    fake: Array
    outside: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """D over the plane: ``score`` (rows, columns), row 0 lowest, at the centres of equal cells of ``extent``."""

    extent: Extent
    score: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentGrid:
    """The image of a regular latent lattice under G: ``points`` (rows, columns, 2); one row if z is one-dimensional.

    The lattice is even in probability, so every cell holds the same share of the prior's mass (for z_dim ≤ 2).
    """

    points: Array
    z_dim: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrows:
    """Where the generator's loss pushes generated points: ``base`` (n, 2) and ``push`` (n, 2).

    ``base`` is in data units; ``push`` is −∂L_G/∂x of each point's own loss, for standardised data;
    ``scale`` is the data units of one standardised unit.
    """

    base: Array
    push: Array
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModeCounts:
    """Modes and what the generator gives to them: ``centres`` (K, 2), ``radii`` (K, 2) of three standard deviations.

    ``shares`` (K,) is each mode's share of ``count`` generated points, high-quality ones only; a mode is ``captured``
    (K,) if it has at least one of them.
    """

    centres: Array
    radii: Array
    shares: Array
    captured: NDArray[np.bool_]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """Generated images: ``images`` (n, H, W, C), of the same latents in every snapshot; C is 1 or 3.

    ``scores`` (n,) is what D says to each. A long sheet is made in slices while a run trains: ``steps`` (n,) is the
    iteration at which each image was made and judged; in a run that does not train, all are of the present one.
    ``classes`` (n,) is the class that was asked for, ascending, None where G takes none; the same latents are then
    given to every class, in the same order. ``class_names`` are the data's.
    """

    images: Pixels
    scores: Array
    steps: Steps
    classes: NDArray[np.int64] | None
    class_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RealSheet:
    """Real images as D sees them: ``images`` (n, H, W, C), the same ones in every snapshot of a stage of growth.

    ``scores`` (n,) is what D says to each, judged in slices as those of a :class:`Sheet` are; ``classes`` (n,) is each
    image's label, ascending where G takes classes, None where the data have none.
    """

    images: Pixels
    scores: Array
    classes: NDArray[np.int64] | None
    class_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Saliency:
    """∂D/∂x at the images of the :class:`Sheet`, of D's own output (before any sigmoid), x in [−1, 1].

    ``magnitude`` (n, H, W) is the Euclidean norm over the channels; ``signed`` (n, H, W) their sum: how D answers when
    a pixel gets lighter. Where G makes smaller images, a pixel's value stands for all that it was enlarged to.
    """

    magnitude: Array
    signed: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Growth:
    """How far progressive growing is: ``stage`` from 0 on, which makes images of side ``resolution``.

    ``alpha`` in [0, 1] is the share of the newest layer while it is faded in, 1 once it is whole. ``resolutions`` are
    the sides of all stages.
    """

    stage: int
    alpha: float
    resolution: int
    resolutions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strip:
    """The same few latents over training time: ``images`` (frames, k, H, W, C), oldest first.

    ``steps`` (frames,) is when each frame was made, about evenly spaced in the logarithm; ``tiles`` (k,) are the places
    of these latents in the :class:`Sheet`. The arrays are the same objects until there is another frame.
    """

    images: Pixels
    steps: Steps
    tiles: NDArray[np.int64]


ProbeResult = (
    Density
    | Score
    | Threads
    | Samples
    | Field
    | LatentGrid
    | Arrows
    | ModeCounts
    | Sheet
    | RealSheet
    | Saliency
    | Growth
    | Strip
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """A run as it stood between two steps.

    Parameters
    ----------
    run
        Counts resets and loads: a view that sees a new number starts afresh.
    step
        Iterations done; ``d_updates`` and ``g_updates`` count the players' own updates.
    history
        The live history; only its reading methods may be called.
    floors
        What the metrics read for real data against real data, by the metric's name ("metric/jsd"), at equal
        sample size: the value a perfect generator would get.
    equilibrium
        The losses' values at p_g = p_data with an optimal D, by name; empty where the loss has none.
    score_title, neutral, is_critic
        How D's score is called, its value for "cannot tell", and whether it has no reading as a probability.
    layout
        What the data are: numbers on a line, points of a plane, or images.
    extent
        What plots show now: that of the data, grown if generated points left it for good.
    generator
        Which generator the probes looked at.
    steps_per_s
        Iterations per second, over about the last second of running; 0 while paused.
    execution, execution_reason
        How iterations are carried out, and why so where they are not compiled.
    probes
        Results by the probe's name, of those that were asked for.
    """

    run: int
    step: int
    d_updates: int
    g_updates: int
    config: RunConfig
    history: History
    floors: Mapping[str, float]
    equilibrium: Mapping[str, float]
    score_title: str
    neutral: float
    is_critic: bool
    data_dim: int
    layout: Layout
    extent: Extent
    generator: GeneratorChoice
    steps_per_s: float
    running: bool
    device: str
    execution: Execution = "eager"
    execution_reason: str = ""
    probes: Mapping[str, ProbeResult]
