"""The style-based generator: a mapping network, styles by AdaIN, noise at every layer; and its discriminator."""

from __future__ import annotations

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

from ganstudio.engine.nets.equalized import EqualizedConv, EqualizedLinear, leaky, pixel_norm, with_batch_spread
from ganstudio.engine.nets.heads import Head, required, with_maps

MAPPING_RATE = 0.01  # the mapping network learns slower by this factor (Karras et al. 2019, appendix C)
MEAN_RATE = 0.005  # of the running mean of w: 1 - 0.995 in the paper's code
NOISE_DIM = 4  # coordinates of one realisation of the noise
NOISE_SPREAD = 8.0  # of the coordinates that z gives in training; noise at two z's is unrelated
GROUP = 4  # samples over which D takes the standard deviation
NORM_EPS = 1e-8


class StyleG(nn.Module):
    """The style-based generator: z (B, d), y (B, K) or None -> images (B, C, S, S).

    ``images = synthesis(mapping(z, y))``; the two are public for whoever explores latents. ``widths`` are the channels
    from the smallest maps, ``base`` pixels a side, to full size. There are ``layers`` styled layers, two for each size.

    The noise is a function of coordinates n, (B, 4), which pick one of its realisations; n = 0 in evaluation, so that
    a path through w moves nothing but what w moves. In training n, and the layer from which on another sample's w is
    taken (style mixing), follow from z by a fixed map that scatters them, so that equal z give equal images and no
    random generator is asked.

    References
    ----------
    Karras et al., 2019, "A Style-Based Generator Architecture for Generative Adversarial Networks", section 2,
    figure 1; section 3.1 (mixing).
    """

    def __init__(
        self,
        latent_dim: int,
        widths: tuple[int, ...],
        channels: int,
        base: int,
        generator: torch.Generator,
        *,
        embedding: nn.Module,
        embedded: int,
        mapping_depth: int,
        style_dim: int,
        mixing: float,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        sizes = (latent_dim + embedded, *[style_dim] * mapping_depth)
        self.mapping_layers = nn.ModuleList(
            EqualizedLinear(inputs, outputs, generator, rate=MAPPING_RATE)
            for inputs, outputs in itertools.pairwise(sizes)
        )
        self.constant = nn.Parameter(torch.ones(1, widths[0], base, base))
        self.first = EqualizedConv(widths[0], widths[0], 3, generator)
        pairs = tuple(itertools.pairwise(widths))
        self.changing = nn.ModuleList(EqualizedConv(width, following, 3, generator) for width, following in pairs)
        self.keeping = nn.ModuleList(EqualizedConv(width, width, 3, generator) for width in widths[1:])
        self.styles = nn.ModuleList(
            Styled(width, base << stage, style_dim, generator) for stage, width in enumerate(widths) for _ in range(2)
        )
        self.to_colours = EqualizedConv(widths[-1], channels, 1, generator, gain=1.0)
        self.layers, self.mixing = len(self.styles), mixing
        self.w_mean: Tensor
        self.scatter: Tensor
        self.register_buffer("w_mean", torch.zeros(style_dim))
        # Rows: the noise's coordinates, whether styles are mixed, and from which layer on.
        scatter = torch.randn(NOISE_DIM + 2, latent_dim, generator=generator)
        self.register_buffer("scatter", scatter * NOISE_SPREAD / scatter.norm(dim=1, keepdim=True))

    def mapping(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Return the style vectors w of latents: (B, d), (B, K) -> (B, style_dim)."""
        w = pixel_norm(self.embedding(pixel_norm(z), y))
        for layer in self.mapping_layers:
            w = leaky(layer(w))
        return w

    def synthesis(self, w: Tensor, noise: Tensor | None = None) -> Tensor:
        """Return the images of styles, one for all layers (B, style_dim) or one per layer (B, layers, style_dim).

        ``noise``, (B, 4), picks a realisation of the noise; None is the same one for every image.
        """
        w = w[:, None].expand(-1, self.layers, -1) if w.dim() == 2 else w
        noise = w.new_zeros(len(w), NOISE_DIM) if noise is None else noise
        x = self.constant.expand(len(w), -1, -1, -1)
        x = self.styles[0](x, w[:, 0], noise)
        x = self.styles[1](self.first(x), w[:, 1], noise)
        for stage, (changing, keeping) in enumerate(zip(self.changing, self.keeping, strict=True), 1):
            x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = self.styles[2 * stage](changing(x), w[:, 2 * stage], noise)
            x = self.styles[2 * stage + 1](keeping(x), w[:, 2 * stage + 1], noise)
        return self.to_colours(x)

    def truncated(self, w: Tensor, psi: float) -> Tensor:
        """Return styles pulled towards their mean: ``w̄ + ψ (w - w̄)`` (appendix B)."""
        return torch.lerp(self.w_mean, w, psi)

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        w = self.mapping(z, y)
        if not self.training:
            return self.synthesis(w)
        with torch.no_grad():
            self.w_mean.lerp_(w.float().mean(0), MEAN_RATE)
            scattered = z @ self.scatter.T  # (B, 6)
        noise, chance, place = scattered[:, :NOISE_DIM], scattered[:, NOISE_DIM], scattered[:, NOISE_DIM + 1]
        if self.mixing == 0:
            return self.synthesis(w, noise)
        other = self.mapping(z.roll(1, 0), y)  # (B, style_dim), of the same classes
        crossover = 1 + (self.layers - 1) * _share(place)  # from 1 to just below `layers`
        layer = torch.arange(self.layers, device=z.device)
        mixed = (layer >= crossover.floor()[:, None]) & (_share(chance) < self.mixing)[:, None]  # (B, layers)
        return self.synthesis(torch.where(mixed[:, :, None], other[:, None], w[:, None]), noise)


class Styled(nn.Module):
    """What follows a convolution: noise, leaky ReLU, and every map's mean and spread set by the style (AdaIN)."""

    def __init__(self, width: int, side: int, style_dim: int, generator: torch.Generator) -> None:
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(width))
        self.style = EqualizedLinear(style_dim, 2 * width, generator, gain=1.0)
        self.frequencies: Tensor
        self.phases: Tensor
        self.register_buffer("frequencies", torch.randn(NOISE_DIM, side**2, generator=generator))
        self.register_buffer("phases", 2 * math.pi * torch.rand(side**2, generator=generator))

    @override
    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        # Waves of random directions, one per pixel: mean 0, variance 1, unrelated between pixels.
        maps = math.sqrt(2) * torch.cos(noise @ self.frequencies + self.phases)  # (B, side²)
        x = leaky(x + self.strength[:, None, None] * maps.view(len(x), 1, *x.shape[2:]))
        spread, mean = torch.var_mean(x, (2, 3), correction=0, keepdim=True)
        scale, offset = self.style(w)[:, :, None, None].chunk(2, 1)
        return (x - mean) * (spread + NORM_EPS).rsqrt() * (scale + 1) + offset


class StyleD(nn.Module):
    """The style-based generator's opponent, that of progressive growing at full size: images, y -> logits (B, 1).

    References
    ----------
    Karras et al., 2019, section 2; Karras et al., 2018, table 2.
    """

    separate_batches = True

    def __init__(
        self,
        widths: tuple[int, ...],
        channels: int,
        base: int,
        generator: torch.Generator,
        *,
        classes: int,
        maps: int,
    ) -> None:
        super().__init__()
        self.maps = maps
        self.from_colours = EqualizedConv(channels + maps, widths[0], 1, generator)
        pairs = tuple(itertools.pairwise(widths))
        self.keeping = nn.ModuleList(EqualizedConv(width, width, 3, generator) for width in widths[:-1])
        self.changing = nn.ModuleList(EqualizedConv(width, following, 3, generator) for width, following in pairs)
        self.last = EqualizedConv(widths[-1] + 1, widths[-1], 3, generator)
        self.dense = EqualizedLinear(widths[-1] * base**2, widths[-1], generator)
        linear = EqualizedLinear(widths[-1], 1, generator, gain=1.0)
        embedding = EqualizedLinear(classes, widths[-1], generator, gain=1.0, bias=None) if classes else None
        self.head = Head(linear, embedding)

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        if self.maps:
            x = with_maps(x, required(y))
        x = leaky(self.from_colours(x))
        for keeping, changing in zip(self.keeping, self.changing, strict=True):
            x = F.avg_pool2d(leaky(changing(leaky(keeping(x)))), 2)
        x = leaky(self.last(with_batch_spread(x, GROUP)))
        return self.head(leaky(self.dense(x.flatten(1))), y)


def _share(t: Tensor) -> Tensor:
    """Return numbers of a spread well above 1 as ones that lie evenly between 0 and 1: their fractional part."""
    return t - t.floor()
