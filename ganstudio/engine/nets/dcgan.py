"""DCGAN: strided and transposed convolutions."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

from ganstudio.engine.nets.batch_norm import BatchNorm
from ganstudio.engine.nets.filling import normal_conv, normal_linear, normal_transposed
from ganstudio.engine.nets.heads import Head, required, with_maps
from ganstudio.engine.nets.spectral_norm import SpectralConv, SpectralLinear

SD = 0.02  # of every initial weight (Radford et al. 2016, section 4)
SLOPE = 0.2  # of leaky ReLU (the same)
KERNEL = 4  # so that strides of 2 cover every pixel evenly; the paper's figure has 5


class DcganG(nn.Module):
    """DCGAN's generator: z (B, d), y (B, K) or None -> images (B, C, S, S) within ±1.

    ``channels`` are those of the maps from the smallest, ``base`` pixels wide, to the image; ``dense`` units, if any,
    stand before them. ``classes`` above 0 makes every batch normalisation a conditional one; ``appended`` classes are
    concatenated to z.
    """

    def __init__(
        self,
        inputs: int,
        channels: tuple[int, ...],
        base: int,
        generator: torch.Generator,
        *,
        dense: int,
        classes: int,
        appended: int,
    ) -> None:
        super().__init__()
        self.appended, self.base = appended, base
        # No offsets where a batch normalisation brings its own.
        self.dense = normal_linear(inputs, dense, generator, SD, bias=False) if dense else None
        self.dense_norm = BatchNorm(dense, classes, generator, SD) if dense else None
        self.project = normal_linear(dense or inputs, channels[0] * base**2, generator, SD, bias=False)
        self.norms = nn.ModuleList(BatchNorm(width, classes, generator, SD) for width in channels[:-1])
        self.convolutions = nn.ModuleList(
            normal_transposed(width, following, KERNEL, generator, SD, bias=index == len(channels) - 2)
            for index, (width, following) in enumerate(itertools.pairwise(channels))
        )

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        if self.appended:
            z = torch.cat((z, required(y)), 1)
        if self.dense is not None and self.dense_norm is not None:
            z = F.relu(self.dense_norm(self.dense(z)[:, :, None, None], y)).flatten(1)
        x = self.project(z).view(len(z), -1, self.base, self.base)
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            x = convolution(F.relu(norm(x, y)))
        return x.tanh()


class DcganD(nn.Module):
    """DCGAN's discriminator: images (B, C, S, S), y (B, K) or None -> logits (B, 1).

    ``channels`` are those of the maps from the image, with ``maps`` constant ones for the classes, to the smallest,
    ``base`` pixels wide; ``dense`` units, if any, come after them. ``classes`` above 0 makes the last layer a
    projection.
    """

    def __init__(
        self,
        channels: tuple[int, ...],
        base: int,
        generator: torch.Generator,
        *,
        normalization: str,
        dense: int,
        classes: int,
        maps: int,
    ) -> None:
        super().__init__()
        self.maps = maps
        self.separate_batches = normalization == "batch"
        spectral = normalization == "spectral"
        self.convolutions = nn.ModuleList()
        self.norms = nn.ModuleList()
        for index, (width, following) in enumerate(itertools.pairwise(channels)):
            normed = normalization == "batch" and index > 0
            if spectral:
                self.convolutions.append(SpectralConv(width, following, KERNEL, generator, SD, stride=2))
            else:
                self.convolutions.append(
                    normal_conv(width, following, KERNEL, generator, SD, stride=2, bias=not normed)
                )
            self.norms.append(BatchNorm(following, 0, generator, SD) if normed else nn.Identity())
        features = channels[-1] * base**2
        linear = SpectralLinear if spectral else normal_linear
        self.dense = linear(features, dense, generator, SD) if dense else None
        self.head = Head(
            linear(dense or features, 1, generator, SD),
            linear(classes, dense or features, generator, SD, bias=False) if classes else None,
        )

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        if self.maps:
            x = with_maps(x, required(y))
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = F.leaky_relu(norm(convolution(x)), SLOPE)
        h = x.flatten(1)
        if self.dense is not None:
            h = F.leaky_relu(self.dense(h), SLOPE)
        return self.head(h, y)
