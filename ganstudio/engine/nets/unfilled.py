"""Layers whose weights are set by somebody else."""

from __future__ import annotations

from typing import Any, TypeVar

from torch import nn

L = TypeVar("L", bound=nn.Module)


def unfilled(kind: type[L], *arguments: Any, **settings: Any) -> L:
    """Return a layer whose weights and offsets are whatever was in memory; torch's global generator is not drawn from.

    :func:`torch.nn.utils.skip_init` does the same by way of the meta device, whose first use imports sympy: 0.2 s of
    the first run that a window starts.
    """
    without_filling = type(kind.__name__, (kind,), {"reset_parameters": lambda self: None})
    layer: L = without_filling(*arguments, **settings)
    layer.__class__ = kind
    return layer
