"""The bar above everything: experiment, run controls, speed, read-out, look."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QIntValidator, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from ganstudio.engine.config import RunConfig
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.icons import icon
from ganstudio.ui.numerals import thousands
from ganstudio.ui.palette import Palette, palette
from ganstudio.ui.popups import attach
from ganstudio.ui.readout import Readout
from ganstudio.ui.speed_slider import SpeedSlider
from ganstudio.ui.steady_button import SteadyButton
from ganstudio.ui.theme import tabular
from ganstudio.ui.views.segmented_choice import SegmentedChoice

TEXT_INTERVAL_S = 0.25  # four times a second: faster cannot be read
# What the read-out has room for, so that a longer number lays nothing out anew: with the device, and without.
READOUT_ENDS = " · cuda, compiled", " · cuda", ""
READOUT_WIDTHS = tuple(f"it 0\u202f000\u202f000 · 00\u202f000 it/s{end}" for end in READOUT_ENDS)
NARROW = READOUT_WIDTHS[-1]
READOUT_TIP = (
    "Iterations done, iterations per second over about the last second, the device the nets are on, and whether "
    "an iteration is carried out operation by operation (eager) or as one program (compiled)"
)
MENU = (  # None is a rule
    *("open", "save", "save_preset", None),
    *("copy", "paste", "undo", "redo", None),
    *("export_picture", "export_history", None),
    *("new_seed", "go_back", "presenter", "fullscreen", None),
    *("dark", "light", "system", None),
    *("larger", "smaller", "normal_size", None),
    *("shortcuts", "about", "quit"),
)
PAGES = (("train", "Train"), ("latent", "Latent"))
ADVANCE = ("advance_10", "advance_100", "advance_1000", "advance")


class TransportBar(QFrame):
    """Shows where the run stands and starts the window's actions.

    Where the window is too narrow for all of it, what the menu has too goes first.

    Signals
    -------
    page_asked
        Another page was chosen; carries its name.
    presets_asked
        The preset button was pressed.
    limit_edited
        Another speed limit, in iterations per second; 0 is none.
    seed_typed
        Another seed was typed.
    """

    page_asked = Signal(str)
    presets_asked = Signal()
    limit_edited = Signal(float)
    seed_typed = Signal(int)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._actions = actions
        self._running = False
        self._palette: Palette | None = None
        self._written_at = 0.0
        self._snapshot: Snapshot | None = None
        self._title = ""
        self.pages = SegmentedChoice(PAGES, palette("dark"))
        self.pages.setAccessibleName("Page")
        self.pages.setToolTip("Train (Ctrl+1) or walk through what the generator has learnt (Ctrl+2)")
        self.pages.chosen.connect(self.page_asked)
        self.preset_button = QToolButton(toolButtonStyle=Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.preset_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.preset_button.clicked.connect(self.presets_asked)
        self.run_button = self._button("run")
        self.run_button.setProperty("primary", True)
        self.speed = SpeedSlider()
        self.speed.limit_edited.connect(self.limit_edited)
        self.readout = Readout()
        self._reason = ""
        self.readout.setToolTip(READOUT_TIP)
        self.seed = QLineEdit(maxLength=10)
        self.seed.setValidator(QIntValidator(0, 2**31 - 1, self.seed))
        self.seed.setToolTip("Seed of this run. Type another and press Enter: the run begins again with it.")
        self.seed.setAccessibleName("Seed")
        self.seed.returnPressed.connect(lambda: self.seed_typed.emit(int(self.seed.text())))
        self.menu_button = self._menu_button()
        self.theme_button = self._theme_button()
        self.iterate_button = self._iterate_button()
        self._fixed: list[QWidget] = []
        self._spare: list[QWidget] = []  # in the order in which they give way
        self._lay_out()
        self._take_font()

    def show_experiment(self, title: str, config: RunConfig, *, changed: bool) -> None:
        """Show which experiment it is and whether anything differs from its preset."""
        self._title = (title or "Untitled") + (" •" if changed else "")
        self.preset_button.setToolTip(
            f"{title}{', changed' if changed else ''}: choose another experiment "
            f"({self._actions['presets'].shortcut().toString()})"
        )
        self.speed.show_limit(config.run.speed_limit)
        if not self.seed.hasFocus():
            self.seed.setText(str(config.run.seed))
        self._elide()

    def show_running(self, running: bool) -> None:
        """Show whether it trains."""
        self._running = running
        action = self._actions["run"]
        action.setText("Pause" if running else "Run")
        if self._palette is not None:
            action.setIcon(icon("pause" if running else "run", self._palette.on_accent))
        self._written_at = 0.0

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how far it is; text changes four times a second at most."""
        self._snapshot = snapshot
        now = time.monotonic()
        if now - self._written_at >= TEXT_INTERVAL_S or not snapshot.running:
            self._written_at = now
            text = self.described(snapshot)
            fits = self.readout.fontMetrics().horizontalAdvance
            for end in (", ", " · "):
                if fits(text) > self.readout.width():
                    text = text.rpartition(end)[0]
            self.readout.set_text(text)
            if snapshot.execution_reason != self._reason:
                self._reason = snapshot.execution_reason
                self.readout.setToolTip(
                    f"{READOUT_TIP}{f'. Now {snapshot.execution}: {self._reason}' if self._reason else ''}"
                )

    def set_palette(self, palette: Palette) -> None:
        """Take a theme's colours."""
        self._palette = palette
        self.readout.set_palette(palette)
        self.pages.set_palette(palette)
        self.preset_button.setIcon(icon("gallery", palette.text))
        self.menu_button.setIcon(icon("menu", palette.text))
        checked = next((name for name in ("dark", "light", "system") if self._actions[name].isChecked()), "system")
        self.theme_button.setIcon(icon(checked, palette.text))
        self.show_running(self._running)
        self._take_font()

    @staticmethod
    def described(snapshot: Snapshot) -> str:
        """Return the read-out's text: "it 12 480 · 3 210 it/s · cpu, compiled"."""
        warming = snapshot.step == 0 and 0 < snapshot.d_updates < snapshot.config.training.d_pretrain
        where = f"warm-up of D {thousands(snapshot.d_updates)}" if warming else f"it {thousands(snapshot.step)}"
        rate = snapshot.steps_per_s
        speed = f"{thousands(round(rate))} it/s" if rate >= 10 else f"{rate:.1f} it/s"
        device = f"{snapshot.device}, {snapshot.execution}"
        return " · ".join((where, speed if snapshot.running else "paused", device))

    def _lay_out(self) -> None:
        layout = self._layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        steps = self._button("step_d"), self._button("step_g")
        left: tuple[QWidget, ...] = (
            self.pages,
            self._rule(),
            self.preset_button,
            self._rule(),
            self._button("reset"),
            self.run_button,
            *steps,
            self.iterate_button,
            self._rule(),
            self.speed,
            self._rule(),
            self.readout,
        )
        for widget in left:
            layout.addWidget(widget)
        layout.addStretch(1)
        fullscreen, presenter = self._button("fullscreen", words=False), self._button("presenter", words=False)
        dice = self._button("new_seed", words=False)
        right = (dice, self.seed, self._rule(), self.theme_button, presenter, fullscreen, self.menu_button)
        for widget in right:
            layout.addWidget(widget)
        self._spare = [fullscreen, presenter, self.theme_button, self.seed, dice, self.speed, *steps]
        self._fixed = [widget for widget in (*left, *right) if widget not in self._spare]

    def _button(self, name: str, *, words: bool = True) -> QToolButton:
        button = SteadyButton(("Run", "Pause")) if name == "run" else QToolButton()
        button.setDefaultAction(self._actions[name])
        style = Qt.ToolButtonStyle
        if name in ("step_d", "step_g"):
            button.setToolButtonStyle(style.ToolButtonTextOnly)
        else:
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if words and name == "run" else style.ToolButtonIconOnly
            )
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self._actions[name].text())
        return button

    def _iterate_button(self) -> QToolButton:
        button = self._button("iterate")
        menu = QMenu(self)
        for name in ADVANCE:
            menu.addAction(self._actions[name])
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setProperty("split", True)
        return button

    def _menu_button(self) -> QToolButton:
        menu = QMenu(self)
        for name in MENU:
            if name is None:
                menu.addSeparator()
            else:
                menu.addAction(self._actions[name])
        return self._popup_button(menu, "Menu")

    def _theme_button(self) -> QToolButton:
        menu = QMenu(self)
        for name in ("dark", "light", "system"):
            menu.addAction(self._actions[name])
        return self._popup_button(menu, "Theme")

    def _popup_button(self, menu: QMenu, title: str) -> QToolButton:
        button = QToolButton()
        attach(button, menu)
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _rule(self) -> QFrame:
        rule = QFrame()
        rule.setFixedWidth(9)
        rule.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        return rule

    def _take_font(self) -> None:
        """Give what has a width of its own the one that the type needs, so that nothing moves while text changes."""
        self.seed.setFixedWidth(self.fontMetrics().horizontalAdvance("00000") + 24)
        self.readout.setFont(tabular(self.font()))
        self._fit()

    def _fit(self) -> None:
        """Hide what there is no room for, least needed first."""
        self._elide()
        for text in READOUT_WIDTHS:
            self._set_readout_width(text)
            if self._width([*self._fixed, *self._spare]) <= self.width():
                break
        for index, widget in enumerate(self._spare):
            widget.setVisible(self._width([*self._fixed, *self._spare[index:]]) <= self.width())

    def _set_readout_width(self, text: str) -> None:
        self.readout.setFixedWidth(self.readout.fontMetrics().horizontalAdvance(text))

    def _width(self, widgets: list[QWidget]) -> int:
        """Return how wide the bar must be for these widgets."""
        margins = self.contentsMargins() + self._layout.contentsMargins()
        widths = sum(
            max(widget.minimumWidth(), min(widget.sizeHint().width(), widget.maximumWidth())) for widget in widgets
        )
        return widths + self._layout.spacing() * len(widgets) + margins.left() + margins.right()

    @override
    def minimumSizeHint(self) -> QSize:
        spare = self.readout.minimumWidth() - self.readout.fontMetrics().horizontalAdvance(NARROW)
        return QSize(self._width(self._fixed) - max(0, spare), super().minimumSizeHint().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _elide(self) -> None:
        """Let a long title give way to everything else."""
        metrics = QFontMetrics(self.preset_button.font())
        room = max(110, self.width() // 7)
        self.preset_button.setText(metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room) + " ▾")
