"""The whole prior of one or two latent dimensions, equal areas for equal shares."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from typing_extensions import override

from ganstudio.ui.latent.linked_canvas import LinkedCanvas
from ganstudio.ui.latent.points_sample import PointsSample
from ganstudio.ui.views.color_map import FieldPicture
from ganstudio.ui.views.image_picture import rgb
from ganstudio.ui.views.primitives import draw_curve, polygon
from ganstudio.ui.views.stage_axes import ticks, x_axis, y_axis
from ganstudio.ui.views.viewport import Viewport

LEVELS = 256
FIELD_STRENGTH = 0.75
FAINT = 0.16  # opacity of what the stretch is tinted with, at its strongest


class LatentSquare(LinkedCanvas):
    """The square u = Φ(z). Of one latent and one data dimension, the graph of x over u instead."""

    def is_graph(self) -> bool:
        """Whether the vertical axis is x."""
        return self._sample is not None and self._sample.latent_dim == 1 and self._sample.dim == 1

    @override
    def title(self) -> str:
        sample = self._sample
        if sample is None:
            return ""
        if self.is_graph():
            return "x = G(z) over u = Φ(z)"
        if sample.latent_dim > 2:
            return f"Latent square u = Φ(z): a slice, z₃ … z{_below(sample.latent_dim)} = 0"
        return "Latent line u = Φ(z)" if sample.latent_dim == 1 else "Latent square u = Φ(z)"

    @override
    def view(self) -> Viewport:
        if self.is_graph() and self._sample is not None:
            return Viewport(self.plot_rect(), (0.0, 1.0), self._sample.extent[0])
        if self._sample is not None and self._sample.latent_dim == 1:
            whole = self.plot_rect()
            return Viewport(
                QRectF(whole.left(), whole.center().y() - 2 * self.em, whole.width(), 4 * self.em), (0, 1), (0, 1)
            )
        return Viewport(self._square_rect(), (0.0, 1.0), (0.0, 1.0))

    @override
    def _paint_whole(self, painter: QPainter, sample: PointsSample, view: Viewport) -> None:
        colors = self._palette
        if sample.dim == 1 and not self.is_graph():
            self._paint_field(painter, sample, view)
        elif sample.latent_dim > 1:
            self._paint_stretch(painter, sample, view)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(view.rect)
        x_axis(painter, view, ticks(0, 1, view.rect.width(), self.em), colors)
        if self.is_graph():
            self._paint_graph(painter, sample, view)
            return
        square = sample.image.square
        if square.shape[0] > 1:
            y_axis(painter, view, ticks(0, 1, view.rect.height(), self.em), colors)
        if sample.dim == 2:
            painter.setClipRect(view.rect)
            places = np.stack((square[..., 0], 1 - square[..., 1]), -1)
            self._paint_lattice(painter, view.pixels(places), straight=True)
            painter.setClipping(False)

    def _paint_graph(self, painter: QPainter, sample: PointsSample, view: Viewport) -> None:
        y_axis(painter, view, ticks(*view.y, view.rect.height(), self.em), self._palette)
        painter.setClipRect(view.rect)
        levels, quantiles = sample.quantiles()
        pen = QPen(QColor(self._palette.real), 1.8, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawPolyline(polygon(np.stack((view.px(levels), view.py(quantiles)), 1)))
        places = sample.image.square[0, :, 0]
        drawn = view.py(sample.image.points[0, :, 0].astype(np.float64))
        draw_curve(painter, view.px(places), drawn, QColor(self._palette.fake), 2.4)
        painter.setClipping(False)
        words = "dashed: the real samples' quantiles, the rising map that would be perfect"
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(view.rect.adjusted(8, 4, -8, 0), Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, words)

    def _paint_field(self, painter: QPainter, sample: PointsSample, view: Viewport) -> None:
        """Paint x over the square, from the ground's colour at its lowest to that of generated samples."""
        picture = FieldPicture()
        steps = np.linspace(0, FIELD_STRENGTH, LEVELS)[:, None]
        low, high = (_parts(color) for color in (self._palette.surface, self._palette.fake))
        made = np.rint(low + steps * (high - low)).astype(np.uint32)
        lut = (0xFF000000 | made[:, 0] << 16 | made[:, 1] << 8 | made[:, 2]).astype(np.uint32)
        picture.show(sample.image.points[::-1, :, 0], sample.extent[0], lut)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(view.rect, picture.image)

    def _paint_stretch(self, painter: QPainter, sample: PointsSample, view: Viewport) -> None:
        """Tint where G tears the square apart: by log |∂x/∂u|, from its median upwards."""
        stretch = np.log(np.maximum(sample.image.stretch, 1e-12))
        middle, high = np.quantile(stretch, (0.5, 0.995))
        if not high > middle:
            return
        picture = FieldPicture()
        steps = np.linspace(0, FAINT * 2, LEVELS)[:, None]
        low_color, high_color = _parts(self._palette.surface), _parts(self._palette.error)
        made = np.rint(low_color + steps * (high_color - low_color)).astype(np.uint32)
        lut = (0xFF000000 | made[:, 0] << 16 | made[:, 1] << 8 | made[:, 2]).astype(np.uint32)
        picture.show(stretch[::-1].astype(np.float32), (float(middle), float(high)), lut)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(view.rect, picture.image)


def _parts(color: str) -> np.ndarray:
    value = rgb(color)
    return np.array([value >> 16 & 255, value >> 8 & 255, value & 255], np.float64)


def _below(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
