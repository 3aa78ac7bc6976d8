"""The same latents over training time: which frames are shown, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from ganstudio.engine.snapshot import Pixels, Sheet, Steps, Strip
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_scale import step_text
from ganstudio.ui.views.image_plan import LARGEST_ZOOM, Cell, Panel

NOW = -1  # stands for the sheet itself, at the right end
SHARE = 0.36  # of the height
GOOD_ROWS, GOOD_COLUMNS = 3, 9  # worth a smaller zoom
LABEL_GAP = 0.8  # lines of text between two labels


@dataclass(frozen=True, slots=True, eq=False)
class StripPlan:
    """A panel of (latents, frames) and the frame that each of its columns shows."""

    panel: Panel
    frames: tuple[int, ...]


def strip_plan(room: QRect, strip: Strip) -> StripPlan | None:
    """Return where a strip goes at the foot of a room, at the largest zoom that shows enough of it."""
    count, tiles, height, width = strip.images.shape[:4]
    budget = round(SHARE * room.height())
    for zoom in range(LARGEST_ZOOM, 0, -1):
        cell = Cell.of(height, width, zoom, with_bar=False)
        columns, rows = cell.fitting(room.width(), budget)
        if rows and columns > 1 and (zoom == 1 or (rows >= min(GOOD_ROWS, tiles) and columns >= GOOD_COLUMNS)):
            break
    else:
        return None
    frames = (*evenly(count, columns - 1), NOW)
    rows = min(rows, tiles)
    index = np.arange(rows)[:, None] + tiles * np.arange(len(frames))
    used = len(frames) * cell.columns * zoom - cell.gap * zoom
    top = room.top() + room.height() - rows * cell.rows * zoom + cell.gap * zoom
    return StripPlan(Panel("strip", index, room.left() + (room.width() - used) // 2, top, cell), frames)


def evenly(count: int, most: int) -> list[int]:
    """Return at most so many places of ``count``, evenly spaced, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, max(1, most))).tolist()})


def strip_pixels(plan: StripPlan, strip: Strip, sheet: Sheet | None) -> Pixels:
    """Return the tiles of a plan's panel, (columns · latents, H, W, C); the present ones are those of the sheet."""
    past = [strip.images[frame] for frame in plan.frames if frame != NOW]
    usable = (
        sheet is not None and sheet.images.shape[1:] == strip.images.shape[2:] and strip.tiles.max() < len(sheet.images)
    )
    now = sheet.images[strip.tiles] if sheet is not None and usable else strip.images[-1]
    return np.concatenate([*past, now])


def column_texts(plan: StripPlan, steps: Steps) -> list[str]:
    """Return the iteration of every column."""
    return ["now" if frame == NOW else step_text(int(steps[frame])) for frame in plan.frames]


def paint_steps(painter: QPainter, plan: StripPlan, texts: Sequence[str], ratio: float, palette: Palette) -> None:
    """Write the iterations below the columns, as many as fit; the present one always. In logical pixels."""
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QColor(palette.muted))
    panel, taken = plan.panel, float("inf")
    top = panel.bottom / ratio + 0.15 * metrics.height()
    for column in reversed(range(len(texts))):
        tile = panel.tile_rect(0, column)
        middle = (tile.left() + tile.width() / 2) / ratio
        half = metrics.horizontalAdvance(texts[column]) / 2
        if middle + half + LABEL_GAP * metrics.height() > taken:
            continue
        taken = middle - half
        box = QRectF(middle - half - 4, top, 2 * half + 8, 1.2 * metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, texts[column])
