"""No penalty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from typing_extensions import override

from ganstudio.engine.penalties import Penalty, penalties


@penalties.register("none")
@dataclass(frozen=True, kw_only=True, slots=True)
class NoPenalty(Penalty):
    """No penalty."""

    title: ClassVar[str] = "None"
    order: ClassVar[int] = 0

    @override
    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> None:
        return None
