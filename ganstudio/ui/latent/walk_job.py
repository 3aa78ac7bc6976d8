"""A walk as it was ordered, and the work of making its frames. The work runs in the render worker."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.latent.walk import NoiseLoop, Path, Retiming, Walk, frame_times

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]
Floats = NDArray[np.float64]
WayName = Literal["slerp", "spline", "lerp", "noise"]

MOST_FRAMES = 1_500
BUDGET_BYTES = 96 * 2**20  # of frames that are kept to be played
CHUNK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a walk goes, besides its key frames.

    ``seconds`` is the time from one key frame to the next, ``even`` whether the visual speed is made constant.
    """

    way: WayName = "slerp"
    closed: bool = False
    even: bool = False
    seconds: float = 2.0
    fps: int = 25

    def path(self, keys: Sequence[ViewState], seed: int) -> Path | None:
        """Return the way through key frames, or None if there are none."""
        if not keys:
            return None
        weights = [key.class_weights for key in keys]
        known = [one for one in weights if one is not None]
        classes = np.stack(known) if len(known) == len(keys) else None
        if self.way == "noise":
            return NoiseLoop.around(keys[0].point(), seed, None if classes is None else classes[0])
        return Walk(np.stack([key.point() for key in keys]), self.way, self.closed and len(keys) > 1, classes)

    def duration(self, path: Path) -> float:
        """Return how long the walk takes, in seconds."""
        return self.seconds * max(path.segments, 1)

    def frames(self, path: Path) -> int:
        """Return how many frames a file of it has."""
        return max(2, round(self.duration(path) * self.fps))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planned:
    """What is known of a walk before its frames: the re-timing, and g (count, d) at its frames."""

    times: Floats
    g: Array
    classes: Array | None
    lengths: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Frames that are made: their numbers (n,) and pictures (n, …)."""

    numbers: NDArray[np.int64]
    pictures: NDArray


def kept_frames(wanted: int, bytes_each: int) -> int:
    """Return how many frames of a walk are kept to be played, within a budget of memory."""
    return max(2, min(wanted, MOST_FRAMES, BUDGET_BYTES // max(bytes_each, 1)))


def coarse_first(count: int) -> NDArray[np.int64]:
    """Return the numbers 0 to ``count`` − 1 such that any beginning of them is spread over all."""
    order, seen = [], np.zeros(count, bool)
    stride = 1 << max(0, math.ceil(math.log2(max(count, 2))) - 2)
    while stride:
        mine = [number for number in (*range(0, count, stride), count - 1) if not seen[number]]
        for number in mine:
            if not seen[number]:
                seen[number] = True
                order.append(number)
        stride //= 2
    return np.array(order, np.int64)


def make_frames(
    model: LatentModel, path: Path, state: ViewState, count: int, *, even: bool
) -> Iterator[Planned | Frames | None]:
    """Yield what is known of a walk, and then its frames, coarsely at first."""
    from ganstudio.engine.latent.jobs import pictures, retimed

    retiming: Retiming | None = None
    if even:
        for found in retimed(model, path, state):
            yield None
            retiming = found
    times = frame_times(count, closed=path.closed)
    if retiming is not None:
        times = retiming(times)
    g, classes = path.at(times), path.class_weights(times)
    yield Planned(times=times, g=g, classes=classes, lengths=np.linalg.norm(g.astype(np.float64), axis=1))
    order = coarse_first(count)
    for batch in pictures(model, g[order], None if classes is None else classes[order], state=state, chunk=CHUNK):
        yield Frames(order[batch.start : batch.start + len(batch.pictures)], batch.pictures)
