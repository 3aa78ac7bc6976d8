"""How nets for images take in class weights y, (B, K), whose rows sum to 1, and D's last layer.

Weights rather than class numbers: a row need not be one class, so that the latent explorer can mix classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from typing_extensions import override


def required(y: Tensor | None) -> Tensor:
    """Return the class weights that a conditional net cannot do without."""
    if y is None:
        raise ValueError("a conditional net needs class weights")
    return y


def with_maps(x: Tensor, y: Tensor) -> Tensor:
    """Return images with a constant map per class beside their channels: (B, C, H, W), (B, K) -> (B, C + K, H, W).

    Mirza and Osindero, 2014, "Conditional Generative Adversarial Nets", in the form for convolutions.
    """
    maps = y[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat((x, maps), 1)


class Head(nn.Module):
    """D's last layer: ``v·h + b``, and with classes also ``e(y)·h``: (B, F), (B, K) -> (B, 1).

    References
    ----------
    Miyato and Koyama, 2018, "cGANs with Projection Discriminator", equation 3.
    """

    def __init__(self, linear: nn.Module, embedding: nn.Module | None) -> None:
        super().__init__()
        self.linear = linear
        self.embedding = embedding

    @override
    def forward(self, h: Tensor, y: Tensor | None = None) -> Tensor:
        logits = self.linear(h)
        if self.embedding is None:
            return logits
        return logits + (self.embedding(required(y)) * h).sum(1, keepdim=True)


class Appended(nn.Module):
    """Appends what is said of the class to z: (B, d), (B, K) -> (B, d + n). Without a layer the weights themselves.

    The layer is that of an embedding, one row per class: a linear one without offset.
    """

    def __init__(self, layer: nn.Module | None) -> None:
        super().__init__()
        self.layer = layer

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        y = required(y)
        return torch.cat((z, y if self.layer is None else self.layer(y)), 1)


class Alone(nn.Module):
    """Leaves z as it is: a generator that is not told the class."""

    @override
    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return z
