"""How far a run without a window is: a bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from ganstudio.commands.console import note

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from ganstudio.engine.trainer import Trainer

BAR_INTERVAL_S = 0.1
LINES = 10  # in a run, where there is no terminal
SHOWN_BY_BAR = ("metric/jsd", "metric/modes")  # beside the bar there is little room
SHOWN = ("loss/d", "loss/g", "metric/jsd", "metric/modes", "metric/high_quality")


class Progress:
    """Shows a run's progress on stderr while it is entered.

    Parameters
    ----------
    title
        What is trained.
    first, goal
        The iteration at which this call starts, and the last one.
    """

    def __init__(self, title: str, first: int, goal: int) -> None:
        self._title, self._first, self._goal = title, first, goal
        self._bar: tuple[Bar, TaskID] | None = None
        self._start = self._next_at = 0.0
        self._next_step = first

    def __enter__(self) -> Progress:
        self._start = time.perf_counter()
        if sys.stderr.isatty():
            bar = _bar()
            self._bar = bar, bar.add_task(self._title, total=self._goal, completed=self._first, text="")
            bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar[0].stop()

    def show(self, trainer: Trainer) -> None:
        """Show where the trainer is, if it is time to; costs a microsecond if not."""
        if self._bar is None:
            if trainer.step >= self._next_step or trainer.step == self._goal:
                self._next_step = trainer.step + max(1, (self._goal - self._first) // LINES)
                note(f"{self._title}: iteration {trainer.step} of {self._goal}, {self._text(trainer, SHOWN)}")
        elif (now := time.perf_counter()) >= self._next_at or trainer.step >= self._goal:
            self._next_at = now + BAR_INTERVAL_S
            bar, task = self._bar
            bar.update(task, completed=trainer.step, text=self._text(trainer, SHOWN_BY_BAR))
            bar.refresh()

    def _text(self, trainer: Trainer, names: tuple[str, ...]) -> str:
        rate = (trainer.step - self._first) / max(time.perf_counter() - self._start, 1e-9)
        trainer.flush()
        last = trainer.history.last()
        values = (f"{name} {last[name]:.4g}" for name in names if name in last)
        return "  ".join((f"{rate:.0f}/s", *values))


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    return RichProgress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[text]}", style="dim"),
        console=Console(stderr=True),
        auto_refresh=False,
    )
