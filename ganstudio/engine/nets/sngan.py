"""SNGAN: residual nets, with spectral normalisation in the discriminator."""

from __future__ import annotations

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

from ganstudio.engine.nets.batch_norm import BatchNorm
from ganstudio.engine.nets.filling import normal_conv, normal_linear
from ganstudio.engine.nets.heads import Head, required, with_maps
from ganstudio.engine.nets.spectral_norm import SpectralConv, SpectralLinear

ROOT_2 = math.sqrt(2)


class SnganG(nn.Module):
    """SNGAN's generator: z (B, d), y (B, K) or None -> images (B, C, S, S) within ±1.

    ``doublings`` residual blocks of ``width`` channels, each of which doubles the size, from ``base`` pixels on.
    ``classes`` above 0 makes every batch normalisation a conditional one; ``appended`` classes are concatenated to z.

    References
    ----------
    Miyato et al., 2018, table 4; conditional: Miyato and Koyama, 2018, figure 14.
    """

    def __init__(
        self,
        inputs: int,
        width: int,
        channels: int,
        base: int,
        doublings: int,
        generator: torch.Generator,
        *,
        classes: int,
        appended: int,
    ) -> None:
        super().__init__()
        self.appended, self.base = appended, base
        outputs = width * base**2
        self.project = normal_linear(inputs, outputs, generator, xavier(inputs, outputs))
        self.blocks = nn.ModuleList(UpBlock(width, generator, classes) for _ in range(doublings))
        self.norm = BatchNorm(width, 0, generator, 0.0)
        self.to_colours = normal_conv(width, channels, 3, generator, xavier(9 * width, 9 * channels))

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        if self.appended:
            z = torch.cat((z, required(y)), 1)
        x = self.project(z).view(len(z), -1, self.base, self.base)
        for block in self.blocks:
            x = block(x, y)
        return self.to_colours(F.relu(self.norm(x))).tanh()


class UpBlock(nn.Module):
    """A residual block of the generator, which doubles the size (figure 8)."""

    def __init__(self, width: int, generator: torch.Generator, classes: int) -> None:
        super().__init__()
        sd = ROOT_2 * xavier(9 * width, 9 * width)
        self.norms = nn.ModuleList(BatchNorm(width, classes, generator, 0.0) for _ in range(2))
        self.convolutions = nn.ModuleList(normal_conv(width, width, 3, generator, sd) for _ in range(2))
        self.shortcut = normal_conv(width, width, 1, generator, xavier(width, width))

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        h = doubled(F.relu(self.norms[0](x, y)))
        h = self.convolutions[0](h)
        h = self.convolutions[1](F.relu(self.norms[1](h, y)))
        return h + doubled(self.shortcut(x))  # the 1×1 layer before the doubling: the same, for a quarter of the work


class SnganD(nn.Module):
    """SNGAN's discriminator: images (B, C, S, S), y (B, K) or None -> logits (B, 1).

    ``halvings`` residual blocks that halve the size and two that keep it, all with spectral normalisation; then the sum
    over pixels, and a dense layer or a projection.

    References
    ----------
    Miyato et al., 2018, table 4; conditional: Miyato and Koyama, 2018, figure 14.
    """

    def __init__(
        self, width: int, channels: int, halvings: int, generator: torch.Generator, *, classes: int, maps: int
    ) -> None:
        super().__init__()
        self.maps = maps
        widths = (channels + maps, *[width] * (halvings + 2))
        self.blocks = nn.ModuleList(
            DownBlock(inputs, outputs, generator, first=index == 0, halves=index < halvings)
            for index, (inputs, outputs) in enumerate(itertools.pairwise(widths))
        )
        linear = SpectralLinear(width, 1, generator, xavier(width, 1))
        embedding = SpectralLinear(classes, width, generator, xavier(classes, width), bias=False) if classes else None
        self.head = Head(linear, embedding)

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        if self.maps:
            x = with_maps(x, required(y))
        for block in self.blocks:
            x = block(x)
        return self.head(F.relu(x).sum((2, 3)), y)


class DownBlock(nn.Module):
    """A residual block of the discriminator (figure 8); the first one has no ReLU on the image itself."""

    def __init__(self, inputs: int, outputs: int, generator: torch.Generator, *, first: bool, halves: bool) -> None:
        super().__init__()
        self.first, self.halves = first, halves
        self.convolutions = nn.ModuleList(
            SpectralConv(width, outputs, 3, generator, ROOT_2 * xavier(9 * width, 9 * outputs))
            for width in (inputs, outputs)
        )
        self.shortcut = (
            SpectralConv(inputs, outputs, 1, generator, xavier(inputs, outputs)) if halves else nn.Identity()
        )

    @override
    def forward(self, x: Tensor) -> Tensor:
        h = self.convolutions[0](x if self.first else F.relu(x))
        h = self.convolutions[1](F.relu(h))
        if not self.halves:
            return h + x
        # The mean before the 1×1 layer: the same as after it, for a quarter of the work.
        return F.avg_pool2d(h, 2) + self.shortcut(F.avg_pool2d(x, 2))


def xavier(fan_in: int, fan_out: int) -> float:
    """Return the standard deviation of initial weights by Glorot and Bengio, 2010, equation 16."""
    return math.sqrt(2 / (fan_in + fan_out))


def doubled(x: Tensor) -> Tensor:
    """Return maps of twice the size: every pixel four times."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
