"""What can be taken away from the page, and the work of writing it. The work runs in the worker for long jobs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent import export
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.latent.walk import Path as WalkPath
from ganstudio.engine.latent.walk import Retiming, frame_times
from ganstudio.ui.latent.thumbnail_pictures import as_images
from ganstudio.ui.latent.walk_job import Settings
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]
FormatName = Literal["film", "gif", "frames", "sheet", "latents", "state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of file. ``of_walk``: it needs one; ``sized``: its pictures are enlarged to a chosen size."""

    title: str
    suffix: str
    tip: str
    of_walk: bool = False
    sized: bool = False


FORMATS: dict[FormatName, Format] = {
    "film": Format(
        title="Film (MP4)",
        suffix=".mp4",
        tip="H.264, written frame by frame by the ffmpeg that comes with imageio-ffmpeg.",
        of_walk=True,
        sized=True,
    ),
    "gif": Format(
        title="Animated GIF",
        suffix=".gif",
        tip="Plays anywhere; at most 1,500 frames, 256 colours, and hundredths of a second per frame.",
        of_walk=True,
        sized=True,
    ),
    "frames": Format(
        title="Folder of PNG frames", suffix="", tip="One file per frame, in a new folder.", of_walk=True, sized=True
    ),
    "sheet": Format(
        title="Sheet of pictures (PNG)",
        suffix=".png",
        tip="Side by side, pixel for pixel, with the present place in the file: drop it on the page to come back.",
    ),
    "latents": Format(
        title="Latents and pictures (NPZ)",
        suffix=".npz",
        tip="Arrays g (canonical), z (what G eats), images and, if there are, class_weights; numpy.load reads them.",
    ),
    "state": Format(
        title="This place (JSON)", suffix=".json", tip="The present place, exactly, and how it is looked at."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """What to write, and where to. Without a walk, pictures are draws of the prior by the state's seed.

    ``count`` is how many pictures a sheet or an NPZ file has; ``side`` how many pixels a frame is enlarged to at most.
    """

    format: FormatName
    file: Path
    model: LatentModel
    state: ViewState
    palette: Palette
    path: WalkPath | None = None
    settings: Settings = dataclasses.field(default_factory=Settings)
    loop: bool = True
    count: int = 64
    side: int = export.FILM_SIDE

    @property
    def total(self) -> int:
        """How many pictures are made."""
        if self.format == "state":
            return 1
        if self.path is not None and FORMATS[self.format].of_walk:
            return self.settings.frames(self.path)
        return self.count


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many pictures are made, or all is written."""

    done: int
    total: int


def write(order: Order) -> Iterator[Progress | None]:
    """Write a file and yield how far it is; closing the iterator leaves nothing behind.

    Raises
    ------
    ExportError
        If it cannot be made.
    OSError
        If it cannot be written. An earlier file stays as it was.
    """
    if order.format == "state":
        export.save_state(order.file, order.state)
        yield Progress(1, 1)
        return
    retiming: Retiming | None = None
    if order.path is not None and order.settings.even:
        from ganstudio.engine.latent.jobs import retimed

        for found in retimed(order.model, order.path, order.state):
            yield None
            retiming = found
    if FORMATS[order.format].of_walk:
        for done in _film(order, retiming):
            yield Progress(done, order.total)
    else:
        yield from _still(order, retiming)


def _film(order: Order, retiming: Retiming | None) -> Iterator[int]:
    if order.path is None:
        raise export.ExportError("there is no walk")
    frames = _frames(order, retiming)
    if order.format == "film":
        yield from export.save_film(order.file, frames, fps=order.settings.fps, side=order.side)
    elif order.format == "gif":
        yield from export.save_gif(order.file, frames, fps=order.settings.fps, side=order.side, loop=order.loop)
    else:
        yield from export.save_frames(order.file, frames, side=order.side)


def _frames(order: Order, retiming: Retiming | None) -> Iterator[NDArray[np.uint8]]:
    from ganstudio.engine.latent.jobs import frames

    assert order.path is not None  # noqa: S101 - checked by the caller
    for frame in frames(order.model, order.path, order.total, retiming=retiming, state=order.state):
        yield as_images(order.model, frame[None], order.palette)[0]


def _still(order: Order, retiming: Retiming | None) -> Iterator[Progress]:
    from ganstudio.engine.latent import picture
    from ganstudio.engine.latent.jobs import latents, pictures

    g, classes = places(order, retiming)
    parts = []
    for batch in pictures(order.model, g, classes, state=order.state):
        parts.append(batch.pictures)
        yield Progress(min(batch.start + len(batch.pictures), order.count - 1), order.count)
    made = np.concatenate(parts)
    if order.format == "sheet":
        images = as_images(order.model, made, order.palette)
        picture.save(order.file, export.sheet(images, round(math.sqrt(len(images)))), order.state)
    else:
        z = latents(order.model, g, tau=order.state.tau, psi=order.state.psi)
        if classes is None and order.state.class_weights is not None:
            classes = np.repeat(order.state.class_weights[None], len(g), 0)
        export.save_npz(order.file, g, z, made, classes)
    yield Progress(order.count, order.count)


def places(order: Order, retiming: Retiming | None) -> tuple[Array, Array | None]:
    """Return the latents (count, d) of a sheet, and their class weights or None: the state's."""
    if order.path is None:
        return samples(order.state.seed, order.count, order.state.dim), None
    times = frame_times(order.count, closed=order.path.closed)
    if retiming is not None:
        times = retiming(times)
    return order.path.at(times), order.path.class_weights(times)
