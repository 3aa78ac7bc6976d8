"""Optimisers: each player has its own.

What torch.optim does to a group of parameters is done here by the same fused kernels, called directly: an update of
nets this small costs less than torch.optim's own book-keeping. Each rule is written twice, once in place for the step
that is carried out at once, once as a pure function for the step that is compiled.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.engine.lazy import torch
from ganstudio.engine.params import Entry, param
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

optimizers: Registry[Optimizer] = Registry("optimizer", __name__)

Tensors = list["Tensor"] | tuple["Tensor", ...]
Memory = dict[str, list["Tensor"]]  # what a rule keeps of past gradients: by name, one tensor for each parameter


@dataclass(frozen=True, kw_only=True, slots=True)
class Optimizer(Entry):
    """The settings of one update rule; its memory is a value of the run."""

    lr: float = param(
        1e-3,
        "Step size. The ratio of the players' rates decides who follows whom: with a much faster G, modes collapse.",
        title="Learning rate",
        symbol="α",
        bounds=(1e-6, 1.0),
        scale="log",
        live=True,
    )

    @abstractmethod
    def memory(self, parameters: Sequence[Tensor]) -> Memory:
        """Return the memory of a player that has not moved yet."""

    @abstractmethod
    def descend(self, parameters: list[Tensor], gradients: Tensors, memory: Memory, rate: float) -> None:
        """Move the parameters against their gradients and renew the memory, both in place."""

    @abstractmethod
    def descended(
        self, parameters: Sequence[Tensor], gradients: Sequence[Tensor], memory: Memory, rate: Tensor
    ) -> tuple[list[Tensor], Memory]:
        """Return what :meth:`descend` makes of parameters and memory, by operations that can be traced.

        The entry's own settings may be tensors of no dimension here, as ``rate`` is.
        """


def zeros_like(parameters: Sequence[Tensor]) -> list[Tensor]:
    """Return a tensor of zeros for each parameter."""
    return [torch.zeros_like(parameter, memory_format=torch.preserve_format) for parameter in parameters]


def counters(parameters: Sequence[Tensor]) -> list[Tensor]:
    """Return a count of updates for each parameter, as the fused kernels want it."""
    return [torch.zeros((), dtype=torch.float32, device=parameter.device) for parameter in parameters]
