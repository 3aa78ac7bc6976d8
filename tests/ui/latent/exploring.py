"""An explorer on a small model, shown to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.models import LatentModel
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.palette import palette
from tests.engine.latent.nets import perceptron

PATIENCE_MS = 20_000


@contextmanager
def exploring(model: LatentModel | None = None, *, active: bool = True) -> Iterator[Explorer]:
    """Give an explorer on a model, and end its threads."""
    explorer = Explorer(palette("dark"))
    failures: list[str] = []
    explorer.failed.connect(lambda message, details: failures.append(f"{message} {details}"))
    explorer.set_active(active)
    explorer.set_model(perceptron(dim=6) if model is None else model)
    explorer.failures = failures  # type: ignore[attr-defined]
    try:
        yield explorer
    finally:
        explorer.set_active(False)
        assert explorer.close()


def until(qtbot: QtBot, condition: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)


def idle(qtbot: QtBot, explorer: Explorer) -> None:
    """Wait until nothing is under way."""
    until(qtbot, lambda: not explorer.queue.is_pulling)
