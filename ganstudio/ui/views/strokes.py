"""What to draw, in pixels: segments (n, 4) of x1, y1, x2, y2 for ``primitives.draw_strokes``, and points of curves.

What is not finite is left out.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

THREAD_PIECES = 10  # straight pieces of one thread
BEYOND_PX = 8.0  # how far the way from one thread to the next lies beyond their ends


def finite(segments: Floats) -> Floats:
    """Return the segments all of whose ends are numbers."""
    return segments[np.isfinite(segments).all(axis=1)]


def polyline(x: Floats, y: Floats, keep: NDArray[np.bool_] | None = None) -> Floats:
    """Return the pieces of a curve, (n,) and (n,); of those with both ends in ``keep`` (n,), if it is given."""
    if len(x) < 2:
        return np.empty((0, 4))
    pieces = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)
    if keep is not None:
        pieces = pieces[keep[:-1] & keep[1:]]
    return finite(pieces)


def on_pixels(x: Floats, y: Floats, apart: float = 2.0) -> tuple[Floats, Floats]:
    """Return a curve over increasing x, (n,) and (n,), at whole pixels, ``apart`` from each other."""
    if len(x) < 2 or not x[-1] > x[0]:
        return x, y
    at = np.arange(np.ceil(x[0]), np.floor(x[-1]) + 1, apart)
    return at, np.interp(at, x, y)


def dashed(x: Floats, y: Floats, dash: float, gap: float) -> Floats:
    """Return a curve over increasing x as dashes that begin at fixed x.

    Dashes of equal length along the curve would crawl whenever it moves.
    """
    if len(x) < 2 or not x[-1] > x[0]:
        return np.empty((0, 4))
    starts = np.arange(x[0], x[-1], dash + gap)
    px = np.minimum(np.rint(starts[:, None] + np.linspace(0.0, dash, 5)), x[-1])  # (dashes, 5), at whole pixels
    py = np.interp(px, x, y)
    return finite(np.stack([px[:, :-1], py[:, :-1], px[:, 1:], py[:, 1:]], axis=-1).reshape(-1, 4))


def arrows(base: Floats, shift: Floats, head: float, shortest: float = 1.0) -> Floats:
    """Return arrows from ``base`` (n, 2) along ``shift`` (n, 2), in pixels, each a shaft and two barbs.

    Barbs are ``head`` pixels long, less on short arrows; an arrow of less than ``shortest`` pixels is left out.
    """
    length = np.hypot(shift[:, 0], shift[:, 1])
    seen = (length >= shortest) & np.isfinite(base).all(axis=1)
    base, shift, length = base[seen], shift[seen], length[seen, None]
    tip, along = base + shift, shift / length
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    back = np.minimum(head, 0.6 * length)
    barbs = [tip - back * (0.86 * along + side * 0.5 * across) for side in (1.0, -1.0)]
    return np.concatenate([np.hstack([base, tip]), *(np.hstack([tip, barb]) for barb in barbs)])


def threads(start: Floats, end: Floats, start_y: float, end_y: float) -> Floats:
    """Return smooth threads from (start, start_y) to (end, end_y), upright at both ends; start and end are (n,)."""
    t = _thread_corners()
    x = _eased(start, end, t)
    y = np.broadcast_to(start_y + (end_y - start_y) * t, x.shape)
    return finite(np.stack([x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]], axis=-1).reshape(-1, 4))


def threads_as_one(start: Floats, end: Floats, start_y: float, end_y: float) -> tuple[Floats, Floats]:
    """Return the same threads as one curve, that runs along them to and fro and turns 8 pixels beyond their ends.

    Clip it there: one curve is drawn much sooner than many lines.
    """
    good = np.isfinite(start) & np.isfinite(end)
    y = np.rint(start_y + (end_y - start_y) * _thread_corners())  # whole pixels: see primitives.draw_curve
    y[0], y[-1] = start_y, end_y
    x = _eased(start[good], end[good], (y - start_y) / (end_y - start_y))
    beyond = np.copysign(BEYOND_PX, end_y - start_y)
    x = np.concatenate([x[:, :1], x, x[:, -1:]], axis=1)
    y = np.broadcast_to(np.concatenate([[start_y - beyond], y, [end_y + beyond]]), x.shape).copy()
    x[1::2], y[1::2] = x[1::2, ::-1].copy(), y[1::2, ::-1].copy()
    return x.reshape(-1), y.reshape(-1)


@lru_cache(maxsize=1)
def _thread_corners() -> Floats:
    """Return where on its way from 0 to 1 a thread has corners: nearest to each other where it bends most."""
    even = np.linspace(1.0, -1.0, THREAD_PIECES + 1)
    return 0.5 - 0.5 * np.sign(even) * np.abs(even) ** (2 / 3)  # the density of corners goes with √|curvature|


def _eased(start: Floats, end: Floats, t: Floats) -> Floats:
    """Return how far (n, pieces + 1) threads are to the side at ``t``."""
    return start[:, None] + (end - start)[:, None] * (t * t * (3 - 2 * t))


def mesh(points: Floats) -> Floats:
    """Return the lines of a lattice (rows, columns, 2), along rows and along columns; a single row is a curve."""
    along = np.concatenate([points[:, :-1], points[:, 1:]], axis=-1).reshape(-1, 4)
    across = np.concatenate([points[:-1], points[1:]], axis=-1).reshape(-1, 4)
    return finite(np.concatenate([along, across]))


def mesh_as_one(points: Floats) -> tuple[Floats, Floats]:
    """Return the same lines as one curve: to and fro along the rows, and from where that ends along the columns.

    On its way from one to the next it goes along the lattice's border, which so is drawn twice.
    """
    rows = points.copy()
    rows[1::2] = points[1::2, ::-1]
    if len(points) == 1:
        return rows[0, :, 0], rows[0, :, 1]
    columns = points[::-1].swapaxes(0, 1) if len(points) % 2 == 0 else points[::-1, ::-1].swapaxes(0, 1)
    columns = columns.copy()
    columns[1::2] = columns[1::2, ::-1].copy()
    way = np.concatenate([rows.reshape(-1, 2), columns.reshape(-1, 2)])
    return way[:, 0], way[:, 1]


def circles(centres: Floats, radii: Floats, *, broken: bool = False) -> Floats:
    """Return ellipses about ``centres`` (n, 2) with ``radii`` (n, 2), solid or ``broken`` into dashes."""
    large = bool(len(radii)) and float(np.nanmax(radii)) > 24
    dashes, half = (14, 4) if large else (7, 2)  # a dash and a gap are ``half`` straight pieces each
    pieces = 2 * half * dashes
    angle = 2 * np.pi * np.arange(pieces + 1) / pieces
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (pieces + 1, 2)
    points = centres[:, None] + radii[:, None] * ring
    segments = np.concatenate([points[:, :-1], points[:, 1:]], axis=-1)
    if broken:
        segments = segments[:, np.arange(pieces) % (2 * half) < half]
    return finite(segments.reshape(-1, 4))
