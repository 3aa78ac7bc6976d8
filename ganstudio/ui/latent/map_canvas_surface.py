"""The map itself: tiles under the hand."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.tiles import TileKey
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.latent.walk import stroke
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_mime import bookmarks_of, carry
from ganstudio.ui.latent.heat_tint import paint_legend
from ganstudio.ui.latent.map_canvas_heat import MapHeat
from ganstudio.ui.latent.map_canvas_motion import MapMotion
from ganstudio.ui.latent.map_canvas_painting import (
    corner_places,
    paint_anchors,
    paint_classes,
    paint_cross,
    paint_path,
)
from ganstudio.ui.latent.map_canvas_places import MapPlaces
from ganstudio.ui.latent.map_canvas_tiles import MapTiles
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.image_loupe import Enlarged, Loupe
from ganstudio.ui.views.image_picture import rgb, whole_image

HOVER_MS = 80
NOTCH = 120  # eighths of a degree
PATH_KEYS = 8  # key frames of a path drawn by hand
CORNER = 60  # logical pixels of an anchor's picture
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
        self.tiles, self._loupe = MapTiles(explorer, self), Loupe()
        self.heat = MapHeat(explorer, self.tiles, self)
        self._places: MapPlaces | None = None
        self.motion = MapMotion(explorer)
        self._pressed: QPointF | None = None
        self._button = Qt.MouseButton.NoButton
        self._last = QPointF()
        self._dragging = False
        self._drawn: list[QPointF] = []  # the path that is being drawn
        self._over: TileKey | None = None  # under the pointer
        self._hovered: TileKey | None = None  # shown enlarged
        self._wheel_rest = 0.0  # of a notch
        self._hover = QTimer(self, singleShot=True, interval=HOVER_MS)
        self._hover.timeout.connect(self._enlarge)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of latents")
        self.tiles.changed.connect(self.update)
        self.heat.changed.connect(self.update)
        explorer.state_changed.connect(self._on_state)
        explorer.active_changed.connect(self._on_active)

    @property
    def places(self) -> MapPlaces | None:
        """Where things are, for what is shown now."""
        return self._places

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.tiles.repaint()
        self.heat.forget_image()
        self.refresh()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _on_state(self, state: ViewState) -> None:
        if not self.isVisible():
            return
        places, before = self._places, self.motion.at
        if places is None or not places.is_of(state):
            self.refresh()
            return
        places.state = state  # at another place of the same map: only the cross moves
        self.motion.find()
        if self.motion.at != before:
            self.update()

    def _on_active(self, _active: bool) -> None:
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
        self._places = places
        self.motion.places, self.motion.size = places, self._device_size()
        self.motion.find()
        self.tiles.show(places, rgb(self._ground()))
        self.heat.show(places)
        self.update()

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(self.width() * ratio), round(self.height() * ratio)

    def _ground(self) -> str:
        return self._palette.window

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
            self.motion.pan(place - self._last, merge=not first)
        self._last = place

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        self.unsetCursor()
        if pressed is not None and event.button() == Qt.MouseButton.RightButton:
            self._open_menu(pressed, event.globalPosition().toPoint())
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._drawn and self._dragging:
            self._end_path()
        elif not self._dragging and self._places is not None:
            self.motion.select(*self._places.key_at(pressed.x(), pressed.y()).centre, merge=False)
        self._drawn = []
        self.update()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._device(event.position())
        if self._places is not None and event.button() == Qt.MouseButton.LeftButton:
            self.motion.centre_on(*self._places.key_at(place.x(), place.y()).centre)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hide_loupe()
        self._wheel_rest += event.angleDelta().y() / NOTCH
        notches = math.trunc(self._wheel_rest)
        self._wheel_rest -= notches
        self.motion.zoom(notches, self._device(event.position()))
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
        return Bookmark("", places.state_at(*key.centre), self.tiles.cache.get(key))

    def _carry_away(self) -> None:
        pressed, self._pressed = self._pressed, None
        if self._places is None or pressed is None:
            return
        mark = self.bookmark_of(self._places.key_at(pressed.x(), pressed.y()))
        if mark is None:
            return
        carry(self, [mark], None if mark.thumbnail is None else whole_image(mark.thumbnail))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # Where the system asks for a menu when the button goes down, there would be no dragging with it.
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            self._open_menu(self._device(QPointF(event.pos())), event.globalPos())

    def _open_menu(self, place: QPointF, where: QPoint) -> None:
        if self._places is None:
            return
        key = self._places.key_at(place.x(), place.y())
        mark = self.bookmark_of(key)
        if mark is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Bookmark", lambda: self._explorer.add_bookmark(mark.state, mark.thumbnail))
        menu.addAction("Centre here", lambda: self.motion.centre_on(*key.centre))
        menu.addAction("Around here", lambda: self.motion.look_around(mark.state))
        menu.popup(where)

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
        anchors = self._explorer.state.map.anchors
        corners = corner_places(0 if anchors is None else len(anchors))
        nearest = min(range(len(corners)), key=lambda index: math.dist(corners[index], (x, y)))
        self.motion.set_anchor(nearest, marks[0].state)

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
        if self._over is not None and self.tiles.atlas.tile(self._over.i, self._over.j) is not None:
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
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._ground()))
            places = self._places
            if places is None or self._explorer.model is None:
                return
            ratio = self.devicePixelRatioF()
            painter.save()
            painter.scale(1 / ratio, 1 / ratio)
            level, i, j = self.tiles.atlas.first
            left, top, _, _ = places.view.rect(TileKey(None, level, i, j))
            zoom = places.size / places.side[1]
            whole = zoom >= 1 and abs(zoom - round(zoom)) < 1e-6
            tile = places.view.zoom * 2.0**-level
            self.tiles.atlas.draw(painter, round(left), round(top), tile, smooth=not whole)
            heat = self.heat.shown(self._palette)
            if heat is not None:
                rows, columns = self.tiles.atlas.state.shape
                painter.drawImage(QRectF(round(left), round(top), columns * tile, rows * tile), heat[0])
            if self.motion.at is not None:
                paint_cross(painter, places, self.motion.at, ratio, self._palette)
            paint_path(painter, self._drawn, ratio, self._palette)
            painter.restore()
            if places.state.map.mode == "anchors":
                paint_anchors(painter, places, self.tiles.anchors, self.size(), ratio, self._palette)
            if places.state.map.mode == "classes":
                paint_classes(painter, places, self._explorer.model.class_names, self.size(), ratio, self._palette)
            if heat is not None:
                paint_legend(painter, self.size(), heat[1], self._palette)
            self._paint_loupe(painter, places, ratio)

    def _paint_loupe(self, painter: QPainter, places: MapPlaces, ratio: float) -> None:
        key = self._hovered
        image = None if key is None else self.tiles.atlas.tile(key.i, key.j)
        if key is None or image is None or not places.holds(*key.centre):
            return
        g, _ = places.latent(*key.centre)
        length = float(np.linalg.norm(g.astype(np.float64)))
        lines = [f"‖g‖ {length:.2f}", f"({key.centre[0]:.4g}, {key.centre[1]:.4g})", *self.heat.words(key)]
        tile = QRectF(*places.view.rect(key)).toRect()
        shown, area = Enlarged(image, None, lines, "fake"), QSize(*self._device_size())
        painter.scale(1 / ratio, 1 / ratio)
        self._loupe.paint(painter, shown, tile, area, ratio, self.font(), self._palette, zoom=1, smooth=False)

    # -- Qt -----------------------------------------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.refresh)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._hide_loupe()
        self.tiles.stop()
        self.heat.stop()

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
