"""The suite of the page Latent: what it says, on small nets and stretches of a moment."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ganstudio.bench import latent, latent_probes
from ganstudio.engine.config import RunConfig
from tests.ui.latent.explorers import digits_config


@pytest.fixture
def _same_switch_interval_for_every_test() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


@pytest.mark.slow
@pytest.mark.usefixtures("_same_switch_interval_for_every_test")
def test_the_suite_measures_every_part_while_a_run_trains(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent, "QUICK", (1, 0.3, 1))
    monkeypatch.setattr(latent_probes, "BUSY_S", 0.02)
    found = {item.name: item for item in latent.measure(digits_config(), quick=True)}
    assert {name: item.unit for name, item in found.items()} == {
        "map: tiles on the screen": "tiles",
        "map: another seed until a placeholder is painted": "ms",
        "map: another seed until all tiles are painted": "ms",
        "cancel of an inversion": "ms",
        "cancel of a bank": "ms",
        "drag to picture, median": "ms",
        "drag to picture, p95": "ms",
        "of these the worker: state to picture made, median": "ms",
        "pictures per move of the mouse": "×",
        "lateness of a 10 ms timer while dragged, median": "ms",
        "lateness of a 10 ms timer while dragged, p99": "ms",
        "headless": "it/s",
        "page Latent, dragged": "it/s",
        "page Latent, following the run": "it/s",
        "page Latent, a snapshot kept": "it/s",
        "dragged / headless": "×",
        "following the run / headless": "×",
        "a snapshot kept / headless": "×",
    }
    assert all(item.value > 0 for name, item in found.items() if "lateness" not in name)
    whole, first = (found[f"map: another seed until {what} painted"] for what in ("all tiles are", "a placeholder is"))
    assert whole.value >= first.value
    assert found["drag to picture, p95"].value >= found["drag to picture, median"].value


def test_pictures_are_measured_even_if_the_preset_has_none() -> None:
    chosen = latent._of_images(RunConfig())
    assert chosen.data.layout == "images"
    assert chosen.run.execution == "eager"
    assert latent._of_images(digits_config()).generator == digits_config().generator
