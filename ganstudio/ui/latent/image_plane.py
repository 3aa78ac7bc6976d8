"""The data's own space, with where G puts the latent square in it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from typing_extensions import override

from ganstudio.ui.latent.linked_canvas import LinkedCanvas
from ganstudio.ui.latent.points_sample import PointsSample
from ganstudio.ui.views.dots import draw_dots, mark
from ganstudio.ui.views.primitives import draw_curve, draw_rects
from ganstudio.ui.views.stage_axes import ticks, x_axis, y_axis
from ganstudio.ui.views.viewport import Viewport

DOT_PX = 4.0
ROOM = 1.15  # above the highest density
BAR_OPACITY = 0.35


class ImagePlane(LinkedCanvas):
    """Real samples, generated ones and the lattice's image; on a line, both densities, x upwards."""

    def is_line(self) -> bool:
        """Whether the data are numbers."""
        return self._sample is not None and self._sample.dim == 1

    @override
    def title(self) -> str:
        return "Densities along x" if self.is_line() else "Its image under G, in the data's plane"

    @override
    def view(self) -> Viewport:
        sample = self._sample
        if sample is None:
            return Viewport(self.plot_rect(), (0.0, 1.0), (0.0, 1.0))
        if self.is_line():
            return Viewport(self.plot_rect(), (0.0, self._highest(sample)), sample.extent[0])
        return _undistorted(self.plot_rect(), sample.extent[0], sample.extent[1])

    def _highest(self, sample: PointsSample) -> float:
        found = [float(sample.histogram("real")[1].max()), float(sample.histogram("fake")[1].max())]
        if sample.density is not None:
            found[0] = float(np.nanmax(sample.density[1]))
        return ROOM * max(found[0], min(found[1], 2.5 * found[0]), 1e-9)  # a collapse must not flatten the data

    @override
    def _paint_whole(self, painter: QPainter, sample: PointsSample, view: Viewport) -> None:
        colors = self._palette
        x_axis(painter, view, ticks(*view.x, view.rect.width(), self.em), colors)
        y_axis(painter, view, ticks(*view.y, view.rect.height(), self.em), colors)
        painter.setClipRect(view.rect)
        if self.is_line():
            self._paint_densities(painter, sample, view)
        else:
            self._paint_lattice(painter, view.pixels(sample.image.points))
            ratio = self.devicePixelRatioF()
            for points, shape, color in ((sample.real, "circle", colors.real), (sample.fake, "diamond", colors.fake)):
                painter.setOpacity(0.9 if shape == "circle" else 0.6)
                picture = mark("circle" if shape == "circle" else "diamond", color, colors.surface, DOT_PX, ratio)
                draw_dots(painter, view.pixels(points), picture, ratio)
            painter.setOpacity(1.0)
        painter.setClipping(False)
        self._paint_legend(painter)

    def _paint_densities(self, painter: QPainter, sample: PointsSample, view: Viewport) -> None:
        colors = self._palette
        edges, heights = sample.histogram("fake")
        top, bottom = view.py(edges[1:]), view.py(edges[:-1])
        widths = view.px(heights) - view.rect.left()
        fill = QColor(colors.fake)
        fill.setAlphaF(BAR_OPACITY)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        left = np.full(len(heights), view.rect.left())
        draw_rects(painter, np.stack((left, top, widths, bottom - top), 1))
        if sample.density is not None:
            places, density = sample.density
        else:
            edges, density = sample.histogram("real")
            places = (edges[1:] + edges[:-1]) / 2
        draw_curve(painter, view.px(density), view.py(places), QColor(colors.real), 2.2)

    def _paint_legend(self, painter: QPainter) -> None:
        colors, em = self._palette, self.em
        exact = self.is_line() and self._sample is not None and self._sample.density is not None
        entries = (("real, exact" if exact else "real", colors.real), ("generated", colors.fake))
        left, top = 10.0, 4 + 1.3 * em  # a line of its own: beside the title there is no room in a narrow window
        for words, color in entries:
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.setPen(QPen(QColor(color), 3))
            painter.drawLine(QPointF(left, top + 0.65 * em), QPointF(left + 13, top + 0.65 * em))
            painter.setPen(QColor(colors.text))
            painter.drawText(QRectF(left + 18, top, width + 2, 1.3 * em), Qt.AlignmentFlag.AlignVCenter, words)
            left += width + 34


def _undistorted(rect: QRectF, x: tuple[float, float], y: tuple[float, float]) -> Viewport:
    """Return the largest part of ``rect``, in its middle, in which both axes have one scale."""
    scale = min(rect.width() / (x[1] - x[0]), rect.height() / (y[1] - y[0]))
    width, height = scale * (x[1] - x[0]), scale * (y[1] - y[0])
    return Viewport(QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height), x, y)
