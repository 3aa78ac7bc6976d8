"""One preset in the gallery: its data, its title and what to look for."""

from __future__ import annotations

import html

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.presets import Preset
from ganstudio.ui import icons
from ganstudio.ui.clamped_text import clamped, draw_lines
from ganstudio.ui.palette import Palette
from ganstudio.ui.preset_thumbnail import Thumbnails
from ganstudio.ui.theme import mixed

MARGIN = 8
SUMMARY_LINES = 4
WIDTH_EMS = 17.3  # about 260 pixels at the usual size of type


class PresetCard(QAbstractButton):
    """A button that shows a preset; one that cannot be used bears a warning sign and cannot be pressed."""

    def __init__(self, preset: Preset, thumbnails: Thumbnails, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = preset
        self._thumbnails = thumbnails
        self._palette = palette
        self._problem = ""
        self._is_current = False
        self._words = " ".join((preset.name, preset.title, preset.summary, preset.source)).casefold()
        self.setText(preset.title)
        self.setAccessibleName(preset.title)
        self.setAccessibleDescription(preset.summary)
        self.setToolTip(_tip(preset))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        thumbnails.ready.connect(self._on_ready)

    @property
    def problem(self) -> str:
        """Why the preset cannot be used; empty if nothing is known against it."""
        return self._problem

    def matches(self, words: list[str]) -> bool:
        """Whether each of the words, in lower case, is in the preset's texts."""
        return all(word in self._words for word in words)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def set_current(self, current: bool) -> None:
        """Mark the card as that of the experiment in the window."""
        self._is_current = current
        self.update()

    def _on_ready(self, preset: Preset) -> None:
        if preset is not self.preset:
            return
        self._problem = self._thumbnails.problem(preset)
        if self._problem:
            self.setToolTip(f"<p>{html.escape(self._problem)}</p>")
            self.setAccessibleDescription(f"Cannot be used: {self._problem}")
            self.setCursor(Qt.CursorShape.ArrowCursor)
        self.update()

    # -- geometry -----------------------------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        width = round(WIDTH_EMS * self.fontMetrics().height())
        return QSize(width, self.height_for(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def height_for(self, width: int) -> int:
        """Return the height of a card of that width; all cards of one width are equally high."""
        lines = self.fontMetrics().height() + SUMMARY_LINES * QFontMetrics(self._small()).lineSpacing()
        return self._picture_rect(width).bottom() + 1 + 6 + lines + 4 + MARGIN

    def _picture_rect(self, width: int) -> QRect:
        inner = width - 2 * MARGIN
        return QRect(MARGIN, MARGIN, inner, round(0.44 * inner))

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(0.92 * font.pointSizeF())
        return font

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._thumbnails.ask(self.preset)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_body(painter)
            place = self._picture_rect(self.width())
            self._paint_picture(painter, place)
            self._paint_words(painter, place)

    def _paint_body(self, painter: QPainter) -> None:
        colors = self._palette
        fill = colors.surface
        if (self.underMouse() or self.hasFocus()) and not self._problem:
            fill = colors.raised
        rim = colors.accent if self.hasFocus() else mixed(colors.accent, colors.border, 0.7 * self._is_current)
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(rim), 2.0 if self.hasFocus() else 1.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)

    def _paint_picture(self, painter: QPainter, place: QRect) -> None:
        colors = self._palette
        picture = self._thumbnails.picture(self.preset, colors, place.size(), self.devicePixelRatioF())
        if picture is not None:
            painter.drawPixmap(place.topLeft(), picture)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.window))
        painter.drawRoundedRect(place, 5, 5)
        if self._problem:
            side = 32
            sign = icons.pixmap("warning", colors.warning, side, max(2.0, self.devicePixelRatioF()))
            painter.drawPixmap(QRectF(place).center() - QPointF(side, side) / 2, sign)

    def _paint_words(self, painter: QPainter, place: QRect) -> None:
        colors = self._palette
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        line = QRectF(place.left() + 2, place.bottom() + 7, place.width() - 4, self.fontMetrics().height())
        painter.setFont(bold)
        painter.setPen(QColor(colors.muted if self._problem else colors.text))
        room = line.width()
        if self._is_current:
            side = round(line.height())
            room -= side + 4
            tick = icons.pixmap("check", colors.accent, side, max(2.0, self.devicePixelRatioF()))
            painter.drawPixmap(QPointF(line.right() - side, line.top()), tick)
        draw_lines(painter, line, clamped(self.preset.title, bold, room, 1))
        small = self._small()
        painter.setFont(small)
        painter.setPen(QColor(colors.warning if self._problem else colors.muted))
        words = self._problem or self.preset.summary
        draw_lines(painter, line.translated(0, line.height() + 4), clamped(words, small, line.width(), SUMMARY_LINES))


def _tip(preset: Preset) -> str:
    parts = [f"<b>{html.escape(preset.title)}</b>", html.escape(preset.summary)]
    if preset.source:
        parts.append(f"<i>{html.escape(preset.source)}</i>")
    return "".join(f"<p>{part}</p>" for part in parts if part)
