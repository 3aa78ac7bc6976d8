"""The texts around the tiles: titles, what bars and colours mean, classes, and why there is nothing."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.palette import Palette
from ganstudio.ui.views import layers
from ganstudio.ui.views.chart_scale import number
from ganstudio.ui.views.image_arrangement import LONGEST_NAME
from ganstudio.ui.views.image_picture import Levels
from ganstudio.ui.views.image_plan import Panel, Plan, Source
from ganstudio.ui.views.image_strip import StripPlan
from ganstudio.ui.views.image_words import class_name

TITLES: dict[Source, str] = {"fake": "Generated", "real": "Real", "strip": "The same latents over training"}
LINE = 1.3  # lines of text


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all of these texts have in common."""

    palette: Palette
    em: float
    ratio: float
    width: float
    snapshot: Snapshot
    levels: Levels
    layers: Set[str]

    def above(self, panel: Panel) -> float:
        """Return the top of the line above a panel."""
        return panel.top / self.ratio - 1.4 * self.em


def paint_empty(painter: QPainter, frame: Frame, rect: QRectF, text: str) -> None:
    """Write in the middle why there is nothing to see."""
    painter.setPen(QColor(frame.palette.muted))
    wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(rect.adjusted(frame.em, frame.em, -frame.em, -frame.em), wrapped, text)


def paint_titles(painter: QPainter, frame: Frame, plan: Plan) -> None:
    """Write above the first panel of a source what it shows, and above judged ones what their colours mean."""
    ends: dict[Source, float] = {}
    for panel in plan.panels:
        if panel.source not in ends:
            ends[panel.source] = _paint_title(painter, frame, panel, panel.source)
    if not plan.panels:
        return
    first = plan.panels[0].source
    last = [panel for panel in plan.panels if panel.source == first][-1]
    right = last.right / frame.ratio
    if "d" in frame.layers:
        right = _paint_key(painter, frame, last, ends[first] + frame.em)
    if first == "fake" and "heat" in frame.layers:
        _paint_heat_key(painter, frame, plan.panels[0], ends[first] + frame.em, right - frame.em)


def paint_strip_title(painter: QPainter, frame: Frame, strip: StripPlan) -> None:
    """Write above the strip what it shows."""
    _paint_title(painter, frame, strip.panel, "muted")


def paint_labels(painter: QPainter, frame: Frame, plan: Plan, names: tuple[str, ...]) -> None:
    """Write every row's class at its left."""
    em, metrics = frame.em, QFontMetricsF(painter.font())
    painter.setPen(QColor(frame.palette.muted))
    for label, at in plan.labels:
        text = metrics.elidedText(class_name(names, label), Qt.TextElideMode.ElideRight, LONGEST_NAME * em)
        box = QRectF(at.x() / frame.ratio - 20 * em, at.y() / frame.ratio - 0.7 * em, 19.6 * em, 1.4 * em)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)


def _paint_title(painter: QPainter, frame: Frame, panel: Panel, role: str) -> float:
    """Write a panel's title in a colour; return where it ends."""
    text, left = TITLES[panel.source], panel.left / frame.ratio
    painter.setPen(QColor(getattr(frame.palette, role)))
    box = QRectF(left, frame.above(panel), max(0.0, frame.width - left), LINE * frame.em)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    return left + QFontMetricsF(painter.font()).horizontalAdvance(text)


def _paint_key(painter: QPainter, frame: Frame, panel: Panel, left: float) -> float:
    """Paint the ends of the bars' scale above the right end of a panel, if there is room; return where it begins."""
    em, palette = frame.em, frame.palette
    metrics = QFontMetricsF(painter.font())
    low, high = (number(one, 2) if one else "0" for one in frame.levels[::2])
    parts = [(frame.snapshot.score_title, 0.9), (low, 0.4), ("", 0.4), (high, 0.0)]
    widths = [metrics.horizontalAdvance(text) if text else 4.0 * em for text, _ in parts]
    begin = panel.right / frame.ratio - sum(widths) - sum(gap * em for _, gap in parts)
    if begin < left and panel.left / frame.ratio < left:
        return panel.right / frame.ratio  # a narrow sheet: the tool tip says it too
    x = begin
    for (text, gap), width in zip(parts, widths, strict=True):
        box = QRectF(x, frame.above(panel), width + 1, LINE * em)
        if text:
            painter.setPen(QColor(palette.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        else:
            layers.heat(painter, box.adjusted(0, 0.3 * em, 0, -0.3 * em), palette)
        x += width + gap * em
    return begin


def _paint_heat_key(painter: QPainter, frame: Frame, panel: Panel, left: float, right: float) -> None:
    """Say which colour of the heat wants which change, if there is room."""
    em, palette, metrics = frame.em, frame.palette, QFontMetricsF(painter.font())
    parts = ((palette.score_high, "lighter"), (palette.score_low, "darker looks more real"))
    if left + sum(metrics.horizontalAdvance(text) + 1.7 * em for _, text in parts) > right:
        return
    x, top = left, frame.above(panel)
    for color, text in parts:
        painter.fillRect(QRectF(x, top + 0.35 * em, 0.6 * em, 0.6 * em), QColor(color))
        painter.setPen(QColor(palette.muted))
        width = metrics.horizontalAdvance(text)
        painter.drawText(QRectF(x + 0.9 * em, top, width + 1, LINE * em), Qt.AlignmentFlag.AlignVCenter, text)
        x += width + 1.7 * em
