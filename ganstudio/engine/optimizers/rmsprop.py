"""RMSprop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from typing_extensions import override

from ganstudio.engine.optimizers import Optimizer, optimizers
from ganstudio.engine.params import param


@optimizers.register("rmsprop")
@dataclass(frozen=True, kw_only=True, slots=True)
class RmsProp(Optimizer):
    """RMSprop (Tieleman and Hinton 2012), which Arjovsky et al. 2017 use for clipped critics."""

    title: ClassVar[str] = "RMSprop"
    order: ClassVar[int] = 2

    smoothing: float = param(
        0.99,
        "Decay of the mean of past squared gradients. Nearer to 1, step sizes react more slowly.",
        symbol="ρ",
        bounds=(0.0, 0.9999),
        live=True,
    )

    @override
    def build(self, parameters: Sequence[Tensor]) -> torch.optim.Optimizer:
        return torch.optim.RMSprop(parameters, lr=self.lr, alpha=self.smoothing, foreach=True)

    @override
    def tune(self, optimizer: torch.optim.Optimizer) -> None:
        for group in optimizer.param_groups:
            group["alpha"] = self.smoothing
