"""``ganstudio render``: the real window, offscreen, after some iterations."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ganstudio.commands import models, offscreen
from ganstudio.commands.console import CommandError, note, say
from ganstudio.commands.experiments import adjusted
from ganstudio.engine import messages as m
from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ganstudio.engine.snapshot import Snapshot
    from ganstudio.ui.main_window import MainWindow

POLL_S = 0.005
QUIET_S = 1.0  # some of the explorer's work begins when a place has been looked at for a moment
TEXT_S = 0.3  # the window brings its numbers up to date four times a second


def run(arguments: argparse.Namespace) -> int:
    """Train in the window and save the picture."""
    offscreen.check_target(arguments.output)
    preset = presets.find(arguments.preset)
    config = adjusted(preset.config(), arguments.settings, run__seed=arguments.seed)
    step = render(
        config,
        preset.title,
        arguments.output,
        steps=arguments.steps,
        size=arguments.size,
        theme=arguments.theme,
        model=None if arguments.model is None else models.found(arguments.model),
    )
    say(f"{arguments.output}: the window at iteration {step}")
    return 0


def render(
    config: RunConfig,
    title: str,
    path: Path,
    *,
    steps: int,
    size: tuple[int, int],
    theme: Literal["dark", "light"],
    model: Path | None = None,
) -> int:
    """Write a picture of the window after ``steps`` iterations; return the iteration it shows.

    With a model, that is what page *Latent* is shown with.

    Raises
    ------
    NoPictureError
        If Qt cannot paint here.
    CommandError
        If the run cannot be built, or the model not opened.
    OSError
        If the picture cannot be written.
    """
    qt = offscreen.application()
    from ganstudio import app

    sys.setswitchinterval(app.SWITCH_INTERVAL_S)
    window = app.build_window(config, title=title, theme_name=theme, start=False)
    try:
        window.resize(*size)
        window.show()
        viewer = _Viewer(qt, window)
        viewer.train(steps)
        viewer.bring_up_to_date()
        if model is not None:
            viewer.explore(model)
        offscreen.save(window, path)
    finally:
        window.close()
    return viewer.step


class _Viewer:
    """Drives a window from outside, as a person would, and waits for what it shows."""

    def __init__(self, qt: QApplication, window: MainWindow) -> None:
        self._qt, self._window = qt, window
        self._snapshot: Snapshot | None = None
        self._failure: m.Failed | None = None
        self._diverged = False
        window.bridge.snapshot_ready.connect(self._see)
        window.bridge.failed.connect(self._fail)
        window.bridge.diverged.connect(self._diverge)

    @property
    def step(self) -> int:
        """The iteration that the window shows."""
        return self._snapshot.step if self._snapshot is not None else 0

    def train(self, steps: int) -> None:
        """Let the window run for so many iterations and show the last one."""
        self._wait(lambda: self._snapshot is not None)
        if steps:
            self._window.bridge.send(m.Advance(steps))
            self._wait(lambda: self._diverged or self.step >= steps)
        self._wait(lambda: self._snapshot is not None and not self._snapshot.running)
        if self._diverged:
            note(f"A loss was not finite: the picture shows iteration {self.step}.")

    def bring_up_to_date(self) -> None:
        """Let every text and every moving axis arrive where it belongs."""
        until = time.perf_counter() + TEXT_S
        self._wait(lambda: time.perf_counter() >= until)
        self._window.bridge.snapshot_ready.emit(self._snapshot)
        self._window.stage.settle()
        self._qt.processEvents()

    def explore(self, model: Path) -> None:
        """Show page Latent with a model, and wait until everything there is painted."""
        self._window.actions_by_name["page_latent"].trigger()
        page = self._window.pages.latent
        assert page is not None  # noqa: S101 - it was made now
        refused: list[str] = []
        page.explorer.failed.connect(lambda message, _details: refused.append(message))
        page.explorer.open_model(model)
        quiet_since = time.perf_counter()

        def is_quiet() -> bool:
            nonlocal quiet_since
            if refused:
                raise CommandError(refused[0])
            if page.explorer.queue.is_at_work:
                quiet_since = time.perf_counter()
            return time.perf_counter() - quiet_since > QUIET_S

        self._wait(is_quiet)

    def _wait(self, met: Callable[[], bool]) -> None:
        while not met():
            self._qt.processEvents()
            if self._failure is not None:
                raise CommandError(self._failure.message)
            time.sleep(POLL_S)

    def _see(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def _fail(self, event: m.Failed) -> None:
        self._failure = event

    def _diverge(self, _event: m.Diverged) -> None:
        self._diverged = True
