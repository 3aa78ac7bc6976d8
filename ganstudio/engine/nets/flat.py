"""Perceptrons on images: one unit per pixel."""

from __future__ import annotations

from torch import Tensor, nn
from typing_extensions import override


class FlatG(nn.Module):
    """A perceptron whose outputs are an image's pixels; it does not heed classes."""

    def __init__(self, layers: list[nn.Module], shape: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.shape = shape

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.layers(z).view(len(z), *self.shape)


class FlatD(nn.Module):
    """A perceptron that takes an image's pixels for coordinates; it does not heed classes."""

    def __init__(self, layers: list[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return self.layers(x.flatten(1))
