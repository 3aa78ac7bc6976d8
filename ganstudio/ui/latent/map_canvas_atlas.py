"""The map's tiles in one image, at their own resolution, drawn with a single call."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from ganstudio.engine.latent.tiles import TileCache, TileKey
from ganstudio.ui.views.image_picture import packed

Bytes = NDArray[np.uint8]
NOT_MADE, STAND_IN, MADE = 0, 1, 2


class MapAtlas:
    """A block of tiles of one level: rows × columns of them, with what stands for those that are not made yet.

    Where only the look of the map changes (another snapshot, another class), the old pictures stay until the new ones
    come: the map is never empty.
    """

    def __init__(self) -> None:
        self.image = QImage()
        self.state: NDArray[np.uint8] = np.zeros((0, 0), np.uint8)  # of every tile, (rows, columns)
        self._geometry: Hashable = None
        self._place: Hashable = None
        self._range = (0, 0, 0, 0, 0)  # level, first column, first row, columns, rows
        self._side = (0, 0)

    def arrange(
        self,
        geometry: Hashable,
        place: Hashable,
        keys: Sequence[TileKey],
        side: tuple[int, int],
        cache: TileCache,
        ground: int,
    ) -> None:
        """Hold the tiles that are seen.

        Parameters
        ----------
        geometry
            What determines which latent is where; while it stays, old pictures stand for new ones.
        place
            Of the keys: the geometry and the look.
        keys
            The tiles, all of one level.
        side
            Height and width of a tile's picture.
        cache
            Where finished tiles are.
        ground
            The colour, 0xffRRGGBB, where there is nothing.
        """
        i, j = np.array([(key.i, key.j) for key in keys]).reshape(-1, 2).T
        level = keys[0].level if keys else 0
        left, top = (int(i.min()), int(j.min())) if keys else (0, 0)
        columns, rows = (int(i.max()) - left + 1, int(j.max()) - top + 1) if keys else (0, 0)
        wanted = (level, left, top, columns, rows)
        same_range = wanted == self._range and geometry == self._geometry and side == self._side
        if same_range and place == self._place:
            return
        old, old_state, old_range = self._cells() if self.state.size else None, self.state, self._range
        moved = geometry == self._geometry and side == self._side and level == old_range[0]
        self._geometry, self._place, self._range, self._side = geometry, place, wanted, side
        height, width = side
        image = QImage(max(columns * width, 1), max(rows * height, 1), QImage.Format.Format_RGB32)
        image.fill(ground)
        state = np.zeros((rows, columns), np.uint8)
        before, self.image, self.state = self.image, image, state  # whose memory ``old`` still is
        if moved and old is not None:
            self._keep(old, old_state, old_range)
        del old, before
        if not keys:
            return
        cells = self._cells()
        for key in keys:
            row, column = key.j - top, key.i - left
            picture = cache.get(key)
            if picture is not None:
                cells[row, :, column] = packed(picture)
                state[row, column] = MADE
            elif state[row, column]:
                state[row, column] = STAND_IN
            else:
                self._stand_in(key, row, column, cache)

    def put(self, key: TileKey, picture: Bytes) -> None:
        """Show a finished tile, if it is one of those that are held."""
        level, left, top, columns, rows = self._range
        row, column = key.j - top, key.i - left
        if key.place == self._place and key.level == level and 0 <= row < rows and 0 <= column < columns:
            if picture.shape[:2] != self._side:
                return
            self._cells()[row, :, column] = packed(picture)
            self.state[row, column] = MADE

    def draw(self, painter: QPainter, left: float, top: float, tile: float, *, smooth: bool) -> None:
        """Draw all tiles, each ``tile`` wide and high, the first one's corner at ``left``, ``top``."""
        if not self.state.size:
            return
        rows, columns = self.state.shape
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(QRectF(left, top, columns * tile, rows * tile), self.image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)

    @property
    def first(self) -> tuple[int, int, int]:
        """The level, and the column and row of the first tile."""
        return self._range[:3]

    def tile(self, i: int, j: int) -> QImage | None:
        """Return a copy of a tile's picture, None where there is nothing."""
        _, left, top, columns, rows = self._range
        row, column = j - top, i - left
        if not (0 <= row < rows and 0 <= column < columns) or not self.state[row, column]:
            return None
        height, width = self._side
        return self.image.copy(column * width, row * height, width, height)

    def _cells(self) -> NDArray[np.uint32]:
        rows, columns = self.state.shape
        height, width = self._side
        return np.frombuffer(self.image.bits(), np.uint32).reshape(rows, height, columns, width)

    def _keep(self, old: NDArray[np.uint32], state: NDArray[np.uint8], held: tuple[int, ...]) -> None:
        """Take over what both blocks share."""
        _, left, top, columns, rows = self._range
        _, old_left, old_top, old_columns, old_rows = held
        c0, c1 = max(left, old_left), min(left + columns, old_left + old_columns)
        r0, r1 = max(top, old_top), min(top + rows, old_top + old_rows)
        if c0 >= c1 or r0 >= r1:
            return
        here = slice(r0 - top, r1 - top), slice(c0 - left, c1 - left)
        there = slice(r0 - old_top, r1 - old_top), slice(c0 - old_left, c1 - old_left)
        self._cells()[here[0], :, here[1]] = old[there[0], :, there[1]]
        self.state[here] = state[there]

    def _stand_in(self, key: TileKey, row: int, column: int, cache: TileCache) -> None:
        """Enlarge the part of a larger tile that covers this one, if there is one."""
        found = cache.placeholder(key)
        if found is None or found.picture.shape[:2] != self._side:
            return
        height, width = self._side
        x, y, across, down = found.part
        rows = np.minimum(((y + (np.arange(height) + 0.5) / height * down) * height).astype(int), height - 1)
        columns = np.minimum(((x + (np.arange(width) + 0.5) / width * across) * width).astype(int), width - 1)
        self._cells()[row, :, column] = packed(np.ascontiguousarray(found.picture[rows][:, columns]))
        self.state[row, column] = STAND_IN
