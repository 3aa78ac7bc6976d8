"""Finds the panel's directions and their filmstrips, and does so again when they are out of date."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.engine.latent.directions import Directions
from ganstudio.engine.latent.renderer import Lane
from ganstudio.ui.latent.attribute_choice import REST
from ganstudio.ui.latent.attribute_groups import AttributeGroups
from ganstudio.ui.latent.direction_sources import (
    MEAN_SAMPLES,
    MOST_SLIDERS,
    Filmstrip,
    Found,
    Request,
    SourceName,
    anchor,
    filmstrips,
    find,
)
from ganstudio.ui.latent.explorer import Explorer

REST_MS = 120  # of a hand, before directions and previews are made anew
DUTY = 6.0  # while the model changes all the time: what is costly rests so many times as long as it took
SLOT_FIND, SLOT_STRIPS = "directions", "filmstrips"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person chose: the source; of PCA a layer ("": a usual one), of an attribute two groups and a method."""

    source: SourceName = "local"
    layer: str = ""
    ahead: str = ""
    behind: str = ""
    method: str = "mean"


class DirectionFinder(QObject):
    """Knows what was found, for what, and what is under way.

    Directions are looked for at g itself, with all sliders at zero, so that they stay what they are while one is moved.

    Parameters
    ----------
    is_wanted
        Whether somebody sees the answers; nothing is submitted while not.

    Signals
    -------
    found_changed
        :attr:`found` is another one, or None.
    strip_made
        A slider's :class:`Filmstrip`.
    said
        What the person should know, "" if nothing.
    """

    found_changed = Signal()
    strip_made = Signal(object)
    said = Signal(str)

    def __init__(self, explorer: Explorer, is_wanted: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._is_wanted = explorer, is_wanted
        self.groups = AttributeGroups(explorer, self)
        self.choice = Choice()
        self.found: Found | None = None
        self.sigma: list[float | None] = [None] * MOST_SLIDERS
        self.first = 0  # the slider whose pictures come first
        self._sought: object = None
        self._scaled: object = None  # what the steps' sizes were measured for
        self._pictured: object = None  # what the filmstrips show
        self._begun = self._ended = self._took = 0.0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.refresh)

    # -- when ---------------------------------------------------------------------------------------------------------

    def choose(self, choice: Choice) -> None:
        """Look for other directions; those of another source are forgotten at once."""
        if choice.source != self.choice.source:
            self.choice = choice
            self.forget()
        self.choice = choice
        self.refresh()

    def later(self) -> None:
        """Look again when the hand rests."""
        if self._is_wanted():
            self._rest.start(REST_MS)

    def renew(self, _model: object = None) -> None:
        """Look again because the model is another one; directions of the same run stay until there are new ones."""
        self._sought = self._scaled = self._pictured = None
        if self._explorer.model is None or not self._explorer.is_refresh:
            self.forget()
        self.refresh()

    def repaint(self) -> None:
        """Make the pictures again, though nothing else has changed."""
        self._pictured = None
        self.refresh()

    def give_up(self) -> None:
        """Drop what is under way; it is looked for again by :meth:`refresh`."""
        self._rest.stop()
        for lane in (Lane.TILES, Lane.BACKGROUND):
            self._explorer.cancel(lane, SLOT_FIND)
        self._explorer.cancel(Lane.TILES, SLOT_STRIPS)
        self._sought = self._pictured = None

    def forget(self) -> None:
        """Have no directions until there are new ones."""
        self.give_up()
        self._scaled, self._took, self.first = None, 0.0, 0
        self._take(None)
        self.said.emit("")

    # -- finding ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Have directions and filmstrips made anew where they are out of date."""
        if not self._is_wanted():
            return
        self._rest.stop()
        if self.choice.source == "attribute":
            self.groups.want()
        request = self._request()
        if request is None:
            return
        key = _key(request)
        if key == self._sought:
            self._preview()
            return
        rest_s = self._ended + DUTY * self._took - time.monotonic()
        if self.found is not None and request.source == "activations" and rest_s > 0 and self._explorer.is_refresh:
            self._rest.start(round(1000 * rest_s) + 1)
            return
        self._sought, self._begun = key, time.monotonic()
        lane = Lane.TILES if request.source in ("local", "sefa") else Lane.BACKGROUND
        self._explorer.submit(lane, lambda: find(request), SLOT_FIND, self._take_found, self._lack)

    def _request(self) -> Request | None:
        """Return what to look for; None, with a message, where something for it is missing."""
        explorer, choice = self._explorer, self.choice
        if explorer.model is None:
            return None
        before = self.found
        here = before is not None and np.array_equal(before.request.state.g, explorer.state.g)
        if choice.source == "local" and not here:
            before = None  # at another place: ranked afresh; the run's next snapshot keeps every slider's place
        request = Request(
            source=choice.source,
            model=explorer.model,
            state=anchor(explorer.state),
            before=None if before is None else before.directions,
            layer=choice.layer,
            method=choice.method,
        )
        if choice.source == "mean_jacobian":
            return self._with_bank(request)
        return self._with_groups(request) if choice.source == "attribute" else request

    def _with_bank(self, request: Request) -> Request | None:
        self._explorer.want_bank()
        bank, dim = self._explorer.bank, request.model.dim
        wanted = max(MEAN_SAMPLES, 4 * dim)
        if bank is None or bank.model.dim != dim or (bank.size < wanted and not bank.is_full):
            if self.found is None:
                self.said.emit(f"collecting generated samples: {0 if bank is None else bank.size} of {wanted}")
            return None
        return dataclasses.replace(request, bank=bank)

    def _with_groups(self, request: Request) -> Request | None:
        ahead, behind = self.choice.ahead, self.choice.behind
        groups = self.groups.chosen(ahead, behind)
        if groups is None:
            self.said.emit("" if self.groups.hint else "choose two groups that differ")
            return None
        name = f"{ahead} − {'the others' if behind == REST else behind}"
        return dataclasses.replace(request, groups=groups, name=name)

    def _take_found(self, found: object) -> None:
        if not isinstance(found, Found) or found.request.source != self.choice.source:
            return
        self._ended = time.monotonic()
        self._took = self._ended - self._begun
        self._scaled = self._pictured = None
        if found.layer:  # which was left to the search
            self.choice = dataclasses.replace(self.choice, layer=found.layer)
            self._sought = _key(dataclasses.replace(found.request, layer=found.layer))
        self._take(found)
        self.said.emit(found.note)
        self._preview()

    def _take(self, found: Found | None) -> None:
        self.found = found
        self._explorer.set_directions(None if found is None else found.directions)
        self.found_changed.emit()

    def _lack(self, message: str, details: str) -> None:
        """Say why there are no directions; what is known to happen is no failure of the program."""
        self._take(None)
        self.said.emit(message)
        if "ValueError" not in details and "ModelError" not in details:
            self._explorer.failed.emit(f"Directions could not be found: {message}", details)

    # -- filmstrips ---------------------------------------------------------------------------------------------------

    def _preview(self) -> None:
        """Have the filmstrips made that are out of date."""
        found, model, state = self.found, self._explorer.model, self._explorer.state
        if found is None or model is None or found.directions.vectors.shape[1] != state.dim:
            return
        scaled = (found.directions, model, anchor(state))
        if scaled != self._scaled:
            self._scaled = scaled
            self.sigma = [None] * MOST_SLIDERS
        pictured = (scaled, state.offsets)
        if pictured == self._pictured:
            return
        self._pictured = pictured
        directions, names, sigma, first = found.directions, found.offset_names(state), tuple(self.sigma), self.first
        self._explorer.submit(
            Lane.TILES,
            lambda: filmstrips(model, state, directions, names, sigma, first=first),
            SLOT_STRIPS,
            lambda strip: self._take_strip(directions, strip),
        )

    def _take_strip(self, directions: Directions, strip: object) -> None:
        if isinstance(strip, Filmstrip) and self.found is not None and self.found.directions is directions:
            self.sigma[strip.index] = strip.sigma
            self.strip_made.emit(strip)


def _key(request: Request) -> object:
    """Return what directions depend on."""
    if request.source == "local":
        return "local", request.model, request.state
    if request.source == "activations":
        weights = request.state.class_weights
        return "activations", request.model, request.layer, None if weights is None else weights.tobytes()
    if request.source == "mean_jacobian" and request.bank is not None:
        return "mean_jacobian", request.bank, request.bank.size.bit_length()
    if request.source == "attribute" and request.groups is not None:
        return "attribute", request.name, request.method, *(group.tobytes() for group in request.groups)
    return request.source, request.model
