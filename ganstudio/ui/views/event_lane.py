"""What happened when: short texts above the charts, at the steps where settings were changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from ganstudio.engine.history import Event
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.chart_scale import step_text
from ganstudio.ui.views.step_strip import StepStrip

GAP_PX = 8.0
NEAR_PX = 6.0  # events this near to one another share a text
LONGEST_PX = 130.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A text of the lane: its left edge and width, and the position and the events it is for."""

    left: float
    width: float
    x: float
    text: str
    events: tuple[Event, ...]


def placed(events: Sequence[Event], xs: Sequence[float], metrics: QFontMetricsF, width: float) -> list[Placed]:
    """Return the texts that have room on a lane of this width: the newest first, then what fits to the left of it.

    Events at nearly the same place share the newest one's text, with "+n" for the others.
    """
    result: list[Placed] = []
    limit = width  # what is placed so far begins here
    index = len(events) - 1
    while index >= 0:
        group = [index]
        while group[-1] > 0 and xs[index] - xs[group[-1] - 1] <= NEAR_PX:
            group.append(group[-1] - 1)
        index = group[-1] - 1
        newest, x = events[group[0]], xs[group[0]]
        more = f" +{len(group) - 1}" if len(group) > 1 else ""
        text = metrics.elidedText(newest.text, Qt.TextElideMode.ElideRight, LONGEST_PX) + more
        needed = metrics.horizontalAdvance(text)
        left = min(x + 4, limit - needed - (GAP_PX if result else 0))
        if left < 0 or left + needed < x - 0.75 * needed:
            continue
        result.append(Placed(left, needed, x, text, tuple(events[at] for at in reversed(group))))
        limit = min(left, x)
    return result[::-1]


class EventLane(StepStrip):
    """Texts beside the charts' event markers; what does not fit is left out, and all of it is in the tool tip."""

    MARGIN_PX = 5

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._events: tuple[Event, ...] = ()

    def set_events(self, events: Sequence[Event]) -> None:
        """Show these events, oldest first."""
        if tuple(events) != self._events:
            self._events = tuple(events)
            self.update()

    def texts(self) -> list[Placed]:
        """Return the texts as they are placed now."""
        plot = self.plot
        xs = [plot.left() + event.step / self._last_shown * plot.width() for event in self._events]
        return placed(self._events, xs, QFontMetricsF(self._layout.small), self.width() - self._inset - 4.0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        plot = self.plot
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._palette.surface))
            painter.setFont(self._layout.small)
            for one in self.texts():
                x = round(min(one.x, plot.right())) + 0.5
                painter.setPen(QPen(QColor(self._palette.muted), 1))
                painter.drawLine(QPointF(x, self.height() - 4), QPointF(x, self.height()))
                painter.setPen(QColor(self._palette.text))
                box = QRectF(one.left, 1, one.width + 4, self._layout.line)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, one.text)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            x = event.pos().x()
            near = [one for one in self.texts() if one.left - 4 <= x <= one.left + one.width + 4]
            lines = [f"{step_text(item.step)}: {item.text}" for one in near for item in one.events]
            QToolTip.showText(event.globalPos(), "\n".join(lines), self)
            return True
        return super().event(event)
