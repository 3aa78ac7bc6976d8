"""The window: splash first, heavy imports after, then the main window.

This module imports neither Qt nor torch; importing torch takes seconds, in which the splash is already seen.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from ganstudio.engine.config import RunConfig
    from ganstudio.ui.main_window import MainWindow
    from ganstudio.ui.theme import Theme, ThemeChoice

NAME = "GAN Studio"
INTERRUPTED = 130  # the exit code after Ctrl+C before there is a window
MILESTONES = "GANSTUDIO_MILESTONES"  # a file for the times of first paint and first step; set by the benchmark
# How often threads trade the interpreter, in seconds. The default of 5 ms lets a frame wait for a step, and a step for
# a frame, longer than either takes.
SWITCH_INTERVAL_S = 0.0005

log = logging.getLogger(__name__)


def main(target: str | None = None) -> int:
    """Open the window and return the exit code.

    Parameters
    ----------
    target
        A preset's name, a preset file or a checkpoint; the default preset if None.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    interrupts = _Interrupts()
    app = application()
    from ganstudio.ui.splash import Splash
    from ganstudio.ui.theme import Theme

    settings = user_settings()
    theme = Theme(_theme_choice(settings))
    theme.apply()
    splash = Splash(theme.palette)
    splash.show()
    app.processEvents()
    milestones = Milestones()
    milestones.reach("first_paint")
    imports = _Imports()
    while not imports.done.wait(0.01):
        if interrupts.asked:
            return INTERRUPTED
        splash.set_status(imports.status)
        app.processEvents()
    window = _first_window(target, theme, settings)
    window.show()
    splash.close()
    window.run()
    sys.excepthook = _shown_in(window)
    interrupts.then(app.closeAllWindows)
    milestones.watch(window)
    if imports.error:
        window.messages.show_error("A part of the program could not be loaded.", details=imports.error)
    code = app.exec()
    gc.freeze()  # else the interpreter goes through every object of torch, for seconds, before it ends
    return code


class _Interrupts:
    """Makes Ctrl+C and SIGTERM wishes, to be fulfilled between two events.

    An exception out of the midst of a paint event, which is where Python would raise it, ends the whole program.
    """

    def __init__(self) -> None:
        self.asked = False
        self._work: Callable[[], object] | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def then(self, work: Callable[[], object]) -> None:
        """Do this at every signal from now on, and soon if there was one."""
        self._work = work
        if self.asked:
            self._ask(signal.SIGINT, None)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        from PySide6.QtCore import QTimer

        self.asked = True
        if self._work is not None:
            QTimer.singleShot(0, self._work)


def application() -> QApplication:
    """Return the application, made if there is none yet."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    made = QApplication(["ganstudio"])  # the window manager's name for it, whatever the file that was run
    made.setApplicationName("ganstudio")
    made.setApplicationDisplayName(NAME)
    made.setOrganizationName("ganstudio")
    made.setDesktopFileName("ganstudio")
    return made


def user_settings() -> QSettings:
    """Return the store of the window's state."""
    from PySide6.QtCore import QSettings

    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "ganstudio", "ganstudio")


def build_window(
    config: RunConfig,
    *,
    title: str = "",
    theme_name: str = "dark",
    settings: QSettings | None = None,
    start: bool = True,
) -> MainWindow:
    """Return the main window on an experiment, not yet shown; for pictures, benchmarks and tests.

    Parameters
    ----------
    theme_name
        ``dark``, ``light`` or ``system``.
    settings
        Where its state is kept; nowhere if None.
    start
        Whether it trains at once.
    """
    from PySide6.QtCore import QSettings

    from ganstudio.ui.main_window import MainWindow
    from ganstudio.ui.theme import Theme

    theme = Theme("light" if theme_name == "light" else "dark" if theme_name == "dark" else "system")
    theme.apply()
    nowhere = QSettings(os.devnull, QSettings.Format.IniFormat)
    window = MainWindow(config, title, theme, settings or nowhere)
    if start:
        window.run()
    return window


def _first_window(target: str | None, theme: Theme, settings: QSettings) -> MainWindow:
    """Return the window on what was asked for; if that cannot be used, on the default preset, with the reason."""
    from ganstudio.engine import presets
    from ganstudio.ui.main_window import MainWindow

    is_checkpoint = target is not None and target.endswith(".safetensors")
    config, title = _default()
    error = ""
    if target is not None and not is_checkpoint:
        try:
            preset = presets.find(target)
            config, title = preset.config(), preset.title
        except presets.PresetError as raised:
            error = f"{raised}. The default experiment is shown instead."
    window = MainWindow(config, title, theme, settings)
    if error:
        window.messages.show_error(error)
    if target is not None and is_checkpoint:
        window.documents.open(Path(target))
    return window


def _default() -> tuple[RunConfig, str]:
    """Return the default preset, or where even that is broken what the settings are by themselves."""
    from ganstudio.engine import presets
    from ganstudio.engine.config import RunConfig

    try:
        preset = presets.default()
        return preset.config(), preset.title
    except presets.PresetError:
        return RunConfig(), ""


def _theme_choice(settings: QSettings) -> ThemeChoice:
    from ganstudio.ui.theme import CHOICES

    known = settings.value("theme")
    return next((choice for choice in CHOICES if choice == known), "system")


class _Imports:
    """Loads torch and what is built on it in a thread, while the splash is shown."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.status = "Loading PyTorch…"
        self.error = ""
        threading.Thread(target=self._load, name="ganstudio-imports", daemon=True).start()

    def _load(self) -> None:
        try:
            importing = __import__
            importing("torch")
            self.status = "Preparing the optimisers…"
            importing("torch._dynamo")  # else the first optimiser step would wait for it
            self.status = "Preparing the plots…"
            for name in ("scipy.ndimage", "ganstudio.engine.session"):
                importing(name)
        except (ImportError, OSError):
            self.error = traceback.format_exc()
        finally:
            self.done.set()


class Milestones:
    """When the first paint and the first step were, for the benchmark; does nothing unless it asked."""

    def __init__(self) -> None:
        self._file = os.environ.get(MILESTONES)
        self._times: dict[str, float] = {}

    def reach(self, name: str) -> None:
        """Note the time of a milestone, in seconds of the system's clock."""
        if self._file:
            self._times.setdefault(name, time.time())

    def watch(self, window: MainWindow) -> None:
        """Wait for the first step, write the times and close the window."""
        if self._file:
            window.bridge.snapshot_ready.connect(lambda snapshot: self._saw(window, snapshot.step))

    def _saw(self, window: MainWindow, step: int) -> None:
        if step > 0 and self._file and "first_step" not in self._times:
            self.reach("first_step")
            Path(self._file).write_text(json.dumps(self._times), "utf-8")
            window.close()


def _shown_in(window: MainWindow) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected error\n%s", details)
        window.messages.show_error(f"Something unexpected happened: {error or kind.__name__}", details=details)

    return hook
