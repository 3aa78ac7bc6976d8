"""Standard normal prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import torch
from ganstudio.engine.priors import Prior, priors

if TYPE_CHECKING:
    from torch import Tensor


@priors.register("normal")
@dataclass(frozen=True, kw_only=True, slots=True)
class Normal(Prior):
    """Standard normal, N(0, I)."""

    title: ClassVar[str] = "Normal"
    order: ClassVar[int] = 0

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return torch.randn(count, self.dim, generator=generator, device=generator.device)

    @override
    def from_uniform(self, u: Tensor) -> Tensor:
        return torch.special.ndtri(u)
