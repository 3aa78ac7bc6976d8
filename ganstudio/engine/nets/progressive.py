"""Progressive growing: nets that begin with 4×4 pixels and fade in layers for twice the size, again and again."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

from ganstudio.engine.nets.equalized import (
    EqualizedConv,
    EqualizedLinear,
    leaky,
    pixel_norm,
    with_batch_spread,
)
from ganstudio.engine.nets.heads import Head, required, with_maps

BASE = 4  # pixels a side of the first stage
GROUP = 4  # samples over which D takes the standard deviation


class Growing(nn.Module):
    """A net at a stage of its growth: images of 4·2^stage pixels, the newest layers blended in with a share α.

    Both are kept in buffers, which a checkpoint holds, and the stage also as a number that the program flow of
    ``forward`` depends on. So after buffers were filled from outside, call ``set_stage`` once more.
    """

    def __init__(self, stages: int) -> None:
        super().__init__()
        self.stages = stages
        self.stage, self.fading = stages - 1, False  # a new net is full-grown
        self.stage_held: Tensor
        self.alpha: Tensor
        self.register_buffer("stage_held", torch.tensor(float(self.stage)))
        self.register_buffer("alpha", torch.tensor(1.0))

    def set_stage(self, stage: int, alpha: float) -> None:
        """Go to a stage, at most the last one; α is the share of its newest layers, from 0 to 1."""
        if stage >= self.stages:
            stage, alpha = self.stages - 1, 1.0
        self.stage, self.fading = stage, stage > 0 and alpha < 1
        self.stage_held.fill_(stage)
        self.alpha.fill_(alpha if stage > 0 else 1.0)

    @property
    def side(self) -> int:
        """Pixels a side at the present stage."""
        return BASE << self.stage


class GrowingG(Growing):
    """The growing generator: z (B, d), y (B, K) or None -> images (B, C, side, side) of the present stage.

    ``widths`` are the channels at each stage. Each has a layer to colours of its own; while a stage fades in, the
    picture is ``(1 - α) · doubled picture of the stage before + α · its own``.

    References
    ----------
    Karras et al., 2018, section 2, figure 2 and table 2.
    """

    def __init__(
        self, inputs: int, widths: tuple[int, ...], channels: int, generator: torch.Generator, *, embedding: nn.Module
    ) -> None:
        super().__init__(len(widths))
        self.embedding = embedding
        # A gain of √2 / 4: as if the layer were a convolution that reads the latent through 4×4 weights.
        self.project = EqualizedLinear(inputs, widths[0] * BASE**2, generator, gain=2**0.5 / BASE, bias=None)
        self.project_bias = nn.Parameter(torch.zeros(widths[0]))
        self.first = EqualizedConv(widths[0], widths[0], 3, generator)
        pairs = tuple(itertools.pairwise(widths))
        self.changing = nn.ModuleList(EqualizedConv(width, following, 3, generator) for width, following in pairs)
        self.keeping = nn.ModuleList(EqualizedConv(width, width, 3, generator) for width in widths[1:])
        self.to_colours = nn.ModuleList(EqualizedConv(width, channels, 1, generator, gain=1.0) for width in widths)

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        z = pixel_norm(self.embedding(z, y))
        x = self.project(z).view(len(z), -1, BASE, BASE) + self.project_bias[:, None, None]
        x = pixel_norm(leaky(x))
        before = x = pixel_norm(leaky(self.first(x)))  # (B, widths[0], 4, 4)
        for index in range(self.stage):
            before, x = x, pixel_norm(leaky(self.changing[index](doubled(x))))
            x = pixel_norm(leaky(self.keeping[index](x)))
        image = self.to_colours[self.stage](x)
        if not self.fading:
            return image
        return torch.lerp(doubled(self.to_colours[self.stage - 1](before)), image, self.alpha)


class GrowingD(Growing):
    """The growing discriminator: images (B, C, side, side), y (B, K) or None -> logits (B, 1); the generator's mirror.

    References
    ----------
    Karras et al., 2018, section 2, figure 2 and table 2.
    """

    separate_batches = True

    def __init__(
        self, widths: tuple[int, ...], channels: int, generator: torch.Generator, *, classes: int, maps: int
    ) -> None:
        super().__init__(len(widths))
        self.maps = maps
        self.from_colours = nn.ModuleList(EqualizedConv(channels + maps, width, 1, generator) for width in widths)
        pairs = tuple(itertools.pairwise(widths))
        self.keeping = nn.ModuleList(EqualizedConv(width, width, 3, generator) for width in widths[1:])
        self.changing = nn.ModuleList(EqualizedConv(following, width, 3, generator) for width, following in pairs)
        self.last = EqualizedConv(widths[0] + 1, widths[0], 3, generator)
        self.dense = EqualizedLinear(widths[0] * BASE**2, widths[0], generator)
        linear = EqualizedLinear(widths[0], 1, generator, gain=1.0)
        embedding = EqualizedLinear(classes, widths[0], generator, gain=1.0, bias=None) if classes else None
        self.head = Head(linear, embedding)

    def prepare(self, images: Tensor) -> Tensor:
        """Bring full-size images to the present stage's size, and blend them with coarser ones while it fades in."""
        images = F.avg_pool2d(images, images.shape[-1] // self.side) if images.shape[-1] != self.side else images
        if not self.fading:
            return images
        return torch.lerp(doubled(halved(images)), images, self.alpha)

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        if self.maps:
            x = with_maps(x, required(y))
        features = leaky(self.from_colours[self.stage](x))
        for index in reversed(range(self.stage)):
            features = leaky(self.keeping[index](features))
            features = halved(leaky(self.changing[index](features)))
            if self.fading and index == self.stage - 1:
                coarse = leaky(self.from_colours[index](halved(x)))
                features = torch.lerp(coarse, features, self.alpha)
        features = leaky(self.last(with_batch_spread(features, GROUP)))
        return self.head(leaky(self.dense(features.flatten(1))), y)


def doubled(x: Tensor) -> Tensor:
    """Return maps of twice the size: every pixel four times."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def halved(x: Tensor) -> Tensor:
    """Return maps of half the size: the mean of every four pixels."""
    return F.avg_pool2d(x, 2)
