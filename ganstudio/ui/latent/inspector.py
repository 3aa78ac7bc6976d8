"""What there is to say about the picture in hand."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.nearest import Neighbours, quantile
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState, frozen, retracted
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.inspector_layers import InspectorLayers
from ganstudio.ui.latent.inspector_picture import InspectorPicture, Shown
from ganstudio.ui.latent.inspector_ranks import DistanceLine
from ganstudio.ui.latent.inspector_score import InspectorScore
from ganstudio.ui.latent.inspector_strip import InspectorStrip
from ganstudio.ui.latent.shell_gauge import ShellGauge
from ganstudio.ui.latent.shown import percent
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import Palette
from ganstudio.ui.section import Section
from ganstudio.ui.theme import tabular
from ganstudio.ui.views.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from ganstudio.engine.latent.directions.local import Local
    from ganstudio.engine.latent.jobs import Picture

VIEWS: tuple[tuple[Shown, str], ...] = (("picture", "Picture"), ("change", "Change"), ("gradient", "∂D/∂x"))
SETTLE_MS = 100  # after the last move, before neighbours are looked for
ACROSS = 8.0  # equal steps of visible change over the width of the picture, in a drag
TEXT_S = 0.25
NEIGHBOUR_WORDS = (
    "Root mean square difference of pixels, as a share of black to white, to each of the {count} training images. "
    "A large distance does not prove that a picture is new: a shift by a few pixels is far away (Theis et al. 2016)"
)


class Inspector(QScrollArea):
    """Picture, length, D's score, nearest training images, coordinates, layers.

    Signals
    -------
    wheeled
        The wheel was turned over the picture: notches for the first slider.
    """

    wheeled = Signal(float)

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer, palette = explorer, explorer.palette
        self.picture = InspectorPicture(palette)
        self.view = SegmentedChoice(VIEWS, palette)
        self.hold = QToolButton()
        self.gauge = ShellGauge(palette)
        self.score = InspectorScore(explorer)
        self.neighbours = ThumbnailStrip(palette, side=64, columns=4, selectable=False)
        self.distances, self.distance_words = DistanceLine(palette), QLabel()
        self.strip = InspectorStrip(palette)
        self.layers = InspectorLayers(explorer)
        self.sections: list[Section] = []
        self._held: NDArray[np.uint8] | None = None  # what changes are shown against
        self._gradient: NDArray[np.float32] | None = None
        self._graded: object = None  # the picture whose gradient was asked for
        self._near: Neighbours | None = None
        self._grabbed: ViewState | None = None
        self._local: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None  # two directions, their steps
        self._by = (0.0, 0.0)
        self._moving = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._look_for_neighbours)
        self._lay_out()
        self._connect()
        self.set_palette(palette)

    def _lay_out(self) -> None:
        self.setObjectName("panel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = page = QWidget()
        page.setObjectName("panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(6)
        self.hold.setText("Hold")
        self.hold.setToolTip("Hold this picture: Change shows the difference from it")
        self.hold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.view.setToolTip(
            "The picture; its difference from the one held (violet darker, teal lighter); ∂D/∂x, where D would find it "
            "more real if it were lighter (teal) or darker (violet)"
        )
        row = QHBoxLayout()
        row.addWidget(self.view)
        row.addStretch(1)
        row.addWidget(self.hold)
        column.addWidget(self.picture)
        column.addLayout(row)
        column.addWidget(self.gauge)
        self.distance_words.setWordWrap(True)
        self.distance_words.setFont(tabular(self.font()))
        self.distance_words.setProperty("muted", True)
        for title, widgets, folded in (
            ("D's score", (self.score,), False),
            ("Nearest training images", (self.neighbours, self.distances, self.distance_words), False),
            ("Latent", (self.strip,), False),
            ("Layers", (self.layers,), True),
        ):
            section = Section(title)
            for widget in widgets:
                section.rows.addWidget(widget)
            section.set_folded(folded)
            column.addWidget(section)
            self.sections.append(section)
        column.addStretch(1)
        self.setWidget(page)
        self.fit_width()

    def fit_width(self) -> None:
        """Be as wide as what is in it needs, in letters of any size."""
        self.setMinimumWidth(self._page.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.picture_changed.connect(self._show_picture)
        explorer.state_changed.connect(self._show_state)
        explorer.model_changed.connect(self._take_model)
        explorer.neighbours_changed.connect(self._neighbours_changed)
        self.view.chosen.connect(lambda _name: self._show_view())
        self.hold.clicked.connect(self.hold_picture)
        self.strip.painted.connect(self._take_painted)
        self.picture.grabbed.connect(self._grab)
        self.picture.moved.connect(self._drag)
        self.picture.released.connect(self._release)
        self.picture.wheeled.connect(self.wheeled)
        self.verticalScrollBar().valueChanged.connect(self.picture.scrolled)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        parts = (self.picture, self.view, self.gauge, self.score, self.neighbours, self.distances, self.strip)
        for part in (*parts, self.layers):
            part.set_palette(palette)
        for section in self.sections:
            section.set_color(palette.muted)

    # -- the picture --------------------------------------------------------------------------------------------------

    def _take_model(self, model: object) -> None:
        if model is None or not self._explorer.is_refresh:
            self._held = self._gradient = self._near = None
            self._show_neighbours()
        if model is None:
            self.picture.show_picture(None)
            return
        if self._grabbed is not None and self._local is None:
            self._find_local(self._grabbed)  # what was under way was of the snapshot before
        for part in (self.picture, self.view, self.hold, self.sections[1], self.sections[3]):
            part.setVisible(self._explorer.model is not None and self._explorer.model.is_image)

    def _show_picture(self, picture: Picture) -> None:
        model = self._explorer.model
        if model is None:
            return
        self.gauge.set_length(model.dim, picture.length)
        self.sections[0].setVisible(model.D is not None)
        self.score.show_ranks()
        if not model.is_image:
            return
        if self._held is not None and self._held.shape != picture.shown.shape:
            self._held = None
        self._show_view()
        if self.isVisible():
            self._settle.start()

    def _show_view(self) -> None:
        picture = self._explorer.picture
        if picture is None:
            return
        signed: NDArray[np.float32] | None = None
        if self.view.value == "change":
            held = picture.shown if self._held is None else self._held
            change = picture.shown.astype(np.float32).mean(-1) - held.astype(np.float32).mean(-1)
            signed = change / max(float(np.abs(change).max()), 1.0)
        elif self.view.value == "gradient":
            self._ask_gradient(picture)
            if self._gradient is not None and self._gradient.shape == picture.shown.shape[:2]:
                signed = self._gradient
        self.picture.show_picture(picture.shown, signed)

    def _ask_gradient(self, picture: Picture) -> None:
        model, state = self._explorer.model, self._explorer.state
        if model is None or model.D is None or not self.isVisible() or picture is self._graded:
            return
        self._graded = picture

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.scores import heat, score_gradient

            yield heat(score_gradient(model, picture.shown, state.class_weights))

        def take(found: object) -> None:
            self._gradient = found  # type: ignore[assignment]
            self._show_view()

        self._explorer.submit(Lane.TILES, make, "gradient", take)

    def hold_picture(self) -> None:
        """Show changes against the present picture from now on."""
        picture = self._explorer.picture
        if picture is not None:
            self._held = picture.shown
            self.view.set_value("change")
            self._show_view()

    def _show_state(self, state: ViewState) -> None:
        self.strip.set_latent(state.point())

    def _take_painted(self, g: NDArray[np.float32], goes_on: bool) -> None:
        self._explorer.change(merge=goes_on, g=g, offsets=())

    # -- dragging the picture -----------------------------------------------------------------------------------------

    def _grab(self, alt: bool) -> None:
        model, state = self._explorer.model, self._explorer.state
        if model is None:
            return
        self._grabbed, self._moving, self._by = state.settled(), False, (0.0, 0.0)
        self._local = None
        settled = self._grabbed
        if alt:
            self._local = self._lattice_axes(settled)
        else:
            self._find_local(settled)

    def _find_local(self, settled: ViewState) -> None:
        """Have the two directions found along which the picture at a place changes most."""
        model = self._explorer.model
        if model is None:
            return

        def make() -> Iterator[object]:
            import torch

            from ganstudio.engine.latent.directions.effect import sigma_eff
            from ganstudio.engine.latent.jobs import how_of, local_directions

            local: Local | None = None
            for found in local_directions(model, settled):
                local = found or local
                yield None
            if local is None:
                return
            vectors = local.directions.vectors[:2]
            y = None if settled.class_weights is None else torch.tensor(settled.class_weights)
            f = model.generator(y, **how_of(settled))  # type: ignore[arg-type]
            yield vectors, sigma_eff(f, settled.g, vectors, on_shell=settled.on_shell)

        def take(found: object) -> None:
            self._local = found  # type: ignore[assignment]
            self._drag(*self._by)

        self._explorer.submit(Lane.TILES, make, "grab", take)

    def _lattice_axes(self, state: ViewState) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return two random directions of the seed, and a step along them that is plain to see."""
        from ganstudio.engine.latent.noise import samples

        vectors = samples(state.seed, 2, state.dim, start=1)
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors, np.full(2, 0.35, np.float32)

    def _drag(self, across: float, down: float) -> None:
        self._by = (across, down)
        if self._grabbed is None or self._local is None:
            return
        vectors, steps = self._local
        g = self._grabbed.g.astype(np.float64)
        for vector, step, by in zip(vectors, steps, (across, -down), strict=False):
            g = g + ACROSS * by * float(step) * vector.astype(np.float64)
        if self._grabbed.on_shell:
            g = retracted(g, float(np.linalg.norm(self._grabbed.g.astype(np.float64))))
        self._explorer.set_state(dataclasses.replace(self._grabbed, g=frozen(g)), merge=self._moving)
        self._moving = True

    def _release(self) -> None:
        self._grabbed = None
        self._explorer.cancel(Lane.TILES, "grab")

    # -- neighbours ---------------------------------------------------------------------------------------------------

    def _neighbours_changed(self) -> None:
        index = self._explorer.nearest
        self.distances.set_distances(self._explorer.references.own_distances)
        if index is None:
            self._near = None
        elif self._near is None and self.isVisible():
            self._settle.start()
        self._show_neighbours()

    def _look_for_neighbours(self) -> None:
        index, picture = self._explorer.nearest, self._explorer.picture
        if index is None or picture is None or picture.shown.shape != index.samples.shape[1:] or not self.isVisible():
            return

        def make() -> Iterator[object]:
            yield index.query(picture.shown[None])

        self._explorer.submit(Lane.TILES, make, "neighbours", self._take_neighbours)

    def _take_neighbours(self, near: object) -> None:
        self._near = near  # type: ignore[assignment]
        self._show_neighbours()

    def _show_neighbours(self) -> None:
        index, near = self._explorer.nearest, self._near
        section = self.sections[1]
        why = self._explorer.references.why_no_images
        section.setToolTip(f"Not searched: {why}" if why else "")
        section.setEnabled(not why)
        if index is None or near is None:
            self.neighbours.set_images([None] * 8)
            self.neighbours.set_captions([])
            self.distances.set_distance(math.nan)
            self.distance_words.setText(f"Not searched: {why}" if why else "")
            return
        found, distances = near.indices[0].tolist(), near.distances[0]
        self.neighbours.set_images([np.asarray(index.samples[number]) for number in found])
        self.neighbours.set_captions([f"{distance:.3f}" for distance in distances])
        names = self._explorer.references.class_names
        labels = ["" if index.labels is None else str(names[int(index.labels[number])]) for number in found]
        tip = NEIGHBOUR_WORDS.format(count=len(index))
        self.neighbours.set_tips([f"{label or 'training image'} · number {number}\n{tip}"
                                  for label, number in zip(labels, found, strict=True)])  # fmt: skip
        own = self._explorer.references.own_distances
        nearest = float(distances[0])
        self.distances.set_distance(nearest)
        share = quantile(nearest, own)
        self.distance_words.setText(
            f"nearest {nearest:.3f}"
            + ("" if math.isnan(share) else f": {percent(share)} of training images are nearer to another")
        )
        said = (
            f"Bars: the distance from each of {len(own)} training images, drawn at random, to its nearest other one. "
            "Mark: the distance from this picture to the nearest of all training images"
        )
        self.distances.setToolTip(said)
        self.distance_words.setToolTip(said)

    # -- Qt -----------------------------------------------------------------------------------------------------------

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._explorer.want_bank()
        self._explorer.want_neighbours()
        self._settle.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settle.stop()
