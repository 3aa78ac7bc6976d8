"""Gradients of a discriminator with respect to its input, which penalties and losses share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ganstudio.engine.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor


def input_gradient(D: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return ∂D(x)/∂x for every sample, of x's shape, differentiable with respect to D's parameters.

    ``x`` is detached: nothing flows back to whatever made it.
    """
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return gradient


def squared_norm(gradient: Tensor) -> Tensor:
    """Return ‖g‖² of every sample: (B, …) -> (B,)."""
    return gradient.flatten(1).square().sum(1)
