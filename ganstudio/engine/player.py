"""One player of the game: a net, its parameters, and what its update rule remembers of past gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from ganstudio.engine.optimizers import Optimizer


class Player:
    """A net that is moved by gradients.

    Parameters
    ----------
    net
        On its device.
    optimizer
        The update rule; its memory starts empty.
    """

    def __init__(self, net: nn.Module, optimizer: Optimizer) -> None:
        self.net = net
        self.parameters: list[Tensor] = list(net.parameters())
        self.memory = optimizer.memory(self.parameters)
        self.updates = 0

    def forget(self, optimizer: Optimizer) -> None:
        """Start the memory of another update rule."""
        self.memory = optimizer.memory(self.parameters)

    def descend(self, optimizer: Optimizer, gradients: Sequence[Tensor | None], rate: float) -> None:
        """Move against the gradients; a parameter without one, of a net that has not grown to it, stays."""
        with torch.no_grad():
            gradients = [self._like(parameter, g) for parameter, g in zip(self.parameters, gradients, strict=True)]
            moving = [index for index, gradient in enumerate(gradients) if gradient is not None]
            if len(moving) == len(self.parameters):
                optimizer.descend(self.parameters, cast(list[Tensor], gradients), self.memory, rate)
            else:
                optimizer.descend(
                    [self.parameters[index] for index in moving],
                    [gradient for gradient in gradients if gradient is not None],
                    {key: [tensors[index] for index in moving] for key, tensors in self.memory.items()},
                    rate,
                )
        self.updates += 1

    @staticmethod
    def _like(parameter: Tensor, gradient: Tensor | None) -> Tensor | None:
        """Return the gradient laid out in memory as its parameter is: the fused kernels take that for granted."""
        if gradient is None or gradient.stride() == parameter.stride():
            return gradient
        return torch.empty_like(parameter).copy_(gradient)

    def remembered(self) -> Iterator[tuple[str, Tensor]]:
        """Yield the memory's tensors by name: "3.exp_avg" is that of the fourth parameter."""
        for key, tensors in self.memory.items():
            for index, tensor in enumerate(tensors):
                yield f"{index}.{key}", tensor

    def recall(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over a memory; what is missing from it, of a player that had not moved yet, starts empty."""
        with torch.no_grad():
            for name, tensor in self.remembered():
                if name in tensors:
                    tensor.copy_(tensors[name])
                else:
                    tensor.zero_()


def named_tensors(net: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Yield every parameter and buffer of a net by name: all that it computes with."""
    yield from net.named_parameters()
    yield from net.named_buffers()
