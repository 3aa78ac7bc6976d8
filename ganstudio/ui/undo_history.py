"""States to go back to and forth again."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 200


class UndoHistory(Generic[T]):
    """A present value, those before it and those that were undone. Values are never changed, only replaced."""

    def __init__(self, present: T) -> None:
        self.present = present
        self._before: list[T] = []
        self._after: list[T] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to go back to."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self._after)

    def put(self, value: T) -> None:
        """Make ``value`` the present one; what was undone is forgotten."""
        self._before = [*self._before[1 - MOST_KEPT :], self.present]
        self._after.clear()
        self.present = value

    def undo(self) -> None:
        """Go back by one, if there is one."""
        if self._before:
            self._after.append(self.present)
            self.present = self._before.pop()

    def redo(self) -> None:
        """Go forth by one, if there is one."""
        if self._after:
            self._before.append(self.present)
            self.present = self._after.pop()
