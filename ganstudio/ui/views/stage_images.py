"""The stage of images: a sheet of G(z) with D's verdict on every tile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ganstudio.engine.snapshot import Array, Growth, Pixels, RealSheet, Saliency, Sheet, Snapshot, Strip
from ganstudio.ui.palette import Palette
from ganstudio.ui.views import image_layers, image_titles, image_words
from ganstudio.ui.views.badges import Badge
from ganstudio.ui.views.image_arrangement import Arrangement, Space, arranged, arrangement_key
from ganstudio.ui.views.image_growth import paint_ladder
from ganstudio.ui.views.image_loupe import Enlarged, Loupe
from ganstudio.ui.views.image_picture import Picture, bar_lengths
from ganstudio.ui.views.image_plan import Panel, Plan, Target, neighbour, target_at
from ganstudio.ui.views.image_strip import NOW, column_texts, paint_steps, strip_pixels
from ganstudio.ui.views.layers import Layer
from ganstudio.ui.views.plot_canvas import PlotCanvas
from ganstudio.ui.views.steady_range import SteadyRange
from ganstudio.ui.views.viewport import Range

HEAT_QUANTILE = 0.99  # of the gradients' lengths, which is painted at full strength
HEAT_SAMPLE = 8_192  # of them are looked at for it
NOTHING_ON = "Nothing to show: switch on “Generated” or “Real” below."
NOTHING_YET = "The first images are being made…"
NO_ROOM = "There is no room for the images here."

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class StageImages(PlotCanvas):
    """Tiles of generated and real images at a whole zoom, the one below the pointer enlarged.

    Arrow keys move the enlarged tile, Escape puts it away.
    """

    LAYERS: ClassVar[Sequence[Layer]] = image_layers.LAYERS

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._levels, self._heat = SteadyRange(), SteadyRange()
        self._was_critic: bool | None = None
        self._growth: Growth | None = None  # as it is written: texts are slow
        self._arranged = Arrangement((), Plan((), ()), None)
        self._pictures: list[Picture] = []
        self._stale = True
        self._target: Target | None = None
        self._by_key = False  # the target was moved to by keys
        self._lines: tuple[str, ...] = ()
        self._loupe = Loupe()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Image stage")

    # -- what is to be seen -------------------------------------------------------------------------------------------

    @property
    def levels(self) -> Range:
        """The scores at the ends of a bar in this frame."""
        return self._levels.now

    @property
    def heat_most(self) -> float:
        """The gradient's length that is painted at full strength."""
        return self._heat.now[1]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """What is drawn, in device pixels."""
        return self._arrange().panels

    @property
    def zoom(self) -> int:
        """Device pixels for one of an image, 0 where there is none."""
        sheet = self._arrange().sheet.panels
        return sheet[0].cell.zoom if sheet else 0

    @property
    def target(self) -> Target | None:
        """The tile that is enlarged."""
        return self._target

    @override
    def set_layers(self, names: frozenset[str]) -> None:
        self._stale = True
        super().set_layers(names)

    @override
    def set_palette(self, palette: Palette) -> None:
        self._stale = True
        super().set_palette(palette)

    @override
    def _ranges(self) -> Sequence[SteadyRange]:
        return self._levels, self._heat

    @override
    def _take_in(self, snapshot: Snapshot, afresh: bool) -> None:
        self._stale = True
        if afresh:
            self._growth = None
        if snapshot.is_critic != self._was_critic:
            self._was_critic = snapshot.is_critic
            self._levels.reset()
        self._take_in_levels(snapshot)
        saliency = self._probe("saliency", Saliency)
        if saliency is not None:
            most = _upper(saliency.magnitude)
            if most > 0:
                self._heat.contain(0.0, most)

    def _take_in_levels(self, snapshot: Snapshot) -> None:
        """Probabilities have fixed levels; a critic's are symmetric about neutral."""
        if not snapshot.is_critic:
            self._levels.follow(0.0, 1.0)
            return
        sheets = self._probe("sheet", Sheet), self._probe("real_sheet", RealSheet)
        scores = [np.abs(sheet.scores - snapshot.neutral) for sheet in sheets if sheet is not None]
        far = [float(one[np.isfinite(one)].max(initial=0.0)) for one in scores]
        if far and max(far) > 0:
            self._levels.contain(snapshot.neutral - max(far), snapshot.neutral + max(far))

    @override
    def badges(self) -> list[Badge]:
        return []

    @override
    def caption(self) -> str:
        if self._snapshot is None:
            return ""
        return image_words.caption(self._snapshot, self._layers, self._arrange().sheet.shown("fake"))

    @override
    def tips(self) -> Mapping[str, str]:
        return image_words.tips(self._snapshot, self.heat_most) if self._snapshot is not None else {}

    @override
    def _reading(self, at: QPointF) -> str:
        return " · ".join(self._target_lines())

    @override
    def _tell(self) -> None:
        self._growth = self._probe("growth", Growth) if "growth" in self._layers else None
        self._lines = tuple(self._target_lines())
        super()._tell()
        if self._by_key:
            self._say_target()

    # -- where it is --------------------------------------------------------------------------------------------------

    def _arrange(self) -> Arrangement:
        """Return where everything is, worked out anew when something changed that it depends on."""
        space = Space(
            width=self.width(), height=self.height(), ratio=self.devicePixelRatioF(), em=self.em, font=self.small_font,
            with_bar="d" in self._layers, with_ladder=self._growth is not None,
        )  # fmt: skip
        sheets = self._shown_sheets()
        key = arrangement_key(space, *sheets)
        if key != self._arranged.key:
            self._arranged = arranged(key, space, *sheets)
            self._stale = True
            if self._target is not None and not self._target.among(self._arranged.panels):
                self._target = None
        return self._arranged

    def _shown_sheets(self) -> tuple[Sheet | None, RealSheet | None, Strip | None]:
        on = self._layers
        return (
            self._probe("sheet", Sheet) if "generated" in on else None,
            self._probe("real_sheet", RealSheet) if "data" in on else None,
            self._probe("strip", Strip) if "strip" in on else None,
        )

    # -- one tile -----------------------------------------------------------------------------------------------------

    def _point_at(self, target: Target | None, *, by_key: bool) -> None:
        self._by_key = by_key and target is not None
        if target != self._target:
            self._target = target
            self._lines = tuple(self._target_lines())
        self.update()

    def _target_lines(self) -> list[str]:
        """Return what there is to say about the enlarged tile."""
        panels = self._arrange().panels  # first: it drops a target that is there no longer
        snapshot, target = self._snapshot, self._target
        if snapshot is None or target is None:
            return []
        panel = panels[target.panel]
        tile = int(panel.tiles[target.row, target.column])
        sheet, reals, strip = self._shown_sheets()
        if panel.source == "fake" and sheet is not None:
            return image_words.fake_lines(snapshot, sheet, tile)
        if panel.source == "real" and reals is not None:
            return image_words.real_lines(snapshot, reals, tile)
        if strip is not None and self._arranged.strip is not None:
            frame = self._arranged.strip.frames[target.column]
            return image_words.strip_lines(None if frame == NOW else int(strip.steps[frame]))
        return []

    def _say_target(self) -> None:
        text = " · ".join(self._target_lines())
        self.pointed.emit(text)
        self.setAccessibleDescription(text)

    def _enlarged(self, target: Target) -> Enlarged | None:
        """Return what the loupe shows of a tile."""
        snapshot, panel = self._snapshot, self._arranged.panels[target.panel]
        pixels, scores = self._contents(panel)
        if snapshot is None or pixels is None:
            return None
        tile = int(panel.tiles[target.row, target.column])
        bar = None
        if scores is not None and "d" in self._layers:
            bar = float(bar_lengths(scores[tile : tile + 1], self._bar_levels(snapshot))[0])
        return Enlarged(
            image=self._pictures[target.panel].tile(target.row, target.column),
            bar=bar,
            lines=self._lines,
            role="real" if panel.source == "real" else "fake",
        )

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def _layout_key(self) -> tuple[object, ...]:
        at, snapshot, growth = self._arrange(), self._snapshot, self._growth
        strip = self._shown_sheets()[2]
        steps = None if strip is None or at.strip is None else tuple(column_texts(at.strip, strip.steps))
        said = None if growth is None else (growth.stage, round(growth.alpha, 2))
        title = None if snapshot is None else (snapshot.score_title, snapshot.is_critic)
        return at.key, steps, said, title, self.levels, self._layers, self._empty_text()

    def _empty_text(self) -> str:
        """Return why there is nothing to see, if there is nothing."""
        if self._arrange().panels or self._snapshot is None:
            return ""
        if any(one is not None for one in self._shown_sheets()):
            return NO_ROOM
        return NOTHING_YET if self._layers & {"generated", "data", "strip"} else NOTHING_ON

    @override
    def _paint_background(self, painter: QPainter) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        sheet, reals, strip = self._shown_sheets()
        frame = image_titles.Frame(
            palette=self._palette, em=self.em, ratio=self.devicePixelRatioF(), width=self.width(), snapshot=snapshot,
            levels=self._bar_levels(snapshot), layers=self._layers,
        )  # fmt: skip
        if self._growth is not None:
            corner = QPointF(0.3 * self.em, 0.1 * self.em)
            paint_ladder(painter, corner, self.width() - 0.3 * self.em, self._growth, self.em, self._palette)
        image_titles.paint_empty(painter, frame, QRectF(self.rect()), self._empty_text())
        image_titles.paint_titles(painter, frame, self._arrange().sheet)
        if (some := sheet or reals) is not None:
            image_titles.paint_labels(painter, frame, self._arrange().sheet, some.class_names)
        if (at := self._arranged.strip) is not None and strip is not None:
            image_titles.paint_strip_title(painter, frame, at)
            paint_steps(painter, at, column_texts(at, strip.steps), frame.ratio, self._palette)

    def _contents(self, panel: Panel) -> tuple[Pixels | None, Array | None]:
        """Return the images of a panel's source, and their scores if it has any."""
        sheet, reals, strip = self._shown_sheets()
        if panel.source == "strip":
            at = self._arranged.strip
            pixels = strip_pixels(at, strip, self._probe("sheet", Sheet)) if at and strip is not None else None
            return pixels, None
        found = sheet if panel.source == "fake" else reals
        return (None, None) if found is None else (found.images, found.scores)

    def _bar_levels(self, snapshot: Snapshot) -> tuple[float, float, float]:
        return self.levels[0], snapshot.neutral, self.levels[1]

    def _compose(self, snapshot: Snapshot) -> None:
        """Bring the pictures up to date with the snapshot."""
        panels = self._arranged.panels
        if [picture.panel for picture in self._pictures] != list(panels):
            self._pictures = [Picture(panel) for panel in panels]
        saliency = self._probe("saliency", Saliency) if "heat" in self._layers else None
        for picture in self._pictures:
            pixels, scores = self._contents(picture.panel)
            hot = saliency if picture.panel.source == "fake" else None
            if pixels is not None:
                levels = self._bar_levels(snapshot)
                picture.paint(pixels, scores, hot, levels, self.heat_most, self._palette)
        self._stale = False

    @override
    def _paint_layers(self, painter: QPainter) -> None:
        snapshot, ratio = self._snapshot, self.devicePixelRatioF()
        if snapshot is None or not self._arrange().panels:
            return
        if self._stale:
            self._compose(snapshot)
        smooth = "smooth" in self._layers
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for picture in self._pictures:
            picture.draw(painter, smooth=smooth)
        if self._target is not None and self._target.among(self._arranged.panels):
            self._paint_target(painter, self._target, smooth=smooth)
        painter.restore()

    def _paint_target(self, painter: QPainter, target: Target, *, smooth: bool) -> None:
        shown = self._enlarged(target)
        if shown is None:
            return
        ratio, panel = self.devicePixelRatioF(), self._arranged.panels[target.panel]
        tile = panel.tile_rect(target.row, target.column)
        width = max(2, round(2 * ratio))
        painter.setPen(QPen(QColor(self._palette.accent if self._by_key else self._palette.text), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(tile).adjusted(-width / 2, -width / 2, width / 2, width / 2))
        area = self.size() * ratio
        self._loupe.paint(
            painter, shown, tile, area, ratio, self.font(), self._palette, zoom=panel.cell.zoom, smooth=smooth
        )

    # -- pointer and keys ---------------------------------------------------------------------------------------------

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position() * self.devicePixelRatioF()
        self._point_at(target_at(self._arrange().panels, at.x(), at.y()), by_key=False)
        super().mouseMoveEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None, by_key=False)
        super().leaveEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = ARROWS.get(Qt.Key(event.key()))
        if way is not None and self._arrange().panels:
            self._point_at(neighbour(self._arranged.panels, self._target, *way), by_key=True)
            self._say_target()
        elif event.key() == Qt.Key.Key_Escape and self._target is not None:
            self._point_at(None, by_key=False)
            self.pointed.emit("")
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._by_key:
            self._point_at(None, by_key=False)
            self.pointed.emit("")
        super().focusOutEvent(event)


def _upper(magnitude: Array) -> float:
    """Return about the largest of many lengths: a few outliers must not make all others invisible."""
    some = magnitude.ravel()[:: max(1, magnitude.size // HEAT_SAMPLE)]
    some = some[np.isfinite(some)]
    return float(np.quantile(some, HEAT_QUANTILE)) if len(some) else 0.0
