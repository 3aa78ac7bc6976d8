"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from typing_extensions import override

from ganstudio.engine.optimizers import Optimizer, optimizers
from ganstudio.engine.params import param


@optimizers.register("sgd")
@dataclass(frozen=True, kw_only=True, slots=True)
class Sgd(Optimizer):
    """Stochastic gradient descent, with momentum if wanted."""

    title: ClassVar[str] = "SGD"
    order: ClassVar[int] = 1

    momentum: float = param(
        0.0,
        "Share of the last update that is kept. Positive momentum makes many games spiral outwards.",
        symbol="μ",
        bounds=(0.0, 0.999),
        live=True,
    )

    @override
    def build(self, parameters: Sequence[Tensor]) -> torch.optim.Optimizer:
        fused = parameters[0].device.type in ("cpu", "cuda", "mps")
        return torch.optim.SGD(parameters, lr=self.lr, momentum=self.momentum, fused=fused)

    @override
    def tune(self, optimizer: torch.optim.Optimizer) -> None:
        for group in optimizer.param_groups:
            group["momentum"] = self.momentum
