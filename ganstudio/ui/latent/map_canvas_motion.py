"""Moving on the map, and over it: every way to go makes a new state."""

from __future__ import annotations

import dataclasses
import time

from PySide6.QtCore import QPointF

from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.map_canvas_places import MapPlaces, Point, fitting_zoom, kept_in_sight, zoomed

WHEEL_MERGE_S = 0.7  # notches within this time are one step back
LARGEST_CELL = 1024.0  # device pixels of a tile of class × seed


class MapMotion:
    """Where the state's latent is on the map, and how to go elsewhere.

    ``places`` and ``size`` (device pixels) are those of the canvas now.
    """

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self.places: MapPlaces | None = None
        self.size = (1, 1)
        self.at: Point | None = None  # where the state's latent is, if it is on the map
        self._wheeled = 0.0

    def find(self) -> None:
        """Find where the state's latent is on the map."""
        places = self.places
        if places is None:
            return
        known = ([self.at] if self.at is not None else []) + places.own_places()
        self.at = places.first_at(known)

    def fit(self) -> None:
        """Look at the whole of a map that ends, at the middle of one that does not."""
        if self.places is None:
            return
        surface = self.places.surface
        centre = tuple(0.5 if bounds is None else sum(bounds) / 2 for bounds in surface.extent)
        if self._explorer.state.map.mode == "around":
            centre = (0.0, 0.0)
        width, height = self.size
        self._explorer.change_map(
            merge=False, centre=centre, zoom=fitting_zoom(surface, self.places.side, width, height)
        )

    def step(self, across: float, down: float) -> None:
        """Go so many tiles from the present place, or from the middle of the view if that is not on the map."""
        places = self.places
        if places is None:
            return
        size = 2.0**-places.level
        x, y = self.at or self._explorer.state.map.centre
        self.select(x + across * size, y + down * size, merge=False)

    def select(self, x: float, y: float, *, merge: bool) -> None:
        """Go to a point of the map; it comes into sight."""
        places = self.places
        if places is None or not places.holds(x, y):
            return
        self.at = (x, y)
        state = places.state_at(x, y)
        left, top = places.view.to_pixel(x, y)
        width, height = self.size
        margin = 0.5 * places.size
        if not (margin <= left <= width - margin and margin <= top <= height - margin):
            state = dataclasses.replace(state, map=dataclasses.replace(state.map, centre=(x, y)))
        self._explorer.set_state(state, merge=merge)

    def pan(self, by: QPointF, *, merge: bool) -> None:
        """Drag the map by so many device pixels."""
        places = self.places
        if places is None:
            return
        view = places.view.panned(by.x(), by.y())
        self._explorer.change_map(merge=merge, centre=kept_in_sight(places.surface, view))

    def zoom(self, notches: int, place: QPointF | None = None) -> None:
        """Zoom by so many notches of the wheel, the point under ``place`` (device pixels) staying where it is."""
        places = self.places
        if places is None or not notches:
            return
        width, height = self.size
        at = place or QPointF(width / 2, height / 2)
        wanted = zoomed(places.state.map, places.side, notches)
        if places.state.map.mode == "classes":
            wanted = min(max(wanted, places.side[1] / 2), LARGEST_CELL)
        view = places.view.zoomed(wanted / places.view.zoom, at.x(), at.y())
        now = time.monotonic()
        merge = now - self._wheeled < WHEEL_MERGE_S
        self._wheeled = now
        self._explorer.change_map(merge=merge, zoom=wanted, centre=kept_in_sight(places.surface, view))

    def centre_on(self, x: float, y: float) -> None:
        """Select a point and bring it to the middle; around here, make it the origin."""
        places = self.places
        if places is None or not places.holds(x, y):
            return
        state = places.state_at(x, y)
        view = state.map
        if view.mode == "around":
            view = dataclasses.replace(view, origin=state.g, centre=(0.0, 0.0))
            self.at = (0.0, 0.0)
        else:
            view = dataclasses.replace(view, centre=(x, y))
            self.at = (x, y)
        self._explorer.set_state(dataclasses.replace(state, map=view), merge=True)

    def look_around(self, state: ViewState) -> None:
        """Show the sphere around a place."""
        if state.dim < 3:
            return
        view = dataclasses.replace(state.map, mode="around", origin=state.point(), centre=(0.0, 0.0))
        if self.places is not None:
            view = dataclasses.replace(view, zoom=2 * self.places.tile_px)
        self._explorer.set_state(dataclasses.replace(state, map=view))

    def set_anchor(self, index: int, state: ViewState) -> None:
        """Put a place at a corner of the map through anchors."""
        present = self._explorer.state
        anchors = present.map.anchors
        if anchors is None or state.dim != present.dim:
            return
        changed = anchors.copy()
        changed[index] = state.point()
        self._explorer.change_map(merge=False, anchors=changed)
