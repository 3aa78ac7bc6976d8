"""For data of one or two dimensions: the latent square and its image under G, linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.square import PriorSquare
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.latent.image_plane import ImagePlane
from ganstudio.ui.latent.latent_square import LatentSquare
from ganstudio.ui.latent.points_sample import PointsSample, points_sample
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.jobs import Picture
    from ganstudio.ui.latent.explorer import Explorer

Array = NDArray[np.float32]

SLOT = "points"
SOURCES = 3  # places of the square that may lead to one point: where G folds
TIP = (
    "Left: the prior, equal areas for equal shares of it; tinted where G stretches most (log |∂x/∂u| above its "
    "median). Right: where G puts its lines. Point at one side to see the other; press to go there, drag to move."
)


class PointsView(QWidget):
    """Two linked canvases: point at z, see x, and back."""

    def __init__(self, explorer: Explorer, palette: Palette | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        palette = palette or explorer.palette
        self._sample: PointsSample | None = None
        self._asked: tuple[object, ...] = ()
        self._reals: tuple[object, Array] | None = None  # of which data; they are drawn once
        self.square, self.plane = LatentSquare(palette), ImagePlane(palette)
        self.words = ElidingLabel()
        self._lay_out()
        self._connect()
        self._take_model()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for canvas, words in ((self.square, "Latent square"), (self.plane, "Image of the square")):
            canvas.setAccessibleName(words)
            row.addWidget(canvas, 1)
        self.words.setProperty("muted", True)
        self.words.setContentsMargins(10, 2, 10, 4)
        self.words.setToolTip(TIP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.words)

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.model_changed.connect(self._take_model)
        explorer.state_changed.connect(self._show_state)
        explorer.picture_changed.connect(self._show_picture)
        explorer.active_changed.connect(self._ask)
        self.square.pointed.connect(self._point_at_latent)
        self.plane.pointed.connect(self._point_at_data)
        self.square.picked.connect(self._go_to_latent)
        self.plane.picked.connect(self._go_to_data)

    @property
    def sample(self) -> PointsSample | None:
        """What is shown, or None."""
        return self._sample

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.square.set_palette(palette)
        self.plane.set_palette(palette)

    # -- making it ----------------------------------------------------------------------------------------------------

    def _take_model(self) -> None:
        model, explorer = self._explorer.model, self._explorer
        self._asked = ()
        if not explorer.is_refresh or model is None or model.is_image:
            self._sample = None
            words = "There is no model yet." if model is None else ""
            words = "This model makes images: see the map." if model is not None and model.is_image else words
            for canvas in (self.square, self.plane):
                canvas.show_sample(None, words)
                canvas.set_here(None)
                canvas.set_hints(())
        self._ask()

    def _ask(self) -> None:
        """Have the lattice's image made, if it would be another one and can be seen."""
        explorer = self._explorer
        model, y = explorer.model, explorer.state.class_weights
        if model is None or model.is_image or not (self.isVisible() and explorer.is_active):
            return
        asked = (model, None if y is None else y.tobytes())
        if asked == self._asked:
            return
        self._asked = asked
        data = model.weights.config.data
        kept = self._reals[1] if self._reals is not None and self._reals[0] == data else None

        def take(sample: object) -> None:
            found = cast(PointsSample, sample)
            self._reals = (data, found.real)
            self._take(found)

        explorer.submit(Lane.TILES, lambda: points_sample(model, y, kept), SLOT, take)

    def _take(self, sample: PointsSample) -> None:
        self._sample = sample
        self.square.show_sample(sample)
        self.plane.show_sample(sample)
        self._show_state()
        self._show_picture(self._explorer.picture)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        self._ask()
        sample, model = self._sample, self._explorer.model
        if sample is None or model is None or sample.latent_dim != self._explorer.state.dim:
            return
        x, y = PriorSquare(model.dim).locate(self._explorer.state.point()[None])
        if not self.square.is_graph():
            self.square.set_here((float(x[0]), 1 - float(y[0])))
        self._tell()

    def _show_picture(self, picture: object) -> None:
        sample = self._sample
        if picture is None or sample is None:
            return
        found = cast("Picture", picture)
        if found.shown.shape != (sample.dim,):
            return
        point = found.shown.astype(float).tolist()
        if sample.dim == 2:
            self.plane.set_here((point[0], point[1]))
        else:
            self.plane.set_here((0.0, point[0]))
            if self.square.is_graph():
                u = PriorSquare(1).locate(found.g[None])[0]
                self.square.set_here((float(u[0]), point[0]))
        self._tell()

    def _tell(self) -> None:
        sample, picture = self._sample, self._explorer.picture
        if sample is None:
            self.words.setText("")
            return
        parts = []
        g = self._explorer.state.point()
        if len(g) <= 2:
            parts.append("z = " + _numbers(g if picture is None or len(picture.z) != len(g) else picture.z))
        if picture is not None and picture.shown.shape == (sample.dim,):
            parts.append("x = " + _numbers(picture.shown))
        parts.append(f"{len(sample.real)} real and {len(sample.fake)} generated samples · step {sample.step}")
        self.words.setText("   ·   ".join(parts))

    # -- pointing -----------------------------------------------------------------------------------------------------

    def _point_at_latent(self, place: object) -> None:
        sample = self._sample
        if sample is None or place is None:
            self.plane.set_hints(())
            self.square.set_hints(())
            return
        u, v = cast("tuple[float, float]", place)
        x = sample.place(u, 0.5 if self.square.is_graph() else 1 - v)
        self.plane.set_hints(((float(x[0]), float(x[1])) if sample.dim == 2 else (0.0, float(x[0])),))
        self.square.set_hints(((u, float(x[0])),) if self.square.is_graph() else ())

    def _point_at_data(self, place: object) -> None:
        found = self._sources(place, SOURCES)
        sample = self._sample
        if sample is None or not len(found):
            self.square.set_hints(())
            return
        if self.square.is_graph():
            self.square.set_hints(tuple((float(u), float(sample.place(u, 0.5)[0])) for u, _ in found))
        else:
            self.square.set_hints(tuple((float(u), 1 - float(v)) for u, v in found))

    def _sources(self, place: object, count: int) -> NDArray[np.float64]:
        from ganstudio.engine.latent.points import sources

        if self._sample is None or place is None:
            return np.zeros((0, 2))
        x, y = cast("tuple[float, float]", place)
        point = np.array([x, y] if self._sample.dim == 2 else [y], np.float32)
        return sources(self._sample.image, point, count)

    def _go_to_latent(self, place: object, goes_on: bool) -> None:
        u, v = cast("tuple[float, float]", place)
        self._go_to(u, 0.5 if self.square.is_graph() else 1 - v, goes_on)

    def _go_to_data(self, place: object, goes_on: bool) -> None:
        found = self._sources(place, 1)
        if len(found):
            self._go_to(float(found[0, 0]), float(found[0, 1]), goes_on)

    def _go_to(self, u: float, v: float, goes_on: bool) -> None:
        model = self._explorer.model
        if model is not None and self._sample is not None and not model.is_image:
            g = PriorSquare(model.dim).at(np.array([u]), np.array([v]))[0]
            self._explorer.change(merge=goes_on, g=g, offsets=())

    # -- Qt -----------------------------------------------------------------------------------------------------------

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._asked = ()
        self._explorer.cancel(Lane.TILES, SLOT)


def _numbers(values: Array) -> str:
    texts = ", ".join(f"{value:.2f}".replace("-", "−") for value in values.tolist())
    return f"({texts})" if len(values) > 1 else texts
