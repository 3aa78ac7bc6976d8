"""Layers of the progressive and the style-based generator: equalised learning rate, pixel norm, batch spread.

References
----------
Karras et al., 2018, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", sections 3 and 4.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

SLOPE = 0.2  # of leaky ReLU (table 2)
GAIN = math.sqrt(2)  # of He's initial weights
EPS = 1e-8


class EqualizedLinear(nn.Module):
    """A dense layer whose weights are kept from N(0, 1) on and scaled when used: by gain / √inputs.

    Adam moves every weight by about its learning rate, whatever the weight's scale; with all of them on one scale, all
    layers learn at one speed. ``rate`` below 1 makes this layer slower than the others.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        generator: torch.Generator,
        *,
        gain: float = GAIN,
        rate: float = 1.0,
        bias: float | None = 0.0,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs).normal_(0, 1 / rate, generator=generator))
        self.bias = None if bias is None else nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = gain / math.sqrt(inputs) * rate, rate

    @override
    def forward(self, x: Tensor) -> Tensor:
        bias = self.bias if self.bias is None or self.rate == 1 else self.bias * self.rate
        return F.linear(x, self.weight * self.scale, bias)


class EqualizedConv(nn.Module):
    """A convolution that keeps the size, its weights from N(0, 1) scaled by gain / √(inputs · kernel²) when used."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, generator: torch.Generator, *, gain: float = GAIN
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel).normal_(0, 1, generator=generator))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale, self.padding = gain / math.sqrt(inputs * kernel**2), kernel // 2

    @override
    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)


def pixel_norm(x: Tensor) -> Tensor:
    """Divide every pixel's features, (B, C, …), by their root mean square (section 4.2)."""
    return x * (x.square().mean(1, keepdim=True) + EPS).rsqrt()


def leaky(x: Tensor) -> Tensor:
    """Leaky ReLU with the slope of these nets."""
    return F.leaky_relu(x, SLOPE)


def with_batch_spread(x: Tensor, group: int) -> Tensor:
    """Append the mean standard deviation over groups of samples as one more map: (B, C, H, W) -> (B, C + 1, H, W).

    It tells D how varied a batch is (section 3). A group is ``group`` samples of the batch, or as many as divide it;
    real and generated samples must come in batches of their own.
    """
    count, channels, height, width = x.shape
    group = math.gcd(count, group)
    grouped = x.reshape(group, -1, channels, height, width)  # (group, groups, C, H, W)
    spread = (grouped.var(0, unbiased=False) + EPS).sqrt().mean((1, 2, 3))  # (groups,)
    maps = spread.repeat(group)[:, None, None, None].expand(-1, -1, height, width)
    return torch.cat((x, maps), 1)
