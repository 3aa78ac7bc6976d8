"""Penalties on the discriminator: functions of D and of the samples it sees."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.engine.params import Entry
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

penalties: Registry[Penalty] = Registry("penalty", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Penalty(Entry):
    """A term added to D's loss."""

    @abstractmethod
    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor | None:
        """Return the weighted penalty, (), or None if there is none; ``real`` and ``fake`` are (B, …), detached."""
