"""One term of the analogy: a few exemplars and what their mean looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.ui import icons
from ganstudio.ui.latent.explorer_mime import bookmarks_of
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import Palette

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]

MOST = 9
MEAN_SIDE = 56
FEW = 4  # places that are shown larger
SHAPES = ((2, 24, 2), (3, 16, 1))  # of few places and of many: columns and rows, side, gap


class ArithmeticWell(QWidget):
    """Holds one or several places; a click on one takes it away.

    Signals
    -------
    changed
        There are other places in it.
    add_wanted
        The present place is to be added.
    refused
        Why something was not taken.
    """

    changed = Signal()
    add_wanted = Signal()
    refused = Signal(str)

    def __init__(self, letter: str, hint: str, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.letter = letter
        self._palette = palette
        self._marks: list[Bookmark] = []
        self._dropping = False
        self.reason_against: Callable[[Bookmark], str] = lambda mark: ""  # why a place cannot be used; "" if it can
        self.title = QLabel(letter)
        self.words = QLabel()
        self.mean = ThumbnailStrip(palette, side=MEAN_SIDE, selectable=False)
        self.strips = tuple(
            ThumbnailStrip(palette, side=side, columns=columns, gap=gap, selectable=False, carried=self._dragged)
            for columns, side, gap in SHAPES
        )
        self._stack = QStackedWidget()
        self.add_button, self.clear_button = QToolButton(), QToolButton()
        self.setToolTip(hint)
        self.setAcceptDrops(True)
        self._lay_out(hint)
        self.add_button.clicked.connect(self.add_wanted)
        self.clear_button.clicked.connect(lambda: self.set_marks(()))
        for strip in self.strips:
            strip.clicked.connect(self._remove)
        self._show()

    def _lay_out(self, hint: str) -> None:
        bold = QFont()
        bold.setWeight(QFont.Weight.Bold)
        self.title.setFont(bold)
        self.words.setProperty("muted", True)
        self.mean.set_images([None])
        self.mean.setFixedSize(self.mean.sizeHint())
        self.mean.set_tips([f"What the mean of {self.letter}'s latents looks like, at their mean length.\n{hint}"])
        self.add_button.setToolTip(f"Add the present place to {self.letter}")
        self.add_button.setText("+")
        self.clear_button.setToolTip(f"Empty {self.letter}")
        for button in (self.add_button, self.clear_button):
            button.setAutoRaise(True)
            button.setStyleSheet("padding: 0px")
            button.setAccessibleName(button.toolTip())
        head = QHBoxLayout()
        head.setSpacing(1)
        for part in (self.title, self.words):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.add_button)
        head.addWidget(self.clear_button)
        body = QHBoxLayout()
        body.setSpacing(1)
        body.addWidget(self.mean)
        for strip, (columns, _, _) in zip(self.strips, SHAPES, strict=True):
            strip.set_images([None] * columns**2)
            strip.setFixedSize(strip.sizeHint())
            self._stack.addWidget(strip)
        self._stack.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        body.addWidget(self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 2, 4, 3)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(body)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def exemplars(self) -> ThumbnailStrip:
        """The strip that is in sight: of few places, or of many."""
        return self.strips[0 if len(self._marks) <= FEW else 1]

    @property
    def marks(self) -> tuple[Bookmark, ...]:
        """The places in it."""
        return tuple(self._marks)

    @property
    def g(self) -> Array:
        """Their latents (n, d)."""
        return np.array([mark.state.point() for mark in self._marks], np.float32)

    @property
    def classes(self) -> Array | None:
        """Their class weights (n, K); None of a model without classes."""
        found = [mark.state.class_weights for mark in self._marks]
        return None if any(one is None for one in found) else np.array(found, np.float32)

    def set_marks(self, marks: Sequence[Bookmark]) -> None:
        """Put other places in."""
        self._marks = list(marks)[:MOST]
        self._show()
        self.changed.emit()

    def add(self, marks: Sequence[Bookmark]) -> None:
        """Put places in beside those that are there."""
        for mark in marks:
            if reason := self.reason_against(mark):
                self.refused.emit(f"That place cannot be put into {self.letter}: {reason}")
                return
        if len(self._marks) + len(marks) > MOST:
            self.refused.emit(f"{self.letter} is full: it holds {MOST} places")
        self.set_marks([*self._marks, *marks])

    def show_pictures(self, mean: Bytes | None, exemplars: Sequence[Bytes | None]) -> None:
        """Show what the mean and the places look like."""
        self.mean.set_images([mean])
        seats = 4 if self.exemplars is self.strips[0] else 9
        self.exemplars.set_images([*exemplars, *[None] * (seats - len(exemplars))])

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        for strip in (self.mean, *self.strips):
            strip.set_palette(palette)
        self._show_icons()
        self.update()

    def _show(self) -> None:
        count = len(self._marks)
        self._stack.setCurrentWidget(self.exemplars)
        self.words.setText(f" × {count}" if count > 1 else "")
        self.words.setToolTip(f"The mean of {count} places" if count > 1 else "")
        self.clear_button.setEnabled(count > 0)
        self.show_pictures(None, [mark.thumbnail for mark in self._marks])
        self.exemplars.set_tips([f"{mark.name or 'A place'}: click to take it away" for mark in self._marks])
        self._show_icons()

    def _show_icons(self) -> None:
        em = self.fontMetrics().height()
        self.clear_button.setIcon(icons.icon("close", self._palette.muted))
        self.clear_button.setIconSize(QSize(round(0.6 * em), round(0.6 * em)))
        for button in (self.add_button, self.clear_button):
            button.setFixedSize(round(1.25 * em), round(1.25 * em))

    def _remove(self, index: int) -> None:
        if index < len(self._marks):
            self.set_marks([mark for number, mark in enumerate(self._marks) if number != index])

    def _dragged(self, index: int) -> Bookmark | None:
        return self._marks[index] if index < len(self._marks) else None

    # -- drops --------------------------------------------------------------------------------------------------------

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if bookmarks_of(event.mimeData()):
            self._dropping = True
            self.update()
            event.acceptProposedAction()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._dropping = False
        self.update()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._dropping = False
        self.update()
        event.acceptProposedAction()
        self.add(bookmarks_of(event.mimeData()))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(QColor(colors.accent if self._dropping else colors.border), 2.0 if self._dropping else 1.0)
            if not self._marks:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(QColor(colors.surface))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 6, 6)
