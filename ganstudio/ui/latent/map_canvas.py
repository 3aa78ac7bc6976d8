"""The tab *Map*: an endless picture of what the model can make."""

from __future__ import annotations

import dataclasses
from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ganstudio.engine.latent.view_state import MapMode, MapView, ViewState
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_place import START
from ganstudio.ui.latent.map_canvas_heat import KINDS
from ganstudio.ui.latent.map_canvas_surface import MapSurface, default_anchors
from ganstudio.ui.palette import Palette

MODES: dict[MapMode, tuple[str, str]] = {
    "lattice": ("Endless", "Every point is a draw of the prior (variance-preserving blend of independent draws)"),
    "around": ("Around here", "The sphere on which the latent lies; one tile is a turn by 0.2 rad at zoom 1"),
    "anchors": ("Through anchors", "Between three or four places: bookmarks of the shelf, or draws of the seed"),
    "square": ("Whole prior", "Equal areas hold equal shares of the prior, through Φ⁻¹"),
    "classes": ("Class × seed", "Columns are classes; every row is one latent: what z tells, and what the class tells"),
}
HINTS: dict[MapMode, str] = {
    "lattice": "Drag pans, wheel zooms, click selects, Shift-drag draws a walk",
    "around": "Double-click makes a tile the new origin",
    "anchors": "Drop a bookmark on a corner to put it there",
    "square": "Mass, not distance: the edges are the tails",
    "classes": "Click selects a class and a latent",
}


class MapCanvas(QWidget):
    """The map with what it is a map of.

    Signals
    -------
    path_drawn
        A path was drawn with Shift: a list of :class:`ViewState`, evenly along it.
    """

    path_drawn = Signal(object)

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self.surface = MapSurface(explorer)
        self.mode = QComboBox()
        self.mode.setAccessibleName("What the map shows")
        self.axes = QComboBox()
        self.axes.setAccessibleName("Axes of the map")
        self.flat = QCheckBox("Flat plane")
        self.heat = QComboBox()
        self.heat.setAccessibleName("Tint of the map")
        self.fit = QToolButton()
        self.hint = ElidingLabel()
        self._shown: MapView | None = None
        self._lay_out()
        self._connect()
        self._offer()

    def _lay_out(self) -> None:
        self.mode.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.axes.addItem("Random axes", "random")
        self.axes.addItem("Directions 1 and 2", "directions")
        self.axes.setToolTip("The two directions in which the map around here extends")
        self.flat.setToolTip(
            "Show the tangent plane instead of the sphere: it leaves the shell on which the prior's draws lie, and the "
            "pictures with it"
        )
        self.fit.setText("Fit")
        self.fit.setToolTip("Look at the whole map, or back to its middle (Home)")
        self.hint.setProperty("muted", True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(QLabel("Show"))
        for kind, (title, tip) in KINDS.items():
            self.heat.addItem(title, kind)
            self.heat.setItemData(self.heat.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.heat.setToolTip("Tint every tile by what is known of it")
        for widget in (self.mode, self.axes, self.flat, self.heat, self.fit):
            bar.addWidget(widget)
        bar.addWidget(self.hint, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(bar)
        layout.addWidget(self.surface, 1)

    def _connect(self) -> None:
        self.surface.path_drawn.connect(self.path_drawn)
        self.mode.activated.connect(lambda index: self.set_mode(self.mode.itemData(index)))
        self.axes.activated.connect(lambda _index: self._take_axes())
        self.flat.clicked.connect(lambda flat: self._explorer.change_map(merge=False, flat=flat))
        self.heat.activated.connect(lambda _index: self._take_heat())
        self.fit.clicked.connect(self.surface.motion.fit)
        self._explorer.model_changed.connect(lambda _model: self._offer())
        self._explorer.state_changed.connect(self._follow_state)
        self._explorer.directions_changed.connect(lambda _found: self._show_state(self._explorer.state))

    # -- what it is a map of ------------------------------------------------------------------------------------------

    def modes(self) -> list[MapMode]:
        """Return what the present model has a map of."""
        model = self._explorer.model
        wanted = {
            "around": model is not None and model.dim >= 3,
            "square": model is not None and model.dim <= 2,
            "classes": model is not None and model.classes > 0,
        }
        return [mode for mode in get_args(MapMode) if wanted.get(mode, True)]

    def _offer(self) -> None:
        modes, model = self.modes(), self._explorer.model
        self.heat.model().item(1).setEnabled(model is None or model.D is not None)  # type: ignore[attr-defined]
        if [self.mode.itemData(index) for index in range(self.mode.count())] != modes:
            self.mode.clear()
            for index, mode in enumerate(modes):
                title, tip = MODES[mode]
                self.mode.addItem(title, mode)
                self.mode.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        self._show_state(self._explorer.state)

    def _follow_state(self, state: ViewState) -> None:
        if state.map is not self._shown:
            self._show_state(state)

    def _show_state(self, state: ViewState) -> None:
        mode, self._shown = state.map.mode, state.map
        self.mode.setCurrentIndex(self.mode.findData(mode))
        self.mode.setToolTip(MODES[mode][1])
        self.axes.setVisible(mode == "around" and self._explorer.directions is not None)
        self.axes.setCurrentIndex(0 if state.map.axes is None else 1)
        self.flat.setVisible(mode == "around")
        self.flat.setChecked(state.map.flat)
        self.hint.setText(HINTS[mode])

    def set_mode(self, mode: MapMode) -> None:
        """Show another map; the place stays."""
        state = self._explorer.state
        places = self.surface.places
        base = 64.0 if places is None else places.tile_px
        view = dataclasses.replace(state.map, mode=mode, centre=(START, START), zoom=base)
        if mode == "around":
            view = dataclasses.replace(view, origin=state.point(), centre=(0.0, 0.0), zoom=2 * base)
        elif mode == "anchors" and (view.anchors is None or len(self._explorer.bookmarks) >= 3):
            view = dataclasses.replace(view, anchors=default_anchors(self._explorer))
        self._explorer.set_state(dataclasses.replace(state, map=view))
        if mode in ("anchors", "square", "classes"):
            self._fit_silently()

    def _fit_silently(self) -> None:
        """Fit as a part of the same gesture."""
        before = self._explorer.history
        self.surface.motion.fit()
        if self._explorer.history.past[:-1] == before.past:
            self._explorer.history = dataclasses.replace(self._explorer.history, past=before.past)

    def _take_axes(self) -> None:
        found = self._explorer.directions
        wanted = self.axes.currentData() == "directions" and found is not None and found.count >= 2
        self._explorer.change_map(merge=False, axes=found.vectors[:2] if wanted and found is not None else None)

    def _take_heat(self) -> None:
        kind = self.heat.currentData()
        self.heat.setToolTip(KINDS[kind][1])
        self.surface.heat.set_kind(kind)

    def step(self, across: float, down: float) -> None:
        """Go so many tiles to the right and down."""
        self.surface.motion.step(across, down)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.surface.set_palette(palette)
