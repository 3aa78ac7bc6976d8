"""The picture of a panel of tiles, made in numpy and drawn once."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from ganstudio.engine.snapshot import Array, Pixels, Saliency
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views.image_plan import Panel

Levels = tuple[float, float, float]  # the scores at the left end, in the middle and at the right end of a bar
OPAQUE = 0xFF000000
HEAT_LEVELS = 64
HEAT_OPACITY = 0.9


class Picture:
    """An image of a panel at its own resolution, written into in every frame; zooming is left to the painter.

    What is the same array as in the last frame is not painted again. Measured for 64 tiles of 28 × 28 with bars:
    0.1 ms; of 64 × 64 in colour 0.5 ms, with heat 2.5 ms.
    """

    def __init__(self, panel: Panel) -> None:
        cell = panel.cell
        rows, columns = panel.tiles.shape
        self.panel = panel
        self.image = QImage(columns * cell.columns, rows * cell.rows, QImage.Format.Format_RGB32)
        self._heat: QImage | None = None
        self._there = panel.tiles >= 0
        self._index = np.maximum(panel.tiles, 0)
        self._painted: tuple[object, ...] = ()

    def paint(
        self, pixels: Pixels, scores: Array | None, saliency: Saliency | None, levels: Levels, most: float,
        palette: Palette,
    ) -> None:  # fmt: skip
        """Paint the images (n, H, W, C) of this panel's tiles, bars for scores (n,) and heat over the tiles."""
        painted = (pixels, saliency, most, palette)
        if not _same(painted, self._painted):
            if self._painted[3:] != (palette,):
                self.image.fill(QColor(palette.surface))
            self._painted = painted
            self._paint_tiles(pixels if saliency is None else _faded(pixels, palette.surface), palette)
            if saliency is not None:
                self._paint_heat(saliency, most, palette)
        if scores is not None and self.panel.cell.bar:
            self._paint_bars(scores, levels, palette)

    def _paint_tiles(self, pixels: Pixels, palette: Palette) -> None:
        cell = self.panel.cell
        chosen = packed(pixels)[self._index]  # (rows, columns, H, W)
        chosen[~self._there] = rgb(palette.surface)
        self._cells(self.image)[:, : cell.height, :, : cell.width] = chosen.transpose(0, 2, 1, 3)

    def _paint_bars(self, scores: Array, levels: Levels, palette: Palette) -> None:
        """Paint a bar below every tile: from the middle to the right for a score above neutral, else to the left."""
        cell = self.panel.cell
        length = bar_lengths(scores, levels)[self._index]  # (rows, columns), −1 to 1
        half = cell.width / 2
        x = np.arange(cell.width) + 0.5 - half
        reach = np.rint(length * half)[..., None]
        line = np.full((*length.shape, cell.width), rgb(track(palette)), np.uint32)
        line[(x > 0) & (x < reach)] = rgb(palette.score_high)
        line[(x < 0) & (x > reach)] = rgb(palette.score_low)
        line[..., int(half)] = rgb(palette.muted)
        line[~self._there] = rgb(palette.surface)
        bars = self._cells(self.image)[:, cell.height : cell.height + cell.bar, :, : cell.width]
        bars[:] = line[:, None]

    def _paint_heat(self, saliency: Saliency, most: float, palette: Palette) -> None:
        """Paint ∂D/∂x over the tiles: opaque where the magnitude is ``most`` or more."""
        cell = self.panel.cell
        strength = saliency.magnitude * np.float32((HEAT_LEVELS - 1) / max(most, 1e-30))
        level = np.minimum(np.nan_to_num(strength, copy=False), HEAT_LEVELS - 1).astype(np.uint8)
        level += HEAT_LEVELS * (saliency.signed < 0).view(np.uint8)
        if self._heat is None:
            self._heat = QImage(self.image.size(), QImage.Format.Format_ARGB32_Premultiplied)
            self._heat.fill(0)
        chosen = heat_lut(palette)[level[self._index]]
        chosen[~self._there] = 0
        self._cells(self._heat)[:, : cell.height, :, : cell.width] = chosen.transpose(0, 2, 1, 3)
        with QPainter(self.image) as painter:
            painter.drawImage(QPointF(), self._heat)

    def _cells(self, image: QImage) -> NDArray[np.uint32]:
        """Return the pixels of one of this picture's images as (rows, cell rows, columns, cell columns)."""
        cell = self.panel.cell
        rows, columns = self._index.shape
        return np.frombuffer(image.bits(), np.uint32).reshape(rows, cell.rows, columns, cell.columns)

    def draw(self, painter: QPainter, *, smooth: bool = False) -> None:
        """Draw the picture where the panel is, its pixels as squares; ``smooth`` blends them inside every tile.

        The painter's unit is a device pixel, and its own smoothing is off.
        """
        painter.drawImage(self.panel.rect, self.image)
        if not smooth:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for row, column in np.argwhere(self._there).tolist():
            painter.drawImage(self.panel.tile_rect(row, column), self.image, self._source(row, column))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)

    def tile(self, row: int, column: int) -> QImage:
        """Return a copy of one tile's part of the picture."""
        return self.image.copy(self._source(row, column))

    def _source(self, row: int, column: int) -> QRect:
        cell = self.panel.cell
        return QRect(column * cell.columns, row * cell.rows, cell.width, cell.height)


def whole_image(pixels: Pixels) -> QImage:
    """Return an image (H, W, 1 or 3) as Qt's, pixel for pixel."""
    height, width = pixels.shape[:2]
    values = np.ascontiguousarray(packed(pixels))
    return QImage(values.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def packed(pixels: Pixels) -> NDArray[np.uint32]:
    """Return images (…, H, W, C) as 0xffRRGGBB (…, H, W)."""
    if pixels.shape[-1] == 1:
        return np.uint32(OPAQUE) | pixels[..., 0] * np.uint32(0x010101)
    *count, height, width, _ = pixels.shape
    rows, held = math.prod(count) * height, np.ascontiguousarray(pixels)
    # Qt does this ten times faster than numpy.
    image = QImage(held.data, width, rows, 3 * width, QImage.Format.Format_RGB888)
    made = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(made.constBits(), np.uint32).reshape(*count, height, width).copy()


def _same(now: tuple[object, ...], before: tuple[object, ...]) -> bool:
    """Whether these are the same objects, or equal numbers."""
    return len(now) == len(before) and all(
        one is other or (isinstance(one, float) and one == other) for one, other in zip(now, before, strict=True)
    )


def _faded(pixels: Pixels, ground: str) -> Pixels:
    """Return images as greys (n, H, W, 1), brought near to the ground: what is painted over them must be seen."""
    grey = pixels if pixels.shape[-1] == 1 else pixels[..., 1:2]
    light = QColor(ground).lightness() > 127
    return np.asarray(grey >> 1, np.uint8) + np.uint8(127 if light else 0)


def bar_lengths(scores: Array, levels: Levels) -> NDArray[np.float64]:
    """Return how far bars reach (n,): 0 at neutral and where a score is no number, −1 and 1 at the ends."""
    low, neutral, high = levels
    away = np.asarray(scores, np.float64) - neutral
    span = np.where(away < 0, neutral - low, high - neutral)
    return np.clip(np.nan_to_num(away / np.maximum(span, 1e-30), nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)


@lru_cache(maxsize=4)
def heat_lut(palette: Palette) -> NDArray[np.uint32]:
    """Return premultiplied colours by level: 64 of where more light helps, then 64 of where it hurts."""
    return np.concatenate([_fading(palette.score_high), _fading(palette.score_low)])


def _fading(color: str) -> NDArray[np.uint32]:
    alpha = HEAT_OPACITY * np.arange(HEAT_LEVELS) / (HEAT_LEVELS - 1)
    parts = [np.rint(alpha * part).astype(np.uint32) for part in (255, *_channels(color))]
    return np.asarray(parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3], np.uint32)


def _channels(color: str) -> tuple[int, int, int]:
    made = QColor(color)
    return made.red(), made.green(), made.blue()


def rgb(color: str) -> int:
    """Return a colour as 0xffRRGGBB."""
    red, green, blue = _channels(color)
    return OPAQUE | red << 16 | green << 8 | blue


def track(palette: Palette) -> str:
    """Return the colour of a bar's empty part."""
    return mixed(palette.border, palette.surface, 0.75)
