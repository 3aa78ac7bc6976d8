"""The latent explorer's one model: where one stands, in which network, and who renders it."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.lattice import Lattice
from ganstudio.engine.latent.nearest import NearestIndex
from ganstudio.engine.latent.renderer import Lane, Make, Renderer
from ganstudio.engine.latent.undo import StateHistory
from ganstudio.engine.latent.view_state import MapView, ViewState, one_hot
from ganstudio.ui.latent.explorer_queue import OnFailed, OnFinished, OnResult, RenderQueue
from ganstudio.ui.latent.explorer_references import References
from ganstudio.ui.latent.map_canvas_places import base_px
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.directions import Directions
    from ganstudio.engine.latent.jobs import Picture
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.engine.latent.scores import ScoreReference
    from ganstudio.engine.latent.snapshots import SnapshotRing
    from ganstudio.engine.latent.weights import Weights

START = 0.5  # map coordinates at which a seed's lattice is entered: the middle of a tile
POLL_MS = 250  # between two looks at the run's snapshots
FOLLOW_REST = 2.0  # times as long as a refresh took, the worker then rests: training keeps its speed
MOST_RECENTS = 8
RECENTS_KEY = "latent/recents"
NOWHERE = ViewState(g=np.zeros(2, np.float32))  # before there is a model


class Explorer(QObject):
    """What every part of the page shares. All of it lives in the GUI thread; work goes to render workers.

    Every gesture makes a new :class:`ViewState` and hands it to :meth:`set_state`; parts listen to ``state_changed``
    and show it. The picture of the state is rendered here, once, for all (``picture_changed``). While the page is
    hidden (:meth:`set_active`) nothing is submitted and no timer runs.

    Parameters
    ----------
    palette
        The colours, for parts that are made later.
    settings
        Remembers files opened last; None remembers nothing.

    Signals
    -------
    state_changed
        Another :class:`ViewState`.
    place_changed
        The same, but only where the picture is another one: not when the map is dragged.
    picture_changed
        The state's :class:`Picture`; twice, the second time with D's logit.
    model_changed
        Another :class:`LatentModel`, or None. A snapshot of the same run too: then ``is_refresh`` is true.
    bank_changed, neighbours_changed
        See :class:`References`.
    ring_changed
        The run's snapshots are others.
    following_changed
        Whether the newest snapshot is shown as it comes.
    directions_changed
        The directions panel shows other :class:`Directions`, or None.
    bookmarks_changed, recents_changed
        Of the shelf.
    active_changed
        The page is shown or hidden.
    status_changed
        A part of :attr:`status` is new.
    failed
        What went wrong, and details for those who repair it.
    noticed
        Something worth a line in the message bar.
    """

    state_changed = Signal(object)
    place_changed = Signal(object)
    picture_changed = Signal(object)
    model_changed = Signal(object)
    bank_changed = Signal()
    neighbours_changed = Signal()
    ring_changed = Signal()
    following_changed = Signal(bool)
    directions_changed = Signal(object)
    bookmarks_changed = Signal()
    recents_changed = Signal()
    active_changed = Signal(bool)
    status_changed = Signal()
    failed = Signal(str, str)
    noticed = Signal(str)

    def __init__(self, palette: Palette, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.palette = palette
        self._settings = settings
        self._queue = RenderQueue("ganstudio-render", self.failed.emit, self)
        self._long = RenderQueue("ganstudio-render-long", self.failed.emit, self)
        self.references = References(self._queue, self)
        self.references.bank_changed.connect(self.bank_changed)
        self.references.neighbours_changed.connect(self.neighbours_changed)
        self.history = StateHistory(NOWHERE)
        self.model: LatentModel | None = None
        self.picture: Picture | None = None
        self.ring: SnapshotRing | None = None
        self.directions: Directions | None = None
        self.bookmarks: list[Bookmark] = []
        self.status: dict[str, str] = {}
        self.path: Path | None = None  # of the model's file; None: of the run
        self.is_following = True
        self.is_refresh = False
        self.is_active = False
        self._shown_version = -1
        self._loading: Weights | None = None
        self._refreshed_at = self._refresh_s = 0.0
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.look)

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
        self._take_history(self.history.pushed(self._stamped(state), merge=merge))

    def change(self, *, merge: bool = False, **fields: object) -> None:
        """Go to the present place with other values of some fields of :class:`ViewState`."""
        self.set_state(dataclasses.replace(self.state, **fields), merge=merge)  # type: ignore[arg-type]

    def change_map(self, *, merge: bool = True, **fields: object) -> None:
        """Look at the map in another way: other values of some fields of :class:`MapView`."""
        self.change(merge=merge, map=dataclasses.replace(self.state.map, **fields))  # type: ignore[arg-type]

    def randomize(self) -> None:
        """Go to a place drawn from the prior, by another seed."""
        seed = int(np.random.default_rng().integers(0, 1_000_000))
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
        model, state = self.model, self.state
        if model is None or not self.is_active:
            return

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import picture

            return picture(model, state)

        self.submit(Lane.FOCUS, make, "picture", self._take_picture)

    def _take_picture(self, picture: object) -> None:
        self.picture = picture  # type: ignore[assignment]
        self.report("render", f"render {1000 * self._queue.seconds.get(Lane.FOCUS, 0.0):.0f} ms")
        self.picture_changed.emit(picture)

    def report(self, part: str, text: str) -> None:
        """Say something in the page's status line; "" takes it away."""
        if self.status.get(part, "") != text:
            self.status[part] = text
            self.status_changed.emit()

    # -- the model ----------------------------------------------------------------------------------------------------

    def set_model(self, model: LatentModel | None, path: Path | None = None) -> None:
        """Show another model, at the same place if it has one like it, else at the first draw of the seed."""
        before, self.model = self.model, model
        self._loading = None
        if model is not None and path is not None:
            self._set_following(False)
        self.path = path
        alike = before is not None and model is not None and before.weights.config is model.weights.config
        self.is_refresh = alike or (
            before is not None
            and model is not None
            and (before.run, before.title, before.shape) == (model.run, model.title, model.shape)
        )
        self._queue.new_generation()
        self.picture = None if model is None else self.picture
        if model is not None:
            if before is None or self._misfit(self.state):
                self.history = StateHistory(self._stamped(_first_state(model, self.state.seed)))
            else:
                self.history = dataclasses.replace(self.history, present=self._stamped(self.state))
        self.references.following = self.is_following
        self._refreshed_at = time.monotonic()
        self.model_changed.emit(model)
        self.state_changed.emit(self.state)
        self.place_changed.emit(self.state)
        self._render()
        self.references.take_model(model)

    def open_model(self, path: Path) -> None:
        """Open a model file or a saved run, in the background; the present model stays until it is there."""
        self.report("model", f"opening {path.name}")

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.model_file import open_model

            model = open_model(path)
            _ = model.fingerprint
            yield model

        def take(model: object) -> None:
            self.report("model", "")
            self.remember(path)
            self.set_model(model, path)  # type: ignore[arg-type]

        def refuse(message: str, details: str) -> None:
            self.report("model", "")
            is_known = "ModelFileError" in details
            self.failed.emit(f"{message}. The present model stays.", "" if is_known else details)

        self.submit(Lane.BACKGROUND, make, "open", take, refuse)

    def set_ring(self, ring: SnapshotRing | None) -> None:
        """Take the run's snapshots to follow and to scrub."""
        self.ring, self._shown_version = ring, -1
        self.ring_changed.emit()
        self.look()

    def follow(self, following: bool) -> None:
        """Show the newest snapshot of the run as it comes, or keep the one that is shown."""
        self._set_following(following)
        if following:
            self.look()

    def _set_following(self, following: bool) -> None:
        if following != self.is_following:
            self.is_following = self.references.following = following
            self.following_changed.emit(following)

    def go_to_step(self, step: int) -> None:
        """Show the run's snapshot nearest to a step, and keep it."""
        weights = None if self.ring is None else self.ring.nearest(step)
        if weights is not None:
            newest = self.ring.newest if self.ring is not None else None
            self._set_following(self.is_following and weights is newest)
            self._show_weights(weights)

    def step_snapshot(self, by: int) -> None:
        """Show the snapshot before (−1) or after (+1) the present one."""
        steps = () if self.ring is None else self.ring.steps()
        if not steps:
            return
        present = self.model.step if self.model is not None and self.path is None else steps[-1]
        at = int(np.argmin([abs(step - present) for step in steps]))
        self.go_to_step(steps[min(max(at + by, 0), len(steps) - 1)])

    def look(self) -> None:
        """Look whether the run has gone on; called by a timer while the page is shown."""
        ring = self.ring
        if ring is None or not self.is_active:
            return
        if ring.version != self._shown_version:
            self._shown_version = ring.version
            self.ring_changed.emit()
        newest = ring.newest
        if newest is None or (self.path is not None and not self.is_following):
            return
        stale = self.model is None or (newest.run, newest.step) != (self.model.run, self.model.step)
        new_run = self.model is None or newest.run != self.model.run
        if (new_run or self.is_following or self.path is not None) and (stale or self.path is not None):
            self._follow_newest(newest, at_once=new_run or self.path is not None)

    def _follow_newest(self, newest: Weights, *, at_once: bool) -> None:
        """Show the newest snapshot, unless the last one is still being drawn: each is shown whole, and rests follow."""
        if self._loading is not None:
            return
        now = time.monotonic()
        if not at_once:
            if self._queue.is_busy(Lane.TILES) and now - self._refreshed_at < 3:
                self._refresh_s = now - self._refreshed_at
                return
            if now - self._refreshed_at < (1 + FOLLOW_REST) * self._refresh_s:
                return
        self._refresh_s = 0.0
        self._show_weights(newest)

    def _show_weights(self, weights: Weights) -> None:
        base = self.model
        self._loading = weights

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.models import opened

            model = opened(weights) if base is None or base.run != weights.run else base.with_weights(weights)
            _ = model.fingerprint
            yield model

        def take(model: object) -> None:
            self._loading = None
            self.set_model(model)  # type: ignore[arg-type]

        def refuse(message: str, details: str) -> None:
            self._loading = None
            self._set_following(False)
            self.failed.emit(f"The run's snapshot cannot be shown: {message}", details)

        self.submit(Lane.FOCUS, make, "snapshot", take, refuse)

    # -- returning to a place -----------------------------------------------------------------------------------------

    def restore(self, state: ViewState) -> None:
        """Return to a saved place: with the snapshot that it was saved at, if the run still has it."""
        model = self.model
        if model is None:
            self.failed.emit("There is no model yet to show this place in. Train one or open one first.", "")
            return
        kept = None
        if state.model and state.model != model.fingerprint and self.ring is not None and state.step is not None:
            kept = next((weights for weights in self.ring.all() if weights.step == state.step), None)
        if kept is not None and self.path is None:
            self._restore_at(kept, state)
            return
        self.set_state(state)
        if state.model and state.model != model.fingerprint and not self._misfit(state):
            self.noticed.emit("This place was saved in another model, or at a step that is gone: the picture differs")

    def _restore_at(self, weights: Weights, state: ViewState) -> None:
        from ganstudio.engine.latent.models import opened

        def make() -> Iterator[object]:
            model = opened(weights)
            _ = model.fingerprint
            yield model

        def take(found: object) -> None:
            model: LatentModel = found  # type: ignore[assignment]
            if model.fingerprint == state.model:
                self._set_following(False)
                self.set_model(model)
            else:
                self.noticed.emit("This place was saved in another model: the picture differs")
            self.set_state(state)

        self._loading = None
        self.submit(Lane.FOCUS, make, "snapshot", take)

    # -- references ---------------------------------------------------------------------------------------------------

    @property
    def bank(self) -> Bank | None:
        """Generated samples, maybe still growing, maybe of an earlier snapshot (``bank.model``)."""
        return self.references.bank

    @property
    def scores(self) -> ScoreReference | None:
        """What D's ranks are taken among, or None."""
        return self.references.scores

    @property
    def nearest(self) -> NearestIndex | None:
        """The training images to search in, or None."""
        return self.references.index

    @property
    def train_images(self) -> NDArray | None:
        """The training images (N, H, W, C) uint8, or None."""
        return self.references.train_images

    def want_bank(self) -> None:
        """Have :attr:`bank` and :attr:`scores` filled in the background from now on."""
        self.references.want_bank()

    def want_neighbours(self) -> None:
        """Have :attr:`nearest` made in the background from now on."""
        self.references.want_neighbours()

    # -- the shelf, directions, recents -------------------------------------------------------------------------------

    def add_bookmark(
        self,
        state: ViewState | None = None,
        thumbnail: NDArray[np.uint8] | None = None,
        name: str = "",
        group: str = "",
    ) -> None:
        """Keep a place, by default the present one, with its picture."""
        if self.model is None:
            return
        state = self._stamped(state or self.state)
        if (
            thumbnail is None
            and self.picture is not None
            and self.picture.state.point().tobytes() == (state.point().tobytes())
        ):
            thumbnail = self.picture.shown if self.model.is_image else None
        self.bookmarks.append(Bookmark(name or self._next_name(), state, thumbnail, group))
        self.bookmarks_changed.emit()

    def keep(self, mark: Bookmark) -> None:
        """Put a place on the shelf as it is; its picture is made if it has none and the model can show it."""
        if mark.thumbnail is None and self.model is not None and not self._misfit(mark.state) and self.model.is_image:
            self._keep_pictured(mark)
            return
        self.bookmarks.append(mark if mark.name else dataclasses.replace(mark, name=self._next_name()))
        self.bookmarks_changed.emit()

    def _keep_pictured(self, mark: Bookmark) -> None:
        model = self.model

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import picture

            yield next(picture(model, mark.state))  # type: ignore[arg-type]

        def take(made: object) -> None:
            self.keep(dataclasses.replace(mark, thumbnail=made.shown))  # type: ignore[attr-defined]

        self.submit(Lane.BACKGROUND, make, f"bookmark {id(mark)}", take)

    def _next_name(self) -> str:
        return f"place {len(self.bookmarks) + 1}"

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """Put other bookmarks on the shelf."""
        self.bookmarks = list(bookmarks)
        self.bookmarks_changed.emit()

    def set_directions(self, directions: Directions | None) -> None:
        """Say which directions the panel shows: the map and the picture can move along them."""
        self.directions = directions
        self.directions_changed.emit(directions)

    def recents(self) -> list[Path]:
        """Return the model files opened last that are still there, the newest first."""
        if self._settings is None:
            return []
        try:
            known = json.loads(str(self._settings.value(RECENTS_KEY, "[]")))
            return [Path(name) for name in known if Path(name).is_file()]
        except (ValueError, TypeError):
            return []  # written by hand

    def remember(self, path: Path) -> None:
        """Put a file in front of the recents."""
        if self._settings is not None:
            names = [str(path.absolute()), *(str(old) for old in self.recents() if old != path.absolute())]
            self._settings.setValue(RECENTS_KEY, json.dumps(names[:MOST_RECENTS]))
            self.recents_changed.emit()

    # -- the page -----------------------------------------------------------------------------------------------------

    def set_active(self, active: bool) -> None:
        """Learn whether the page is shown: hidden it costs nothing."""
        if active == self.is_active:
            return
        self.is_active = active
        if active:
            self._poll.start()
            self.references.resume()
            self._render()
            self.look()
        else:
            self._poll.stop()
            self.references.stop()
            self._loading = None
            for lane in (Lane.FOCUS, Lane.TILES):
                self._queue.cancel(lane)
        self.active_changed.emit(active)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.palette = palette

    def close(self, timeout_s: float = 2.0) -> bool:
        """End the workers; return whether their threads have ended."""
        self._poll.stop()
        self.references.stop()
        ended = [queue.close(timeout_s) for queue in (self._queue, self._long)]
        return all(ended)


def same_picture(one: ViewState, other: ViewState) -> bool:
    """Whether two states show the same picture; they may look at the map differently."""
    return one == dataclasses.replace(other, seed=one.seed, map=one.map, model=one.model, step=one.step)


def drawn(seed: int, dim: int) -> NDArray[np.float32]:
    """Return the latent of a seed (dim,): where its endless map begins."""
    return Lattice(seed, dim).at(np.array([START]), np.array([START]))[0]


def _first_state(model: LatentModel, seed: int) -> ViewState:
    weights = one_hot(0, model.classes) if model.classes else None
    view = MapView(centre=(START, START))
    if model.is_image:
        view = MapView(centre=(START, START), zoom=base_px((model.shape[1], model.shape[2])))
    if model.dim <= 2:
        view = MapView(mode="square", centre=(0.5, 0.5), zoom=600.0)
    return ViewState(g=drawn(seed, model.dim), class_weights=weights, seed=seed, map=view)
