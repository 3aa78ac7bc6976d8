"""The 1-D stage: Figure 1 of Goodfellow et al. (2014), alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ganstudio.engine.snapshot import Density, Score, Snapshot, Threads
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import mixed
from ganstudio.ui.views import layers, stage_words, strokes
from ganstudio.ui.views.badges import Badge
from ganstudio.ui.views.chart_scale import number
from ganstudio.ui.views.dots import draw_dots, draw_stripes, stripe
from ganstudio.ui.views.layers import Layer, faint
from ganstudio.ui.views.plot_canvas import PlotCanvas
from ganstudio.ui.views.primitives import draw_curve, draw_strokes, polygon
from ganstudio.ui.views.stage_axes import TICK_PX, ticks, x_axis, y_axis
from ganstudio.ui.views.steady_range import SteadyRange
from ganstudio.ui.views.viewport import Range, Viewport

ARROW_GAIN = 0.12  # standard deviations of the data for a push of one
LONGEST_ARROW = 0.6  # standard deviations of the data
BESIDE = 0.05  # what a D without a sigmoid may be below 0 or above 1 before its axis shows it
LANES = 4  # rows of arrows, so that neighbours do not cover each other
HIGHEST_PEAK = 2.0  # times the data's own: a higher p_g is cut at the top and its peak written there
STRIPE_PX, STRIPES_APART_PX = 2.0, 4.0  # of the generator's area
FOOT, HEAD = 0.03, 0.06  # room below 0 and above the top, in parts of the axis

Floats = NDArray[np.float64]
_NO_CURVE: tuple[NDArray, NDArray] = (np.empty(0), np.empty(0))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts are: densities and D in ``main``, threads between ``x_line`` and ``z_line`` of ``strip``."""

    main: QRectF
    strip: QRectF | None
    x_line: float
    lane: float


class Stage1d(PlotCanvas):
    """Densities, D and D* over the line, and below it the threads from z to G(z) with the generator's pushes.

    Measured with everything on at 748 × 778: 1.9 ms for a frame, and 2.6 ms where training has emptied the caches. The
    axes and the data's area are painted only when a range moves.
    """

    LAYERS: ClassVar[Sequence[Layer]] = (
        Layer(
            name="data", title="Data", probe="density", swatch=layers.data_area,
            tip="Density of the data, p_data(x)",
        ),
        Layer(
            name="generated", title="Generated", probe="density", swatch=layers.fake_area,
            tip="Density of the generator, p_g(x), estimated from generated points",
        ),
        Layer(name="d", title="D(x)", probe="score", swatch=layers.d_line, tip="What D says along the line"),
        Layer(
            name="optimum", title="D*(x)", probe="score", swatch=layers.optimum_line,
            tip="The best D for these two densities",
        ),
        Layer(
            name="threads", title="z → G(z)", probe="threads", swatch=layers.thread_lines,
            tip="Threads from latents, evenly spaced in probability, to where G sends them",
        ),
        Layer(
            name="arrows", title="Push on G", probe="threads", swatch=layers.arrow,
            tip="Where the generator's loss pushes generated points: −∂L_G/∂x",
        ),
    )  # fmt: skip

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._extent, self._top, self._scores = SteadyRange(), SteadyRange(), SteadyRange()
        self._was_critic: bool | None = None
        self._loss = ""  # by which D's scores are read
        self._laid_out: tuple[tuple[object, ...], Layout] | None = None  # for what, and how
        self._z: NDArray | None = None  # of the threads, the same in every snapshot
        self._z_range: Range = (-1.0, 1.0)
        self._data = _NO_CURVE  # the data's density, which seldom changes, and how often it has
        self._data_changes = 0
        self.setAccessibleName("1-D stage")

    # -- what is to be seen -------------------------------------------------------------------------------------------

    @property
    def x_range(self) -> Range:
        """What the x axis shows in this frame."""
        return self._extent.now

    @property
    def density_top(self) -> float:
        """Where the density axis ends in this frame."""
        return self._top.now[1]

    @property
    def score_range(self) -> Range:
        """What D's axis shows in this frame."""
        return self._scores.now

    @override
    def _ranges(self) -> Sequence[SteadyRange]:
        return self._extent, self._top, self._scores

    @override
    def _take_in(self, snapshot: Snapshot, afresh: bool) -> None:
        self._extent.follow(*snapshot.extent[0])
        density, score = self._probe("density", Density), self._probe("score", Score)
        if (threads := self._probe("threads", Threads)) is not None:
            self._take_in_latents(threads.z)
        if density is not None:
            self._take_in_data(density)
            own = _largest(density.p_data) or _largest(density.p_g) or 1.0
            self._top.contain(0.0, max(own, min(_largest(density.p_g), HIGHEST_PEAK * own)))
        if (snapshot.is_critic, snapshot.config.loss.name) != (self._was_critic, self._loss):
            self._scores.reset(hurry=self._was_critic is not None and not afresh)
            self._was_critic, self._loss = snapshot.is_critic, snapshot.config.loss.name
        seen = np.empty(0) if score is None else score.score[np.isfinite(score.score)]
        low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
        if not snapshot.is_critic and low > -BESIDE and high < 1 + BESIDE:
            self._scores.follow(0.0, 1.0)
        elif snapshot.is_critic:
            if len(seen):
                self._scores.contain(low, high)
        else:  # least squares: near 0 and 1 for a D that has learnt, anywhere before
            self._scores.contain(min(low, 0.0), max(high, 1.0))

    def _take_in_data(self, density: Density) -> None:
        x, y = self._data
        if y is not density.p_data and not (np.array_equal(x, density.x) and np.array_equal(y, density.p_data)):
            self._data_changes += 1
        self._data = density.x, density.p_data

    def arrow_lengths(self) -> Floats:
        """Return the signed lengths of the arrows, (n,), in data units; NaN where the push is no number."""
        threads = self._probe("threads", Threads)
        if threads is None:
            return np.empty(0)
        longest = LONGEST_ARROW * threads.scale
        return np.clip(ARROW_GAIN * threads.scale * threads.push.astype(np.float64), -longest, longest)

    @override
    def badges(self) -> list[Badge]:
        """Return the texts on the plot: points beyond its edges, and a peak above its top."""
        density = self._probe("density", Density)
        if density is None or "generated" not in self._layers:
            return []
        view = self._density_view()
        inside = view.rect.adjusted(6, 6, -6, -6)
        found = []
        below, above = density.outside
        if below:
            found.append(Badge(f"◀ {thousands(below)}", (inside.left(), inside.bottom()), (0, 1), "fake"))
        if above:
            found.append(Badge(f"{thousands(above)} ▶", (inside.right(), inside.bottom()), (1, 1), "fake"))
        peak = _largest(density.p_g)
        if peak > view.y[1]:
            at = float(view.px(density.x[int(np.nanargmax(density.p_g))]))
            found.append(Badge(f"▲ peak {number(peak)}", (at + 0.8 * self.em, inside.top()), (0, 0), "fake"))
        return found

    @override
    def caption(self) -> str:
        return stage_words.line_caption(self._snapshot, self._layers) if self._snapshot is not None else ""

    @override
    def tips(self) -> Mapping[str, str]:
        if self._snapshot is None:
            return {}
        return stage_words.line_tips(self._snapshot, ARROW_GAIN, LONGEST_ARROW)

    @override
    def _reading(self, at: QPointF) -> str:
        view = self._density_view()
        x = view.data(at.x(), at.y())[0]
        if not view.x[0] <= x <= view.x[1]:
            return ""
        parts = [f"x {number(x)}"]
        density, score = self._probe("density", Density), self._probe("score", Score)
        if density is not None and len(density.x):
            parts += [
                f"p_data {number(_at(x, density.x, density.p_data))}",
                f"p_g {number(_at(x, density.x, density.p_g))}",
            ]
        if score is not None and len(score.x) and self._snapshot is not None:
            parts.append(f"{self._snapshot.score_title} {number(_at(x, score.x, score.score))}")
            optimal = np.nan if score.optimal is None else _at(x, score.x, score.optimal)
            if np.isfinite(optimal):
                parts.append(f"D*(x) {number(optimal)}")
        return " · ".join(parts)

    # -- where it is --------------------------------------------------------------------------------------------------

    def _shows_scores(self) -> bool:
        return bool(self._layers & {"d", "optimum"})

    def _shows_strip(self) -> bool:
        return bool(self._layers & {"threads", "arrows"})

    def _layout(self) -> Layout:
        key = (self.width(), self.height(), self.em, self.label_width, self._layers)
        if self._laid_out is None or self._laid_out[0] != key:
            self._laid_out = key, self._made_layout()
        return self._laid_out[1]

    def _made_layout(self) -> Layout:
        em = self.em
        side = self.label_width + 3 * TICK_PX + 0.3 * em
        plot = QRectF(self.rect()).adjusted(side, 1.7 * em, -side, -(1.3 * em + TICK_PX))
        if not self._shows_strip():
            return Layout(_whole(plot), None, 0.0, 0.0)
        lane = max(0.38 * em, 5.0)
        gap = 1.5 * em + TICK_PX
        strip_height = max(6 * em, 0.27 * plot.height())
        main = QRectF(plot.left(), plot.top(), plot.width(), plot.height() - strip_height - gap)
        strip = QRectF(plot.left(), main.bottom() + gap, plot.width(), strip_height)
        band = (LANES + 1) * lane if "arrows" in self._layers else 0.8 * lane
        return Layout(_whole(main), _whole(strip), round(strip.top() + band), lane)

    def _density_view(self) -> Viewport:
        top = self.density_top
        return Viewport(self._layout().main, self.x_range, (-FOOT * top, (1 + HEAD) * top))

    def _score_view(self) -> Viewport:
        low, high = self.score_range
        span = high - low
        return Viewport(self._layout().main, self.x_range, (low - FOOT * span, high + HEAD * span))

    def _z_view(self, strip: QRectF) -> Viewport:
        return Viewport(strip, self._z_range, (0.0, 1.0))

    def _take_in_latents(self, z: NDArray) -> None:
        if z is self._z:
            return
        self._z = z
        z = z[np.isfinite(z)]
        low, high = (float(z.min()), float(z.max())) if len(z) > 1 else (-1.0, 1.0)
        room = 0.03 * max(high - low, 1e-6)
        self._z_range = (low - room, high + room)

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def _layout_key(self) -> tuple[object, ...]:
        snapshot = self._snapshot
        title = (snapshot.score_title, snapshot.neutral) if snapshot is not None else None
        return self.x_range, self.density_top, self.score_range, self._layers, title, self._z_range, self._data_changes

    @override
    def _paint_background(self, painter: QPainter) -> None:
        layout, palette, em = self._layout(), self._palette, self.em
        main, view = layout.main, self._density_view()
        if "data" in self._layers and self._probe("density", Density) is not None:
            painter.save()
            painter.setClipRect(main.adjusted(1, 0, 0, 0))
            _fill(painter, _area(view, *self._data), QBrush(faint(palette.real, 0.30)))
            painter.restore()
        x_marks = ticks(*view.x, main.width(), em)
        x_axis(painter, view, x_marks, palette, grid_to=main.top())
        y_marks = [mark for mark in ticks(*view.y, main.height(), em) if mark[0] >= 0]
        y_axis(painter, view, y_marks, palette)
        title = QRectF(main.left() - 100, main.top() - 1.5 * em, main.width() + 200, 1.3 * em)
        left = title.adjusted(100 - 3 * em, 0, 0, 0)
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "density")
        if self._shows_scores() and self._snapshot is not None:
            scores = self._score_view()
            marks = [mark for mark in ticks(*scores.y, main.height(), em) if self._on_axis(mark[0])]
            y_axis(painter, scores, marks, palette, right=True, role="d")
            right = title.adjusted(0, 0, -100 + 3 * em, 0)
            painter.drawText(
                right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._snapshot.score_title
            )
            self._paint_neutral(painter, scores, self._snapshot.neutral)
        if layout.strip is not None:
            self._paint_strip_axes(painter, layout, layout.strip, x_marks)

    def _on_axis(self, score: float) -> bool:
        return self._was_critic is True or 0 <= score <= 1

    def _paint_neutral(self, painter: QPainter, scores: Viewport, neutral: float) -> None:
        """Paint a dotted line at the score of "cannot tell"."""
        y = round(float(scores.py(neutral))) + 0.5
        if scores.rect.top() <= y <= scores.rect.bottom():
            painter.setPen(QPen(faint(self._palette.d, 0.6), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(scores.rect.left(), y), QPointF(scores.rect.right(), y))

    def _paint_strip_axes(
        self, painter: QPainter, layout: Layout, strip: QRectF, x_marks: Sequence[tuple[float, str]]
    ) -> None:
        palette, em = self._palette, self.em
        z_view = self._z_view(strip)
        x_axis(painter, z_view, ticks(*z_view.x, strip.width(), em), palette)
        painter.drawLine(QPointF(strip.left(), layout.x_line + 0.5), QPointF(strip.right(), layout.x_line + 0.5))
        view = Viewport(strip, self.x_range, (0, 1))
        for value, _ in x_marks:
            x = round(float(view.px(value))) + 0.5
            painter.drawLine(QPointF(x, layout.x_line - TICK_PX), QPointF(x, layout.x_line))
        for text, y in (("G(z)", layout.x_line), ("z", strip.bottom())):
            box = QRectF(strip.left() - 200 - 2 * TICK_PX, y - em / 2, 200, em)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    @override
    def _paint_layers(self, painter: QPainter) -> None:
        layout = self._layout()
        painter.setClipRect(layout.main.adjusted(1, 0, 0, 0))
        if (density := self._probe("density", Density)) is not None:
            self._paint_densities(painter, density)
        if (score := self._probe("score", Score)) is not None:
            self._paint_scores(painter, score)
        if self._pointer is not None and layout.main.left() < self._pointer.x() < layout.main.right():
            painter.setPen(QPen(QColor(self._palette.muted), 1))
            x = round(self._pointer.x()) + 0.5
            painter.drawLine(QPointF(x, layout.main.top()), QPointF(x, layout.main.bottom()))
        painter.setClipping(False)
        if layout.strip is not None and (threads := self._probe("threads", Threads)) is not None:
            self._paint_threads(painter, threads, layout, layout.strip)
            painter.setClipping(False)
        self._paint_badges(painter, layout.main.adjusted(4, 4, -4, -4))

    @override
    def _moving(self) -> QRect:
        layout = self._layout()
        main = layout.main.toAlignedRect()
        return main if layout.strip is None else main.united(layout.strip.adjusted(-4, 0, 4, 2).toAlignedRect())

    def _paint_densities(self, painter: QPainter, density: Density) -> None:
        view, palette, size = self._density_view(), self._palette, self.magnification
        x = view.px(density.x)
        if "generated" in self._layers and len(x) > 1 and x[-1] > x[0]:
            self._paint_hatching(painter, view, x, view.py(density.p_g))
        for name, values, color, width in (
            ("data", density.p_data, palette.real, 1.8), ("generated", density.p_g, palette.fake, 2.4),
        ):  # fmt: skip
            if name in self._layers:
                draw_curve(painter, *strokes.on_pixels(x, view.py(values)), QColor(color), width * size)

    def _paint_hatching(self, painter: QPainter, view: Viewport, x: Floats, y: Floats) -> None:
        """Fill the generator's area with stripes: another shape, not only another colour."""
        ratio, height = self.devicePixelRatioF(), view.rect.height()
        color = faint(self._palette.fake, 0.45)
        picture = self._kept(("stripe", height, ratio), lambda: stripe(color, STRIPE_PX, height, ratio))
        left = np.arange(STRIPES_APART_PX * np.ceil(x[0] / STRIPES_APART_PX), x[-1] - STRIPE_PX, STRIPES_APART_PX)
        middle = left + STRIPE_PX / 2
        draw_stripes(painter, middle, np.interp(middle, x, y), float(view.py(0.0)), picture, ratio)

    def _paint_scores(self, painter: QPainter, score: Score) -> None:
        view, palette, size = self._score_view(), self._palette, self.magnification
        x = view.px(score.x)
        if "d" in self._layers:
            y, trained = view.py(score.score), score.supported
            weak = ~trained
            weak[1:] |= ~trained[:-1]  # up to the points where the strong line ends
            weak[:-1] |= ~trained[1:]
            fading = QColor(mixed(palette.d, palette.surface, 0.4))
            draw_curve(painter, *strokes.on_pixels(x, np.where(weak, y, np.nan)), fading, 1.6 * size)
            draw_curve(painter, *strokes.on_pixels(x, np.where(trained, y, np.nan)), QColor(palette.d), 3.0 * size)
        if "optimum" in self._layers and score.optimal is not None:
            dashes = strokes.dashed(x, view.py(score.optimal), 9 * size, 6 * size)
            draw_strokes(painter, dashes, QColor(palette.optimum), 1.9 * size)

    def _paint_threads(self, painter: QPainter, threads: Threads, layout: Layout, strip: QRectF) -> None:
        palette, size = self._palette, self.magnification
        view = Viewport(strip, self.x_range, (0.0, 1.0))
        x = view.px(threads.x)
        room = strip.adjusted(-3, 0, 3, 1)
        if "threads" in self._layers:
            painter.setClipRect(QRectF(room.left(), layout.x_line, room.width(), room.bottom() - layout.x_line))
            curve = strokes.threads_as_one(self._z_view(strip).px(threads.z), x, strip.bottom(), layout.x_line)
            draw_curve(painter, *curve, QColor(layers.thread_color(palette)), self.hairline)
        painter.setClipRect(room)
        points = np.stack([x, np.full_like(x, layout.x_line)], axis=1)
        draw_dots(painter, points, self._mark("diamond", palette.fake, 5.5 * size), self.devicePixelRatioF())
        if "arrows" in self._layers:
            self._paint_arrows(painter, layout, view, x)

    def _paint_arrows(self, painter: QPainter, layout: Layout, view: Viewport, x: Floats) -> None:
        """Draw every second arrow of those from left to right, on lanes in turn, so that they can be told apart."""
        chosen = np.argsort(x)[::2]
        lanes = layout.x_line - layout.lane * (1 + np.arange(len(chosen)) % LANES)
        shift = np.stack([self.arrow_lengths()[chosen] * view.x_scale, np.zeros(len(chosen))], axis=1)
        arrows = strokes.arrows(np.stack([x[chosen], lanes], axis=1), shift, 4.5 * self.magnification)
        draw_strokes(painter, arrows, QColor(self._palette.text), 1.25 * self.magnification)


def _fill(painter: QPainter, area: QPolygonF, brush: QBrush) -> None:
    """Fill an area whose edge is drawn over: its own need not be smooth, which would take five times as long."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawPolygon(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _area(view: Viewport, x: NDArray, values: NDArray) -> QPolygonF:
    """Return the area from the axis up to the curve. One polygon: a rectangle per column costs ten times as much."""
    if not len(x):
        return QPolygonF()
    corners = np.empty((len(x) + 2, 2))
    corners[1:-1, 0] = view.px(x)
    corners[1:-1, 1] = np.maximum(view.py(np.nan_to_num(values, nan=0.0)), view.rect.top() - 10)
    corners[0, 0], corners[-1, 0] = corners[1, 0], corners[-2, 0]
    corners[[0, -1], 1] = view.py(0.0)
    return polygon(corners)


def _whole(rect: QRectF) -> QRectF:
    return QRectF(rect.toRect())


def _largest(values: NDArray) -> float:
    good = values[np.isfinite(values)]
    return float(good.max()) if len(good) else 0.0


def _at(x: float, xs: NDArray, values: NDArray) -> float:
    return float(values[int(np.argmin(np.abs(xs - x)))])
