"""The stage: the picture of the game, with the layers' chips and the choice of the generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.messages import Watch
from ganstudio.engine.snapshot import GeneratorChoice, Layout, Snapshot
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.palette import Palette
from ganstudio.ui.views.layer_chips import LayerChips
from ganstudio.ui.views.plot_canvas import PlotCanvas
from ganstudio.ui.views.segmented_choice import SegmentedChoice
from ganstudio.ui.views.stage_1d import Stage1d
from ganstudio.ui.views.stage_2d import Stage2d
from ganstudio.ui.views.stage_images import StageImages

PREPARING = "Preparing the run…"
GENERATORS = (("ema", "EMA"), ("raw", "Raw"))
NO_OPTIMUM = "The loss fixes no best D for two densities, so there is no D*(x) to draw."
NO_MODES = "These data have no separate modes to count."
NO_GROWTH = "The chosen nets do not grow."


class Stage(QWidget):
    """Shows the newest snapshot on the canvas that its data need: of numbers on a line, of the plane, or of images.

    Signals
    -------
    watch_changed
        Another set of layers or another generator was chosen; carries the :class:`Watch` that serves it.
    """

    watch_changed = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._snapshot: Snapshot | None = None
        self._pointed = ""
        self.line, self.plane, self.images = Stage1d(palette), Stage2d(palette), StageImages(palette)
        self.canvases: dict[Layout, PlotCanvas] = {"line": self.line, "plane": self.plane, "images": self.images}
        self.chips: dict[Layout, LayerChips] = {
            layout: LayerChips(canvas.LAYERS, palette) for layout, canvas in self.canvases.items()
        }
        self.generator = SegmentedChoice(GENERATORS, palette)
        self.generator.setAccessibleName("Generator to look at")
        self.generator.setToolTip(
            "Which generator the stage looks at: the exponential moving average of the weights, or the weights as such"
        )
        self.caption = ElidingLabel()
        self.caption.setProperty("muted", True)
        self._empty = QLabel(PREPARING, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setProperty("muted", True)
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for page in (self._empty, *self.canvases.values()):
            self._pages.addWidget(page)
        top = QHBoxLayout()
        top.addWidget(self.caption, 1)
        top.addWidget(self.generator)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
        for kind, chips in self.chips.items():
            layout.addWidget(chips)
            chips.setVisible(kind == "line")

    def _connect(self) -> None:
        for chips in self.chips.values():
            chips.changed.connect(self._on_layers_changed)
        for canvas in self.canvases.values():
            canvas.pointed.connect(self._on_pointed)
            canvas.told.connect(self._tell)
        self.generator.chosen.connect(self._on_generator_chosen)

    # -- what it shows ------------------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show another moment."""
        canvas = self.canvases[snapshot.layout]
        self._snapshot = snapshot
        if self._pages.currentWidget() is not canvas:
            self._pages.setCurrentWidget(canvas)
            for layout, chips in self.chips.items():
                chips.setVisible(layout == snapshot.layout)
        self._judge_layers(snapshot)
        canvas.show_snapshot(snapshot)

    @property
    def waiting_for(self) -> str:
        """What is said in place of the first snapshot."""
        return self._empty.text()

    def show_wait(self, text: str) -> None:
        """Say what is waited for, in place of the first snapshot."""
        self._empty.setText(text)

    def show_averaged(self) -> None:
        """Look at the averaged generator again, which is where every preset begins."""
        self.generator.set_value(GENERATORS[0][0])

    def watch(self) -> Watch:
        """Return what the layers that are on need, of every canvas: a run takes what is for its data."""
        needed = {
            layer.probe
            for layout, chips in self.chips.items()
            for layer in self.canvases[layout].LAYERS
            if layer.name in chips.on()
        }
        return Watch(frozenset(needed), cast(GeneratorChoice, self.generator.value))

    def settle(self) -> None:
        """End any movement of the axes and bring the texts up to date, for a picture of this moment."""
        for canvas in self.canvases.values():
            canvas.settle()

    def state(self) -> dict[str, Any]:
        """Return the person's choices, in plain values."""
        layers = {f"layers_{layout}": sorted(chips.on()) for layout, chips in self.chips.items()}
        return layers | {"generator": self.generator.value}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over choices from :meth:`state`; what is missing or unknown is passed over."""
        for layout, chips in self.chips.items():
            names = state.get(f"layers_{layout}")
            if isinstance(names, list | tuple):
                chips.choose([name for name in names if isinstance(name, str)])
        self.generator.set_value(str(state.get("generator", "")))

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        for layout, chips in self.chips.items():
            chips.set_palette(palette)
            self.canvases[layout].set_palette(palette)
        self.generator.set_palette(palette)
        self.update()

    def set_font_scale(self, scale: float) -> None:
        """Set the size of all type here, as a multiple of the application's; at 1 it follows the application's."""
        font = QFont()
        if scale != 1:
            font = QApplication.font()
            font.setPointSizeF(scale * font.pointSizeF())
        children = (*self.canvases.values(), *self.chips.values(), self.generator, self.caption, self._empty)
        for child in children:
            child.setFont(font)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _judge_layers(self, snapshot: Snapshot) -> None:
        """Disable the chips of what is not defined for this run, with the reason."""
        score = snapshot.probes.get("score")
        if snapshot.layout == "line" and score is not None:
            self.chips["line"].set_undefined("optimum", NO_OPTIMUM if getattr(score, "optimal", None) is None else "")

    def _tell(self) -> None:
        """Bring the texts up to date."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        canvas, chips = self.canvases[snapshot.layout], self.chips[snapshot.layout]
        self._show_caption(self._pointed or canvas.caption())
        chips.set_title("d", snapshot.score_title)
        if snapshot.layout == "images":
            chips.set_undefined("growth", "" if snapshot.config.generator.grows else NO_GROWTH)
        if snapshot.layout == "plane":
            chips.set_title("contour", f"D = {snapshot.neutral:g}")
            chips.set_undefined("modes", NO_MODES if snapshot.config.data.modes is None else "")
        chips.describe(canvas.tips())

    def _on_layers_changed(self) -> None:
        for layout, chips in self.chips.items():
            self.canvases[layout].set_layers(chips.on())
        self.watch_changed.emit(self.watch())

    def _on_generator_chosen(self) -> None:
        self.watch_changed.emit(self.watch())

    def _on_pointed(self, text: str) -> None:
        self._pointed = text
        if self._snapshot is not None:
            self._show_caption(text or self.canvases[self._snapshot.layout].caption())

    def _show_caption(self, text: str) -> None:
        self.caption.setText(text)
        self.caption.setToolTip(text)  # whole, where there is no room for all of it

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._palette.surface))
