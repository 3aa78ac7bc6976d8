"""Undoing and redoing."""

from __future__ import annotations

from ganstudio.ui.undo_history import MOST_KEPT, UndoHistory


def test_values_come_back_in_order_and_a_new_one_forgets_the_undone() -> None:
    history = UndoHistory("a")
    for value in "bcd":
        history.put(value)
    history.undo()
    history.undo()
    assert history.present == "b"
    history.redo()
    assert history.present == "c"
    history.put("e")
    assert not history.can_redo
    history.redo()
    assert history.present == "e"
    history.undo()
    assert history.present == "c"


def test_at_the_ends_nothing_happens() -> None:
    history = UndoHistory(1)
    history.undo()
    history.redo()
    assert history.present == 1
    assert not history.can_undo


def test_only_so_many_steps_are_kept() -> None:
    history = UndoHistory(0)
    for value in range(1, MOST_KEPT + 50):
        history.put(value)
    steps = 0
    while history.can_undo:
        history.undo()
        steps += 1
    assert steps == MOST_KEPT
