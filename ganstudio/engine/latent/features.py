"""What D's last layer sees: features without any other net."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ganstudio.engine.latent.models import LatentModel, twin
from ganstudio.engine.latent.weights import ModelError

MOST_FEATURES = 512


def d_features(model: LatentModel, samples: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return D's logits (n,) and the input of its last layer (n, F), F ≤ 512, on samples (n, …) in the nets' units.

    More than 512 features are brought down by a fixed random projection, which nearly keeps distances (Johnson and
    Lindenstrauss 1984). Gradients flow to the samples.

    Raises
    ------
    ModelError
        If the model came without D.
    """
    if model.D is None:
        raise ModelError("this model came without D")
    # On a twin: a hook on the model itself would be seen by other threads.
    net = twin(model.D)
    found: list[tuple[nn.Module, Tensor]] = []

    def catch(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        given = inputs[0] if inputs else None
        if isinstance(given, Tensor) and isinstance(output, Tensor) and output.numel() == len(given):
            found.append((module, given))

    for module in net.modules():
        module.register_forward_hook(catch)
    if model.mixes_samples:
        weights = [None] * len(samples) if y is None else y.expand(len(samples), -1).split(1)
        parts = []
        for sample, weight in zip(samples.split(1), weights, strict=True):
            found.clear()
            parts.append((model.judge(net, sample, weight), _last(found, sample)))
        logits, features = (torch.cat(part) for part in zip(*parts, strict=True))
    else:
        logits = model.judge(net, samples, y)
        features = _last(found, samples)
    return logits, projected(features.flatten(1))


def _last(found: list[tuple[nn.Module, Tensor]], otherwise: Tensor) -> Tensor:
    """Return the input of the last of the modules that give one number per sample and hold no other such module."""
    features = otherwise
    for module, given in found:  # in the order in which they came to their end: the innermost first
        if not any(inner is not module and inner in set(module.modules()) for inner, _ in found):
            features = given
    return features


def projected(features: Tensor, most: int = MOST_FEATURES) -> Tensor:
    """Return features (n, F) with at most ``most`` columns: as they are, or by a fixed random projection."""
    width = features.shape[1]
    if width <= most:
        return features
    generator = torch.Generator().manual_seed(width)
    return features @ (torch.randn(width, most, generator=generator) / most**0.5)
