"""The grid of samples and its orders."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.typicality import typicality
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.grid_canvas import GridCanvas
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, until
from tests.ui.latent.explorers import small_bank as small_bank


@pytest.fixture
def explorer(small_bank: None) -> Iterator[Explorer]:
    with explorer_of(digits_model(condition="embedding")) as made:
        yield made


@pytest.fixture
def canvas(explorer: Explorer, qtbot: QtBot) -> Iterator[GridCanvas]:
    made = GridCanvas(explorer)
    host = hosted(qtbot, made, 500, 320)
    until(qtbot, lambda: explorer.bank is not None and explorer.bank.is_full and made.sheet.count == 128)
    yield made
    host.close()


def sort_by(canvas: GridCanvas, name: str) -> None:
    canvas.sort.setCurrentIndex(canvas.sort.findData(name))
    canvas.sort.activated.emit(canvas.sort.currentIndex())


def test_sorted_by_the_score_the_most_real_comes_first_and_last_when_reversed(
    canvas: GridCanvas, explorer: Explorer
) -> None:
    assert explorer.bank is not None
    sort_by(canvas, "score")
    logits = explorer.bank.logits[canvas.sheet._order]
    assert (np.diff(logits) <= 0).all()
    canvas.reverse.setChecked(True)
    assert canvas.sheet._order[-1] == explorer.bank.logits.argmax()


def test_sorted_by_typicality_and_by_the_distance_to_training(
    canvas: GridCanvas, explorer: Explorer, qtbot: QtBot
) -> None:
    bank = explorer.bank
    assert bank is not None
    sort_by(canvas, "typical")
    values = typicality(bank.features, bank.features)
    until(qtbot, lambda: bool((np.diff(values[canvas.sheet._order]) >= 0).all()))
    until(qtbot, lambda: explorer.nearest is not None)
    sort_by(canvas, "nearest")
    assert explorer.nearest is not None
    distances = explorer.nearest.query(bank.images, 1).distances[:, 0]
    until(qtbot, lambda: bool((np.diff(distances[canvas.sheet._order]) >= 0).all()))


def test_a_chosen_sample_becomes_the_place_with_its_class(canvas: GridCanvas, explorer: Explorer) -> None:
    assert explorer.bank is not None
    canvas.sheet._choose(5)
    np.testing.assert_array_equal(explorer.state.g, explorer.bank.g[5])
    np.testing.assert_array_equal(explorer.state.class_weights, explorer.bank.classes[5])  # type: ignore[index,arg-type]
    canvas.step(0, 1)
    assert canvas.sheet.current == 5 + canvas.sheet.columns
    explorer.set_seed(77)
    assert canvas.sheet.current == -1


def test_one_class_alone_can_be_shown(canvas: GridCanvas, explorer: Explorer) -> None:
    assert explorer.bank is not None
    canvas.classes.setCurrentIndex(canvas.classes.findData(3))
    canvas.classes.activated.emit(canvas.classes.currentIndex())
    classes = explorer.bank.classes
    assert classes is not None
    assert 0 < canvas.sheet.count < 128
    assert (classes[canvas.sheet._order].argmax(1) == 3).all()


def test_the_next_typical_sample_is_among_the_better_half(canvas: GridCanvas, explorer: Explorer, qtbot: QtBot) -> None:
    bank = explorer.bank
    assert bank is not None
    before = explorer.state
    canvas.next_typical()
    until(qtbot, lambda: explorer.state != before)
    values = typicality(bank.features, bank.features)
    number = int(np.flatnonzero((bank.g == explorer.state.g).all(1))[0])
    assert values[number] <= np.median(values)
    first = explorer.state
    canvas.next_typical()
    until(qtbot, lambda: explorer.state != first)


def test_the_next_typical_sample_is_scrolled_into_sight(canvas: GridCanvas, explorer: Explorer, qtbot: QtBot) -> None:
    sheet = canvas.sheet
    canvas.resize(400, 300)
    bar = sheet.verticalScrollBar()
    until(qtbot, lambda: bar.maximum() > 0)
    for _ in range(3):
        bar.setValue(bar.maximum() if bar.value() == 0 else 0)
        before = explorer.state
        canvas.next_typical()
        until(qtbot, lambda before=before: explorer.state != before)  # type: ignore[misc]
        rect = sheet.rect_of(int(np.flatnonzero(sheet._order == sheet.current)[0]))
        assert rect.top() >= 0
        assert rect.bottom() <= sheet.viewport().height()


def test_a_sample_under_the_pointer_is_found_where_it_is_painted(canvas: GridCanvas) -> None:
    rect = canvas.sheet.rect_of(7)
    assert canvas.sheet.place_at(rect.center().toPointF()) == 7
    canvas.sheet.grab()
    assert canvas.sheet._image.width() == canvas.sheet.columns * 28
