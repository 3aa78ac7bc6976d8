"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import torch
from ganstudio.engine.optimizers import Memory, Optimizer, Tensors, counters, optimizers, zeros_like
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor

EPSILON = 1e-8


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
    def memory(self, parameters: Sequence[Tensor]) -> Memory:
        return {"exp_avg": zeros_like(parameters), "exp_avg_sq": zeros_like(parameters), "step": counters(parameters)}

    @override
    def descend(self, parameters: list[Tensor], gradients: Tensors, memory: Memory, rate: float) -> None:
        torch._foreach_add_(memory["step"], 1)
        torch._fused_adam_(
            parameters,
            gradients,
            memory["exp_avg"],
            memory["exp_avg_sq"],
            [],
            memory["step"],
            lr=rate,
            beta1=self.beta1,
            beta2=self.beta2,
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    @override
    def descended(
        self, parameters: Sequence[Tensor], gradients: Sequence[Tensor], memory: Memory, rate: Tensor
    ) -> tuple[list[Tensor], Memory]:
        count = memory["step"][0] + 1  # all parameters of a player move together
        step_size = rate / (1 - self.beta1**count)
        correction = (1 - self.beta2**count).sqrt()
        means = [torch.lerp(m, g, 1 - self.beta1) for m, g in zip(memory["exp_avg"], gradients, strict=True)]
        squares = [
            v * self.beta2 + g * g * (1 - self.beta2) for v, g in zip(memory["exp_avg_sq"], gradients, strict=True)
        ]
        moved = [
            p - step_size * m / (v.sqrt() / correction + EPSILON)
            for p, m, v in zip(parameters, means, squares, strict=True)
        ]
        return moved, {"exp_avg": means, "exp_avg_sq": squares, "step": [t + 1 for t in memory["step"]]}
