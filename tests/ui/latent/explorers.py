"""Explorers with small models, and what tests of the page's parts do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.engine.config import RunConfig, from_mapping
from ganstudio.engine.latent.models import LatentModel, opened
from ganstudio.engine.latent.weights import Weights
from ganstudio.engine.models import discriminators, generators
from ganstudio.engine.params import params_of
from ganstudio.ui.latent import explorer_references
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.palette import palette
from tests.engine.latent.nets import SMALL, seeded

DIGITS = (1, 28, 28)


def digits_config(name: str = "dcgan", dim: int = 5, condition: str = "none", size: str = "28") -> RunConfig:
    """Return a run of small nets on the digits."""
    tables: list[dict[str, object]] = []
    for registry, told in ((generators, condition), (discriminators, "concatenation")):
        known = params_of(registry.get(name))
        table: dict[str, object] = {"name": name} | {key: value for key, value in SMALL.items() if key in known}
        if condition != "none":
            table["condition"] = told
        tables.append(table)
    return from_mapping(
        {
            "data": {"name": "digits", "size": size},
            "generator": tables[0],
            "discriminator": tables[1],
            "prior": {"name": "normal", "dim": dim},
        }
    )


def digits_model(name: str = "dcgan", dim: int = 5, condition: str = "none", seed: int = 0) -> LatentModel:
    """Return an untrained model of the digits; with a condition, of their ten classes."""
    settings = digits_config(name, dim, condition, "32" if name == "style" else "28")
    shape = settings.data.shape
    classes = 10 if condition != "none" else 0
    G = settings.generator.build(dim, shape, seeded(seed), classes)
    D = settings.discriminator.build(shape, seeded(seed + 1), classes)
    names = tuple("0123456789") if classes else ()
    made = Weights.copied(settings, G, D, shape=shape, classes=classes, class_names=names, title="digits", run=seed)
    return opened(made)


def points_model(data: str = "ring8", dim: int = 2) -> LatentModel:
    """Return an untrained model of points."""
    settings = from_mapping({"data": {"name": data}, "prior": {"name": "normal", "dim": dim}})
    shape = settings.data.shape
    G = settings.generator.build(dim, shape, seeded(3), 0)
    D = settings.discriminator.build(shape, seeded(4), 0)
    mean, scale = settings.data.moments()
    known = {"mean": tuple(float(value) for value in mean), "scale": float(scale)}
    return opened(Weights.copied(settings, G, D, shape=shape, title="points", **known))


@contextmanager
def explorer_of(model: LatentModel | None, *, active: bool = True) -> Iterator[Explorer]:
    """Give an explorer that shows a model, and end its threads afterwards."""
    explorer = Explorer(palette("dark"))
    explorer.set_active(active)
    if model is not None:
        explorer.set_model(model)
    try:
        yield explorer
    finally:
        assert explorer.close(10.0)


def hosted(qtbot: QtBot, part: QWidget, width: int = 600, height: int = 400) -> QWidget:
    """Show a part of the page in a window, which is to be kept."""
    host = QWidget()
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(part)
    host.resize(width, height)
    qtbot.addWidget(host)
    host.show()
    return host


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    qtbot.waitUntil(condition, timeout=60_000)


@pytest.fixture
def small_bank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make banks of 128 samples: enough to be one."""
    monkeypatch.setattr(explorer_references, "CAPACITY", 128)
    monkeypatch.setattr(explorer_references, "FOLLOWING_CAPACITY", 128)
    monkeypatch.setattr(explorer_references, "REALS", 32)
