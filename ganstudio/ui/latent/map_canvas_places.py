"""Where things are on the map: which surface, which tile under a pixel, which latent there. Paints nothing."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.class_grid import ClassGrid
from ganstudio.engine.latent.square import PriorSquare
from ganstudio.engine.latent.surface import Surface, surface_of
from ganstudio.engine.latent.tiles import TileKey, View, level_for, visible
from ganstudio.engine.latent.view_state import MapView, ViewState

Array = NDArray[np.float32]
Point = tuple[float, float]

TILE_PX = 64  # device pixels that a tile is at least wide, unless its picture is larger
LEAST_ZOOM, MOST_ZOOM = 2.0**-6, 2.0**22
FILLED = 0.86  # of the canvas, by a map that ends and is seen whole: there is room for its corners' pictures


def geometry_of(state: ViewState, classes: int) -> Hashable:
    """Return what determines which latent is where on the map."""
    view = state.map
    held: list[Hashable] = [view.mode, state.dim, classes]
    if view.mode in ("lattice", "classes", "around"):
        held.append(state.seed)
    if view.mode == "around":
        origin = state.point() if view.origin is None else view.origin
        held += [origin.tobytes(), None if view.axes is None else view.axes.tobytes(), view.flat]
    if view.mode == "anchors":
        held.append(None if view.anchors is None else view.anchors.tobytes())
    return tuple(held)


def look_of(state: ViewState) -> Hashable:
    """Return what else of a state the pictures depend on."""
    weights = None if state.class_weights is None or state.map.mode == "classes" else state.class_weights.tobytes()
    style = None if state.style is None else (state.style.tobytes(), state.style_from)
    return weights, state.tau, state.psi, style


class MapPlaces:
    """The map of one state on a canvas of some size: tiles, pixels and latents.

    Pixels are device pixels throughout.

    Parameters
    ----------
    state
        What is shown.
    model
        Its fingerprint, for the tiles' keys.
    classes
        Of the model.
    side
        Pixels of the model's images, height and width.
    size
        Of the canvas: width and height.
    """

    def __init__(
        self, state: ViewState, model: Hashable, classes: int, side: tuple[int, int], size: tuple[int, int]
    ) -> None:
        self.state, self.side, self.classes = state, side, classes
        self.surface: Surface = surface_of(state, classes)
        self.geometry = geometry_of(state, classes)
        self.place: Hashable = (self.geometry, look_of(state), model)
        view = state.map
        self.view = View(view.centre[0], view.centre[1], view.zoom, max(size[0], 1), max(size[1], 1))
        self.tile_px = base_px(side)
        self.level = 0 if isinstance(self.surface, ClassGrid) else level_for(view.zoom, self.tile_px)
        self.size = view.zoom * 2.0**-self.level  # of a tile on the screen

    def keys(self) -> list[TileKey]:
        """Return the tiles that are seen, those nearest to the middle first."""
        keys = visible(self.view, self.place, self.tile_px, self.level)
        if not keys:
            return keys
        x, y = (np.array(values) for values in zip(*(key.centre for key in keys), strict=True))
        held = self.surface.contains(x, y)
        return [key for key, inside in zip(keys, held.tolist(), strict=True) if inside]

    def key_at(self, px: float, py: float) -> TileKey:
        """Return the tile under a pixel."""
        x, y = self.view.to_map(px, py)
        scale = 2.0**self.level
        return TileKey(self.place, self.level, math.floor(x * scale), math.floor(y * scale))

    def holds(self, x: float, y: float) -> bool:
        """Whether a point belongs to the map."""
        return bool(self.surface.contains(np.array([x]), np.array([y]))[0])

    def latent(self, x: float, y: float) -> tuple[Array, Array | None]:
        """Return the latent (d,) at a point, and the class weights (K,) that the map itself chooses there."""
        at = np.array([x]), np.array([y])
        weights = self.surface.class_weights(*at)
        return self.surface.at(*at)[0], None if weights is None else weights[0]

    def state_at(self, x: float, y: float) -> ViewState:
        """Return the state of a point of the map."""
        g, weights = self.latent(x, y)
        weights = self.state.class_weights if weights is None else weights
        return dataclasses.replace(self.state, g=g, class_weights=weights, offsets=())

    def is_of(self, state: ViewState) -> bool:
        """Whether another state has the same map, seen in the same way: it may be at another place of it."""
        here = self.state
        return state is here or (
            (state.map, state.model, state.seed, state.dim) == (here.map, here.model, here.seed, here.dim)
            and look_of(state) == look_of(here)
            and (state.map.mode != "around" or state.map.origin is not None)
        )

    def first_at(self, points: Sequence[Point]) -> Point | None:
        """Return the first of some points at which the latent is the state's own, None if it is not at any of them."""
        held = [point for point in points if self.holds(*point)]
        if not held:
            return None
        x, y = (np.array(values) for values in zip(*held, strict=True))
        g, weights = self.surface.at(x, y), self.surface.class_weights(x, y)
        found = np.isclose(g, self.state.g, atol=1e-6).all(1)
        if weights is not None:
            found &= (weights == self.state.class_weights).all(1)
        return held[int(found.argmax())] if found.any() else None

    def own_places(self) -> list[Point]:
        """Return where the state's latent may be, by what the surface is."""
        if isinstance(self.surface, PriorSquare):
            x, y = self.surface.locate(self.state.g[None])
            return [(float(x[0]), float(y[0]))]
        return [(0.0, 0.0), (0.5, 0.5), self.state.map.centre]


def base_px(side: tuple[int, int]) -> float:
    """Return how wide a tile is at least: a multiple of its picture's width."""
    width = max(side[1], 1)
    return float(width * max(1, round(TILE_PX / width)))


def steps_px(side: tuple[int, int]) -> list[float]:
    """Return the widths that a tile takes as one zooms in, within an octave: whole multiples, so that pixels are even.

    Where there are none between (a picture is as large as a tile), one and a half times the width is taken too.
    """
    width, base = max(side[1], 1), base_px(side)
    steps = [width * factor for factor in range(round(base / width), round(2 * base / width))]
    return [float(step) for step in steps] if len(steps) > 1 else [base, 1.5 * base]


def zoomed(view: MapView, side: tuple[int, int], notches: int) -> float:
    """Return the zoom some notches of the wheel nearer (above zero) or farther."""
    steps = np.array(steps_px(side))
    octave = math.floor(math.log2(view.zoom / base_px(side)) + 1e-9)
    within = int(np.argmin(np.abs(steps - view.zoom / 2.0**octave)))
    octaves, index = divmod(octave * len(steps) + within + notches, len(steps))
    return float(min(max(steps[index] * 2.0**octaves, LEAST_ZOOM), MOST_ZOOM))


def kept_in_sight(surface: Surface, view: View) -> Point:
    """Return the middle of the view, moved so that a surface that ends stays in sight."""
    middle = [view.x, view.y]
    for axis, bounds in enumerate(surface.extent):
        if bounds is not None:
            middle[axis] = min(max(middle[axis], bounds[0]), bounds[1])
    return middle[0], middle[1]


def fitting_zoom(surface: Surface, side: tuple[int, int], width: int, height: int) -> float:
    """Return a zoom at which a surface that ends fills the canvas; for one that does not, tiles of the base width."""
    (across, down), base = surface.extent, base_px(side)
    if across is None and down is None:
        return base
    rooms = []
    for bounds, room in ((across, width), (down, height)):
        if bounds is not None:
            rooms.append(FILLED * room / (bounds[1] - bounds[0]))
    zoom = min(rooms)
    if down is None:  # a tile per unit
        return float(max(math.floor(zoom / side[1]) * side[1], side[1] / 2)) if zoom >= side[1] / 2 else zoom
    steps = [step * 2.0**octave for octave in range(-2, 10) for step in steps_px(side)]
    return max((step for step in steps if step <= zoom), default=zoom)
