"""Layers whose weight matrix has spectral norm 1.

References
----------
Miyato et al., 2018, "Spectral Normalization for Generative Adversarial Networks", section 2.1 and algorithm 1.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing_extensions import override

EPS = 1e-12
FIRST_ITERATIONS = 16  # of power iteration when the layer is made; one per training forward after that


class SpectralWeight(nn.Module):
    """A weight W, given out as W / σ(W), where σ is the largest singular value of W as a matrix (out, everything else).

    σ is estimated by power iteration: one step per call in training, none in evaluation. Its vectors u and v are
    buffers. The estimate is never above σ, so that what is given out has a norm of at least 1, and of 1 once the
    vectors have settled. For a convolution it is the norm of its kernel as a matrix, as in the paper, not that of the
    map between images.
    """

    def __init__(self, shape: tuple[int, ...], generator: torch.Generator, sd: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape).normal_(0, sd, generator=generator))
        rows, columns = shape[0], self.weight[0].numel()
        self.u: Tensor
        self.v: Tensor
        self.register_buffer("u", F.normalize(torch.randn(rows, generator=generator), dim=0, eps=EPS))
        self.register_buffer("v", F.normalize(torch.randn(columns, generator=generator), dim=0, eps=EPS))
        for _ in range(FIRST_ITERATIONS):
            self._iterate(self.weight.detach().flatten(1))

    def _iterate(self, matrix: Tensor) -> tuple[Tensor, Tensor]:
        v = F.normalize(matrix.T @ self.u, dim=0, eps=EPS)
        u = F.normalize(matrix @ v, dim=0, eps=EPS)
        self.u.copy_(u)
        self.v.copy_(v)
        return u, v

    @override
    def forward(self) -> Tensor:
        matrix = self.weight.flatten(1)
        if self.training:
            with torch.no_grad():
                u, v = self._iterate(matrix)
        else:
            u, v = self.u, self.v
        sigma = u @ (matrix @ v)  # its gradient is u vᵀ (equation 9)
        return self.weight / sigma


class SpectralLinear(nn.Module):
    """A dense layer of spectral norm 1: (B, inputs) -> (B, outputs)."""

    def __init__(self, inputs: int, outputs: int, generator: torch.Generator, sd: float, *, bias: bool = True) -> None:
        super().__init__()
        self.normalized = SpectralWeight((outputs, inputs), generator, sd)
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    @override
    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.normalized(), self.bias)


class SpectralConv(nn.Module):
    """A convolution of spectral norm 1 that keeps the size, or divides it by ``stride``."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, generator: torch.Generator, sd: float, *, stride: int = 1
    ) -> None:
        super().__init__()
        self.normalized = SpectralWeight((outputs, inputs, kernel, kernel), generator, sd)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.stride, self.padding = stride, (kernel - 1) // 2

    @override
    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.normalized(), self.bias, self.stride, self.padding)
