"""The memory suite: what it says, on runs of a second."""

from __future__ import annotations

import json
import mmap
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ganstudio.bench import memory, memory_of_history, memory_of_window, resident
from ganstudio.bench.figures import Figure
from tests.engine.configs import small

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="this system has no /proc")


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    return {found.name: found for found in figures}


def test_what_is_held_counts_as_resident() -> None:
    before = resident.resident()
    held = mmap.mmap(-1, 64 * resident.MEBIBYTE)  # new pages, whatever this process has freed before
    held.write(b"\x01" * len(held))
    grown = resident.resident() - before
    held.close()
    assert grown > 0.9 * 64 * resident.MEBIBYTE


@pytest.mark.parametrize(("late", "kept"), [(105, True), (106, False)])
def test_growth_of_more_than_five_percent_misses_the_bound(late: int, kept: bool) -> None:
    found = resident.compared("run", (100_000, 100 * 2**20), (10_000_000, late * 2**20))
    assert [one.value for one in found] == [100_000, 100, 10_000_000, late, late / 100]
    assert found[-1].name == "run: resident memory, late / early"
    assert found[-1].kept is kept


def test_the_history_part_shows_every_row_and_counts_what_is_where(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_of_history, "EARLY", 3_000)
    found = by_name(memory_of_history.measure(small(), rows=120_000, minutes=1))
    assert found["history: iterations, early"].value == 3_000
    assert found["history: iterations, late"].value == 120_000
    assert 2 < found["history: in memory"].value < 4
    assert found["history: on disk"].value == pytest.approx(3 * 16_384 * 32 / 2**20, rel=0.2)
    assert found["history: price of a row"].value > 0


def test_the_window_part_trains_the_smallest_nets_and_says_how_far(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_of_window, "EARLY", 20)
    monkeypatch.setattr(memory_of_window, "STEPS", 60)
    monkeypatch.setattr(memory_of_window, "FRAMES", 2)
    found = by_name(memory_of_window.measure(small(), rows=0, minutes=1))
    assert found["window: iterations, early"].value >= 20
    assert found["window: iterations, late"].value >= 60
    assert found["window: GUI frame, last frames"].repetitions == 2


def test_a_part_alone_prints_its_figures_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = resident.compared("history", (1, 2), (3, 4))
    asked = {}

    def measure(config: object, **values: object) -> list[Figure]:
        asked.update(values)
        return made

    monkeypatch.setattr(memory_of_history, "measure", measure)
    memory.main(["history", "--rows", "5", "--minutes", "0.5", "--preset", "ring8"])
    assert [Figure(**found) for found in json.loads(capsys.readouterr().out)] == made
    assert asked == {"rows": 5, "minutes": 0.5}


def test_a_part_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="no_such_part"):
        memory._alone("no_such_part")
