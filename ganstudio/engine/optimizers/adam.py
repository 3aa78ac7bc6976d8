"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from typing_extensions import override

from ganstudio.engine.optimizers import Optimizer, optimizers
from ganstudio.engine.params import param


@optimizers.register("adam")
@dataclass(frozen=True, kw_only=True, slots=True)
class Adam(Optimizer):
    """Adam (Kingma and Ba 2015, algorithm 1)."""

    title: ClassVar[str] = "Adam"
    order: ClassVar[int] = 0

    beta1: float = param(
        0.5,
        "Decay of the mean of past gradients. In games, momentum feeds rotation: 0 or 0.5 is calmer than 0.9.",
        title="β₁",
        symbol="β₁",
        bounds=(0.0, 0.999),
        live=True,
    )
    beta2: float = param(
        0.99,
        "Decay of the mean of past squared gradients. Nearer to 1, step sizes react more slowly.",
        title="β₂",
        symbol="β₂",
        bounds=(0.0, 0.9999),
        live=True,
    )

    @override
    def build(self, parameters: Sequence[Tensor]) -> torch.optim.Optimizer:
        fused = parameters[0].device.type in ("cpu", "cuda", "mps")
        return torch.optim.Adam(parameters, lr=self.lr, betas=(self.beta1, self.beta2), fused=fused)

    @override
    def tune(self, optimizer: torch.optim.Optimizer) -> None:
        for group in optimizer.param_groups:
            group["betas"] = (self.beta1, self.beta2)
