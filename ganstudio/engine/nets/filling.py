"""Layers whose weights are drawn from a given random generator, never from torch's global one."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import nn

from ganstudio.engine.nets.unfilled import unfilled

L = TypeVar("L", nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def normal_linear(inputs: int, outputs: int, generator: torch.Generator, sd: float, *, bias: bool = True) -> nn.Linear:
    """Return a dense layer with weights from N(0, sd²) and no offset."""
    layer = unfilled(nn.Linear, inputs, outputs, bias=bias)
    return filled(layer, generator, sd)


def normal_conv(
    inputs: int, outputs: int, kernel: int, generator: torch.Generator, sd: float, *, stride: int = 1, bias: bool = True
) -> nn.Conv2d:
    """Return a convolution that divides the size by ``stride``, with weights from N(0, sd²) and no offset."""
    layer = unfilled(nn.Conv2d, inputs, outputs, kernel, stride=stride, padding=(kernel - 1) // 2, bias=bias)
    return filled(layer, generator, sd)


def normal_transposed(
    inputs: int, outputs: int, kernel: int, generator: torch.Generator, sd: float, *, bias: bool = True
) -> nn.ConvTranspose2d:
    """Return a transposed convolution that doubles the size, with weights from N(0, sd²) and no offset."""
    layer = unfilled(nn.ConvTranspose2d, inputs, outputs, kernel, stride=2, padding=(kernel - 2) // 2, bias=bias)
    return filled(layer, generator, sd)


def filled(layer: L, generator: torch.Generator, sd: float) -> L:
    """Fill a layer's weights from N(0, sd²) and its offsets with 0, and return it."""
    with torch.no_grad():
        layer.weight.normal_(0, sd, generator=generator)
        if layer.bias is not None:
            layer.bias.zero_()
    return layer
