"""Classes: one, a mixture, a cross-fade."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui.latent.class_cells import REACH_PX, ClassCells, joined, mixed_in
from ganstudio.ui.latent.class_strip import POSITIONS, ClassStrip
from ganstudio.ui.palette import palette
from tests.ui.latent.explorers import digits_model, explorer_of


def cells(qtbot: QtBot) -> ClassCells:
    made = ClassCells(palette("dark"))
    made.set_names("0123456789")
    made.resize(400, 34)
    qtbot.addWidget(made)
    return made


def middle(made: ClassCells, index: int) -> QPoint:
    return made.rect_of(index).center().toPoint()


def test_a_share_for_one_class_leaves_the_others_their_proportions() -> None:
    found = mixed_in([0.5, 0.3, 0.2], 0, 0.75)
    assert found == pytest.approx([0.75, 0.15, 0.1])
    assert mixed_in([0, 1, 0], 1, 0.3) == pytest.approx([0, 1, 0])
    assert mixed_in([0, 1, 0], 0, 0.25) == pytest.approx([0.25, 0.75, 0])


def test_a_class_joins_a_mixture_with_an_equal_part_and_leaves_it_again() -> None:
    assert joined([1, 0, 0], 2) == pytest.approx([0.5, 0, 0.5])
    assert joined([0.5, 0, 0.5], 0) == pytest.approx([0, 0, 1])
    assert joined([0, 0, 1], 2) == pytest.approx([0, 0, 1])


def test_a_click_takes_one_class_and_ctrl_mixes_another_in(qtbot: QtBot) -> None:
    made = cells(qtbot)
    got: list[np.ndarray] = []
    made.weights_edited.connect(lambda weights, _: got.append(weights))
    qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=middle(made, 3))
    qtbot.mouseClick(made, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, middle(made, 8))
    assert np.flatnonzero(got[0]).tolist() == [3]
    assert got[1][[3, 8]] == pytest.approx([0.5, 0.5])
    assert made.described() == "50 % 3, 50 % 8"


def test_a_drag_upwards_sets_a_part_and_says_that_it_goes_on(qtbot: QtBot) -> None:
    made = cells(qtbot)
    got: list[tuple[np.ndarray, bool]] = []
    made.weights_edited.connect(lambda weights, goes_on: got.append((weights, goes_on)))
    at = middle(made, 4)
    qtbot.mousePress(made, Qt.MouseButton.LeftButton, pos=at)
    for up in (20, 45):
        qtbot.mouseMove(made, at - QPoint(0, up))
    qtbot.mouseRelease(made, Qt.MouseButton.LeftButton, pos=at - QPoint(0, 45))
    assert [goes_on for _, goes_on in got] == [False, True]
    assert got[-1][0][4] == pytest.approx(45 / REACH_PX, abs=0.01)
    assert got[-1][0].sum() == pytest.approx(1)


def test_the_strip_is_hidden_without_classes_and_shown_with_them(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        host = QWidget()
        QHBoxLayout(host).addWidget(strip := ClassStrip(explorer))
        qtbot.addWidget(host)
        host.show()
        assert not strip.isVisible()
        explorer.set_model(digits_model(condition="embedding", seed=1))
        assert strip.isVisible()
        assert strip.cells.weights == pytest.approx(np.eye(10)[0])


def test_keys_and_the_cross_fade_change_the_class_of_the_state(qtbot: QtBot) -> None:
    with explorer_of(digits_model(condition="embedding")) as explorer:
        strip = ClassStrip(explorer)
        qtbot.addWidget(strip)
        assert strip.choose_by_key(7)
        assert explorer.state.class_weights is not None
        assert explorer.state.class_weights.argmax() == 7
        strip.from_choice.setCurrentIndex(3)
        strip.to_choice.setCurrentIndex(8)
        strip.fade.setValue(POSITIONS // 4)
        assert explorer.state.class_weights[[3, 8]] == pytest.approx([0.75, 0.25])
        explorer.undo()
        assert explorer.state.class_weights.argmax() == 7


def test_a_drag_of_the_cross_fade_is_one_step_of_undoing(qtbot: QtBot) -> None:
    with explorer_of(digits_model(condition="embedding")) as explorer:
        strip = ClassStrip(explorer)
        qtbot.addWidget(strip)
        before = explorer.state
        strip.fade.setSliderDown(True)
        for position in (100, 300, 600):
            strip.fade.setValue(position)
        strip.fade.setSliderDown(False)
        strip.fade.setValue(900)
        explorer.undo()
        assert explorer.state.class_weights is not None
        assert explorer.state.class_weights[1] == pytest.approx(0.6)
        explorer.undo()
        assert explorer.state == before


def test_undo_shows_the_old_mixture(qtbot: QtBot) -> None:
    with explorer_of(digits_model(condition="embedding")) as explorer:
        strip = ClassStrip(explorer)
        qtbot.addWidget(strip)
        strip.choose(5)
        explorer.undo()
        assert strip.cells.weights.argmax() == 0
        assert not strip.choose(10)
