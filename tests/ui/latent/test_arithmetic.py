"""A − B + C in the window: wells, the result, the guided example."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from ganstudio.engine.images import shipped
from ganstudio.engine.latent import arithmetic
from ganstudio.engine.latent.bank import Bank
from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.exemplars import OF_STROKES
from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.view_state import ViewState, one_hot
from ganstudio.ui.latent import analogy
from ganstudio.ui.latent.analogy import Analogy, Question
from ganstudio.ui.latent.arithmetic_bar import CORNER, MIDDLE, ArithmeticBar
from ganstudio.ui.latent.arithmetic_example import ArithmeticExample
from ganstudio.ui.latent.arithmetic_well import MOST, ArithmeticWell
from ganstudio.ui.latent.explorer_mime import mime_of
from ganstudio.ui.palette import palette
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, until


def places(count: int, dim: int = 5, start: int = 0, label: int | None = None) -> list[Bookmark]:
    y = None if label is None else one_hot(label, 10)
    return [
        Bookmark(f"p{index}", ViewState(g=g, class_weights=y))
        for index, g in enumerate(samples(7, count, dim, start=start))
    ]


def dropped(well: ArithmeticWell, mime: QMimeData) -> None:
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    well.dropEvent(event)


def latents(marks: list[Bookmark]) -> np.ndarray:
    return np.array([mark.state.point() for mark in marks])


def is_in_the_middle(bar: ArithmeticBar, wanted: np.ndarray) -> bool:
    return bar.shown is not None and np.array_equal(bar.shown.g[MIDDLE], wanted)


def test_the_result_is_the_wells_arithmetic_in_the_middle_of_its_neighbours(qtbot: QtBot) -> None:
    model = digits_model()
    a, b, c = places(3), places(2, start=10), places(1, start=20)
    with explorer_of(model) as explorer:
        bar = ArithmeticBar(explorer)
        _host = hosted(qtbot, bar)
        with qtbot.waitSignal(bar.result_changed, timeout=30_000, check_params_cb=lambda result: result is not None):
            bar.fill(a, b, c)
        wanted = arithmetic.combined(latents(a), latents(b), latents(c))
        assert bar.shown is not None
        assert np.array_equal(bar.shown.g[MIDDLE], wanted)
        picture = bar.around.images[MIDDLE]
        assert picture is not None
        assert np.array_equal(picture, model.render(wanted[None])[0])
        bar.take_button.click()
        assert np.array_equal(explorer.state.g, wanted)


def test_strength_decides_how_much_of_the_difference_is_added(qtbot: QtBot) -> None:
    a, b, c = places(2), places(2, start=10), places(2, start=20)
    with explorer_of(digits_model()) as explorer:
        bar = ArithmeticBar(explorer)
        _host = hosted(qtbot, bar)
        bar.fill(a, b, c)
        for position, strength in ((0, 0.0), (150, 1.5)):
            bar.strength.setValue(position)
            wanted = arithmetic.combined(latents(a), latents(b), latents(c), strength)
            until(qtbot, functools.partial(is_in_the_middle, bar, wanted))
            assert bar.strength_value == pytest.approx(strength)


def test_the_way_there_ends_in_the_result(qtbot: QtBot) -> None:
    a, b, c = places(2), places(2, start=10), places(2, start=20)
    with explorer_of(digits_model()) as explorer:
        bar = ArithmeticBar(explorer)
        _host = hosted(qtbot, bar)
        bar.fill(a, b, c)
        bar.shape.set_value("diagram")
        until(qtbot, lambda: bar.shown is not None and len(bar.shown.g) == 25)
        assert bar.shown is not None
        wanted = arithmetic.combined(latents(a), latents(b), latents(c))
        cosine = bar.shown.g[CORNER] @ wanted / (np.linalg.norm(bar.shown.g[CORNER]) * np.linalg.norm(wanted))
        assert cosine == pytest.approx(1, abs=1e-5)
        bar.diagram.clicked.emit(0)
        assert np.array_equal(explorer.state.g, bar.shown.g[0])


def test_bookmarks_and_thumbnails_can_be_dropped_and_the_present_place_added(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        bar = ArithmeticBar(explorer)
        qtbot.addWidget(bar)
        dropped(bar.well("A"), mime_of(places(2)))
        dropped(bar.well("A"), mime_of(places(1, start=5)))
        bar.well("B").add_button.click()
        assert np.array_equal(bar.well("A").g, latents([*places(2), *places(1, start=5)]))
        assert np.array_equal(bar.well("B").g[0], explorer.state.point())
        bar.well("A").exemplars.clicked.emit(0)
        assert len(bar.well("A").marks) == 2


def test_a_place_of_another_model_is_refused(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        bar = ArithmeticBar(explorer)
        qtbot.addWidget(bar)
        with qtbot.waitSignal(explorer.noticed) as told:
            dropped(bar.well("C"), mime_of(places(1, dim=6)))
        assert "6 latent dimensions, the model 5" in told.args[0]
        assert not bar.well("C").marks


def test_places_of_another_model_go_when_it_is_opened(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        bar = ArithmeticBar(explorer)
        qtbot.addWidget(bar)
        bar.fill(places(1), places(1), places(1))
        explorer.set_model(digits_model(dim=6))
        assert not any(well.marks for well in bar.wells)


def test_a_well_holds_so_many_places_and_shows_many_smaller(qtbot: QtBot) -> None:
    well = ArithmeticWell("A", "", palette("dark"))
    qtbot.addWidget(well)
    well.add(places(3))
    assert well.exemplars is well.strips[0]
    with qtbot.waitSignal(well.refused):
        well.add(places(MOST))
    assert len(well.marks) == MOST
    assert well.exemplars is well.strips[1]
    well.clear_button.click()
    assert not well.marks


def test_of_a_model_with_classes_the_result_has_the_class_of_c(qtbot: QtBot) -> None:
    with explorer_of(digits_model(condition="embedding")) as explorer:
        bar = ArithmeticBar(explorer)
        _host = hosted(qtbot, bar)
        bar.fill(places(2, label=3), places(2, start=9, label=3), places(2, start=20, label=8))
        until(qtbot, lambda: bar.shown is not None)
        bar.take(MIDDLE)
        assert explorer.state.class_weights == pytest.approx(one_hot(8, 10))


def test_classes_are_subtracted_and_added_on_the_simplex() -> None:
    eye = np.eye(3, dtype=np.float32)
    assert arithmetic.combined_classes(eye[:1], eye[:1], eye[2:]) == pytest.approx(eye[2])
    assert arithmetic.combined_classes(eye[:1], eye[2:], eye[2:]) == pytest.approx(eye[0])
    half = arithmetic.combined_classes(eye[:1], eye[1:2], eye[2:], 0.5)
    assert half == pytest.approx([1 / 3, 0, 2 / 3])
    corners = arithmetic.diagram_classes(eye[:1], eye[1:2], eye[2:])
    assert corners[0, 0] == pytest.approx(eye[1])
    assert corners[4, 0] == pytest.approx(eye[0])
    assert corners[0, 4] == pytest.approx(eye[2])
    with pytest.raises(ValueError, match="empty"):
        arithmetic.combined_classes(eye[:0], eye, eye)


def test_a_result_can_be_dragged_away_as_a_place(qtbot: QtBot) -> None:
    with explorer_of(digits_model()) as explorer:
        bar = ArithmeticBar(explorer)
        _host = hosted(qtbot, bar)
        assert bar._dragged(0) is None
        bar.fill(places(1), places(1, start=3), places(1, start=6))
        until(qtbot, lambda: bar.shown is not None)
        assert bar.shown is not None
        carried = bar._dragged(2)
        assert carried is not None
        assert np.array_equal(carried.state.g, bar.shown.g[2])


def test_hidden_it_asks_for_nothing(qtbot: QtBot) -> None:
    with explorer_of(digits_model(), active=False) as explorer:
        bar = ArithmeticBar(explorer)
        qtbot.addWidget(bar)
        bar.fill(places(1), places(1), places(1))
        bar.strength.setValue(20)
        assert not explorer.queue.is_pulling
        assert bar.shown is None


# -- the guided example ------------------------------------------------------------------------------------------------


def bank_of_digits(model: LatentModel, count: int = 600) -> Bank:
    """Return a bank whose samples are real digits: what a perfect model would have made."""
    bank = Bank(model, capacity=count)
    digits = shipped.digits()
    bank._images = np.array(digits.images[::16][:count])  # they are sorted by class
    bank._features = np.zeros((count, 1), np.float32)
    bank.size = count
    return bank


def last(steps: Iterator[object]) -> Analogy:
    *_, made = steps
    assert isinstance(made, Analogy)
    return made


def test_exemplars_are_bold_and_thin_ones_of_the_classes() -> None:
    bank = bank_of_digits(digits_model())
    question = Question(quality=OF_STROKES[0], first=3, second=5, third=8)
    made = last(analogy.found(bank, None, tuple("0123456789"), question))
    labels = np.asarray(shipped.digits().labels)[::16][:600]
    assert [set(labels[rows]) for rows in made.rows] == [{3}, {3}, {8}]
    assert made.words() == ("bold 3", "thin 3", "thin 8")
    assert made.measured(0) > made.measured(1) + 0.05
    a, _, c = made.marks(ViewState(g=bank.g[0]))
    assert np.array_equal(a[0].state.g, bank.g[made.rows[0][0]])
    assert [mark.name for mark in c] == ["thin 8"] * 3


def test_the_verdict_says_what_was_measured_of_the_result() -> None:
    bank = bank_of_digits(digits_model())
    question = Question(quality=OF_STROKES[0], first=3, second=5, third=8)
    made = last(analogy.found(bank, None, tuple("0123456789"), question))
    (words,) = analogy.verdict(made, bank.images[made.rows[2]])
    assert words.endswith("3 of 3 read as 8")
    assert f"C {made.measured(2):.2f} → result {made.measured(2):.2f}" in words
    itself = replace(made, question=replace(question, quality=None))
    assert list(analogy.verdict(itself, bank.images[made.rows[2]])) == ["read as 8 (3 of 3)"]


def test_a_kind_that_the_bank_lacks_is_named() -> None:
    bank = bank_of_digits(digits_model())
    bank._images = np.zeros_like(bank._images)
    question = Question(quality=None, first=3, second=5, third=8)
    with pytest.raises(ValueError, match="surely of the kind"):
        list(analogy.found(bank, None, tuple("0123456789"), question))


def test_the_example_fills_the_wells_and_says_what_came_out(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    model = digits_model()
    bank = bank_of_digits(model)
    with explorer_of(model) as explorer:
        monkeypatch.setattr(explorer.references, "want_bank", lambda: None)
        explorer.references.bank = bank
        bar = ArithmeticBar(explorer)
        host = hosted(qtbot, bar)
        example = ArithmeticExample(explorer, bar, host)
        example.show()
        assert example.equation.text() == "bold 7 − thin 7 + thin 0 = bold 0?"
        example.fill_button.click()
        until(qtbot, lambda: "read as 0" in bar.words.text())
        assert [len(well.marks) for well in bar.wells] == [3, 3, 3]
        assert "that the shipped classifier reads" in example.status.text()
        bar.well("A").exemplars.clicked.emit(0)
        assert "read as" not in bar.words.text()


def test_of_a_model_with_classes_the_class_is_not_carried_over(qtbot: QtBot) -> None:
    with explorer_of(digits_model(condition="embedding")) as explorer:
        bar = ArithmeticBar(explorer)
        qtbot.addWidget(bar)
        example = ArithmeticExample(explorer, bar)
        qtbot.addWidget(example)
        assert example.what.findData("") == -1
        explorer.set_model(digits_model(seed=2))
        assert example.what.findData("") == 2
        example.what.setCurrentIndex(2)
        example._show_question()
        assert example.equation.text() == "7 − 5 + 0 = ?"
