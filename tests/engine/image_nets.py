"""Small image nets and batches for tests."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.engine.models import DiscriminatorModel, GeneratorModel, discriminators, generators

IMAGE_GS = [G.name for G in generators if "images" in G.layouts]
IMAGE_DS = [D.name for D in discriminators if "images" in D.layouts]
LATENT = 12
CLASSES = 10


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def latents(count: int, seed: int = 9, size: int = LATENT) -> Tensor:
    return torch.randn(count, size, generator=seeded(seed))


def images(count: int, side: int, channels: int = 1, seed: int = 8) -> Tensor:
    return torch.randn(count, channels, side, side, generator=seeded(seed)).clamp(-1, 1)


def one_hot(count: int) -> Tensor:
    return F.one_hot(torch.arange(count) % CLASSES, CLASSES).float()


def small_g(name: str, **settings: object) -> GeneratorModel:
    return generators.get(name)(**({"width": 4} if name != "mlp" else {}) | settings)


def small_d(name: str, **settings: object) -> DiscriminatorModel:
    return discriminators.get(name)(**({"width": 4} if name != "mlp" else {}) | settings)


def grown(net: nn.Module) -> nn.Module:
    """Bring a growing net to its last stage; return any other as it is."""
    if hasattr(net, "set_stage"):
        net.set_stage(99, 1.0)
    return net


def count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())
