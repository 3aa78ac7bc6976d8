"""Uniform and Gaussian numbers from a given generator, on its device: what every distribution is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.engine.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor


def uniform(generator: torch.Generator, *shape: int) -> Tensor:
    """Return uniform numbers in [0, 1) of this shape, float32."""
    return torch.rand(shape, generator=generator, device=generator.device)


def normal(generator: torch.Generator, *shape: int) -> Tensor:
    """Return standard normal numbers of this shape, float32."""
    return torch.randn(shape, generator=generator, device=generator.device)
