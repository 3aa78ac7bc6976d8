"""The map as tiles: which are seen, in what order they are made, and what is known of them. Imports no torch.

At level L a map unit holds 2^L tiles in each direction; tile (i, j) shows the latent in its middle,
((i + ½) / 2^L, (j + ½) / 2^L).
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOWEST_LEVEL, HIGHEST_LEVEL = -8, 24
MOST_TILES = 4_096
BUDGET_BYTES = 96 * 2**20
MOST_VISIBLE = 4_096


class TileKey(NamedTuple):
    """One tile: ``place`` is everything besides its position that determines its picture (surface, snapshot, class)."""

    place: Hashable
    level: int
    i: int
    j: int

    @property
    def centre(self) -> tuple[float, float]:
        """Where its latent is, in map coordinates."""
        size = 2.0**-self.level
        return (self.i + 0.5) * size, (self.j + 0.5) * size

    def ancestor(self, levels: int) -> TileKey:
        """Return the tile so many levels up that covers this one."""
        return TileKey(self.place, self.level - levels, self.i >> levels, self.j >> levels)


class View(NamedTuple):
    """The part of the map that is seen: its middle, pixels per map unit, and its size in pixels."""

    x: float
    y: float
    zoom: float
    width: int
    height: int

    def to_map(self, px: float, py: float) -> tuple[float, float]:
        """Return the map coordinates of a pixel."""
        return self.x + (px - self.width / 2) / self.zoom, self.y + (py - self.height / 2) / self.zoom

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of map coordinates."""
        return (x - self.x) * self.zoom + self.width / 2, (y - self.y) * self.zoom + self.height / 2

    def zoomed(self, factor: float, px: float, py: float) -> View:
        """Return the view with another zoom in which the point under a pixel stays where it is."""
        x, y = self.to_map(px, py)
        zoom = self.zoom * factor
        return self._replace(zoom=zoom, x=x - (px - self.width / 2) / zoom, y=y - (py - self.height / 2) / zoom)

    def panned(self, dx: float, dy: float) -> View:
        """Return the view after a drag by so many pixels: the map follows the hand."""
        return self._replace(x=self.x - dx / self.zoom, y=self.y - dy / self.zoom)

    def rect(self, key: TileKey) -> tuple[float, float, float, float]:
        """Return a tile's place on the screen: left, top, width and height in pixels."""
        size = 2.0**-key.level
        left, top = self.to_pixel(key.i * size, key.j * size)
        return left, top, size * self.zoom, size * self.zoom


def level_for(zoom: float, tile_px: float) -> int:
    """Return the level at which a tile is from ``tile_px`` to twice as wide on the screen."""
    level = math.floor(math.log2(zoom / tile_px) + 1e-9)
    return min(max(level, LOWEST_LEVEL), HIGHEST_LEVEL)


def visible(view: View, place: Hashable, tile_px: float, level: int | None = None) -> list[TileKey]:
    """Return the tiles that a view shows, those nearest to its middle first; at most 4,096."""
    level = level_for(view.zoom, tile_px) if level is None else level
    scale = 2.0**level
    left, top = view.to_map(0, 0)
    right, bottom = view.to_map(view.width, view.height)
    columns = math.floor(left * scale), math.ceil(right * scale)
    rows = math.floor(top * scale), math.ceil(bottom * scale)
    i, j = (
        _near(mine, middle * scale, max(64, MOST_VISIBLE // max(others[1] - others[0], 1)))
        for mine, others, middle in ((columns, rows, view.x), (rows, columns, view.y))
    )
    across, down = (grid.ravel() for grid in np.meshgrid(i, j))
    distance = (across + 0.5 - view.x * scale) ** 2 + (down + 0.5 - view.y * scale) ** 2
    order = np.argsort(distance, kind="stable")[:MOST_VISIBLE]
    return [TileKey(place, level, a, b) for a, b in zip(across[order].tolist(), down[order].tolist(), strict=True)]


def _near(bounds: tuple[int, int], middle: float, reach: int) -> NDArray[np.int64]:
    """Return the whole numbers within bounds that are not farther from the middle than ``reach``."""
    at = math.floor(middle)
    return np.arange(max(bounds[0], at - reach), min(bounds[1], at + reach + 1))


def centres(keys: Sequence[TileKey]) -> tuple[Floats, Floats]:
    """Return the map coordinates of tiles' latents: x (n,) and y (n,)."""
    places = np.array([key.centre for key in keys], np.float64).reshape(-1, 2)
    return places[:, 0], places[:, 1]


@dataclass(frozen=True, slots=True, eq=False)
class Placeholder:
    """What stands for a tile that is not made yet.

    The picture of a larger tile that covers it, and which part of that one it covers: left, top, width and height as
    shares of it.
    """

    key: TileKey
    picture: NDArray
    part: tuple[float, float, float, float]


class TileCache:
    """The pictures made last, the least recently used going first; safe between threads."""

    def __init__(self, most: int = MOST_TILES, budget_bytes: int = BUDGET_BYTES) -> None:
        self._most, self._budget = most, budget_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[TileKey, NDArray] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def nbytes(self) -> int:
        """How much memory the pictures take."""
        return self._bytes

    def put(self, key: TileKey, picture: NDArray) -> None:
        """Keep a picture; the least recently used ones make room."""
        with self._lock:
            self._forget(key)
            self._held[key] = picture
            self._bytes += picture.nbytes
            while len(self._held) > self._most or (self._bytes > self._budget and len(self._held) > 1):
                self._forget(next(iter(self._held)))

    def get(self, key: TileKey) -> NDArray | None:
        """Return a picture, or None; it counts as used."""
        with self._lock:
            picture = self._held.get(key)
            if picture is not None:
                self._held.move_to_end(key)
            return picture

    def missing(self, keys: Sequence[TileKey]) -> list[TileKey]:
        """Return those of the tiles that are not here, in the same order."""
        with self._lock:
            return [key for key in keys if key not in self._held]

    def placeholder(self, key: TileKey, levels: int = 4) -> Placeholder | None:
        """Return what stands for a missing tile: the nearest larger one that is here, up to so many levels up."""
        for up in range(1, levels + 1):
            above = key.ancestor(up)
            picture = self.get(above)
            if picture is not None:
                size = 2.0**-up
                part = ((key.i - (above.i << up)) * size, (key.j - (above.j << up)) * size, size, size)
                return Placeholder(above, picture, part)
        return None

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def _forget(self, key: TileKey) -> None:
        picture = self._held.pop(key, None)
        if picture is not None:
            self._bytes -= picture.nbytes


class Chunks:
    """Cuts a list into chunks that each take about as long as is pleasant: smaller after a slow one.

    Iterate over it, and tell it with :meth:`took` how long each chunk took.
    """

    def __init__(self, count: int, size: int = 16, slow_s: float = 0.04, most: int = 64) -> None:
        self.size = size
        self._count, self._slow, self._most = count, slow_s, most
        self._last = size

    def __iter__(self) -> Iterator[slice]:
        start = 0
        while start < self._count:
            self._last = min(self.size, self._count - start)
            yield slice(start, start + self._last)
            start += self._last

    def took(self, seconds: float) -> None:
        """Choose the size of the next chunk by how long the last one took."""
        if seconds > self._slow:
            self.size = max(1, self.size // 2)
        elif seconds * 3 < self._slow and self._last == self.size:
            self.size = min(2 * self.size, self._most)
