"""Where the tiles of a sheet go: whole zooms, and everything in device pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect

Source = Literal["fake", "real", "strip"]
Indices = NDArray[np.int64]

GAP_PX = 4  # between tiles, at least
BAR_PX = 5  # below a tile, at least
LARGEST_ZOOM = 24
ENOUGH = 0.6  # of a sheet's tiles must be shown for larger ones to be worth it
LEAST_REAL = 2  # columns
MANY_OF_CLASS = 5  # tiles; fewer, for a larger zoom, only where these would be too small to see:
LEAST_OF_CLASS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A tile with its bar and the gap after it, in the image's own pixels; ``zoom`` device pixels make one of them."""

    height: int
    width: int
    zoom: int
    bar: int
    gap: int

    @classmethod
    def of(cls, height: int, width: int, zoom: int, *, with_bar: bool) -> Cell:
        """Return a cell whose bar and gap can be seen at this zoom."""
        return cls(height, width, zoom, math.ceil(BAR_PX / zoom) if with_bar else 0, math.ceil(GAP_PX / zoom))

    @property
    def columns(self) -> int:
        """The image's pixels from one tile to the next one beside it."""
        return self.width + self.gap

    @property
    def rows(self) -> int:
        """The image's pixels from one tile to the next one below it."""
        return self.height + self.bar + self.gap

    def fitting(self, width: int, height: int) -> tuple[int, int]:
        """Return how many columns and rows of tiles fit in so many device pixels; none ends with a gap."""
        gap = self.gap * self.zoom
        return max(0, (width + gap) // (self.columns * self.zoom)), max(0, (height + gap) // (self.rows * self.zoom))


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Tiles in rows and columns: ``tiles`` (rows, columns) are their places in the source, −1 for none."""

    source: Source
    tiles: Indices
    left: int
    top: int
    cell: Cell

    @property
    def rect(self) -> QRect:
        """What the panel covers, with the gaps after its last row and column."""
        rows, columns = self.tiles.shape
        return QRect(
            self.left, self.top, columns * self.cell.columns * self.cell.zoom, rows * self.cell.rows * self.cell.zoom
        )

    @property
    def right(self) -> int:
        """Where its last tile ends."""
        return self.left + self.rect.width() - self.cell.gap * self.cell.zoom

    @property
    def bottom(self) -> int:
        """Where its last bar ends."""
        return self.top + self.rect.height() - self.cell.gap * self.cell.zoom

    def tile_rect(self, row: int, column: int) -> QRect:
        """Return where a tile's image is."""
        cell = self.cell
        corner = QPoint(self.left + column * cell.columns * cell.zoom, self.top + row * cell.rows * cell.zoom)
        return QRect(corner.x(), corner.y(), cell.width * cell.zoom, cell.height * cell.zoom)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and column of the tile below a point, its bar included; None between tiles."""
        cell = self.cell
        column, along = divmod(math.floor((x - self.left) / cell.zoom), cell.columns)
        row, down = divmod(math.floor((y - self.top) / cell.zoom), cell.rows)
        rows, columns = self.tiles.shape
        inside = 0 <= row < rows and 0 <= column < columns and along < cell.width and down < cell.height + cell.bar
        return (row, column) if inside and self.tiles[row, column] >= 0 else None


@dataclass(frozen=True, slots=True)
class Target:
    """A tile: which of several panels it is in, and where."""

    panel: int
    row: int
    column: int

    def among(self, panels: Sequence[Panel]) -> bool:
        """Whether there is such a tile."""
        if self.panel >= len(panels):
            return False
        tiles = panels[self.panel].tiles
        return self.row < tiles.shape[0] and self.column < tiles.shape[1] and bool(tiles[self.row, self.column] >= 0)


def target_at(panels: Sequence[Panel], x: float, y: float) -> Target | None:
    """Return the tile below a point in device pixels."""
    for place, panel in enumerate(panels):
        found = panel.at(x, y)
        if found is not None:
            return Target(place, *found)
    return None


def neighbour(panels: Sequence[Panel], target: Target | None, right: int, down: int) -> Target | None:
    """Return the next tile in a direction, across panels: the same one at the end, the first one from nowhere."""
    found = [
        (Target(place, row, column), panel.tile_rect(row, column).center())
        for place, panel in enumerate(panels)
        for row, column in np.argwhere(panel.tiles >= 0).tolist()
    ]
    here = next((middle for one, middle in found if one == target), None)
    if here is None:
        return found[0][0] if found else None
    best, least = target, math.inf
    for one, middle in found:
        along = (middle.x() - here.x()) * right + (middle.y() - here.y()) * down
        across = abs((middle.x() - here.x()) * down) + abs((middle.y() - here.y()) * right)
        if along > 0 and across <= along and along + 2 * across < least:
            best, least = one, along + 2 * across
    return best


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All panels of a sheet, and its rows' classes with the middle of each row's left end."""

    panels: tuple[Panel, ...]
    labels: tuple[tuple[int, QPoint], ...]

    def shown(self, source: Source) -> int:
        """Return how many tiles of a source are to be seen."""
        return sum(int((panel.tiles >= 0).sum()) for panel in self.panels if panel.source == source)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wanted:
    """What a plan is made for.

    ``fake`` and ``real`` count the tiles there are, 0 where they are not wanted; with ``fake_classes`` (fake,) and
    ``real_classes`` (real,) there is one row for each class. ``label`` and ``divide`` are the room for a class's name
    and between the two sheets, ``legible`` the width of a tile that can be seen well, in device pixels.
    """

    height: int
    width: int
    fake: int
    real: int
    fake_classes: Indices | None = None
    real_classes: Indices | None = None
    with_bar: bool = True
    label: int = 0
    divide: int = 0
    legible: int = 40


def plan(room: QRect, wanted: Wanted) -> Plan:
    """Return the plan with the largest zoom at which enough of the tiles fit into a room."""
    if not wanted.fake + wanted.real:
        return Plan((), ())
    make = _by_class if wanted.fake_classes is not None else _in_order
    for zoom in range(LARGEST_ZOOM, 0, -1):
        cell = Cell.of(wanted.height, wanted.width, zoom, with_bar=wanted.with_bar)
        made = make(room, wanted, cell, zoom == 1)
        if made is not None:
            return made
    return Plan((), ())


def _in_order(room: QRect, wanted: Wanted, cell: Cell, must: bool) -> Plan | None:
    """Return the plan of a sheet in plain order at one zoom, or None if too little of it would be seen."""
    both = wanted.fake > 0 and wanted.real > 0
    columns, rows = cell.fitting(room.width() - (wanted.divide if both else 0), room.height())
    if not rows or columns < (2 if both else 1):
        return None
    first, second = (wanted.fake, wanted.real) if wanted.fake else (wanted.real, 0)
    least = min(LEAST_REAL, columns - 1) if second else 0
    if (columns - least) * rows < ENOUGH * first and not must:
        return None
    across = _best_columns(first, columns - least, rows, cell)
    down = min(rows, math.ceil(first / across))
    beside = min(math.ceil(second / down), columns - across) if second else 0
    width = (across + beside) * cell.columns * cell.zoom - cell.gap * cell.zoom + (wanted.divide if second else 0)
    left = room.left() + (room.width() - width) // 2
    top = room.top() + (room.height() - down * cell.rows * cell.zoom) // 2
    panels = [Panel("fake" if wanted.fake else "real", _filled(first, down, across), left, top, cell)]
    if second:
        x = left + across * cell.columns * cell.zoom + wanted.divide
        panels.append(Panel("real", _filled(second, down, beside), x, top, cell))
    return Plan(tuple(panels), ())


def _best_columns(count: int, columns: int, rows: int, cell: Cell) -> int:
    """Return how many columns show most tiles; if several do, fill the last row best, or make the sheet squarest."""

    def cost(across: int) -> tuple[int, int, int]:
        down = min(rows, math.ceil(count / across))
        hidden, empty = max(0, count - across * down), max(0, across * down - count)
        return hidden, empty, abs(across * cell.columns - down * cell.rows)

    return min(range(1, columns + 1), key=cost)


def _by_class(room: QRect, wanted: Wanted, cell: Cell, must: bool) -> Plan | None:
    """Return the plan of rows by class at one zoom, in as many blocks side by side as the height needs."""
    classes = [int(one) for one in np.unique(_classes(wanted))]
    _, rows = cell.fitting(room.width(), room.height())
    if not rows:
        return None
    blocks = math.ceil(len(classes) / rows)
    both = wanted.fake > 0 and wanted.real > 0
    taken = wanted.label + (wanted.divide if both else 0)
    between = wanted.divide if both else cell.gap * cell.zoom  # a row's label sets blocks apart
    gaps = (blocks - 1) * between
    columns, _ = cell.fitting((room.width() - gaps) // blocks - taken, room.height())
    of_fake, of_real = (_most(one) for one in (wanted.fake_classes, wanted.real_classes))
    of_fake, of_real = (of_fake if wanted.fake else 0), (of_real if wanted.real else 0)
    beside = min(LEAST_REAL, of_real) if both else of_real
    across = min(of_fake, columns - beside)
    well_seen = (cell.zoom - 1) * cell.width >= wanted.legible
    if across < min(MANY_OF_CLASS if well_seen else LEAST_OF_CLASS, of_fake):
        return _cut_short(room, wanted, cell) if must else None
    beside = min(of_real, columns - across)
    if not across and beside < min(LEAST_OF_CLASS, of_real) and not must:
        return None
    down = math.ceil(len(classes) / blocks)
    pitch = taken + (across + beside) * cell.columns * cell.zoom - cell.gap * cell.zoom
    left = room.left() + (room.width() - blocks * pitch - gaps) // 2
    top = room.top() + (room.height() - down * cell.rows * cell.zoom) // 2
    panels: list[Panel] = []
    labels: list[tuple[int, QPoint]] = []
    for block in range(blocks):
        chosen = classes[block * down : (block + 1) * down]
        x = left + block * (pitch + between) + wanted.label
        for row, one in enumerate(chosen):
            middle = top + (row * cell.rows + cell.height // 2) * cell.zoom
            labels.append((one, QPoint(x, middle)))
        if across and wanted.fake_classes is not None:
            panels.append(Panel("fake", _rows_of(wanted.fake_classes, chosen, across), x, top, cell))
            x += across * cell.columns * cell.zoom + wanted.divide
        if beside and wanted.real_classes is not None:
            panels.append(Panel("real", _rows_of(wanted.real_classes, chosen, beside), x, top, cell))
    return Plan(tuple(panels), tuple(labels))


def _cut_short(room: QRect, wanted: Wanted, cell: Cell) -> Plan:
    """Return as many rows and columns of the first classes as there is room for, at the smallest zoom."""
    columns, rows = cell.fitting(room.width() - wanted.label, room.height())
    if not columns or not rows or wanted.fake_classes is None:
        return Plan((), ())
    chosen = [int(one) for one in np.unique(wanted.fake_classes)][:rows]
    x, top = room.left() + wanted.label, room.top()
    middles = [top + (row * cell.rows + cell.height // 2) * cell.zoom for row in range(len(chosen))]
    labels = tuple((one, QPoint(x, middle)) for one, middle in zip(chosen, middles, strict=True))
    across = min(columns, _most(wanted.fake_classes))
    return Plan((Panel("fake", _rows_of(wanted.fake_classes, chosen, across), x, top, cell),), labels)


def _classes(wanted: Wanted) -> Indices:
    parts = [wanted.fake_classes if wanted.fake else None, wanted.real_classes if wanted.real else None]
    return np.concatenate([part for part in parts if part is not None])


def _most(classes: Indices | None) -> int:
    """Return how many tiles the largest class has."""
    return int(np.unique(classes, return_counts=True)[1].max()) if classes is not None and len(classes) else 0


def _filled(count: int, rows: int, columns: int) -> Indices:
    tiles = np.arange(rows * columns).reshape(rows, columns)
    return np.where(tiles < count, tiles, -1)


def _rows_of(classes: Indices, chosen: Sequence[int], columns: int) -> Indices:
    tiles = np.full((len(chosen), columns), -1, np.int64)
    for row, one in enumerate(chosen):
        found = np.flatnonzero(classes == one)[:columns]
        tiles[row, : len(found)] = found
    return tiles
