"""Has the map's tiles made and keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.tiles import TileCache, TileKey
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.map_canvas_atlas import MADE, MapAtlas
from ganstudio.ui.latent.map_canvas_places import MapPlaces
from ganstudio.ui.views.image_picture import whole_image


class MapTiles(QObject):
    """The tiles in sight, made by the explorer's worker, the middle ones first.

    Signals
    -------
    changed
        More of them are made.
    """

    changed = Signal()

    def __init__(self, explorer: Explorer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._keys: list[TileKey] = []
        self._asked: frozenset[TileKey] = frozenset()
        self.cache, self.atlas = TileCache(), MapAtlas()
        self.anchors: dict[bytes, QImage] = {}  # pictures of the anchors, by latent

    @property
    def keys(self) -> list[TileKey]:
        """The tiles in sight."""
        return self._keys

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the tiles in sight are made, and how many there are."""
        return int((self.atlas.state == MADE).sum()), len(self._keys)

    def show(self, places: MapPlaces, ground: int) -> None:
        """Hold the tiles of a map; ask for those that are missing."""
        self._keys = places.keys()
        self.atlas.arrange(places.geometry, places.place, self._keys, places.side, self.cache, ground)
        self._ask(places)
        self._ask_anchors(places)
        self._report()

    def repaint(self) -> None:
        """Forget what was put together in other colours."""
        self.atlas = MapAtlas()

    def stop(self) -> None:
        """Give up what is not made yet."""
        self._explorer.cancel(Lane.TILES, "map")
        self._explorer.report("tiles", "")

    def _ask(self, places: MapPlaces) -> None:
        missing, model = self.cache.missing(self._keys), self._explorer.model
        if not missing or model is None:
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

        self._explorer.submit(Lane.TILES, make, "map", self._take)

    def _take(self, batch: object) -> None:
        for key, picture in zip(batch.keys, batch.pictures, strict=True):  # type: ignore[attr-defined]
            self.cache.put(key, picture)
            self.atlas.put(key, picture)
        self._report()
        self.changed.emit()

    def _ask_anchors(self, places: MapPlaces) -> None:
        """Have pictures of the anchors made, for the corners of the map."""
        model, state = self._explorer.model, places.state
        anchors = state.map.anchors
        if state.map.mode != "anchors" or anchors is None or model is None:
            return

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import pictures

            return pictures(model, anchors, state=state)

        def take(batch: object) -> None:
            images = [whole_image(image) for image in batch.pictures]  # type: ignore[attr-defined]
            self.anchors = dict(zip((anchor.tobytes() for anchor in anchors), images, strict=False))
            self.changed.emit()

        self._explorer.submit(Lane.TILES, make, "anchors", take)

    def _report(self) -> None:
        done, count = self.progress
        self._explorer.report("tiles", f"map {done}/{count} tiles")
