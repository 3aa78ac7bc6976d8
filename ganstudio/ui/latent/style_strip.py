"""Style mixing: the coarse layers of one latent and the fine ones of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.explorer_mime import bookmarks_of
from ganstudio.ui.latent.shown import show_if
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import Palette

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.ui.latent.explorer import Explorer

Array = NDArray[np.float32]

SLOT = "style"
SIDE = 44
TIP = (
    "Each picture takes its coarse layers from the present place and, from the layer below it on, the styles of the "
    "other latent. Early layers carry layout, late ones strokes and colour (Karras et al. 2019, section 3.1). "
    "Drop a bookmark here to take its style."
)


class StyleStrip(QWidget):
    """Every mixture of the present place with another style, one per layer; hidden for a model without styles.

    A click on a picture takes that mixture, as the style and ``style_from`` of the state.
    """

    def __init__(self, explorer: Explorer, palette: Palette | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self._style: Array | None = None  # offered, whether it is in the state or not
        self._draws = 0
        self._asked: tuple[object, ...] = ()
        self.strip = ThumbnailStrip(palette or explorer.palette, side=SIDE)
        self.take_button = _button("Take this one", "The present place lends its style; then go elsewhere")
        self.random_button = _button("Another", "A style drawn from the prior")
        self.off_button = _button("Off", "Only the present place's own style")
        self.words = QLabel()
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self._show_model()

    def _lay_out(self) -> None:
        title = QLabel("Style mixing")
        title.setToolTip(TIP)
        self.strip.setToolTip(TIP)
        self.strip.setAccessibleName("Mixtures by layer")
        self.words.setProperty("muted", True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(title)
        row.addWidget(self.words, 1)
        for button in (self.take_button, self.random_button, self.off_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.strip)

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.model_changed.connect(self._show_model)
        explorer.state_changed.connect(self._show_state)
        explorer.active_changed.connect(self._render)
        self.strip.clicked.connect(self._take)
        self.take_button.clicked.connect(lambda: self.offer(explorer.state.point()))
        self.random_button.clicked.connect(self._draw)
        self.off_button.clicked.connect(self._end)

    @property
    def layers(self) -> int:
        """How many layers take a style; 0 of a model without styles."""
        return 0 if self._explorer.model is None else self._explorer.model.style_layers

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self.strip.set_palette(palette)

    def offer(self, style: Array) -> None:
        """Show the mixtures with another latent (d,); if one was taken already, it changes with it."""
        self._style = np.asarray(style, np.float32)
        if self._explorer.state.style is not None:
            self._explorer.change(style=self._style)
        self._render()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show_model(self) -> None:
        layers, model = self.layers, self._explorer.model
        show_if(self, layers > 0)
        if model is None or not layers:
            return
        if self._style is None or len(self._style) != model.dim:
            self._style = samples(self._explorer.state.seed, 1, model.dim, start=1)[0]
        if self.strip.count != layers + 1:
            self.strip.set_images([None] * (layers + 1))
            self.strip.set_captions([*(str(layer + 1) for layer in range(layers)), "own"])
            self.strip.set_tips([TIP] * (layers + 1))
        self._asked = ()
        self._show_state()

    def _show_state(self) -> None:
        state, layers = self._explorer.state, self.layers
        if not layers:
            return
        if state.style is not None and len(state.style) == len(self._style if self._style is not None else ()):
            self._style = state.style
        taken = layers if state.style is None else min(state.style_from, layers)
        self.strip.set_selected(taken)
        self.off_button.setEnabled(state.style is not None)
        self.words.setText(
            "own style in every layer"
            if taken == layers
            else f"layers {taken + 1} to {layers} from the other latent"
            if taken
            else "every layer from the other latent"
        )
        self._render()

    def _render(self) -> None:
        """Have the mixtures made, if anything that they depend on is new and they can be seen."""
        model, style, explorer = self._explorer.model, self._style, self._explorer
        if model is None or style is None or not self.layers or not (self.isVisible() and explorer.is_active):
            return
        state = replace(explorer.state, style=None)
        asked = (id(model), state.point().tobytes(), _bytes(state.class_weights), state.tau, state.psi, style.tobytes())
        if asked == self._asked:
            return
        self._asked = asked
        explorer.submit(Lane.TILES, lambda: _mixtures(model, state, style), SLOT, self._take_picture)

    def _take_picture(self, found: object) -> None:
        index, picture = cast("tuple[int, NDArray[np.uint8]]", found)
        if index < self.strip.count:
            self.strip.set_image(index, picture)

    # -- what is done -------------------------------------------------------------------------------------------------

    def _take(self, layer: int) -> None:
        if layer >= self.layers:
            self._end()
        else:
            self._explorer.change(style=self._style, style_from=layer)

    def _end(self) -> None:
        self._explorer.change(style=None, style_from=0)

    def _draw(self) -> None:
        self._draws += 1
        model = self._explorer.model
        if model is not None:
            self.offer(samples(self._explorer.state.seed, 1, model.dim, start=1 + self._draws)[0])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._render()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._asked = ()
        self._explorer.cancel(Lane.TILES, SLOT)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if bookmarks_of(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        model = self._explorer.model
        for mark in bookmarks_of(event.mimeData())[:1]:
            if model is not None and mark.state.dim == model.dim:
                event.acceptProposedAction()
                self.offer(mark.state.point())
            else:
                self._explorer.noticed.emit("That place is of another model: its latent does not fit this one")


def _mixtures(model: LatentModel, state: ViewState, style: Array) -> Iterator[object]:
    """Yield (layer, picture): the present place with the style from that layer on; the last one is without."""
    from ganstudio.engine.latent.models import StyleMix

    g = state.point()[None]
    for layer in range(model.style_layers + 1):
        mix = StyleMix(style, layer) if layer < model.style_layers else None
        yield layer, model.render(g, state.class_weights, tau=state.tau, psi=state.psi, style=mix)[0]


def _bytes(array: Array | None) -> bytes:
    return b"" if array is None else array.tobytes()


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    return button
