"""Uniform prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import torch
from ganstudio.engine.priors import Prior, priors

if TYPE_CHECKING:
    from torch import Tensor


@priors.register("uniform")
@dataclass(frozen=True, kw_only=True, slots=True)
class Uniform(Prior):
    """Uniform on [-1, 1] in every coordinate."""

    title: ClassVar[str] = "Uniform"
    order: ClassVar[int] = 1

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return torch.rand(count, self.dim, generator=generator, device=generator.device).mul_(2).sub_(1)

    @override
    def from_uniform(self, u: Tensor) -> Tensor:
        return 2 * u - 1
