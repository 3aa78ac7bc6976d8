"""Optimisers: each player has its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.engine.params import Entry, param
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor

optimizers: Registry[Optimizer] = Registry("optimizer", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Optimizer(Entry):
    """The settings of one of torch's optimisers; the state is the optimiser's own."""

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
    def build(self, parameters: Sequence[Tensor]) -> torch.optim.Optimizer:
        """Return a new optimiser of these parameters, without any memory of past gradients."""

    @abstractmethod
    def tune(self, optimizer: torch.optim.Optimizer) -> None:
        """Bring these settings into a running optimiser that :meth:`build` of the same class made."""
