"""What training will see of a drawing: fresh samples of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.distributions import Distribution
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.dots import draw_dots, mark
from ganstudio.ui.views.primitives import draw_lines, draw_rects
from ganstudio.ui.views.stage_axes import ticks, x_axis
from ganstudio.ui.views.strokes import polyline
from ganstudio.ui.views.viewport import Viewport

SAMPLES = {1: 4_000, 2: 600}
BINS = 60


class DrawingPreview(QWidget):
    """A histogram of samples below the density, or a scatter of samples, at the stage's extent."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._distribution: Distribution | None = None
        self._points = np.empty((0, 1))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Samples of the drawing")

    @property
    def points(self) -> np.ndarray:
        """The samples that are shown, (n, d)."""
        return self._points

    def show_distribution(self, distribution: Distribution | None) -> None:
        """Show samples of a distribution, always of the same seed; None shows nothing."""
        import torch

        self._distribution = distribution
        if distribution is not None:
            generator = torch.Generator().manual_seed(0)
            self._points = distribution.sample(SAMPLES[distribution.dim], generator).double().numpy()
        else:
            self._points = np.empty((0, 1))
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._palette.surface))
            if self._distribution is None:
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._distribution.dim == 1:
                self._paint_line(painter, self._distribution)
            else:
                self._paint_plane(painter, self._distribution)

    def _paint_line(self, painter: QPainter, distribution: Distribution) -> None:
        (extent,) = distribution.extent
        em = self.fontMetrics().height()
        heights, edges = np.histogram(self._points[:, 0], bins=BINS, range=extent, density=True)
        x = np.linspace(*extent, 240)
        density = distribution.density(x[:, None])
        top = max(float(heights.max()), float(density.max()) if density is not None else 0.0, 1e-12)
        plot = QRectF(0.8 * em, 0.6 * em, self.width() - 1.6 * em, self.height() - 2.4 * em)
        view = Viewport(plot, extent, (0.0, 1.05 * top))
        fill = QColor(self._palette.real)
        fill.setAlpha(110)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        left, tops = np.round(view.px(edges)), view.py(heights)
        draw_rects(painter, np.stack([left[:-1], tops, np.diff(left), plot.bottom() - tops], axis=1))
        painter.setPen(QColor(self._palette.real))
        if density is not None:
            draw_lines(painter, polyline(view.px(x), view.py(density)))
        x_axis(painter, view, ticks(*extent, 2 * plot.width(), em), self._palette)

    def _paint_plane(self, painter: QPainter, distribution: Distribution) -> None:
        across, up = distribution.extent
        side = min(self.width(), self.height()) - 4.0
        view = Viewport(QRectF((self.width() - side) / 2, 2, side, side), across, up)
        ratio = self.devicePixelRatioF()
        picture = mark("circle", self._palette.real, self._palette.surface, 3.5, ratio)
        draw_dots(painter, view.pixels(self._points), picture, ratio)
