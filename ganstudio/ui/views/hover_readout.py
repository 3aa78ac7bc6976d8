"""What the charts read at the pointer's step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart import Curve, Series
from ganstudio.ui.views.chart_scale import number, step_text

OFFSET_PX = 14
Text = Callable[[Series, float], str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One line: a series' name, colour and mean, and the extremes of its bucket if it holds more than one value."""

    label: str
    role: str
    value: str
    extremes: str


def readings(curves: Sequence[Curve], step: float, text: Text) -> tuple[str, list[Reading]]:
    """Return the title and the lines for what curves read at a step: the buckets nearest to it."""
    title, lines = "", []
    for curve in curves:
        index = curve.buckets.index_at(step)
        if index is None:
            continue
        buckets = curve.buckets
        first, last = step_text(int(buckets.first[index])), step_text(int(buckets.last[index]))
        title = f"Iteration {first}" if first == last else f"Iterations {first}–{last}"
        low, high = float(buckets.low[index]), float(buckets.high[index])
        extremes = f"{number(low)} … {number(high)}" if high > low else ""
        mean = text(curve.series, float(buckets.mean[index]))
        lines.append(Reading(curve.series.label, curve.series.role, mean, extremes))
    return title, lines


class HoverReadout(QLabel):
    """A small sheet beside the pointer: the iterations it stands for and the pointed chart's values with extremes.

    It takes no mouse events, so it never comes between the pointer and the charts.
    """

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self._palette = palette
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_palette(palette)
        self.hide()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.setStyleSheet(
            f"QLabel {{ background: {palette.raised}; color: {palette.text}; border: 1px solid {palette.border};"
            " border-radius: 4px; padding: 4px 7px; }"
        )

    def set_font_scale(self, scale: float) -> None:
        """Make the text larger or smaller by a factor."""
        font = self.font()
        font.setPixelSize(round(12 * scale))
        self.setFont(font)

    def show_readings(
        self, title: str, readings: Sequence[Reading], notes: Sequence[str], x: float, chart: QRect
    ) -> None:
        """Show the sheet below or above a chart, beside ``x``, inside the parent, in whose coordinates both are."""
        rows = "".join(
            f"<tr><td style='color:{getattr(self._palette, reading.role)}'>{escape(reading.label)}&nbsp;</td>"
            f"<td align='right'>{escape(reading.value)}</td>"
            f"<td style='color:{self._palette.muted}'>&nbsp;{escape(reading.extremes)}</td></tr>"
            for reading in readings
        )
        said = "".join(f"<div style='color:{self._palette.muted}'>{escape(note)}</div>" for note in notes)
        self.setText(f"<b>{escape(title)}</b><table cellspacing='0'>{rows}</table>{said}")
        self.adjustSize()
        around = self._around.rect()
        left = min(round(x) + OFFSET_PX, around.right() - self.width())
        below, above = chart.bottom() + 2, chart.top() - 2 - self.height()
        top = below if below + self.height() <= around.bottom() else above
        self.move(max(left, 0), max(top, 0))
        self.show()
        self.raise_()
