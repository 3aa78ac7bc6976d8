"""What a run leaves behind: the scalars of every update, and the events, brought into its history."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ganstudio.engine.config import Change
from ganstudio.engine.history import Event, History

SCALARS = ("loss/d", "loss/g", "score/real", "score/fake", "grad_norm/d", "grad_norm/g")
ROWS_KEPT_BACK = 256  # scalars stay on the device for so many rows: reading them is a sync point
DRAG_STEPS = 200  # iterations within which changes of one setting count as one
NAMES = {"d_optimizer": "optimiser D", "g_optimizer": "optimiser G"}
Updates = tuple[int, int, int]  # iterations, updates of D and updates of G so far


class Recorder:
    """Keeps the scalars of the newest updates on the device, and the history of those before."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.scalars: dict[str, Tensor] = dict.fromkeys(SCALARS, torch.full((), math.nan, device=device))
        self._rows = torch.zeros(ROWS_KEPT_BACK, len(SCALARS), device=device)
        self._updates: list[Updates] = []
        self._last_change: tuple[str, object, int] = ("", None, 0)
        self.adopt(History())

    @property
    def room(self) -> int:
        """How many rows can be kept back still."""
        return ROWS_KEPT_BACK - len(self._updates)

    def add(self, updates: Updates) -> None:
        """Keep the scalars as they are now, as one row."""
        torch.stack(tuple(self.scalars.values()), out=self._rows[len(self._updates)])
        self._updates.append(updates)

    def add_rows(self, rows: Tensor, updates: Iterable[Updates]) -> None:
        """Keep rows that were made elsewhere: (n, 6), of which the first ones count, as many as there are updates."""
        first = len(self._updates)
        self._updates.extend(updates)
        last = len(self._updates)
        self._rows[first:last] = rows[: last - first]
        self.scalars = dict(zip(SCALARS, rows[last - first - 1].unbind(), strict=True))

    def forget(self) -> None:
        """Drop the rows that are kept back."""
        self._updates.clear()

    def write(self) -> int | None:
        """Bring the rows kept back into the history.

        Returns
        -------
        The iteration of the first loss that is not finite; what came after it is dropped. None if all are.
        """
        count = len(self._updates)
        if count == 0:
            return None
        updates = np.array(self._updates, np.int64)  # (rows, 3)
        values = self._rows[:count].cpu().numpy().copy()  # the one sync point of a step
        self._updates.clear()
        expected = updates[:, [2 if name.endswith("/g") else 1 for name in SCALARS]] > 0
        broken = np.flatnonzero((~np.isfinite(values) & expected).any(axis=1))
        end = int(broken[0]) + 1 if len(broken) else count
        self._table.append(updates[:end, 0], values[:end])
        return int(updates[end - 1, 0]) if len(broken) else None

    def adopt(self, history: History) -> None:
        """Go on with this history."""
        self.history = history
        self._table = history.table(SCALARS)
        for name, value in history.last().items():
            if name in self.scalars:
                self.scalars[name] = torch.full((), value, device=self._device)

    def forget_after(self, step: int) -> None:
        """Go on without what lies behind this iteration; whoever reads the old history keeps it whole."""
        length = len(self._table)
        if length and int(self._table.rows(length - 1)[0][0]) > step:
            self.adopt(self.history.until(step))

    def note(self, step: int, text: str) -> None:
        """Put something that happened at this iteration into the history's events."""
        self.history.events.append(Event(step, text))

    def mark(self, step: int, change: Change) -> None:
        """Put a change into the history's events; one of a setting that has just been changed goes on with that event.

        A slider that is dragged makes many changes, and one event: where it began, from what, and to what at last.
        """
        path, first, last_step = self._last_change
        events = self.history.events
        if events and path == change.path and step - last_step <= DRAG_STEPS:
            change = replace(change, old=first)
            events[-1] = Event(events[-1].step, _described(change))
        else:
            self.note(step, _described(change))
        self._last_change = (change.path, change.old, step)


def _described(change: Change) -> str:
    """Return a change in as few words as a chart's marker has room for: "k 1→5"."""
    section, _, name = change.path.partition(".")
    if name == "name":  # the new entry's alone: two names are longer than what there is room for
        return f"{NAMES.get(section, section)} → {_short(change.new)}"
    player = {"d_optimizer": " D", "g_optimizer": " G"}.get(section, "")
    label = {"d_steps": "k"}.get(name, name.replace("_", " "))
    return f"{label}{player} {_short(change.old)}→{_short(change.new)}"


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value).replace("_", " ")
