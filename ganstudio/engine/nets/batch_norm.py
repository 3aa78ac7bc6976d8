"""Batch normalisation, plain and conditional."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

from ganstudio.engine.nets.heads import required

MOMENTUM = 0.1  # of the running moments; fixed, so that no batch is counted
EPS = 1e-5


class BatchNorm(nn.Module):
    """Batch normalisation of feature maps: (B, C, H, W) -> the same.

    In training every channel gets the batch's mean 0 and variance 1, in evaluation the running moments are taken. The
    moments are buffers, floats like every tensor of a net. With ``classes`` the gain and the offset that follow are
    those of the class.

    References
    ----------
    Ioffe and Szegedy, 2015; with classes: de Vries et al., 2017, and Miyato and Koyama, 2018, section 4.
    """

    def __init__(self, channels: int, classes: int, generator: torch.Generator, gain_sd: float) -> None:
        super().__init__()
        rows = max(classes, 1)
        self.classes = classes
        self.gain = nn.Parameter(torch.empty(rows, channels).normal_(1, gain_sd, generator=generator))
        self.offset = nn.Parameter(torch.zeros(rows, channels))
        self.mean: Tensor
        self.variance: Tensor
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    @override
    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        if not self.classes:
            return F.batch_norm(x, self.mean, self.variance, self.gain[0], self.offset[0], self.training, MOMENTUM, EPS)
        x = F.batch_norm(x, self.mean, self.variance, None, None, self.training, MOMENTUM, EPS)
        weights = required(y)
        return x * (weights @ self.gain)[:, :, None, None] + (weights @ self.offset)[:, :, None, None]
