"""RMSprop."""

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

EPSILON = 1e-8


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
    def memory(self, parameters: Sequence[Tensor]) -> Memory:
        return {"square_avg": zeros_like(parameters)}

    @override
    def descend(self, parameters: list[Tensor], gradients: Tensors, memory: Memory, rate: float) -> None:
        squares = memory["square_avg"]
        torch._foreach_mul_(squares, self.smoothing)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - self.smoothing)
        roots = torch._foreach_sqrt(squares)
        torch._foreach_add_(roots, EPSILON)
        torch._foreach_addcdiv_(parameters, gradients, roots, value=-rate)

    @override
    def descended(
        self, parameters: Sequence[Tensor], gradients: Sequence[Tensor], memory: Memory, rate: Tensor
    ) -> tuple[list[Tensor], Memory]:
        squares = [
            v * self.smoothing + g * g * (1 - self.smoothing)
            for v, g in zip(memory["square_avg"], gradients, strict=True)
        ]
        moved = [p - rate * g / (v.sqrt() + EPSILON) for p, g, v in zip(parameters, gradients, squares, strict=True)]
        return moved, {"square_avg": squares}
