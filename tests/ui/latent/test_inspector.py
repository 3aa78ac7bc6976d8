"""What the inspector says, and what it lets one do."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.scores import heat, score_gradient
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.inspector import Inspector
from ganstudio.ui.latent.inspector_layers import mosaic
from ganstudio.ui.latent.inspector_strip import REACH, InspectorStrip
from ganstudio.ui.palette import palette
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, until
from tests.ui.latent.explorers import small_bank as small_bank

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def explorer(small_bank: None) -> Iterator[Explorer]:
    with explorer_of(digits_model(dim=6)) as made:
        yield made


@pytest.fixture
def inspector(explorer: Explorer, qtbot: QtBot) -> Iterator[Inspector]:
    made = Inspector(explorer)
    host = hosted(qtbot, made, 300, 700)
    until(qtbot, lambda: explorer.picture is not None and not np.isnan(explorer.picture.logit))
    yield made
    host.close()


def test_it_shows_the_picture_and_its_length(inspector: Inspector, explorer: Explorer) -> None:
    assert explorer.picture is not None
    np.testing.assert_array_equal(inspector.picture.image, explorer.picture.shown)
    assert inspector.gauge.length == pytest.approx(np.linalg.norm(explorer.state.g), rel=1e-5)


def test_the_score_is_a_rank_with_its_sample_named(inspector: Inspector, explorer: Explorer, qtbot: QtBot) -> None:
    until(qtbot, lambda: explorer.scores is not None)

    def is_said() -> bool:
        picture, scores = explorer.picture, explorer.scores
        if picture is None or scores is None or math.isnan(picture.judged):  # that follows in a moment
            return False
        rank = scores.rank(picture.judged)
        return f"above {100 * rank.among_fakes:.0f} % of generated" in inspector.score.words.text()

    until(qtbot, is_said)
    assert "128 generated samples" in inspector.score.ranks.toolTip()
    assert "32 training images" in inspector.score.ranks.toolTip()


def test_the_nearest_training_images_of_one_are_itself_first(
    inspector: Inspector, explorer: Explorer, qtbot: QtBot
) -> None:
    until(qtbot, lambda: explorer.nearest is not None and inspector._near is not None)
    assert explorer.nearest is not None
    assert inspector._near is not None
    assert explorer.picture is not None
    found = explorer.nearest.query(explorer.picture.shown[None])
    np.testing.assert_array_equal(inspector._near.indices, found.indices)
    assert len(inspector.neighbours.images) == 8
    until(qtbot, lambda: f"nearest {found.distances[0, 0]:.3f}" in inspector.distance_words.text())


def test_change_is_the_difference_from_the_picture_held(inspector: Inspector, explorer: Explorer, qtbot: QtBot) -> None:
    assert explorer.picture is not None
    inspector.hold_picture()
    held = explorer.picture.shown.astype(np.float32).mean(-1)
    assert inspector.picture._signed is not None
    assert not inspector.picture._signed.any()
    explorer.set_seed(12)
    until(qtbot, lambda: explorer.picture is not None and explorer.picture.state == explorer.state)
    change = explorer.picture.shown.astype(np.float32).mean(-1) - held
    np.testing.assert_allclose(inspector.picture._signed, change / np.abs(change).max())


def test_the_gradient_is_that_of_d_at_the_picture(inspector: Inspector, explorer: Explorer, qtbot: QtBot) -> None:
    inspector.view.set_value("gradient")
    until(qtbot, lambda: inspector.picture._signed is not None)
    assert explorer.model is not None
    assert explorer.picture is not None
    wanted = heat(score_gradient(explorer.model, explorer.picture.shown))
    np.testing.assert_allclose(inspector.picture._signed, wanted, atol=1e-6)  # type: ignore[arg-type]


def test_a_drag_on_the_picture_changes_it_on_the_shell_as_one_gesture(
    inspector: Inspector, explorer: Explorer, qtbot: QtBot
) -> None:
    before = explorer.state
    picture = inspector.picture
    QTest.mousePress(picture, LEFT, pos=QPoint(60, 60))
    QTest.mouseMove(picture, QPoint(110, 90))
    until(qtbot, lambda: explorer.state != before)
    QTest.mouseMove(picture, QPoint(150, 90))
    QTest.mouseRelease(picture, LEFT, pos=QPoint(150, 90))
    assert np.linalg.norm(explorer.state.g) == pytest.approx(np.linalg.norm(before.g), rel=1e-4)
    explorer.undo()
    assert explorer.state == before


def test_a_drag_goes_on_though_the_run_does_before_its_directions_are_found(
    inspector: Inspector, explorer: Explorer, qtbot: QtBot
) -> None:
    before, model = explorer.state, explorer.model
    assert model is not None
    place = inspector.picture.rect().center()
    QTest.mousePress(inspector.picture, LEFT, pos=place)
    explorer.set_model(model.with_weights(dataclasses.replace(model.weights, step=model.step + 1)))
    QTest.mouseMove(inspector.picture, place + QPoint(40, 0))
    until(qtbot, lambda: not np.array_equal(explorer.state.g, before.g))
    QTest.mouseRelease(inspector.picture, LEFT, pos=place)


def test_painting_a_bar_sets_its_coordinate(qtbot: QtBot) -> None:
    strip = InspectorStrip(palette("dark"))
    qtbot.addWidget(strip)
    strip.resize(320, strip.sizeHint().height())
    strip.set_latent(np.zeros(16, np.float32))
    painted: list[np.ndarray] = []
    strip.painted.connect(lambda g, _goes_on: painted.append(g))
    cell = strip.cell(4)
    strip._paint_to(QPointF(cell.center().x(), cell.top()))
    assert painted[-1][4] == pytest.approx(REACH)
    assert np.count_nonzero(painted[-1]) == 1


def test_a_stroke_across_the_strip_leaves_out_no_bar(qtbot: QtBot) -> None:
    strip = InspectorStrip(palette("dark"))
    qtbot.addWidget(strip)
    strip.resize(320, 60)
    strip.set_latent(np.zeros(16, np.float32))
    painted: list[np.ndarray] = []
    strip.painted.connect(lambda g, _goes_on: painted.append(g))
    strip._last = QPointF(2, 4)
    strip._paint_to(QPointF(318, 4))
    assert (painted[-1] > 0).all()


def test_layers_are_looked_at_only_while_they_are_in_sight(
    inspector: Inspector, explorer: Explorer, qtbot: QtBot
) -> None:
    assert inspector.layers.layer.count() == 0
    inspector.sections[3].set_folded(False)
    until(qtbot, lambda: inspector.layers.layer.count() > 3)
    assert "Values: mean" in inspector.layers._value_words.text()


def test_a_mosaic_puts_channels_side_by_side_with_a_gap() -> None:
    values = np.arange(4, dtype=np.float32)[:, None, None] * np.ones((1, 2, 3), np.float32)
    made = mosaic(values)
    assert made.shape == (5, 7)
    assert made[0, 0] == 0
    assert made[4, 6] == 3
    assert np.isnan(made[2]).all()


def test_refining_goes_to_where_d_finds_it_more_real_and_is_one_step_back(
    inspector: Inspector, explorer: Explorer, qtbot: QtBot
) -> None:
    before, picture = explorer.state, explorer.picture
    assert picture is not None
    inspector.score.refine.click()
    until(qtbot, lambda: not explorer._long.is_busy(Lane.BACKGROUND) and not explorer._long.is_pulling)
    until(qtbot, lambda: explorer.picture.state == explorer.state and not np.isnan(explorer.picture.logit))  # type: ignore[union-attr]
    assert explorer.picture is not None
    assert explorer.picture.logit > picture.logit
    assert np.linalg.norm(explorer.state.g) == pytest.approx(np.linalg.norm(before.g), rel=1e-4)
    explorer.undo()
    assert explorer.state == before


def test_refining_stops_when_one_goes_elsewhere(inspector: Inspector, explorer: Explorer, qtbot: QtBot) -> None:
    inspector.score.refine.click()
    until(qtbot, lambda: inspector.score._refined is not None)
    explorer.set_seed(77)
    elsewhere = explorer.state
    until(qtbot, lambda: not explorer._long.is_pulling)
    assert explorer.state is elsewhere


def test_the_wheel_that_scrolls_the_panel_does_not_turn_a_slider_when_the_picture_comes_under_it(
    inspector: Inspector, qtbot: QtBot
) -> None:
    turned: list[float] = []
    inspector.wheeled.connect(turned.append)
    place = QPointF(inspector.picture.rect().center())

    def turn() -> bool:
        none = Qt.MouseButton.NoButton
        event = QWheelEvent(place, place, QPoint(), QPoint(0, 120), none, Qt.KeyboardModifier.NoModifier,
                            Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(inspector.picture, event)
        return event.isAccepted()

    assert turn()
    assert turned == [1.0]
    inspector.picture.scrolled()
    turn()
    assert turned == [1.0]
