from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.models import opened
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.snapshots import SnapshotRing
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.compare_jobs import Way, difference, middle_text, pairs, ways
from ganstudio.ui.latent.compare_view import CompareView
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.gauge_lane import common_range
from ganstudio.ui.latent.model_choice import Chosen
from ganstudio.ui.latent.shell_gauge import shell
from ganstudio.ui.latent.source_bar import shipped_models, title_of
from ganstudio.ui.palette import palette
from tests.engine.latent.nets import config, copied, perceptron
from tests.ui.latent.exploring import exploring, idle, until


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with exploring() as made:
        yield made


def shown(qtbot: QtBot, explorer: Explorer, page: str = "ways") -> CompareView:
    view = CompareView(explorer)
    qtbot.addWidget(view)
    view.resize(760, 600)
    view.show_page(page)
    view.show()
    return view


def both(view: CompareView) -> bool:
    return all(row.way is not None and row.strip.count for row in view.ways.rows.values())


def test_both_ways_have_the_same_ends_and_slerp_keeps_the_length(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    until(qtbot, lambda: both(view))
    idle(qtbot, explorer)
    straight, round_ = view.ways.rows["lerp"], view.ways.rows["slerp"]
    assert straight.way is not None
    assert round_.way is not None
    assert straight.strip.count == round_.strip.count >= 5
    for end in (0, -1):
        assert np.array_equal(straight.way.g[end], round_.way.g[end])
        assert np.array_equal(straight.strip.images[end], round_.strip.images[end])  # type: ignore[arg-type]
    middle = len(straight.way.g) // 2
    assert straight.way.lengths[middle] < round_.way.lengths[middle]
    assert np.array_equal(straight.lane.lengths, straight.way.lengths)
    assert f"{straight.way.lengths[middle]:.2f}" in straight.middle.text()


def test_a_click_on_a_picture_goes_there(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    until(qtbot, lambda: both(view))
    row = view.ways.rows["slerp"]
    qtbot.mouseClick(row.strip, Qt.MouseButton.LeftButton, pos=row.strip.rect_of(1).center().toPoint())
    assert row.way is not None
    assert np.array_equal(explorer.state.g, row.way.g[1])


def test_the_ends_can_be_the_present_place_or_the_shelfs(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    until(qtbot, lambda: both(view))
    explorer.set_seed(77)
    view.ways.first_button.click()
    assert np.array_equal(view.ways.ends[0].g, explorer.state.g)
    first = view.ways.ends
    view.ways.random_button.click()
    assert view.ways.ends[0] != first[0]
    marks = [Bookmark("", dataclasses.replace(explorer.state, g=g)) for g in samples(3, 2, 6)]
    explorer.set_bookmarks(marks)
    view.ways.shelf_button.click()
    assert np.array_equal(view.ways.ends[1].g, samples(3, 2, 6)[1])
    until(qtbot, lambda: np.array_equal(view.ways.rows["lerp"].way.g[0], samples(3, 2, 6)[0]))  # type: ignore[union-attr]


def test_the_middle_says_how_far_from_the_shell_it_is() -> None:
    g = np.zeros((3, 64), np.float32)
    g[:, 0] = (8.0, 5.0, 8.0)
    way = Way(name="lerp", g=g, lengths=np.array([8.0, 5.0, 8.0]), pictures=np.zeros((3, 1)))
    assert middle_text(way) == "‖g‖ 5.00 in the middle: fewer than 0.1 % of draws are shorter"


def test_classes_are_mixed_alike_on_both_ways() -> None:
    made = perceptron(dim=6, classes=2)
    a, b = (
        ViewState(g=g, class_weights=np.eye(2, dtype=np.float32)[index]) for index, g in enumerate(samples(1, 2, 6))
    )
    straight, round_ = ways(made, a, b, a, 5)
    half = np.array([0.5, 0.5], np.float32)
    assert np.array_equal(straight.pictures[2], made.render(straight.g[[2]], half)[0])
    assert np.array_equal(round_.pictures[4], made.render(b.g[None], b.class_weights)[0])


def test_lanes_share_a_scale_that_holds_the_band_and_all_lengths() -> None:
    low, high = common_range(16, np.array([1.0, 4.0]), np.array([4.5, 9.0]))
    assert low < 1.0
    assert high > 9.0
    low, high = common_range(16, np.array([4.0]))
    assert low < shell(16).low
    assert high > shell(16).high


def test_hidden_nothing_is_compared(qtbot: QtBot, explorer: Explorer) -> None:
    view = CompareView(explorer)
    qtbot.addWidget(view)
    view.ways.refresh()
    view.models.refresh()
    idle(qtbot, explorer)
    assert view.ways.rows["lerp"].way is None
    assert view.models.sheets[0].count == 0


@pytest.fixture
def run() -> Iterator[Explorer]:
    """An explorer on the newest of three snapshots of a run."""
    ring = SnapshotRing()
    settings = config()
    for step in (10, 20, 30):
        ring.add(dataclasses.replace(copied(settings, seed=step), step=step, run=1))
    newest = ring.newest
    assert newest is not None
    with exploring(opened(newest)) as made:
        made.set_ring(ring)
        yield made


def test_two_snapshots_show_the_same_latents_side_by_side(qtbot: QtBot, run: Explorer) -> None:
    view = shown(qtbot, run, "models")
    first, second = view.models.sheets
    until(qtbot, lambda: first.count and second.count)
    assert view.models.choices[0].value == Chosen(step=20)
    assert run.ring is not None
    weights = run.ring.nearest(20)
    assert weights is not None
    g = samples(run.state.seed, 3, 5)
    assert np.array_equal(first.images[2], opened(weights).render(g)[2])  # type: ignore[arg-type]
    assert run.model is not None
    assert np.array_equal(second.images[2], run.model.render(g)[2])  # type: ignore[arg-type]
    assert "step 20 and step 30" in view.models.words.text()
    with qtbot.waitSignal(run.state_changed):
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton, pos=first.rect_of(1).center().toPoint())
    assert np.array_equal(run.state.g, g[1])


def test_the_choice_offers_every_snapshot_and_keeps_one_that_was_dropped(qtbot: QtBot, run: Explorer) -> None:
    view = shown(qtbot, run, "models")
    choice = view.models.choices[1]
    choice.offer()
    titles = [choice.itemText(index) for index in range(choice.count())]
    assert titles[:4] == ["Present model", "Step 30", "Step 20", "Step 10"]
    assert {title_of(path) for path in shipped_models()} <= set(titles[4:-1])
    assert titles[-1] == "Open a file…"
    choice.set_value(Chosen(step=10))
    assert run.ring is not None
    run.ring.clear()
    choice.offer()
    assert choice.currentText() == "Step 10"


def test_hovering_marks_the_same_latent_in_the_other_sheet(qtbot: QtBot, run: Explorer) -> None:
    view = shown(qtbot, run, "models")
    first, second = view.models.sheets
    until(qtbot, lambda: first.count and second.count)
    first.hovered.emit(2)
    assert second.selected == 2


def test_other_latents_are_the_next_draws(qtbot: QtBot, run: Explorer) -> None:
    view = shown(qtbot, run, "models")
    first = view.models.sheets[0]
    until(qtbot, lambda: first.count)
    before = first.images[0]
    view.models.more_button.click()
    until(qtbot, lambda: not np.array_equal(first.images[0], before))  # type: ignore[arg-type]


def test_a_model_that_does_not_fit_is_said(qtbot: QtBot, run: Explorer) -> None:
    view = shown(qtbot, run, "models")
    until(qtbot, lambda: view.models.sheets[0].count)
    chosen = Chosen(step=20)
    view.models._models[chosen] = perceptron(dim=9)
    view.models._choose()
    until(qtbot, lambda: "cannot be compared" in view.models.words.text())
    assert "9 latent dimensions" in view.models.words.text()
    assert run.failures == []  # type: ignore[attr-defined]


def test_the_difference_is_a_share_of_black_to_white() -> None:
    black, white = np.zeros((2, 4, 4, 1), np.uint8), np.full((2, 4, 4, 1), 255, np.uint8)
    assert difference(black, white) == pytest.approx([1, 1])
    assert difference(black, black) == pytest.approx([0, 0])
    assert np.isnan(difference(black, white[:, :2])).all()
    points = np.array([[0.0, 0.0]], np.float32)
    assert difference(points, np.array([[3.0, 4.0]], np.float32)) == pytest.approx([5])


def test_models_of_other_classes_are_refused() -> None:
    plain = ViewState(g=np.zeros(6, np.float32))
    with pytest.raises(ValueError, match="2 classes"):
        list(pairs(perceptron(dim=6), perceptron(dim=6, classes=2), samples(0, 2, 6), plain))


def test_both_themes_are_painted(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    until(qtbot, lambda: both(view))
    dark = view.grab().toImage()
    view.set_palette(palette("light"))
    assert view.grab().toImage() != dark
