"""The 2-D stage: D over the plane, real and generated points, the warped latent lattice and the generator's pushes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ganstudio.engine.snapshot import Arrows, Field, LatentGrid, ModeCounts, Samples, Snapshot
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views import layers, stage_words, strokes
from ganstudio.ui.views.badges import Badge
from ganstudio.ui.views.chart_scale import number
from ganstudio.ui.views.color_map import FieldPicture, diverging
from ganstudio.ui.views.dots import draw_dots
from ganstudio.ui.views.layers import Layer
from ganstudio.ui.views.mode_marks import LARGEST_MARK_PX, ModeLook, mode_mark, paint_mode
from ganstudio.ui.views.plot_canvas import PlotCanvas
from ganstudio.ui.views.primitives import draw_curve, draw_strokes
from ganstudio.ui.views.score_field import level_line, score_at
from ganstudio.ui.views.stage_axes import TICK_PX, Ticks, ticks, x_axis, y_axis
from ganstudio.ui.views.steady_range import SteadyRange
from ganstudio.ui.views.viewport import Range, Viewport

ARROW_GAIN = 0.12  # standard deviations of the data for a push of one
LONGEST_ARROW = 0.35  # standard deviations of the data
LEAST_MODE_PX = 11.0  # a smaller circle would vanish below its points
MOST_LABELLED_MODES = 8
BAR_WIDTH = 1.1  # of the colour bar, in lines of text
ZOOM_STEP = 1.25  # for one notch of the wheel
CLOSEST, FARTHEST = 1 / 60, 3.0  # of the plot's own range

Floats = NDArray[np.float64]


class Stage2d(PlotCanvas):
    """The plane in equal aspect; the wheel zooms, a drag pans, a double click shows all of it again.

    Measured with everything on at 748 × 778: 1.7 ms for a frame, and 2.4 ms where training has emptied the caches, and
    before it 0.2 to 0.6 ms for the heat map and the contour.
    """

    LAYERS: ClassVar[Sequence[Layer]] = (
        Layer(name="data", title="Data", probe="samples", swatch=layers.real_dot, tip="Real points"),
        Layer(name="generated", title="Generated", probe="samples", swatch=layers.fake_dot, tip="Generated points"),
        Layer(name="d", title="D(x)", probe="field", swatch=layers.heat, tip="What D says over the plane"),
        Layer(
            name="contour", title="Cannot tell", probe="field", swatch=layers.contour_line,
            tip="Where D cannot tell real from generated",
        ),
        Layer(
            name="modes", title="Modes", probe="modes", swatch=layers.mode_circle,
            tip="The modes of the data: captured ones filled, missing ones dashed",
        ),
        Layer(
            name="latent_grid", title="Latent grid", probe="latent_grid", swatch=layers.lattice, on=False,
            tip="The image under G of a regular lattice of latents",
        ),
        Layer(
            name="arrows", title="Push on G", probe="arrows", swatch=layers.arrow, on=False,
            tip="Where the generator's loss pushes generated points: −∂L_G/∂x",
        ),
    )  # fmt: skip

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._x, self._y, self._levels = SteadyRange(), SteadyRange(), SteadyRange()
        self._was_critic: bool | None = None
        self._loss = ""  # by which D's scores are read
        self._zoomed: tuple[Range, Range] | None = None
        self._grip: QPointF | None = None
        self._viewed: tuple[tuple[object, ...], Viewport] | None = None  # for what, and how
        self._heat = FieldPicture()
        self._line = np.empty((0, 4))
        self._captured = b""
        self.setAccessibleName("2-D stage")

    # -- what is to be seen -------------------------------------------------------------------------------------------

    @property
    def x_range(self) -> Range:
        """What the horizontal axis shows in this frame."""
        return self._zoomed[0] if self._zoomed else self._x.now

    @property
    def y_range(self) -> Range:
        """What the vertical axis shows in this frame."""
        return self._zoomed[1] if self._zoomed else self._y.now

    @property
    def levels(self) -> Range:
        """The scores at the ends of the colour map in this frame."""
        return self._levels.now

    @property
    def zoomed(self) -> bool:
        """Whether the person looks at a part of the plane of their own choice."""
        return self._zoomed is not None

    def reset_view(self) -> None:
        """Show the whole plot again."""
        self._zoomed = None
        self.update()

    @override
    def set_layers(self, names: frozenset[str]) -> None:
        super().set_layers(names)
        self._read_field()

    @override
    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._read_field()

    @override
    def _ranges(self) -> Sequence[SteadyRange]:
        return self._x, self._y, self._levels

    @override
    def _take_in(self, snapshot: Snapshot, afresh: bool) -> None:
        if afresh:
            self._zoomed = None
        self._x.follow(*snapshot.extent[0])
        self._y.follow(*snapshot.extent[1])
        if (snapshot.is_critic, snapshot.config.loss.name) != (self._was_critic, self._loss):
            self._levels.reset(hurry=self._was_critic is not None and not afresh)
            self._was_critic, self._loss = snapshot.is_critic, snapshot.config.loss.name
        self._take_in_levels(snapshot)
        self._read_field()
        modes = self._probe("modes", ModeCounts)
        captured = modes.captured.tobytes() if modes is not None else b""
        if captured != self._captured:  # numbers are slow, but must not contradict their circles
            self._captured = captured
            self._badges = self.badges()

    def _take_in_levels(self, snapshot: Snapshot) -> None:
        """Probabilities have fixed levels; a critic's are symmetric about neutral, so that the middle colour is it."""
        if not snapshot.is_critic:
            self._levels.follow(0.0, 1.0)
            return
        field = self._probe("field", Field)
        far = np.abs(field.score - snapshot.neutral) if field is not None else np.empty(0)
        far = far[np.isfinite(far)]
        if len(far):
            self._levels.contain(snapshot.neutral - float(far.max()), snapshot.neutral + float(far.max()))

    def _read_field(self) -> None:
        """Make the heat map's picture and the contour, once for each field."""
        snapshot, field = self._snapshot, self._probe("field", Field)
        if snapshot is None or field is None or not field.score.size:
            self._heat.clear()
            self._line = np.empty((0, 4))
            return
        if "d" in self._layers:
            self._heat.show(field.score, self.levels, diverging(self._palette))
        if "contour" in self._layers:
            self._line = level_line(field, snapshot.neutral)

    def arrow_shifts(self) -> Floats:
        """Return the arrows (n, 2) in data units: the push times a fixed gain, cut at a longest one; NaN has none."""
        arrows = self._probe("arrows", Arrows)
        if arrows is None:
            return np.empty((0, 2))
        push = np.where(np.isfinite(arrows.push), arrows.push, np.nan).astype(np.float64)
        shift = ARROW_GAIN * arrows.scale * push
        length = np.hypot(shift[:, 0], shift[:, 1])
        longest = LONGEST_ARROW * arrows.scale
        return shift * np.minimum(1.0, longest / np.maximum(length, 1e-12))[:, None]

    @override
    def badges(self) -> list[Badge]:
        """Return the texts on the plot: points beyond its edges, shares of modes, how to end zooming."""
        view = self._view()
        found = self._mode_badges(view)
        if self._zoomed:
            corner = view.rect.topLeft()
            return [*found, Badge("zoomed · double-click for all", (corner.x() + 6, corner.y() + 6), (0, 0), "muted")]
        samples = self._probe("samples", Samples)
        if samples is None or "generated" not in self._layers:
            return found
        rect = view.rect.adjusted(6, 6, -6, -6)
        # Off the middle of the edges, where the outermost modes of rings and grids have their numbers.
        x, y = rect.left() + 0.14 * rect.width(), rect.bottom() - 0.14 * rect.height()
        places = (
            ("◀ {}", (rect.left(), y), (0.0, 0.5)),
            ("{} ▶", (rect.right(), y), (1.0, 0.5)),
            ("▼ {}", (x, rect.bottom()), (0.5, 1.0)),
            ("▲ {}", (x, rect.top()), (0.5, 0.0)),
        )
        for count, (text, at, anchor) in zip(samples.outside, places, strict=True):
            if count:
                found.append(Badge(text.format(thousands(count)), at, anchor, "fake"))
        return found

    def _mode_badges(self, view: Viewport) -> list[Badge]:
        modes = self._probe("modes", ModeCounts)
        if modes is None or "modes" not in self._layers or not 0 < len(modes.centres) <= MOST_LABELLED_MODES:
            return []
        centres, radii = self._mode_pixels(view, modes)
        away = centres - centres.mean(axis=0)
        length = np.hypot(away[:, 0], away[:, 1])
        up = np.array([0.0, -1.0])
        away = np.where(length[:, None] > 1, away / np.maximum(length, 1)[:, None], up)
        at = centres + away * (radii + 0.35 * self.em)
        found = []
        for share, (x, y), (dx, dy), captured in zip(modes.shares, at, away, modes.captured, strict=True):
            if np.isfinite([x, y, share]).all() and view.rect.contains(QPointF(x, y)):
                anchor = (0.5 - 0.5 * dx, 0.5 - 0.5 * dy)
                found.append(Badge(_percent(share), (x, y), anchor, "real" if captured else "muted"))
        return found

    @override
    def caption(self) -> str:
        return stage_words.plane_caption(self._snapshot, self._layers) if self._snapshot is not None else ""

    @override
    def tips(self) -> Mapping[str, str]:
        if self._snapshot is None:
            return {}
        return stage_words.plane_tips(self._snapshot, ARROW_GAIN, LONGEST_ARROW)

    @override
    def _reading(self, at: QPointF) -> str:
        view = self._view()
        if not view.rect.contains(at) or self._snapshot is None:
            return ""
        x, y = view.data(at.x(), at.y())
        parts = [f"x {number(x)}, y {number(y)}"]
        field = self._probe("field", Field)
        score = score_at(field, x, y) if field is not None else math.nan
        if math.isfinite(score):
            parts.append(f"{self._snapshot.score_title} {number(score)}")
        modes = self._probe("modes", ModeCounts)
        if modes is not None and len(modes.centres):
            nearest = int(np.argmin(np.hypot(*(modes.centres - (x, y)).T)))
            parts.append(f"nearest mode: {100 * modes.shares[nearest]:.1f} % of generated points")
        return " · ".join(parts)

    # -- where it is --------------------------------------------------------------------------------------------------

    def _view(self) -> Viewport:
        """Return the plot: as large as fits in equal aspect, so that its edges are those where points are counted."""
        key = (self.width(), self.height(), self.em, self._x.now, self._y.now, self._zoomed)
        if self._viewed is None or self._viewed[0] != key:
            self._viewed = key, self._made_view()
        return self._viewed[1]

    def _made_view(self) -> Viewport:
        em = self.em
        side = self.label_width + 3 * TICK_PX
        room = QRectF(self.rect()).adjusted(side, 1.5 * em, -(BAR_WIDTH * em + side + 0.8 * em), -(1.4 * em + TICK_PX))
        (left, right), (bottom, top) = self._x.now, self._y.now
        scale = max(1e-9, min(room.width() / (right - left), room.height() / (top - bottom)))
        width, height = max(1, round(scale * (right - left))), max(1, round(scale * (top - bottom)))
        x = round(room.left() + (room.width() - width) / 2)
        y = round(room.top() + (room.height() - height) / 2)
        return Viewport(QRectF(x, y, width, height), self.x_range, self.y_range)

    def _mode_pixels(self, view: Viewport, modes: ModeCounts) -> tuple[Floats, Floats]:
        radii = modes.radii.astype(np.float64) * (view.x_scale, view.y_scale)
        return view.pixels(modes.centres), np.maximum(radii, LEAST_MODE_PX * self.magnification)

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def _layout_key(self) -> tuple[object, ...]:
        snapshot = self._snapshot
        title = (snapshot.score_title, snapshot.neutral) if snapshot is not None else None
        return self.x_range, self.y_range, self._x.now, self._y.now, self.levels, title, self._layers & {"d"}

    @override
    def _paint_background(self, painter: QPainter) -> None:
        view, em, palette = self._view(), self.em, self._palette
        x_axis(painter, view, ticks(*view.x, view.rect.width(), em), palette)
        y_axis(painter, view, ticks(*view.y, view.rect.height(), em), palette)
        painter.setPen(QPen(QColor(palette.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(view.rect.adjusted(0.5, -0.5, 0.5, 0.5))
        if "d" in self._layers and self._snapshot is not None:
            self._paint_color_bar(painter, view, self._snapshot)

    def _paint_color_bar(self, painter: QPainter, view: Viewport, snapshot: Snapshot) -> None:
        em, palette = self.em, self._palette
        left = round(view.rect.right() + 0.8 * em)
        bar = Viewport(QRectF(left, view.rect.top(), BAR_WIDTH * em, view.rect.height()), (0, 1), self.levels)
        lut = np.ascontiguousarray(diverging(palette)[::-1])
        picture = QImage(lut.tobytes(), 1, len(lut), 4, QImage.Format.Format_RGB32)
        painter.drawImage(bar.rect, picture)
        marks: Ticks = ticks(*bar.y, bar.rect.height(), em)
        y_axis(painter, bar, marks, palette, right=True)
        painter.setPen(QColor(palette.muted))
        title = QRectF(
            bar.rect.left() - 200, bar.rect.top() - 1.45 * em, 200 + self.width() - bar.rect.left() - 4, 1.3 * em
        )
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, snapshot.score_title)

    @override
    def _paint_layers(self, painter: QPainter) -> None:
        view = self._view()
        painter.setClipRect(view.rect)
        self._paint_field(painter, view)
        grid, modes = self._probe("latent_grid", LatentGrid), self._probe("modes", ModeCounts)
        samples, arrows = self._probe("samples", Samples), self._probe("arrows", Arrows)
        if modes is not None and "modes" in self._layers:
            self._paint_modes(painter, view, modes)
        if grid is not None and "latent_grid" in self._layers:
            lattice = strokes.mesh_as_one(view.pixels(grid.points))
            draw_curve(painter, *lattice, QColor(layers.lattice_color(self._palette)), self.hairline)
        if samples is not None:
            self._paint_samples(painter, view, samples)
        if arrows is not None and "arrows" in self._layers:
            shift = self.arrow_shifts() * (view.x_scale, -view.y_scale)
            pieces = strokes.arrows(view.pixels(arrows.base), shift, 4.8 * self.magnification)
            draw_strokes(painter, pieces, QColor(self._palette.text), 1.25 * self.magnification)
        self._paint_badges(painter, view.rect.adjusted(4, 4, -4, -4))
        painter.setClipping(False)

    @override
    def _moving(self) -> QRect:
        return self._view().rect.toAlignedRect()

    @override
    def _covers(self, rect: QRect) -> bool:
        field = self._probe("field", Field)
        if "d" not in self._layers or field is None or self._heat.image.isNull():
            return False
        view = self._view()
        return view.rect.contains(QRectF(rect)) and view.target(*field.extent).contains(view.rect)

    def _paint_field(self, painter: QPainter, view: Viewport) -> None:
        field = self._probe("field", Field)
        if field is None:
            return
        if "d" in self._layers and not self._heat.image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(view.target(*field.extent), self._heat.image)
        if "contour" in self._layers and len(self._line):
            ends = view.pixels(self._line.reshape(-1, 2)).reshape(-1, 4)
            color = QColor(mixed(self._palette.text, self._palette.score_mid, 0.85))
            draw_strokes(painter, strokes.finite(ends), color, 1.8 * self.magnification)

    def _paint_modes(self, painter: QPainter, view: Viewport, modes: ModeCounts) -> None:
        centres, radii = self._mode_pixels(view, modes)
        ratio = self.devicePixelRatioF()
        alike: dict[tuple[float, float, bool], list[int]] = {}
        for index, ((rx, ry), captured) in enumerate(
            zip(np.rint(radii).tolist(), modes.captured.tolist(), strict=True)
        ):
            if math.isfinite(rx) and math.isfinite(ry):
                alike.setdefault((rx, ry, captured), []).append(index)
        for (rx, ry, captured), indices in alike.items():
            if max(rx, ry) <= LARGEST_MARK_PX:
                draw_dots(painter, centres[indices], self._mode_mark(rx, ry, ratio, captured=captured), ratio)
            else:  # zoomed in
                for index in indices:
                    paint_mode(painter, QPointF(*centres[index]), rx, ry, self._mode_look(captured=captured))

    def _mode_look(self, *, captured: bool) -> ModeLook:
        palette, width = self._palette, 1.5 * self.magnification
        return ModeLook(palette.real if captured else palette.text, width, filled=captured)

    def _mode_mark(self, rx: float, ry: float, ratio: float, *, captured: bool) -> QPixmap:
        """Return the picture of a mode's circle, made once."""
        return self._kept(
            ("mode", rx, ry, ratio, captured), lambda: mode_mark(rx, ry, ratio, self._mode_look(captured=captured))
        )

    def _paint_samples(self, painter: QPainter, view: Viewport, samples: Samples) -> None:
        palette, size, ratio = self._palette, self.magnification, self.devicePixelRatioF()
        if "data" in self._layers:
            draw_dots(painter, view.pixels(samples.real), self._mark("circle", palette.real, 5.0 * size), ratio)
        if "generated" in self._layers:
            draw_dots(painter, view.pixels(samples.fake), self._mark("diamond", palette.fake, 6.0 * size), ratio)

    # -- the person's own view ----------------------------------------------------------------------------------------

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        view, at = self._view(), event.position()
        if not view.rect.contains(at):
            event.ignore()
            return
        factor = ZOOM_STEP ** (-event.angleDelta().y() / 120)
        full = self._x.now[1] - self._x.now[0]
        factor = min(max(factor, CLOSEST * full / (view.x[1] - view.x[0])), FARTHEST * full / (view.x[1] - view.x[0]))
        x, y = view.data(at.x(), at.y())
        self._zoomed = (
            (x + factor * (view.x[0] - x), x + factor * (view.x[1] - x)),
            (y + factor * (view.y[0] - y), y + factor * (view.y[1] - y)),
        )
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._view().rect.contains(event.position()):
            self._grip = event.position()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            view = self._view()
            moved = event.position() - self._grip
            self._grip = event.position()
            dx, dy = moved.x() / view.x_scale, -moved.y() / view.y_scale
            self._zoomed = ((view.x[0] - dx, view.x[1] - dx), (view.y[0] - dy, view.y[1] - dy))
        super().mouseMoveEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_view()


def _percent(share: float) -> str:
    """Return a share as text; one that is not nothing is not written as 0."""
    return f"{100 * share:.1f} %" if 0 < share < 0.01 else f"{100 * share:.0f} %"
