"""The frames of a walk, kept to be played, made anew when the walk or the model changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.latent.walk import Path
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.thumbnail_pictures import as_images
from ganstudio.ui.latent.walk_job import Frames, Planned, Settings, kept_frames, make_frames

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

Bytes = NDArray[np.uint8]

REST_MS = 60  # of a hand, before frames are made anew
SLOT = "walk"


class WalkFrames(QObject):
    """Orders frames and hands out the one nearest to a position that is there already.

    When the model is only another snapshot, old frames stand in for new ones until they come.

    Parameters
    ----------
    is_wanted
        Whether somebody sees them; nothing is submitted while not.

    Signals
    -------
    planned
        ‖g‖ along the walk is known.
    changed
        There are more frames, or none any more.
    """

    planned = Signal()
    changed = Signal()

    def __init__(self, explorer: Explorer, is_wanted: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._is_wanted = explorer, is_wanted
        self.keys: tuple[ViewState, ...] = ()
        self.settings = Settings()
        self.path: Path | None = None
        self.plan: Planned | None = None
        self.done = 0
        self._images: list[Bytes | None] = []
        self._nearest: NDArray[np.int64] = np.zeros(0, np.int64)
        self._ordered: object = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.refresh)

    @property
    def count(self) -> int:
        """How many frames are kept."""
        return len(self._images)

    def order(self, keys: Sequence[ViewState], settings: Settings) -> None:
        """Want the frames of another walk."""
        self.keys, self.settings = tuple(keys), settings
        self.path = settings.path(self.keys, self._explorer.state.seed)
        if self.path is None:
            self.forget()
        self.later()

    def later(self) -> None:
        """Look whether they are out of date, when the hand rests."""
        if self._is_wanted():
            self._rest.start(REST_MS)

    def renew(self) -> None:
        """Make them again because the model is another one."""
        self._ordered = None
        if not self._explorer.is_refresh:
            self.forget()
        self.refresh()

    def repaint(self) -> None:
        """Make them again, though nothing else has changed."""
        self._ordered = None
        self.refresh()

    def give_up(self) -> None:
        """Drop what is under way."""
        self._rest.stop()
        self._explorer.cancel(Lane.TILES, SLOT)
        if self.done < self.count:
            self._ordered = None

    def forget(self) -> None:
        """Have no frames."""
        self.give_up()
        self._ordered, self.plan, self.done = None, None, 0
        self._images, self._nearest = [], np.zeros(0, np.int64)
        self.changed.emit()

    def refresh(self) -> None:
        """Have frames made where they are out of date."""
        model, path, state, settings = self._explorer.model, self.path, self._explorer.state, self.settings
        if model is None or path is None or not self._is_wanted() or self.keys[0].dim != model.dim:
            return
        how = (state.tau, state.psi, state.style_from, None if state.style is None else state.style.tobytes())
        seed = state.seed if settings.way == "noise" else 0
        ordered = (model, self.keys, settings, how, seed)
        if ordered == self._ordered:
            return
        if settings.way == "noise":
            self.path = path = settings.path(self.keys, state.seed)
        self._ordered = ordered
        assert path is not None  # noqa: S101 - there are key frames
        each = int(np.prod(model.shape)) if model.is_image else 64 * 64 * 3
        count = kept_frames(settings.frames(path), each)
        self._explorer.submit(
            Lane.TILES,
            lambda: make_frames(model, path, state, count, even=settings.even),
            SLOT,
            lambda result: self._take(model, result),
        )

    def _take(self, model: LatentModel, result: object) -> None:
        if isinstance(result, Planned):
            self.plan, self.done = result, 0
            if len(result.times) != self.count:
                self._images = [None] * len(result.times)
                self._nearest = np.full(len(result.times), -1)
            self.planned.emit()
        elif isinstance(result, Frames):
            images = as_images(model, result.pictures, self._explorer.palette)
            for number, image in zip(result.numbers.tolist(), images, strict=True):
                self._images[number] = image
            self.done += len(images)
            self._find_nearest()
            self.changed.emit()

    def _find_nearest(self) -> None:
        there = np.array([number for number, image in enumerate(self._images) if image is not None], np.int64)
        every = np.arange(self.count)
        after = np.minimum(np.searchsorted(there, every), len(there) - 1)
        before = np.maximum(after - 1, 0)
        nearer = np.abs(there[before] - every) <= np.abs(there[after] - every)
        self._nearest = np.where(nearer, there[before], there[after])

    def number_at(self, position: float) -> int:
        """Return the number of the frame at a position from 0 to 1; a closed walk's first frame comes after its last.

        There must be frames.
        """
        if self.path is not None and self.path.closed:
            return int(position * self.count) % self.count
        return min(round(position * (self.count - 1)), self.count - 1)

    def image_at(self, position: float) -> Bytes | None:
        """Return the frame nearest to a position, of those that are there."""
        if not self.count:
            return None
        nearest = int(self._nearest[self.number_at(position)])
        return None if nearest < 0 else self._images[nearest]

    def state_at(self, position: float) -> ViewState | None:
        """Return the place at a position, looked at as the explorer's state is."""
        import dataclasses

        if self.path is None:
            return None
        time = np.array([position if self.plan is None else self._time(position)])
        weights = self.path.class_weights(time)
        state = self._explorer.state
        classes = state.class_weights if weights is None else weights[0] / weights[0].sum()
        return dataclasses.replace(state, g=self.path.at(time)[0], class_weights=classes, offsets=())

    def _time(self, position: float) -> float:
        assert self.plan is not None  # noqa: S101
        count = len(self.plan.times)
        if self.path is not None and self.path.closed:
            return float(np.interp(position * count, np.arange(count + 1), [*self.plan.times, 1.0]))
        return float(np.interp(position * (count - 1), np.arange(count), self.plan.times))

    def key_positions(self) -> list[float]:
        """Return where on the timeline the key frames are."""
        if self.path is None or self.settings.way == "noise":
            return [0.0] if self.path is not None else []
        segments, closed = self.path.segments, self.path.closed
        if segments == 0:
            return [0.0]
        at = np.arange(segments + 1) / segments
        if self.plan is None:
            return at.tolist()
        count = len(self.plan.times)
        positions = np.arange(count) / (count if closed else count - 1)
        times, places = self.plan.times, positions
        if closed:
            times, places = np.append(times, 1.0), np.append(places, 1.0)
        return np.interp(at, times, places).tolist()
