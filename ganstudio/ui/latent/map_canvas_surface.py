"""The map itself: tiles under the hand."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator
from typing import cast

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QFontMetricsF,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.tiles import TileCache, TileKey
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.latent.walk import stroke
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_mime import bookmarks_of, mime_of
from ganstudio.ui.latent.map_canvas_atlas import MADE, MapAtlas
from ganstudio.ui.latent.map_canvas_places import MapPlaces, Point, fitting_zoom, kept_in_sight, zoomed
from ganstudio.ui.latent.thumbnails import paint_image, whole_image
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_loupe import Enlarged, Loupe
from ganstudio.ui.views.image_picture import rgb

HOVER_MS = 80
WHEEL_MERGE_S = 0.7  # notches within this time are one step back
NOTCH = 120  # eighths of a degree
PATH_KEYS = 8  # key frames of a path drawn by hand
CORNER = 46  # logical pixels of an anchor's picture
LETTERS = "ABCD"


class MapSurface(QWidget):
    """Shows the state's map. Left: drag to pan, click to select, twice to re-centre, with Shift to draw a path.

    The wheel zooms about the pointer; right: drag a tile to the shelf, click for more.

    Signals
    -------
    path_drawn
        A path was drawn: a list of :class:`ViewState`, evenly along it.
    """

    path_drawn = Signal(object)

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._palette = explorer, explorer.palette
        self._cache, self._atlas, self._loupe = TileCache(), MapAtlas(), Loupe()
        self._places: MapPlaces | None = None
        self._keys: list[TileKey] = []
        self._asked: frozenset[TileKey] = frozenset()
        self._corners: dict[bytes, object] = {}  # pictures of the anchors, by latent
        self.at: Point | None = None  # where the state's latent is, if it is on the map
        self._pressed: QPointF | None = None
        self._button = Qt.MouseButton.NoButton
        self._last = QPointF()
        self._dragging = False
        self._drawn: list[QPointF] = []  # the path that is being drawn
        self._over: TileKey | None = None  # under the pointer
        self._hovered: TileKey | None = None  # shown enlarged
        self._wheel_rest, self._wheeled = 0.0, 0.0
        self._hover = QTimer(self, singleShot=True, interval=HOVER_MS)
        self._hover.timeout.connect(self._enlarge)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of latents")
        explorer.state_changed.connect(self._on_state)
        explorer.active_changed.connect(lambda _active: self.refresh())

    @property
    def places(self) -> MapPlaces | None:
        """Where things are, for what is shown now."""
        return self._places

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the tiles in sight are made, and how many there are."""
        return int((self._atlas.state == MADE).sum()), len(self._keys)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self._atlas = MapAtlas()
        self.refresh()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _on_state(self, _state: ViewState) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show the present state's map; ask for the tiles that are missing."""
        model, state = self._explorer.model, self._explorer.state
        if model is None or not model.is_image or not self._explorer.is_active or not self.isVisible():
            return
        side = (model.shape[1], model.shape[2])
        try:
            places = MapPlaces(state, model.fingerprint, model.classes, side, self._device_size())
        except ValueError as error:  # a saved state's mode that this model cannot show
            self._explorer.noticed.emit(f"The map is shown as endless: {error}")
            self._explorer.change_map(mode="lattice")
            return
        self._places, self._keys = places, places.keys()
        self._atlas.arrange(places.geometry, places.place, self._keys, side, self._cache, rgb(self._ground()))
        self._find_self()
        self._ask()
        self._ask_corners()
        self._report()
        self.update()

    def _find_self(self) -> None:
        """Find where the state's latent is on the map."""
        places = self._places
        if places is None:
            return
        known = ([self.at] if self.at is not None else []) + places.own_places()
        self.at = next((place for place in known if places.is_at(*place)), None)

    def _ask(self) -> None:
        places, model = self._places, self._explorer.model
        missing = self._cache.missing(self._keys)
        if not missing or places is None or model is None:
            if not missing:
                self._explorer.cancel(Lane.TILES, "map")
            return
        wanted = frozenset(missing)
        if wanted <= self._asked and self._explorer.queue.is_busy(Lane.TILES, "map"):
            return
        self._asked = wanted
        surface, state = places.surface, places.state

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import tiles

            return tiles(model, surface, missing, state)

        self._explorer.submit(Lane.TILES, make, "map", self._take_tiles)

    def _take_tiles(self, batch: object) -> None:
        for key, picture in zip(batch.keys, batch.pictures, strict=True):  # type: ignore[attr-defined]
            self._cache.put(key, picture)
            self._atlas.put(key, picture)
        self._report()
        self.update()

    def _ask_corners(self) -> None:
        """Have pictures of the anchors made, for the corners of the map."""
        model, anchors = self._explorer.model, self._explorer.state.map.anchors
        if self._explorer.state.map.mode != "anchors" or anchors is None or model is None:
            return
        state = self._explorer.state

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import pictures

            return pictures(model, anchors, state=state)

        def take(batch: object) -> None:
            images = [whole_image(image) for image in batch.pictures]  # type: ignore[attr-defined]
            start = batch.start  # type: ignore[attr-defined]
            self._corners.update(zip((anchor.tobytes() for anchor in anchors[start:]), images, strict=False))
            self.update()

        self._explorer.submit(Lane.TILES, make, "anchors", take)

    def _report(self) -> None:
        done, count = self.progress
        self._explorer.report("tiles", f"map {done}/{count} tiles")

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(self.width() * ratio), round(self.height() * ratio)

    def _ground(self) -> str:
        return self._palette.window

    # -- moving -------------------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Look at the whole of a map that ends, at the middle of one that does not."""
        if self._places is None:
            return
        surface = self._places.surface
        centre = tuple(0.5 if bounds is None else sum(bounds) / 2 for bounds in surface.extent)
        if self._explorer.state.map.mode == "around":
            centre = (0.0, 0.0)
        width, height = self._device_size()
        self._explorer.change_map(
            merge=False, centre=centre, zoom=fitting_zoom(surface, self._places.side, width, height)
        )

    def step(self, across: float, down: float) -> None:
        """Go so many tiles from the present place, or from the middle of the view if that is not on the map."""
        places = self._places
        if places is None:
            return
        size = 2.0**-places.level
        x, y = self.at or self._explorer.state.map.centre
        self._select(x + across * size, y + down * size, merge=False)

    def _select(self, x: float, y: float, *, merge: bool) -> None:
        places = self._places
        if places is None or not places.holds(x, y):
            return
        self.at = (x, y)
        state = places.state_at(x, y)
        left, top = places.view.to_pixel(x, y)
        width, height = self._device_size()
        margin = 0.5 * places.size
        if not (margin <= left <= width - margin and margin <= top <= height - margin):
            state = dataclasses.replace(state, map=dataclasses.replace(state.map, centre=(x, y)))
        self._explorer.set_state(state, merge=merge)

    def _pan(self, by: QPointF, *, merge: bool) -> None:
        places = self._places
        if places is None:
            return
        view = places.view.panned(by.x(), by.y())
        self._explorer.change_map(merge=merge, centre=kept_in_sight(places.surface, view))

    def zoom(self, notches: int, place: QPointF | None = None) -> None:
        """Zoom by so many notches of the wheel, the point under ``place`` (device pixels) staying where it is."""
        places = self._places
        if places is None or not notches:
            return
        width, height = self._device_size()
        at = place or QPointF(width / 2, height / 2)
        wanted = zoomed(places.state.map, places.side, notches)
        if places.state.map.mode == "classes":
            wanted = min(max(wanted, places.side[1] / 2), 1024.0)
        view = places.view.zoomed(wanted / places.view.zoom, at.x(), at.y())
        now = time.monotonic()
        merge = now - self._wheeled < WHEEL_MERGE_S
        self._wheeled = now
        self._explorer.change_map(merge=merge, zoom=wanted, centre=kept_in_sight(places.surface, view))

    # -- the hand -----------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hide_loupe()
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            event.ignore()
            return
        self._pressed = self._last = self._device(event.position())
        self._button, self._dragging, self._drawn = event.button(), False, []
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.button() == Qt.MouseButton.LeftButton:
            self._drawn = [self._pressed]

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._device(event.position())
        if self._pressed is None:
            self._point_at(place)
            return
        far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if not self._dragging and not far:
            return
        first, self._dragging = not self._dragging, True
        if self._button == Qt.MouseButton.RightButton:
            self._carry_away()
        elif self._drawn:
            self._drawn.append(place)
            self.update()
        else:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._pan(place - self._last, merge=not first)
        self._last = place

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        self.unsetCursor()
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._drawn and self._dragging:
            self._end_path()
        elif not self._dragging and self._places is not None:
            self._select(*self._places.key_at(pressed.x(), pressed.y()).centre, merge=False)
        self._drawn = []
        self.update()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._device(event.position())
        if self._places is not None and event.button() == Qt.MouseButton.LeftButton:
            self.centre_on(*self._places.key_at(place.x(), place.y()).centre)

    def centre_on(self, x: float, y: float) -> None:
        """Select a point and bring it to the middle; around here, make it the origin."""
        places = self._places
        if places is None or not places.holds(x, y):
            return
        state = places.state_at(x, y)
        view = state.map
        if view.mode == "around":
            view = dataclasses.replace(view, origin=state.g, centre=(0.0, 0.0))
            self.at = (0.0, 0.0)
        else:
            view = dataclasses.replace(view, centre=(x, y))
            self.at = (x, y)
        self._explorer.set_state(dataclasses.replace(state, map=view), merge=True)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hide_loupe()
        self._wheel_rest += event.angleDelta().y() / NOTCH
        notches = math.trunc(self._wheel_rest)
        self._wheel_rest -= notches
        self.zoom(notches, self._device(event.position()))
        event.accept()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._over = None
        self._hide_loupe()

    def _device(self, place: QPointF) -> QPointF:
        return place * self.devicePixelRatioF()

    def _end_path(self) -> None:
        places = self._places
        if places is None:
            return
        points = [places.view.to_map(point.x(), point.y()) for point in self._drawn]
        evenly = stroke(points, PATH_KEYS)
        held = [(x, y) for x, y in evenly.tolist() if places.holds(x, y)]
        if len(held) > 1:
            self.path_drawn.emit([places.state_at(x, y) for x, y in held])

    # -- tiles away from the map --------------------------------------------------------------------------------------

    def bookmark_of(self, key: TileKey) -> Bookmark | None:
        """Return a tile as a place for the shelf."""
        places = self._places
        if places is None or not places.holds(*key.centre):
            return None
        return Bookmark("", places.state_at(*key.centre), self._cache.get(key))

    def _carry_away(self) -> None:
        pressed, self._pressed = self._pressed, None
        if self._places is None or pressed is None:
            return
        mark = self.bookmark_of(self._places.key_at(pressed.x(), pressed.y()))
        if mark is None:
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of([mark]))
        if mark.thumbnail is not None:
            drag.setPixmap(QPixmap.fromImage(whole_image(mark.thumbnail).scaled(64, 64)))
        drag.exec(Qt.DropAction.CopyAction)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self._device(QPointF(event.pos()))
        if self._places is None or self._dragging:
            return
        key = self._places.key_at(place.x(), place.y())
        mark = self.bookmark_of(key)
        if mark is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Bookmark", lambda: self._explorer.add_bookmark(mark.state, mark.thumbnail))
        menu.addAction("Centre here", lambda: self.centre_on(*key.centre))
        menu.addAction("Around here", lambda: self.look_around(mark.state))
        menu.popup(event.globalPos())

    def look_around(self, state: ViewState) -> None:
        """Show the sphere around a place."""
        if state.dim < 3:
            return
        view = dataclasses.replace(state.map, mode="around", origin=state.point(), centre=(0.0, 0.0))
        if self._places is not None:
            view = dataclasses.replace(view, zoom=2 * self._places.tile_px)
        self._explorer.set_state(dataclasses.replace(state, map=view))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._explorer.state.map.mode == "anchors" and bookmarks_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        """Put a place at the nearest corner of the map through anchors."""
        marks, places = bookmarks_of(event.mimeData()), self._places
        if not marks or places is None:
            return
        event.acceptProposedAction()
        at = self._device(event.position())
        x, y = places.view.to_map(at.x(), at.y())
        corners = self.corner_places()
        nearest = min(range(len(corners)), key=lambda index: math.dist(corners[index], (x, y)))
        self.set_anchor(nearest, marks[0].state)

    def set_anchor(self, index: int, state: ViewState) -> None:
        """Put a place at a corner of the map through anchors."""
        present = self._explorer.state
        anchors = present.map.anchors
        if anchors is None or state.dim != present.dim:
            return
        changed = anchors.copy()
        changed[index] = state.point()
        self._explorer.change_map(merge=False, anchors=changed)

    def corner_places(self) -> list[Point]:
        """Return where the anchors lie on the map."""
        anchors = self._explorer.state.map.anchors
        if anchors is not None and len(anchors) == 3:
            return [(0.5, 0.0), (0.0, 1.0), (1.0, 1.0)]
        return [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]

    # -- the loupe ----------------------------------------------------------------------------------------------------

    def _point_at(self, place: QPointF) -> None:
        if self._places is None:
            return
        key = self._places.key_at(place.x(), place.y())
        if key != self._over:
            self._over = key
            self._hide_loupe()
            self._hover.start()

    def _enlarge(self) -> None:
        if self._over is not None and self._atlas.tile(self._over.i, self._over.j) is not None:
            self._hovered = self._over
            self.update()

    def _hide_loupe(self) -> None:
        self._hover.stop()
        if self._hovered is not None:
            self._hovered = None
            self.update()

    # -- painting -----------------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._ground()))
        places = self._places
        if places is None or self._explorer.model is None:
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        level, i, j = self._atlas.first
        left, top, _, _ = places.view.rect(TileKey(None, level, i, j))
        whole = abs(places.size / places.side[1] - round(places.size / places.side[1])) < 1e-6
        tile = places.view.zoom * 2.0**-level
        self._atlas.draw(painter, round(left), round(top), tile, smooth=not whole or places.size < places.side[1])
        self._paint_cross(painter, places, ratio)
        self._paint_path(painter, ratio)
        painter.restore()
        if places.state.map.mode == "anchors":
            self._paint_anchors(painter, places, ratio)
        if places.state.map.mode == "classes":
            self._paint_classes(painter, places, ratio)
        self._paint_loupe(painter, places, ratio)
        painter.end()

    def _paint_cross(self, painter: QPainter, places: MapPlaces, ratio: float) -> None:
        if self.at is None:
            return
        x, y = (round(value) for value in places.view.to_pixel(*self.at))
        key = places.key_at(*places.view.to_pixel(*self.at))
        left, top, width, height = places.view.rect(key)
        rect = QRectF(round(left), round(top), width, height)
        for color, thick in ((self._palette.window, 4.0), (self._palette.accent, 2.0)):
            painter.setPen(QPen(QColor(color), thick * ratio))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect)
            reach, gap = 9 * ratio, width / 2 + 3 * ratio
            for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                painter.drawLine(
                    QPointF(x + dx * gap, y + dy * gap), QPointF(x + dx * (gap + reach), y + dy * (gap + reach))
                )

    def _paint_path(self, painter: QPainter, ratio: float) -> None:
        if len(self._drawn) < 2:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, thick in ((self._palette.window, 6.0), (self._palette.accent, 3.0)):
            painter.setPen(QPen(QColor(color), thick * ratio, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(QPolygonF(self._drawn))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_anchors(self, painter: QPainter, places: MapPlaces, ratio: float) -> None:
        """Paint the anchors' own pictures at the corners, with their letters."""
        anchors = places.state.map.anchors
        if anchors is None:
            return
        em = QFontMetricsF(self.font()).height()
        for letter, place, anchor in zip(LETTERS, self.corner_places(), anchors, strict=False):
            x, y = (value / ratio for value in places.view.to_pixel(*place))
            box = QRectF(x - CORNER / 2, y - CORNER / 2, CORNER, CORNER + em)
            box.moveLeft(min(max(box.left(), 4), self.width() - box.width() - 4))
            box.moveTop(min(max(box.top(), 4), self.height() - box.height() - 4))
            painter.setPen(QPen(QColor(self._palette.accent), 2))
            painter.setBrush(QColor(self._palette.raised))
            painter.drawRoundedRect(box, 4, 4)
            image = self._corners.get(anchor.tobytes())
            if image is not None:
                paint_image(painter, QRectF(box.left() + 2, box.top() + 2, CORNER - 4, CORNER - 4), image)  # type: ignore[arg-type]
            painter.setPen(QColor(self._palette.text))
            row = QRectF(box.left(), box.bottom() - em, box.width(), em)
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_classes(self, painter: QPainter, places: MapPlaces, ratio: float) -> None:
        """Paint the classes' names over their columns."""
        model = self._explorer.model
        if model is None:
            return
        em = QFontMetricsF(self.font()).height()
        width = places.size / ratio
        painter.fillRect(QRectF(0, 0, self.width(), 1.4 * em), QColor(self._palette.surface))
        painter.setPen(QColor(self._palette.text))
        metrics = QFontMetricsF(self.font())
        for index, name in enumerate(model.class_names):
            left = places.view.to_pixel(index, 0)[0] / ratio
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - 4)
            painter.drawText(QRectF(left, 0, width, 1.4 * em), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_loupe(self, painter: QPainter, places: MapPlaces, ratio: float) -> None:
        key = self._hovered
        image = None if key is None else self._atlas.tile(key.i, key.j)
        if key is None or image is None or not places.holds(*key.centre):
            return
        g, _ = places.latent(*key.centre)
        length = float(np.linalg.norm(g.astype(np.float64)))
        lines = [f"‖g‖ {length:.2f}", f"({key.centre[0]:.4g}, {key.centre[1]:.4g})"]
        left, top, width, height = places.view.rect(key)
        shown = Enlarged(image, None, lines, "fake")
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        tile = QRect(round(left), round(top), round(width), round(height))
        area = QSize(*self._device_size())
        self._loupe.paint(painter, shown, tile, area, ratio, self.font(), self._palette, zoom=1, smooth=False)
        painter.restore()

    # -- Qt -----------------------------------------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self.refresh)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._hide_loupe()
        self._explorer.cancel(Lane.TILES, "map")
        self._explorer.report("tiles", "")

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 480)


def default_anchors(explorer: Explorer) -> np.ndarray:
    """Return anchors for the map: the first bookmarks of the shelf if there are three or four, else four draws."""
    state = explorer.state
    marks = [mark.state.point() for mark in explorer.bookmarks if mark.state.dim == state.dim][:4]
    if len(marks) >= 3:
        return np.stack(marks)
    return cast(np.ndarray, samples(state.seed, 4, state.dim, start=4))
