"""The first half of the explorer: where one stands, and the picture of it."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.engine.latent.lattice import Lattice
from ganstudio.engine.latent.renderer import Lane, Make, Renderer
from ganstudio.engine.latent.undo import StateHistory
from ganstudio.engine.latent.view_state import MapView, ViewState, one_hot
from ganstudio.ui.latent.explorer_queue import OnFailed, OnFinished, OnResult, RenderQueue
from ganstudio.ui.latent.map_canvas_places import base_px

if TYPE_CHECKING:
    from ganstudio.engine.latent.jobs import Picture
    from ganstudio.engine.latent.models import LatentModel

START = 0.5  # map coordinates at which a seed's lattice is entered: the middle of a tile
LARGEST_SEED = 1_000_000  # of those that are drawn: short enough to be read aloud
HAND_S = 0.3  # after the last move of a hand, it rests
JUDGE_S = 0.12  # between two looks of D at the picture under a moving hand
NOWHERE = ViewState(g=np.zeros(2, np.float32))  # before there is a model


class ExplorerPlace(QObject):
    """The state with its history, the workers, and the picture; signals are those of :class:`Explorer`."""

    state_changed = Signal(object)
    place_changed = Signal(object)
    picture_changed = Signal(object)
    status_changed = Signal()
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = RenderQueue("ganstudio-render", self.failed.emit, self)
        self._long = RenderQueue("ganstudio-render-long", self.failed.emit, self)
        self.history = StateHistory(NOWHERE)
        self.model: LatentModel | None = None
        self.picture: Picture | None = None
        self.status: dict[str, str] = {}
        self.is_active = False
        self._handled_at = self._judged_at = -math.inf
        self._judge_soon = QTimer(self, singleShot=True, interval=round(1000 * JUDGE_S))
        self._judge_soon.timeout.connect(self._render)

    # -- where one stands ---------------------------------------------------------------------------------------------

    @property
    def state(self) -> ViewState:
        """The present place."""
        return self.history.present

    @property
    def renderer(self) -> Renderer:
        """The worker of the three lanes."""
        return self._queue.renderer

    @property
    def queue(self) -> RenderQueue:
        """The worker's queue."""
        return self._queue

    def set_state(self, state: ViewState, *, merge: bool = False) -> None:
        """Go to a place; with ``merge`` it goes on with the last gesture, so that undo takes both back.

        A state that does not fit the model is refused with a message.
        """
        reason = self._misfit(state)
        if reason:
            self.failed.emit(f"This place cannot be shown: {reason}. The present one stays.", "")
            return
        if merge:
            self._handled_at = time.monotonic()
        self._take_history(self.history.pushed(self._stamped(state), merge=merge))

    @property
    def is_handled(self) -> bool:
        """Whether a gesture goes on: what can wait, waits until the hand rests."""
        return time.monotonic() - self._handled_at < HAND_S

    def change(self, *, merge: bool = False, **fields: object) -> None:
        """Go to the present place with other values of some fields of :class:`ViewState`."""
        self.set_state(dataclasses.replace(self.state, **fields), merge=merge)  # type: ignore[arg-type]

    def change_map(self, *, merge: bool = True, **fields: object) -> None:
        """Look at the map in another way: other values of some fields of :class:`MapView`."""
        self.change(merge=merge, map=dataclasses.replace(self.state.map, **fields))  # type: ignore[arg-type]

    def randomize(self) -> None:
        """Go to a place drawn from the prior, by another seed."""
        seed = int(np.random.default_rng().integers(LARGEST_SEED))
        self.set_seed(seed)

    def set_seed(self, seed: int) -> None:
        """Go to the first draw of a seed; the lattice is that of the seed too."""
        view = self.state.map
        if view.mode == "lattice":
            view = dataclasses.replace(view, centre=(START, START))
        g = drawn(seed, self.state.dim)
        self.set_state(dataclasses.replace(self.state, g=g, seed=seed, offsets=(), map=view))

    def undo(self) -> None:
        """Go back before the last gesture."""
        self._travel(self.history.undone())

    def redo(self) -> None:
        """Take the gesture again that was taken back last."""
        self._travel(self.history.redone())

    def _travel(self, history: StateHistory) -> None:
        if self._misfit(history.present):
            return
        self._take_history(dataclasses.replace(history, present=self._stamped(history.present)))

    def _take_history(self, history: StateHistory) -> None:
        before, self.history = self.history, history
        if history.present == before.present:
            return
        self.state_changed.emit(history.present)
        if not same_picture(history.present, before.present):
            self.place_changed.emit(history.present)
            self._render()

    def _stamped(self, state: ViewState) -> ViewState:
        if self.model is None or (state.model, state.step) == (self.model.fingerprint, self.model.step):
            return state
        return dataclasses.replace(state, model=self.model.fingerprint, step=self.model.step)

    def _misfit(self, state: ViewState) -> str:
        """Return why a state cannot be shown by the model, "" if it can."""
        if self.model is None:
            return ""
        if state.dim != self.model.dim:
            return f"it has {state.dim} latent dimensions, the model {self.model.dim}"
        classes = 0 if state.class_weights is None else len(state.class_weights)
        if classes != self.model.classes:
            return f"it is of a model with {classes or 'no'} classes, this one has {self.model.classes or 'none'}"
        return ""

    # -- rendering ----------------------------------------------------------------------------------------------------

    def submit(
        self,
        lane: Lane,
        make: Make,
        slot: str,
        on_result: OnResult,
        on_failed: OnFailed | None = None,
        on_finished: OnFinished | None = None,
    ) -> int:
        """Queue a job in place of one that waits in the same lane and slot; return its ticket. Never blocks.

        ``make`` runs in the worker and returns an iterator (see :mod:`ganstudio.engine.latent.jobs`); whatever it
        yields comes to ``on_result`` in the GUI thread. Focus and tiles are dropped when the model changes, background
        jobs go on. A failure without ``on_failed`` goes to the message bar.
        """
        return self._queue.submit(lane, make, slot, on_result, on_failed, on_finished)

    def cancel(self, lane: Lane, slot: str | None = None) -> None:
        """Drop the jobs of a lane, or of one slot of it, with every result not yet handed out."""
        self._queue.cancel(lane, slot)

    def submit_long(
        self,
        make: Make,
        slot: str,
        on_result: OnResult,
        on_failed: OnFailed | None = None,
        on_finished: OnFinished | None = None,
    ) -> int:
        """As :meth:`submit`, in a worker of its own: exports, inversion, whatever takes longer than a few seconds.

        Such a job goes on while the page is hidden.
        """
        return self._long.submit(Lane.BACKGROUND, make, slot, on_result, on_failed, on_finished)

    def cancel_long(self, slot: str | None = None) -> None:
        """Drop the long jobs, or the one of a slot."""
        self._long.cancel(Lane.BACKGROUND, slot)

    def _render(self) -> None:
        model, state, judge = self.model, self.state, self._judge()
        if model is None or not self.is_active:
            return

        # D is asked a few times a second while a hand moves, and once it rests.
        scored = not self.is_handled or time.monotonic() - self._judged_at >= JUDGE_S
        if scored:
            self._judged_at = time.monotonic()
            self._judge_soon.stop()
        elif not self._judge_soon.isActive():
            self._judge_soon.start()

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import picture

            return picture(model, state, judge, scored=scored)

        self.submit(Lane.FOCUS, make, "picture", self._take_picture)

    def _judge(self) -> LatentModel | None:
        """Return the model whose D the ranks are taken by, None: the present one."""
        return None

    def _take_picture(self, picture: object) -> None:
        self.picture = picture  # type: ignore[assignment]
        seconds = self._queue.seconds.get("picture", 0.0)
        self.report("render", f"render {1000 * seconds:.0f} ms")
        self.picture_changed.emit(picture)

    def report(self, part: str, text: str) -> None:
        """Say something in the page's status line; "" takes it away."""
        if self.status.get(part, "") != text:
            self.status[part] = text
            self.status_changed.emit()


def same_picture(one: ViewState, other: ViewState) -> bool:
    """Whether two states show the same picture; they may look at the map differently."""
    return one == dataclasses.replace(other, seed=one.seed, map=one.map, model=one.model, step=one.step)


def drawn(seed: int, dim: int) -> NDArray[np.float32]:
    """Return the latent of a seed (dim,): where its endless map begins."""
    return Lattice(seed, dim).at(np.array([START]), np.array([START]))[0]


def first_state(model: LatentModel, seed: int) -> ViewState:
    """Return where a model is entered: at the first class, and where the seed's map begins."""
    weights = one_hot(0, model.classes) if model.classes else None
    zoom = base_px((model.shape[1], model.shape[2])) if model.is_image else 64.0
    view = MapView(centre=(START, START), zoom=zoom)
    if model.dim <= 2:
        view = MapView(mode="square", centre=(0.5, 0.5), zoom=8 * zoom)
    return ViewState(g=drawn(seed, model.dim), class_weights=weights, seed=seed, map=view)
