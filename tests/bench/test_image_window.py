"""The window while large images train: what the suite says, on small nets and stretches of a moment."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ganstudio.bench import image_window
from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig, replaced


@pytest.fixture
def _same_switch_interval_for_every_test() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_same_switch_interval_for_every_test")
def test_a_sheet_of_64_large_images_is_measured_while_it_trains(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    made = image_window.large

    def narrow(config: RunConfig) -> RunConfig:
        for path, value in {"generator.width": 4, "discriminator.width": 4, "training.batch_size": 4}.items():
            config = replaced(config, path, value)
        return made(config)

    monkeypatch.setattr(image_window, "large", narrow)
    monkeypatch.setattr(image_window, "QUICK", (1.0, 2))
    found = {item.name: item for item in image_window.measure(quick=True)}
    assert {name: item.unit for name, item in found.items()} == {
        "64 × 64: with the window": "it/s",
        "64 × 64: lateness of a 10 ms timer, median": "ms",
        "64 × 64: lateness of a 10 ms timer, p99": "ms",
        "64 × 64: lateness of a 10 ms timer, p99, held at 30 frames a second": "ms",
        "64 × 64: tiles in sight": "tiles",
        "64 × 64: GUI frame with the sheet, median": "ms CPU",
        "64 × 64: GUI frame with the sheet, p99": "ms CPU",
    }
    assert found["64 × 64: tiles in sight"].value == 64
    assert found["64 × 64: with the window"].value > 0
    assert found["64 × 64: GUI frame with the sheet, median"].value > 0


def test_its_images_are_made_once_and_are_of_the_size() -> None:
    data = image_window.large(presets.find(image_window.PRESET).config()).data
    assert data.shape == (3, 64, 64)
    before = image_window._kept().stat().st_mtime_ns
    assert image_window.large(presets.find(image_window.PRESET).config()).data == data
    assert image_window._kept().stat().st_mtime_ns == before
