"""R3GAN: residual nets without normalisation, with grouped convolutions and bilinear resampling.

References
----------
Huang et al., 2024, "The GAN is dead; long live the GAN! A Modern Baseline GAN", section 3, configuration E.
"""

from __future__ import annotations

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

from ganstudio.engine.nets.filling import filled
from ganstudio.engine.nets.heads import required, with_maps
from ganstudio.engine.nets.unfilled import unfilled

SLOPE = 0.2
GAIN = math.sqrt(2 / (1 + SLOPE**2))  # He's, for leaky ReLU
EXPANSION = 2  # channels inside a block over those outside: an inverted bottleneck
GROUP_WIDTH = 16  # channels in a group of the grouped convolution


class R3ganG(nn.Module):
    """R3GAN's generator: z (B, d), y (B, K) or None -> images (B, C, S, S).

    A learnt basis of maps, ``base`` pixels a side, weighted by a linear function of z; then at each size ``blocks``
    residual blocks, and bilinear doubling. ``widths`` are the channels from the smallest maps to full size.
    """

    def __init__(
        self,
        inputs: int,
        widths: tuple[int, ...],
        channels: int,
        base: int,
        blocks: int,
        generator: torch.Generator,
        *,
        embedding: nn.Module,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.weights = bare_linear(inputs, widths[0], generator)
        self.basis = nn.Parameter(torch.empty(widths[0], base, base).normal_(0, 1, generator=generator))
        total = blocks * len(widths)
        self.stages = nn.ModuleList(
            nn.Sequential(*(Block(width, total, generator) for _ in range(blocks))) for width in widths
        )
        self.transitions = nn.ModuleList(
            bare_conv(width, following, 1, generator) for width, following in itertools.pairwise(widths)
        )
        self.to_colours = bare_conv(widths[-1], channels, 1, generator)

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        x = self.weights(self.embedding(z, y))[:, :, None, None] * self.basis
        for index, stage in enumerate(self.stages):
            if index:
                x = self.transitions[index - 1](x)
                x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = stage(x)
        return self.to_colours(x)


class R3ganD(nn.Module):
    """R3GAN's discriminator, the generator's mirror: images (B, C, S, S), y (B, K) or None -> logits (B, 1).

    With ``classes`` the last layer gives as many features as the classes' embedding, and the logit is their product.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        channels: int,
        base: int,
        blocks: int,
        generator: torch.Generator,
        *,
        classes: int,
        maps: int,
        embedded: int,
    ) -> None:
        super().__init__()
        self.maps = maps
        self.from_colours = bare_conv(channels + maps, widths[0], 1, generator)
        total = blocks * len(widths)
        self.stages = nn.ModuleList(
            nn.Sequential(*(Block(width, total, generator) for _ in range(blocks))) for width in widths
        )
        self.transitions = nn.ModuleList(
            bare_conv(width, following, 1, generator) for width, following in itertools.pairwise(widths)
        )
        self.basis = nn.Parameter(torch.empty(widths[-1], base, base).normal_(0, 1 / base, generator=generator))
        self.features = bare_linear(widths[-1], embedded if classes else 1, generator)
        self.embedding = bare_linear(classes, embedded, generator, 1 / math.sqrt(embedded)) if classes else None

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        if self.maps:
            x = with_maps(x, required(y))
        x = self.from_colours(x)
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index < len(self.transitions):
                # Bilinear interpolation at half the size is the mean of four pixels.
                x = self.transitions[index](F.avg_pool2d(x, 2))
        h = self.features((x * self.basis).sum((2, 3)))
        return h if self.embedding is None else (h * self.embedding(required(y))).sum(1, keepdim=True)


class Block(nn.Module):
    """A residual block: 1×1, leaky ReLU, grouped 3×3, leaky ReLU, 1×1, added to its input.

    Fix-up initialisation: the last layer begins at zero, the others smaller the more blocks there are, so that a deep
    net begins as the identity and needs no normalisation (Zhang et al., 2019).
    """

    def __init__(self, width: int, blocks: int, generator: torch.Generator) -> None:
        super().__init__()
        inner = EXPANSION * width
        gain = GAIN * blocks**-0.25  # L^(-1 / (2m - 2)) with m = 3 layers in a block
        groups = max(1, inner // GROUP_WIDTH)
        self.expand = bare_conv(width, inner, 1, generator, gain)
        self.grouped = bare_conv(inner, inner, 3, generator, gain, groups=groups)
        self.contract = bare_conv(inner, width, 1, generator, 0.0)
        self.offsets = nn.Parameter(torch.zeros(2, inner))

    @override
    def forward(self, x: Tensor) -> Tensor:
        offsets = self.offsets[:, :, None, None]
        h = F.leaky_relu(self.expand(x) + offsets[0], SLOPE)
        h = F.leaky_relu(self.grouped(h) + offsets[1], SLOPE)
        return x + self.contract(h)


def bare_conv(
    inputs: int, outputs: int, kernel: int, generator: torch.Generator, gain: float = 1.0, *, groups: int = 1
) -> nn.Conv2d:
    """Return a convolution without offset that keeps the size, with weights from N(0, gain² / fan-in)."""
    layer = unfilled(nn.Conv2d, inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=False)
    return filled(layer, generator, gain / math.sqrt(inputs // groups * kernel**2))


def bare_linear(inputs: int, outputs: int, generator: torch.Generator, gain: float = 1.0) -> nn.Linear:
    """Return a dense layer without offset, with weights from N(0, gain² / inputs)."""
    return filled(unfilled(nn.Linear, inputs, outputs, bias=False), generator, gain / math.sqrt(inputs))
