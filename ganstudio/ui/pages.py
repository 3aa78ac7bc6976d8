"""The window's pages: *Train* and *Latent*, of which one is shown and the other costs nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ganstudio.engine import messages as m
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.actions import TRAIN_KEYS, listen, make_actions
from ganstudio.ui.latent.latent_actions import BY_PRESS, HIDDEN_FOLLOW_S, LATENT_ACTIONS, REPEATED, UNLISTED
from ganstudio.ui.message_bar import MessageBar
from ganstudio.ui.palette import Palette
from ganstudio.ui.session_bridge import SessionBridge

if TYPE_CHECKING:
    from ganstudio.ui.latent.latent_page import LatentPage

PageName = Literal["train", "latent"]
KEY = "page"


class Pages(QObject):
    """Switches pages. The latent explorer is made when it is shown for the first time.

    Parameters
    ----------
    window
        Whose actions there will be more of.
    train
        The Train page.
    messages, messages_place
        The message bar, which goes with the page that is shown, and where it stands on the Train page.
    bridge
        The session.
    settings
        Remembers the page.

    Signals
    -------
    changed
        Another page is shown; carries its name.
    """

    changed = Signal(str)

    def __init__(
        self,
        window: QWidget,
        train: QWidget,
        messages: MessageBar,
        messages_place: QVBoxLayout,
        bridge: SessionBridge,
        settings: QSettings,
    ) -> None:
        super().__init__(window)
        self._messages, self._place = messages, messages_place
        self._bridge, self._settings = bridge, settings
        self._palette: Palette | None = None
        self.name: PageName = "train"
        self.latent: LatentPage | None = None
        self.stack = QStackedWidget()
        self._train = train
        self.stack.addWidget(train)
        self.actions: dict[str, QAction] = make_actions(window, LATENT_ACTIONS, REPEATED)
        self._works: dict[str, Callable[[], object]] = {}
        for name, action in self.actions.items():
            action.triggered.connect(functools.partial(self._work, name))
        for name in UNLISTED:
            self.actions[name].setProperty("unlisted", True)
        listen(self.actions, tuple(self.actions), False)
        bridge.send(m.Follow(HIDDEN_FOLLOW_S))  # so that the explorer finds the run's past

    def show_page(self, name: PageName, train_actions: dict[str, QAction]) -> None:
        """Show a page; its keys are in force, those of the other are not."""
        if name == self.name:
            return
        self.name = name
        is_latent = name == "latent"
        page = self._latent() if is_latent else None
        listen(train_actions, TRAIN_KEYS, not is_latent)
        listen(self.actions, [key for key in self.actions if key not in BY_PRESS], is_latent)
        (self._place if page is None else page.message_place).addWidget(self._messages)
        self.stack.setCurrentWidget(page or self._train)
        self._settings.setValue(KEY, name)
        self.changed.emit(name)

    def _work(self, name: str, _checked: bool = False) -> None:
        if self.name == "latent" and name in self._works:
            self._works[name]()

    def remembered(self) -> PageName:
        """Return the page that was shown last."""
        return "latent" if self._settings.value(KEY) == "latent" else "train"

    def _latent(self) -> LatentPage:
        if self.latent is None:
            from ganstudio.ui.latent.latent_page import LatentPage  # a good part of the program, not always wanted
            from ganstudio.ui.palette import palette

            page = self.latent = LatentPage(self._palette or palette("dark"), self._settings)
            page.follow_asked.connect(lambda every_s: self._bridge.send(m.Follow(every_s)))
            page.explorer.failed.connect(lambda message, details: self._messages.show_error(message, details))
            page.explorer.noticed.connect(self._messages.show_notice)
            self._works = page.works()
            self.stack.addWidget(page)
            page.set_ring(self._bridge.weights)
        return self.latent

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Let the explorer know that the run goes on."""
        if self.latent is not None and self.latent.isVisible():
            self.latent.set_ring(self._bridge.weights)
            self.latent.show_rate(f"train {snapshot.steps_per_s:.3g} it/s" if snapshot.running else "training paused")

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        if self.latent is not None:
            self.latent.set_palette(palette)

    def close(self) -> None:
        """End what the pages have running."""
        if self.latent is not None:
            self.latent.close_workers()
