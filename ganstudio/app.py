"""The window: a splash at once, the main window after it, and torch behind that.

This module imports neither Qt nor torch. Torch is loaded in the session's thread once the window is there, see
:mod:`ganstudio.engine.late_session`.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
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
MILESTONES = "GANSTUDIO_MILESTONES"  # a file for the times of what is reached after the start; set by the benchmark
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
    theme.apply(styled=False)
    splash = Splash(theme.palette)
    splash.show()
    app.processEvents()
    milestones = Milestones()
    milestones.reach("first_paint")
    window = _first_window(target, theme, settings)
    theme.apply()
    if interrupts.asked:
        return INTERRUPTED
    window.show()
    splash.close()
    app.processEvents()
    milestones.reach("window")
    window.run()
    sys.excepthook = _shown_in(window)
    interrupts.then(app.closeAllWindows)
    milestones.watch(window)
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
    from ganstudio.ui.garbage import GarbageCollector

    made = QApplication(["ganstudio"])  # the window manager's name for it, whatever the file that was run
    made.setApplicationName("ganstudio")
    made.setApplicationDisplayName(NAME)
    made.setOrganizationName("ganstudio")
    made.setDesktopFileName("ganstudio")
    GarbageCollector(made)
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
    theme.apply(styled=False)
    # A file that cannot be, and each time another, since Qt remembers by name what was to be written. (The null device
    # itself would be replaced by a file where the program runs as root.)
    nowhere = QSettings(str(Path(os.devnull) / f"{time.monotonic_ns()}.ini"), QSettings.Format.IniFormat)
    window = MainWindow(config, title, theme, settings or nowhere)
    theme.apply()
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


class Milestones:
    """When the first paint, the window and so many steps were, for the benchmark; does nothing unless it asked."""

    STEPS = (("first_step", 1), ("thousand_steps", 1_000))

    def __init__(self) -> None:
        self._file = os.environ.get(MILESTONES)
        self._times: dict[str, tuple[float, float]] = {}

    def reach(self, name: str) -> None:
        """Note a milestone: the system's clock and the processor time of the process so far, in seconds."""
        if self._file:
            self._times.setdefault(name, (time.time(), time.process_time()))

    def watch(self, window: MainWindow) -> None:
        """Wait for the last of the steps, write the times and close the window."""
        if self._file:
            window.bridge.snapshot_ready.connect(lambda snapshot: self._saw(window, snapshot.step))

    def _saw(self, window: MainWindow, step: int) -> None:
        for name, wanted in self.STEPS:
            if step >= wanted:
                self.reach(name)
        if step >= self.STEPS[-1][1] and self._file:
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
