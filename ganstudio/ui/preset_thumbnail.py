"""A preset's data as a small picture: a density's curve on the line, a cloud of points in the plane, some images."""

from __future__ import annotations

import math
import zlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from ganstudio.engine import torch_loader
from ganstudio.engine.distributions.image_files import ImageFiles
from ganstudio.engine.distributions.images import ImageDistribution
from ganstudio.engine.images.scanning import is_scanned
from ganstudio.engine.params import ConfigError
from ganstudio.engine.presets import Preset, PresetError
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_picture import whole_image

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Distribution, Extent

POINTS = 300  # in the plane
IMAGES = 30
IMAGE_ROWS = 3
KNOTS = 121  # of a curve
MARGIN = 0.08  # around the points, of their longer side
DRAWS = 20_000  # for a histogram, where the density has no closed form
PATIENCE_MS = 50  # between two looks at whether torch is there
TURN_MS = 8  # the longest that pictures may take at once, so that no frame is missed

Points = NDArray[np.float64]


class HasSketch(Protocol):
    """What can be painted into a rectangle."""

    def paint(self, painter: QPainter, rect: QRectF, palette: Palette) -> None:
        """Paint with the palette's colour of the real data."""


@dataclass(frozen=True, slots=True, eq=False)
class CurveSketch:
    """A density on the line: ``heights`` (K,) from 0 to 1 over even steps."""

    heights: Points

    def paint(self, painter: QPainter, rect: QRectF, palette: Palette) -> None:
        """Paint the curve over its area."""
        floor = rect.bottom() - 0.14 * rect.height()
        rise = floor - rect.top() - 0.16 * rect.height()
        across = np.linspace(rect.left(), rect.right(), len(self.heights))
        line = [QPointF(x, floor - rise * y) for x, y in zip(across, self.heights, strict=True)]
        color = QColor(palette.real)
        area = QLinearGradient(rect.topLeft(), QPointF(rect.left(), floor))
        for place, alpha in ((0.0, 0.45), (1.0, 0.12)):
            color.setAlphaF(alpha)
            area.setColorAt(place, color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(area)
        painter.drawPolygon(QPolygonF([QPointF(rect.left(), floor), *line, QPointF(rect.right(), floor)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.border), 1.0))
        painter.drawLine(QPointF(rect.left(), floor), QPointF(rect.right(), floor))
        painter.setPen(QPen(QColor(palette.real), 1.8))
        painter.drawPolyline(QPolygonF(line))


@dataclass(frozen=True, slots=True, eq=False)
class CloudSketch:
    """Points of the plane, (n, 2): x to the right and y up, both from 0 to 1."""

    points: Points

    def paint(self, painter: QPainter, rect: QRectF, palette: Palette) -> None:
        """Paint the points in the largest square that fits."""
        side = min(rect.width(), rect.height())
        corner = rect.center() - QPointF(side, side) / 2
        color = QColor(palette.real)
        color.setAlphaF(0.75)
        painter.setPen(QPen(color, max(2.2, side / 42), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        places = [QPointF(corner.x() + side * x, corner.y() + side * (1 - y)) for x, y in self.points]
        painter.drawPoints(QPolygonF(places))


@dataclass(frozen=True, slots=True, eq=False)
class ImageSketch:
    """Images (n, H, W, C), uint8, side by side."""

    images: NDArray[np.uint8]

    def paint(self, painter: QPainter, rect: QRectF, palette: Palette) -> None:
        """Paint rows of images that fill the rectangle, the outermost ones cut where it ends."""
        if not len(self.images):
            return
        side = rect.height() / IMAGE_ROWS
        columns = math.ceil(rect.width() / side)
        left = rect.center().x() - columns * side / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place in range(columns * IMAGE_ROWS):
            row, column = divmod(place, columns)
            cell = QRectF(left + column * side, rect.top() + row * side, side, side)
            painter.drawImage(cell, whole_image(self.images[place % len(self.images)]))


def sketch(preset: Preset) -> HasSketch:
    """Return what to draw of a preset. Imports torch.

    Raises
    ------
    PresetError, ConfigError
        If the preset cannot be used, or its file of points cannot.
    """
    import torch

    data = preset.config().data
    if isinstance(data, ImageDistribution):
        return ImageSketch(_some_images(data, preset.name))
    generator = torch.Generator().manual_seed(0)
    if data.dim == 1:
        return CurveSketch(_heights(data, generator))
    return CloudSketch(_framed(data.sample(POINTS, generator).double().numpy()))


def _some_images(data: ImageDistribution, name: str) -> NDArray[np.uint8]:
    """Return images of a set, other ones for another preset; none of files that would have to be read first."""
    if isinstance(data, ImageFiles) and not is_scanned(data.path, data.scan_settings):
        return np.empty((0, 1, 1, 1), np.uint8)
    images = data.train.images
    chosen = np.random.default_rng(zlib.crc32(name.encode())).permutation(len(images))[:IMAGES]
    return np.asarray(images[np.sort(chosen)])


def _framed(points: Points) -> Points:
    """Return points (n, 2) moved and scaled into the unit square, with a margin and in true proportions."""
    low, high = points.min(0), points.max(0)
    side = max(float((high - low).max()) * (1 + 2 * MARGIN), np.finfo(float).tiny)
    return 0.5 + (points - (low + high) / 2) / side


def _heights(data: Distribution, generator: object) -> Points:
    """Return the density's heights, the highest one 1."""
    ((low, high),) = data.extent
    exact = data.density(np.linspace(low, high, KNOTS)[:, None])
    heights = _histogram(data, data.extent, generator) if exact is None else np.asarray(exact, float)
    top = heights.max()
    return heights / top if np.isfinite(top) and top > 0 else np.zeros(KNOTS)


def _histogram(data: Distribution, extent: Extent, generator: object) -> Points:
    """Return a histogram of draws, lightly smoothed, at the knots of the curve."""
    ((low, high),) = extent
    draws = data.sample(DRAWS, generator).double().numpy()[:, 0]  # type: ignore[arg-type]
    step = (high - low) / (KNOTS - 1)
    counts = np.histogram(draws, KNOTS, (low - step / 2, high + step / 2))[0].astype(float)
    return np.convolve(counts, (0.25, 0.5, 0.25), "same")


class Thumbnails(QObject):
    """Makes pictures of presets when they are asked for, a few in each turn of the event loop, and keeps them.

    Signals
    -------
    ready
        A preset's picture can be taken, or its problem; carries the preset.
    """

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sketches: dict[int, HasSketch] = {}
        self._problems: dict[int, str] = {}
        self._pictures: dict[tuple[int, Palette, int, int, float], QPixmap] = {}
        self._waiting: deque[Preset] = deque()
        self._kept: dict[int, Preset] = {}  # so that no other object takes over an identity
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._work)

    def ask(self, preset: Preset) -> None:
        """Have a preset's picture made soon, unless it is there or under way."""
        if id(preset) not in self._kept:
            self._kept[id(preset)] = preset
            self._waiting.append(preset)
            self._timer.start(0)

    def finish(self) -> None:
        """Make all pictures that wait, now."""
        while self._waiting:
            self._make(self._waiting.popleft())
        self._timer.stop()

    def is_known(self, preset: Preset) -> bool:
        """Whether the preset was looked at."""
        return id(preset) in self._sketches or id(preset) in self._problems

    def problem(self, preset: Preset) -> str:
        """Return why a preset cannot be used, or nothing as far as is known."""
        return self._problems.get(id(preset), "")

    def picture(self, preset: Preset, palette: Palette, size: QSize, ratio: float) -> QPixmap | None:
        """Return the picture in a theme's colours, or None while there is none."""
        drawn = self._sketches.get(id(preset))
        if drawn is None or size.isEmpty():
            return None
        key = (id(preset), palette, size.width(), size.height(), ratio)
        if key not in self._pictures:
            self._pictures[key] = _painted(drawn, palette, size, ratio)
        return self._pictures[key]

    def _work(self) -> None:
        if torch_loader.is_being_imported():  # a sketch would wait for it, and the window with it
            self._timer.setInterval(PATIENCE_MS)
            return
        if self._timer.interval():
            self._timer.setInterval(0)
        clock = QElapsedTimer()
        clock.start()
        while self._waiting and clock.elapsed() < TURN_MS:
            self._make(self._waiting.popleft())
        if not self._waiting:
            self._timer.stop()

    def _make(self, preset: Preset) -> None:
        try:
            self._sketches[id(preset)] = sketch(preset)
        except (PresetError, ConfigError) as error:
            self._problems[id(preset)] = str(error)
        self.ready.emit(preset)


def _painted(drawn: HasSketch, palette: Palette, size: QSize, ratio: float) -> QPixmap:
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    whole = QRectF(0, 0, size.width(), size.height())
    rounded = QPainterPath()
    rounded.addRoundedRect(whole, 5, 5)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(rounded)
        painter.fillRect(whole, QColor(palette.window))
        drawn.paint(painter, whole, palette)
    return picture
