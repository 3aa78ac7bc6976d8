"""The page's top line: which model, which moment of its training, how diverse, and from which seed."""

from __future__ import annotations

import functools
import math
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIntValidator
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ganstudio import paths
from ganstudio.engine import presets
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui import icons
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.source_bar_scrubber import Scrubber
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette
from ganstudio.ui.popups import attach
from ganstudio.ui.slider import Slider
from ganstudio.ui.theme import tabular

SUFFIX = ".gan.safetensors"
KINDS = "Model or saved run (*.safetensors);;All files (*)"
POSITIONS = 100
LEAST_TAU, LEAST_PSI = 0.5, 0.0
TAU_FLOOR, PSI_FLOOR = 1.0, 0.7  # as in engine.latent.coordinates, which needs torch
MOST_TAU = 3.0  # at the slider's right end it is without bound
LARGEST_SEED = 999_999_999
LOW = "Below {floor} pictures leave what was learnt rather than becoming more typical"


class SourceBar(QFrame):
    """Model, follow, snapshots, diversity and seed.

    Signals
    -------
    open_asked
        The person wants to choose a model file.
    """

    open_asked = Signal()

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._palette = explorer, explorer.palette
        self.setObjectName("bar")
        self.model_button = QToolButton()
        self.model_menu = QMenu(self)
        self.follow = QToolButton()
        self.scrubber = Scrubber(explorer)
        self.kind = QToolButton()
        self.diversity = Slider(POSITIONS)
        self.amount = QLabel()
        self.seed = QLineEdit()
        self.random = QToolButton()
        self._moving = False  # a drag of the slider goes on
        self._psi = False  # the slider scales by ψ instead of cutting at τ
        self._lay_out()
        self._connect()
        self.set_palette(explorer.palette)
        self._show_model()
        self._show_state(explorer.state)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.setSpacing(8)
        self.model_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        attach(self.model_button, self.model_menu)
        self.model_button.setAccessibleName("Model")
        self.model_button.setToolTip("The run's generator (the moving average of its weights), or a model file")
        self.follow.setCheckable(True)
        self.follow.setText("Follow")
        self.follow.setToolTip("Show the run's newest snapshot as it comes (F)")
        menu = QMenu(self.kind)
        menu.addAction("Truncation τ", lambda: self._take_kind(psi=False))
        menu.addAction("Scaling ψ", lambda: self._take_kind(psi=True))
        attach(self.kind, menu)
        self.diversity.setFixedWidth(110)
        self.diversity.setAccessibleName("Diversity")
        digits = tabular(self.font())
        self.amount.setFont(digits)
        self.amount.setMinimumWidth(self.amount.fontMetrics().horizontalAdvance("0.00"))
        self.seed.setFont(digits)
        self.seed.setFixedWidth(self.seed.fontMetrics().horizontalAdvance("000000000"))
        self.seed.setValidator(QIntValidator(0, LARGEST_SEED, self))
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The seed of the endless map, and of the latent where it begins")
        self.random.setText("Random")
        self.random.setToolTip("Go to another draw of the prior (R)")
        for button in (self.follow, self.kind, self.random, self.model_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row.addWidget(self.model_button)
        row.addWidget(self.follow)
        self.scrubber.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self.scrubber, 1)
        row.addWidget(self.kind)
        row.addWidget(self.diversity)
        row.addWidget(self.amount)
        row.addWidget(QLabel("seed"))
        row.addWidget(self.seed)
        row.addWidget(self.random)

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.model_changed.connect(lambda _model: self._show_model())
        explorer.ring_changed.connect(self._show_model)
        explorer.following_changed.connect(lambda _on: self._show_model())
        explorer.state_changed.connect(self._show_state)
        self.model_menu.aboutToShow.connect(self.fill_menu)
        self.follow.clicked.connect(explorer.follow)
        self.diversity.valueChanged.connect(self._take_diversity)
        self.diversity.double_clicked.connect(lambda: self.diversity.setValue(POSITIONS))
        self.seed.returnPressed.connect(self._take_seed)
        self.random.clicked.connect(explorer.randomize)

    # -- the model ----------------------------------------------------------------------------------------------------

    def _show_model(self) -> None:
        explorer, model = self._explorer, self._explorer.model
        if model is None:
            text = "No model"
        elif explorer.path is None:
            text = f"Run · EMA · step {thousands(model.step)}"
        else:
            title = title_of(explorer.path) if explorer.path in shipped_models() else model.title
            text = f"{title} · step {thousands(model.step)}"
        metrics = self.fontMetrics()
        self.model_button.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, 20 * metrics.height()))
        has_run = explorer.ring is not None and explorer.ring.newest is not None
        self.follow.setEnabled(has_run)
        self.follow.setChecked(explorer.is_following and explorer.path is None)

    def fill_menu(self) -> None:
        """Offer the run, files, models that come with the program, and those opened last."""
        menu, explorer = self.model_menu, self._explorer
        menu.clear()
        run = menu.addAction("This run", lambda: explorer.follow(True))
        run.setEnabled(explorer.ring is not None and explorer.ring.newest is not None)
        menu.addAction("Open model…", self.open_asked.emit)
        shipped = shipped_models()
        if shipped:
            menu.addSeparator()
            self._head("With the program")
            for path in shipped:
                menu.addAction(self._entry(path, title_of(path)))
        recents = [path for path in explorer.recents() if path not in shipped]
        if recents:
            menu.addSeparator()
            self._head("Opened last")
            for path in recents:
                menu.addAction(self._entry(path, path.name))

    def _head(self, words: str) -> None:
        self.model_menu.addAction(words).setEnabled(False)

    def _entry(self, path: Path, title: str) -> QAction:
        action = QAction(title.replace("&", "&&"), self.model_menu)
        action.setToolTip(str(path))
        action.triggered.connect(functools.partial(self._explorer.open_model, path))
        return action

    def choose_file(self) -> None:
        """Ask for a model file and open it."""
        start = shipped_models()
        folder = str(start[0].parent) if start else str(Path.home())
        recents = self._explorer.recents()
        folder = str(recents[0].parent) if recents else folder
        name, _ = QFileDialog.getOpenFileName(self.window(), "Open model", folder, KINDS)
        if name:
            self._explorer.open_model(Path(name))

    # -- the state ----------------------------------------------------------------------------------------------------

    def _show_state(self, state: ViewState) -> None:
        if not self.diversity.isSliderDown():
            self._psi = state.psi != 1 or (self._psi and math.isinf(state.tau))
        self.kind.setText("Diversity ψ" if self._psi else "Diversity τ")
        self.kind.setToolTip(
            "ψ scales g towards zero (in a style-based generator, the style towards its mean)"
            if self._psi
            else "τ cuts every coordinate of g to ±τ, each draw in its quantile (Brock et al. 2019, section 3.1)"
        )
        value = state.psi if self._psi else state.tau
        self.diversity.blockSignals(True)
        if not self.diversity.isSliderDown():
            self.diversity.setValue(self._position(value))
        self.diversity.blockSignals(False)
        self.amount.setText("∞" if math.isinf(value) else f"{value:.2f}")
        floor = PSI_FLOOR if self._psi else TAU_FLOOR
        low = value < floor and not (self._psi and self._has_styles())
        self.amount.setToolTip(LOW.format(floor=floor) if low else self.kind.toolTip())
        if self.amount.property("tone") != ("warning" if low else ""):
            self.amount.setProperty("tone", "warning" if low else "")
            QApplication.style().polish(self.amount)
        if not self.seed.hasFocus():
            self.seed.setText(str(state.seed))

    def _has_styles(self) -> bool:
        return self._explorer.model is not None and self._explorer.model.style_layers > 0

    def _position(self, value: float) -> int:
        if self._psi:
            return round(POSITIONS * (value - LEAST_PSI) / (1 - LEAST_PSI))
        if math.isinf(value):
            return POSITIONS
        return min(round(POSITIONS * (value - LEAST_TAU) / (MOST_TAU - LEAST_TAU)), POSITIONS - 1)

    def _take_diversity(self, position: int) -> None:
        share = position / POSITIONS
        merge = self.diversity.isSliderDown() and self._moving
        self._moving = self.diversity.isSliderDown()
        if self._psi:
            self._explorer.change(merge=merge, psi=LEAST_PSI + share * (1 - LEAST_PSI))
        else:
            tau = math.inf if position == POSITIONS else LEAST_TAU + share * (MOST_TAU - LEAST_TAU)
            self._explorer.change(merge=merge, tau=tau)

    def _take_kind(self, *, psi: bool) -> None:
        self._psi = psi
        self._explorer.change(tau=math.inf, psi=1.0)
        self._show_state(self._explorer.state)

    def _take_seed(self) -> None:
        self.seed.clearFocus()
        if self.seed.text():
            self._explorer.set_seed(int(self.seed.text()))

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.scrubber.set_palette(palette)
        self.random.setIcon(icons.icon("seed", palette.text))
        self.model_button.setIcon(icons.icon("chevron_down", palette.muted))


def shipped_models() -> list[Path]:
    """Return the model files that come with the program."""
    folder = paths.resources() / "models"
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def title_of(path: Path) -> str:
    """Return what to call a model file: as the preset that it was trained by, if it came with the program."""
    stem = path.name.removesuffix(SUFFIX)
    return next((preset.title for preset in presets.shipped() if preset.name == stem), stem)
