"""Normal prior cut at two standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import torch
from ganstudio.engine.params import param
from ganstudio.engine.priors import Prior, priors

if TYPE_CHECKING:
    from torch import Tensor

# Share of a normal distribution's mass below minus two standard deviations.
TAIL = 0.022750131948179195


@priors.register("truncated_normal")
@dataclass(frozen=True, kw_only=True, slots=True)
class TruncatedNormal(Prior):
    """Normal, cut at two standard deviations, as GAN Lab draws its "2D Gaussian" noise: N(0.5, 0.25) within [0, 1]."""

    title: ClassVar[str] = "Truncated normal"
    order: ClassVar[int] = 3

    mean: float = param(0.0, "Mean of every coordinate.", symbol="μ", bounds=(-10, 10))
    sd: float = param(1.0, "Standard deviation before the cut.", title="Std. deviation", symbol="σ", bounds=(0.01, 10))

    @override
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return self.from_uniform(torch.rand(count, self.dim, generator=generator, device=generator.device))

    @override
    def from_uniform(self, u: Tensor) -> Tensor:
        return self.mean + self.sd * torch.special.ndtri(TAIL + u * (1 - 2 * TAIL))
