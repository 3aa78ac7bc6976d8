"""The shelf and the source bar."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.shelf import Shelf
from ganstudio.ui.latent.source_bar import POSITIONS, SourceBar
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, until
from tests.ui.latent.test_explorer import ring_of


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with explorer_of(digits_model()) as made:
        yield made


@pytest.fixture
def shelf(explorer: Explorer, qtbot: QtBot) -> Iterator[Shelf]:
    made = Shelf(explorer)
    host = hosted(qtbot, made, 700, 110)
    for seed in (1, 2, 3):
        explorer.set_seed(seed)
        explorer.add_bookmark(name=f"seed {seed}")
        until(qtbot, lambda seed=seed: len(explorer.bookmarks) == seed)
    yield made
    host.close()


def test_a_click_goes_back_to_the_place(shelf: Shelf, explorer: Explorer) -> None:
    QTest.mouseClick(shelf.strip, Qt.MouseButton.LeftButton, pos=shelf.strip.rect_of(0).center().toPoint())
    assert explorer.state == explorer.bookmarks[0].state


def test_several_are_selected_and_carried_together(shelf: Shelf) -> None:
    strip = shelf.strip
    for index, keys in ((0, Qt.KeyboardModifier.NoModifier), (2, Qt.KeyboardModifier.ControlModifier)):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, keys, strip.rect_of(index).center().toPoint())
    assert [mark.name for mark in strip.carried(2)] == ["seed 1", "seed 3"]
    assert [mark.name for mark in strip.carried(1)] == ["seed 2"]


def test_the_shelf_comes_back_from_its_file_bit_for_bit(shelf: Shelf, explorer: Explorer, tmp_path: Path) -> None:
    path = tmp_path / "shelf.glat"
    shelf.save(path)
    kept = list(explorer.bookmarks)
    explorer.set_bookmarks([])
    shelf.load(path)
    assert [(mark.name, mark.state) for mark in explorer.bookmarks] == [(mark.name, mark.state) for mark in kept]


def test_a_file_that_is_no_shelf_is_refused_with_a_message(shelf: Shelf, explorer: Explorer, tmp_path: Path) -> None:
    said = []
    explorer.failed.connect(lambda message, _details: said.append(message))
    (tmp_path / "x.glat").write_bytes(b"nothing")
    shelf.load(tmp_path / "x.glat")
    assert "The shelf stays" in said[0]
    assert len(explorer.bookmarks) == 3


def test_a_bookmark_can_be_removed(shelf: Shelf, explorer: Explorer) -> None:
    shelf.remove(1)
    assert [mark.name for mark in explorer.bookmarks] == ["seed 1", "seed 3"]


def test_the_diversity_slider_cuts_and_its_right_end_does_not(explorer: Explorer, qtbot: QtBot) -> None:
    bar = SourceBar(explorer)
    qtbot.addWidget(bar)
    assert math.isinf(explorer.state.tau)
    bar.diversity.setValue(20)
    assert explorer.state.tau == pytest.approx(1.0)
    bar.diversity.setValue(2)
    assert bar.amount.property("tone") == "warning"
    bar.diversity.setValue(POSITIONS)
    assert math.isinf(explorer.state.tau)
    bar._take_kind(psi=True)
    bar.diversity.setValue(80)
    assert explorer.state.psi == pytest.approx(0.8)


def test_a_typed_seed_goes_to_its_place(explorer: Explorer, qtbot: QtBot) -> None:
    bar = SourceBar(explorer)
    qtbot.addWidget(bar)
    bar.seed.setText("4711")
    bar.seed.returnPressed.emit()
    assert explorer.state.seed == 4711
    place = explorer.state
    explorer.randomize()
    bar.seed.setText("4711")
    bar.seed.returnPressed.emit()
    assert (explorer.state.g == place.g).all()


def test_the_scrubber_shows_the_snapshot_under_the_hand(qtbot: QtBot) -> None:
    with explorer_of(None) as explorer:
        bar = SourceBar(explorer)
        host = hosted(qtbot, bar, 1000, 50)
        assert host.isVisible()
        explorer.set_ring(ring_of(digits_model(), 1, 10, 100, 1000))
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 1000)
        scrubber = bar.scrubber
        assert scrubber.steps == (1, 10, 100, 1000)
        assert bar.follow.isChecked()
        x = round(scrubber.place_of(10))
        QTest.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(x, scrubber.height() // 2))
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 10)
        assert not bar.follow.isChecked()
        assert "step 10" in bar.model_button.text()
