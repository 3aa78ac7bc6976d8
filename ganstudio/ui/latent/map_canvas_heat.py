"""What is known of the map's tiles besides their pictures: D's score, the nearest training image, ‖J‖."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.tiles import TileKey, centres
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.heat_tint import SCORE_LEGEND, Legend, spread, tint
from ganstudio.ui.latent.map_canvas_places import MapPlaces
from ganstudio.ui.latent.map_canvas_tiles import MapTiles
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

HeatKind = Literal["none", "score", "nearest", "jacobian"]
Numbers = Callable[[Sequence[TileKey], NDArray[np.uint8]], NDArray[np.float32]]
KINDS: dict[HeatKind, tuple[str, str]] = {
    "none": ("No heat", "The pictures alone"),
    "score": (
        "Heat: D's score",
        "Rank of each tile's logit among generated samples: teal, D finds it more real than most; violet, less",
    ),
    "nearest": (
        "Heat: distance to training",
        "Root mean square difference of pixels to the nearest training image, as a share of black to white",
    ),
    "jacobian": (
        "Heat: ‖J‖",
        "How much the picture changes with the latent: ‖∂G/∂g‖ (Frobenius), estimated by central differences along 4 "
        "random directions, the same ones at every tile (Hutchinson 1990)",
    ),
}
CHUNK = 16
MOST = 4_096  # values that are kept
REST_MS = 60


class MapHeat(QObject):
    """One number for every tile in sight, made by the explorer's worker once the pictures are there.

    Signals
    -------
    changed
        There are more of them, or others.
    """

    changed = Signal()

    def __init__(self, explorer: Explorer, tiles: MapTiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._tiles = explorer, tiles
        self.kind: HeatKind = "none"
        self.places: MapPlaces | None = None
        self._values: OrderedDict[TileKey, float] = OrderedDict()
        self._before: dict[Hashable, float] = {}  # by place alone: of the snapshot before, until there are new ones
        self._by: object = None  # whose numbers these are: kind, D and its reference, or training images
        self._image: QImage | None = None
        self._soon = QTimer(self, singleShot=True, interval=REST_MS)
        self._soon.timeout.connect(self._ask)
        tiles.changed.connect(self.later)
        explorer.bank_changed.connect(self.later)
        explorer.neighbours_changed.connect(self.later)

    def set_kind(self, kind: HeatKind) -> None:
        """Show other numbers."""
        self.kind = kind
        self._before.clear()
        self._explorer.cancel(Lane.TILES, "heat")
        if kind == "score":
            self._explorer.want_bank()
        elif kind == "nearest":
            self._explorer.want_neighbours()
        self.forget_image()
        self.later()

    def show(self, places: MapPlaces) -> None:
        """Hold the numbers of a map's tiles."""
        self.places = places
        self.forget_image()
        self.later()

    def stop(self) -> None:
        """Give up what is not made yet."""
        self._soon.stop()
        self._explorer.cancel(Lane.TILES, "heat")

    def later(self) -> None:
        """Ask for the numbers that are missing when the hand rests."""
        if self.kind != "none":
            self._soon.start()

    def forget_image(self) -> None:
        """Put the tint together anew when it is painted next."""
        self._image = None
        self.changed.emit()

    def words(self, key: TileKey) -> list[str]:
        """Return what there is to say of a tile: a line, or none."""
        value = self._values.get(key)
        if value is None or self.kind == "none":
            return []
        if self.kind == "score":
            return [f"D above {100 * value:.0f} %"]
        return [f"distance {value:.3f}" if self.kind == "nearest" else f"‖J‖ {value:.3g}"]

    # -- making them --------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        explorer, places = self._explorer, self.places
        model = explorer.model
        if model is None or places is None or not explorer.is_active or self.kind == "none":
            return
        done, count = self._tiles.progress
        if done < count or explorer.is_handled:
            self._soon.start()  # pictures come first
            return
        by = self._source()
        if by != self._by:
            self._values.clear()
            self._by = by
            self.forget_image()
        missing = [key for key in self._tiles.keys if key not in self._values]
        if by is None or not missing or explorer.queue.is_busy(Lane.TILES, "heat"):
            return
        pictures = {key: picture for key in missing if (picture := self._tiles.cache.get(key)) is not None}
        numbers = _numbers_of(self.kind, explorer, places)
        explorer.submit(Lane.TILES, lambda: _made(pictures, numbers), "heat", self._take, on_finished=self.later)

    def _source(self) -> object:
        """Return what the numbers depend on besides the tile; None while it is not there."""
        explorer, references = self._explorer, self._explorer.references
        if self.kind == "score":
            return None if explorer.scores is None else (self.kind, explorer.scores, references.scores_model)
        if self.kind == "nearest":
            index, model = explorer.nearest, explorer.model
            fits = index is not None and model is not None and index.samples.shape[1:3] == model.shape[1:]
            return (self.kind, index) if fits else None
        return self.kind

    def _take(self, made: object) -> None:
        keys, numbers = cast("tuple[list[TileKey], NDArray[np.float32]]", made)
        self._values.update(zip(keys, numbers.tolist(), strict=True))
        while len(self._values) > MOST:
            self._values.popitem(last=False)
        if len(self._before) > MOST:
            self._before.clear()
        self._before.update(zip(map(self._place, keys), numbers.tolist(), strict=True))
        self.forget_image()

    def _place(self, key: TileKey) -> Hashable:
        geometry = None if self.places is None else self.places.geometry
        return geometry, key.level, key.i, key.j

    # -- showing them -------------------------------------------------------------------------------------------------

    def shown(self, palette: Palette) -> tuple[QImage, Legend] | None:
        """Return the tint of the tiles that are held, a pixel for each, and its legend; None while nothing is known."""
        if self.kind == "none" or not self._tiles.keys:
            return None
        shares, legend = self._shares()
        if legend is None:
            return None
        if self._image is None:
            self._image = tint(shares, palette, signed=legend.signed)
        return self._image, legend

    def _shares(self) -> tuple[NDArray[np.float32], Legend | None]:
        rows, columns = self._tiles.atlas.state.shape
        _, left, top = self._tiles.atlas.first
        values = np.full((rows, columns), np.nan, np.float32)
        for key in self._tiles.keys:
            known = self._values.get(key)
            values[key.j - top, key.i - left] = self._before.get(self._place(key), np.nan) if known is None else known
        if not np.isfinite(values).any():
            return values, None
        if self.kind == "score":
            return values, SCORE_LEGEND
        shares, low, high = spread(values)
        title = "Distance to nearest training image" if self.kind == "nearest" else "‖J‖, change with the latent"
        return shares, Legend(title, f"{low:.3g}", f"{high:.3g}", signed=False)


def _numbers_of(kind: HeatKind, explorer: Explorer, places: MapPlaces) -> Numbers:
    """Return what makes the numbers of tiles from their pictures, in the worker: bound to what is shown now."""
    state, model = places.state, cast("LatentModel", explorer.model)
    scores, judge, index = explorer.scores, explorer.references.scores_model, explorer.nearest

    def numbers(keys: Sequence[TileKey], pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        if kind == "nearest" and index is not None:
            return index.query(pictures, 1).distances[:, 0]
        x, y = centres(keys)
        weights = places.surface.class_weights(x, y)
        weights = state.class_weights if weights is None else weights
        if kind == "score" and scores is not None and judge is not None:
            return scores.ranks(judge.judged(pictures, weights))
        from ganstudio.engine.latent.jobs import how_of
        from ganstudio.engine.latent.sensitivity import sensitivities

        return sensitivities(model, places.surface.at(x, y), weights, **how_of(state))  # type: ignore[arg-type]

    return numbers


def _made(pictures: Mapping[TileKey, NDArray[np.uint8]], numbers: Numbers) -> Iterator[object]:
    """Yield tiles and their numbers, a few at a time."""
    keys = list(pictures)
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        yield part, numbers(part, np.stack([pictures[key] for key in part]))
