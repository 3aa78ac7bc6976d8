"""Undo and redo as a value. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

from ganstudio.engine.latent.view_state import ViewState

UNDO_STEPS = 500


@dataclass(frozen=True, slots=True)
class StateHistory:
    """The states one came from and those one came back from; itself a value."""

    present: ViewState
    past: tuple[ViewState, ...] = ()
    future: tuple[ViewState, ...] = ()

    def pushed(self, state: ViewState, *, merge: bool = False) -> StateHistory:
        """Return the history after a gesture that led to ``state``.

        With ``merge`` it goes on with the last gesture (the next position of a drag): undo goes to before that one.
        A state equal to the present one changes nothing.
        """
        if state == self.present:
            return self
        past = self.past if merge and self.past else (*self.past, self.present)[-UNDO_STEPS:]
        return StateHistory(state, past)

    @property
    def can_undo(self) -> bool:
        """Whether there is a state before this one."""
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        """Whether one came back from a later state."""
        return bool(self.future)

    def undone(self) -> StateHistory:
        """Return the history one gesture back; itself at the beginning."""
        if not self.past:
            return self
        return StateHistory(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redone(self) -> StateHistory:
        """Return the history one gesture on; itself at the end."""
        if not self.future:
            return self
        return StateHistory(self.future[0], (*self.past, self.present), self.future[1:])
