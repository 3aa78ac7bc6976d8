"""The latent explorer's one model: where one stands, in which network, and who renders it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from typing_extensions import override

from ganstudio.engine.latent.nearest import NearestIndex
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.undo import StateHistory
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.explorer_place import first_state
from ganstudio.ui.latent.explorer_references import References
from ganstudio.ui.latent.explorer_shelf import ExplorerShelf
from ganstudio.ui.latent.map_canvas_places import base_px
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.directions import Directions
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.engine.latent.scores import ScoreReference
    from ganstudio.engine.latent.snapshots import SnapshotRing
    from ganstudio.engine.latent.weights import Weights

POLL_MS = 250  # between two looks at the run's snapshots
BUSY_S = 1.0  # of one piece of work, after which the status line says so
FOLLOW_REST = 5.0  # times as long as a refresh took, the worker then rests: training keeps its speed
LONGEST_REFRESH_S = 3.0  # after which the next snapshot is shown even if the last one's map is not complete


class Explorer(ExplorerShelf):
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

    model_changed = Signal(object)
    bank_changed = Signal()
    neighbours_changed = Signal()
    ring_changed = Signal()
    following_changed = Signal(bool)
    directions_changed = Signal(object)
    active_changed = Signal(bool)
    noticed = Signal(str)

    def __init__(self, palette: Palette, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self.palette = palette
        self.references = References(self._queue, self)
        self.references.bank_changed.connect(self.bank_changed)
        self.references.ranked.connect(self._render)
        self.references.neighbours_changed.connect(self.neighbours_changed)
        self.ring: SnapshotRing | None = None
        self.directions: Directions | None = None
        self.path: Path | None = None  # of the model's file; None: of the run
        self.is_following = True
        self.is_refresh = False
        self._shown_version = -1
        self._loading: Weights | None = None
        self._refreshed_at = self._refresh_s = 0.0
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.look)

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
                self.history = StateHistory(self._stamped(first_state(model, self.state.seed)))
            else:
                state = self._stamped(self.state)
                if before.is_image and model.is_image and before.shape != model.shape:  # whole pixels stay whole
                    zoom = state.map.zoom * base_px(model.shape[1:]) / base_px(before.shape[1:])  # type: ignore[arg-type]
                    state = dataclasses.replace(state, map=dataclasses.replace(state.map, zoom=zoom))
                self.history = dataclasses.replace(self.history, present=state)
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
        busy = self._queue.busy_s
        self.report("busy", f"rendering for {busy:.0f} s" if busy > BUSY_S else "")
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
            if self.is_handled:
                return  # the picture under the hand comes first; the newest snapshot as soon as it rests
            if self._queue.is_busy(Lane.TILES) and now - self._refreshed_at < LONGEST_REFRESH_S:
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

    @override
    def _judge(self) -> LatentModel | None:
        judge, model = self.references.scores_model, self.model
        return judge if judge is not None and model is not None and judge.shape == model.shape else None

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

    # -- the page ------------------------------------------------------------------------------------------------------

    def set_directions(self, directions: Directions | None) -> None:
        """Say which directions the panel shows: the map and the picture can move along them."""
        self.directions = directions
        self.directions_changed.emit(directions)

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
            self._judge_soon.stop()
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
        self._judge_soon.stop()
        self.references.stop()
        ended = [queue.close(timeout_s) for queue in (self._queue, self._long)]
        return all(ended)
