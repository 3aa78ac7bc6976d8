"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import torch
from ganstudio.engine.optimizers import Memory, Optimizer, Tensors, optimizers, zeros_like
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor


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
    def memory(self, parameters: Sequence[Tensor]) -> Memory:
        return {"momentum_buffer": zeros_like(parameters)}

    @override
    def descend(self, parameters: list[Tensor], gradients: Tensors, memory: Memory, rate: float) -> None:
        buffers = memory["momentum_buffer"]
        torch._fused_sgd_(
            parameters,
            gradients,
            buffers if self.momentum else [],
            weight_decay=0.0,
            momentum=self.momentum,
            lr=rate,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            is_first_step=False,
        )
        if not self.momentum:
            torch._foreach_zero_(buffers)  # momentum that is switched on begins anew

    @override
    def descended(
        self, parameters: Sequence[Tensor], gradients: Sequence[Tensor], memory: Memory, rate: Tensor
    ) -> tuple[list[Tensor], Memory]:
        updates = [self.momentum * b + g for b, g in zip(memory["momentum_buffer"], gradients, strict=True)]
        moved = [p - rate * update for p, update in zip(parameters, updates, strict=True)]
        is_on = torch.as_tensor(self.momentum, dtype=torch.float32).sign()  # 0 without momentum: nothing is kept then
        return moved, {"momentum_buffer": [update * is_on for update in updates]}
