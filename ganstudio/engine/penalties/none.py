"""No penalty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.penalties import Penalty, penalties

if TYPE_CHECKING:
    from torch import Tensor


@penalties.register("none")
@dataclass(frozen=True, kw_only=True, slots=True)
class NoPenalty(Penalty):
    """No penalty."""

    title: ClassVar[str] = "None"
    order: ClassVar[int] = 0

    @override
    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> None:
        return None
