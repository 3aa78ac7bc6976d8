"""The straight line and the great circle between the same two places."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.latent.compare_jobs import Way, middle_text, ways
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_mime import bookmarks_of
from ganstudio.ui.latent.gauge_lane import HEIGHT_LINES, GaugeLane, common_range
from ganstudio.ui.latent.thumbnail_pictures import as_images
from ganstudio.ui.latent.thumbnails import RING, ThumbnailStrip
from ganstudio.ui.palette import Palette

SIDE, GAP, WIDEST_GAP = 64, 4, 16
LARGEST = 144
FEWEST, GOOD, MOST = 5, 7, 15
REST_MS = 80
SLOT = "compare ways"
TITLES = {
    "lerp": ("Lerp", "the straight line: it cuts through the inside of the shell, where few draws lie"),
    "slerp": ("Slerp", "the great circle, its length going evenly: it stays on the shell"),
}


class _WayRow(QWidget):
    """One way: what it is, its pictures, and ‖g‖ below each."""

    def __init__(
        self, name: str, palette: Palette, carried: Callable[[int], Bookmark | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.way: Way | None = None
        title, words = TITLES[name]
        self.title, self.words, self.middle = QLabel(title), ElidingLabel(), ElidingLabel()
        self.words.setText(words)
        self.words.setToolTip(words)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.words.setProperty("muted", True)
        self.strip = ThumbnailStrip(palette, side=SIDE, gap=GAP, carried=carried)
        self.strip.setAccessibleName(f"Pictures along {title.lower()}")
        self.lane = GaugeLane(palette)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self.strip)
        layout.addWidget(self.lane)
        layout.addWidget(self.middle)

    def place(self) -> None:
        """Put the lane's marks below the middles of the pictures."""
        self.lane.set_places(np.array([self.strip.rect_of(index).center().x() for index in range(self.strip.count)]))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()


class CompareWays(QWidget):
    """Lerp above slerp, picture by picture; a click on one goes there.

    Places dropped on the left half become the beginning, on the right half the end.
    """

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._ends: list[ViewState] = []
        self._pair = 0
        self._shown: object = None
        self.rows = {name: _WayRow(name, explorer.palette, partial(self._place, name)) for name in TITLES}
        self.first_button, self.last_button = QPushButton("Present place first"), QPushButton("Present place last")
        self.random_button, self.shelf_button = QPushButton("Another pair"), QPushButton("Last two of the shelf")
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.refresh)
        self.setAcceptDrops(True)
        self._build()
        explorer.model_changed.connect(self._follow_model)
        explorer.state_changed.connect(self._later)
        explorer.active_changed.connect(self._follow_active)
        explorer.bookmarks_changed.connect(self._follow_shelf)
        for name, row in self.rows.items():
            row.strip.clicked.connect(partial(self._go, name))
        self._follow_shelf()

    def _build(self) -> None:
        self.first_button.setToolTip("Begin at the present place")
        self.last_button.setToolTip("End at the present place")
        self.random_button.setToolTip("Two other draws of the prior")
        self.shelf_button.setToolTip("Between the two places that were put on the shelf last")
        self.first_button.clicked.connect(lambda: self.set_end(0, self._explorer.state))
        self.last_button.clicked.connect(lambda: self.set_end(1, self._explorer.state))
        self.random_button.clicked.connect(self.draw_pair)
        self.shelf_button.clicked.connect(self._take_shelf)
        bar, body = QWidget(), QWidget()
        flow = FlowLayout(bar, across=6, down=5)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.random_button, self.first_button, self.last_button, self.shelf_button):
            flow.addWidget(button)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        for row in self.rows.values():
            column.addWidget(row)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(bar)
        layout.addWidget(area, 1)

    # -- the ends -----------------------------------------------------------------------------------------------------

    @property
    def ends(self) -> tuple[ViewState, ...]:
        """The two places."""
        return tuple(self._ends)

    def set_end(self, which: int, state: ViewState) -> None:
        """Take a place as the beginning (0) or the end (1)."""
        if not self._ends or not self._fits(state):
            return
        self._ends[which] = state.settled()
        self.refresh()

    def draw_pair(self) -> None:
        """Take two other draws of the prior."""
        self._pair += 1
        self._draw()
        self.refresh()

    def _draw(self) -> None:
        state = self._explorer.state
        first, second = samples(state.seed, 2, state.dim, start=2 * self._pair)
        self._ends = [dataclasses.replace(state, g=g, offsets=()) for g in (first, second)]

    def _take_shelf(self) -> None:
        fitting = [mark.state for mark in self._explorer.bookmarks if self._fits(mark.state)]
        if len(fitting) >= 2:
            self._ends = [state.settled() for state in fitting[-2:]]
            self.refresh()

    def _fits(self, state: ViewState) -> bool:
        model = self._explorer.model
        classes = 0 if state.class_weights is None else len(state.class_weights)
        return model is not None and (state.dim, classes) == (model.dim, model.classes)

    # -- following ----------------------------------------------------------------------------------------------------

    @property
    def is_wanted(self) -> bool:
        """Whether somebody sees it."""
        return self.isVisible() and self._explorer.is_active and self._explorer.model is not None

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._give_up()

    def _give_up(self) -> None:
        self._rest.stop()
        self._explorer.cancel(Lane.TILES, SLOT)
        self._shown = None

    def _follow_active(self, active: bool) -> None:
        if active:
            self._later()
        else:
            self._give_up()

    def _follow_model(self, _model: object = None) -> None:
        self._shown = None
        self.refresh()

    def _follow_shelf(self) -> None:
        self.shelf_button.setEnabled(len(self._explorer.bookmarks) >= 2)

    def _later(self, _state: object = None) -> None:
        if self.is_wanted:
            self._rest.start()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later()

    # -- making -------------------------------------------------------------------------------------------------------

    def _fitting(self) -> tuple[int, int, int]:
        """Return how many pictures, an odd number, of which side and at which distance fill the width."""
        model = self._explorer.model
        native = max(model.shape[1:]) if model is not None and model.is_image else SIDE
        width = self.width() - 2 * RING - 14
        text = self.fontMetrics().height()
        tallest = max(native, (self.height() - 3 * text) / 2 - (HEIGHT_LINES + 4) * text)
        for zoom in range(8, 0, -1):
            side = native * zoom
            count = int((width + GAP) // (side + GAP))
            if side <= min(tallest, LARGEST) and count >= GOOD:
                break
        else:
            side = min(native, SIDE)
            count = int((width + GAP) // (side + GAP))
        count = min(max(count - (count % 2 == 0), FEWEST), MOST)
        gap = min(max(int((width - count * side) / (count - 1)), GAP), WIDEST_GAP)
        return count, side, gap

    def refresh(self) -> None:
        """Have both ways made where they are out of date."""
        model, state = self._explorer.model, self._explorer.state
        if not self.is_wanted or model is None:
            return
        if not self._ends or not all(self._fits(end) for end in self._ends):
            self._draw()
        a, b = self._ends
        count, side, gap = self._fitting()
        for row in self.rows.values():
            row.strip.set_side(side)
            row.strip.set_gap(gap)
            row.place()
        how = (state.tau, state.psi, state.style_from, None if state.style is None else state.style.tobytes())
        shown = (model, a, b, how, count)
        if shown == self._shown:
            return
        self._shown = shown
        self._explorer.submit(Lane.TILES, lambda: ways(model, a, b, state, count), SLOT, self._take)

    def _take(self, way: object) -> None:
        model = self._explorer.model
        if not isinstance(way, Way) or model is None:
            return
        row = self.rows[way.name]
        row.way = way
        row.strip.set_images(list(as_images(model, way.pictures, self._explorer.palette)))
        row.strip.set_selected(-1)
        row.middle.setText(middle_text(way))
        lengths = {name: other.way.lengths for name, other in self.rows.items() if other.way is not None}
        dim = way.g.shape[1]
        bounds = common_range(dim, *lengths.values())
        for name, other in self.rows.items():
            if name in lengths:
                other.lane.show_lengths(dim, lengths[name], bounds)
                other.place()

    # -- the hand -----------------------------------------------------------------------------------------------------

    def state_of(self, name: str, index: int) -> ViewState | None:
        """Return the place of a picture."""
        way = self.rows[name].way
        if way is None or not self._ends:
            return None
        a, b = self._ends
        weights = a.class_weights
        if weights is not None and b.class_weights is not None:
            share = index / (len(way.g) - 1)
            weights = (1 - share) * weights + share * b.class_weights
        return dataclasses.replace(self._explorer.state, g=way.g[index], class_weights=weights, offsets=())

    def _go(self, name: str, index: int) -> None:
        state = self.state_of(name, index)
        if state is not None:
            self._explorer.set_state(state)

    def _place(self, name: str, index: int) -> Bookmark | None:
        state = self.state_of(name, index)
        return None if state is None else Bookmark("", state)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if bookmarks_of(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        places = bookmarks_of(event.mimeData())
        if len(places) > 1 and all(self._fits(mark.state) for mark in places[:2]):
            self._ends = [mark.state.settled() for mark in places[:2]]
            self.refresh()
        elif places:
            self.set_end(0 if event.position().x() < self.width() / 2 else 1, places[0].state)
        event.acceptProposedAction()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for row in self.rows.values():
            row.strip.set_palette(palette)
            row.lane.set_palette(palette)
        model = self._explorer.model
        if model is not None and not model.is_image:
            self._follow_model()
