"""Looking inside a net: what each of its layers gives out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine.latent.models import LatentModel, twin

Array = NDArray[np.float32]


class _ReachedError(Exception):
    """The layer has answered: the rest of the net need not be computed."""


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """What a layer gave out for one sample: ``values`` (channels, height, width), or (features, 1, 1)."""

    name: str
    kind: str
    values: Array


def layer_names(model: LatentModel) -> tuple[str, ...]:
    """Return the names of G's layers that give out one tensor per sample, in the order in which they are called."""
    return tuple(activation.name for activation in activations(model, np.zeros(model.dim, np.float32)))


def activations(model: LatentModel, g: Array, y: Tensor | None = None) -> tuple[Activation, ...]:
    """Return what G's layers give out at g (d,), in the order in which they are called; containers are left out."""
    net, found = twin(model.G), dict[str, Activation]()

    def keep(name: str, module: nn.Module, output: Any) -> None:
        if isinstance(output, Tensor) and output.ndim in (2, 4) and len(output) == 1:
            values = output[0].reshape(output.shape[1], *(output.shape[2:] or (1, 1))).float().numpy().copy()
            found[name] = Activation(name, type(module).__name__, values)

    for name, module in net.named_modules():
        if name and not any(isinstance(part, nn.Module) for part in module.children()):
            module.register_forward_hook(lambda module, _, output, name=name: keep(name, module, output))
    with torch.inference_mode():
        _call(model, net, torch.tensor(g[None]), y)
    return tuple(found.values())


def record(model: LatentModel, layer: str, g: Tensor, y: Tensor | None = None) -> Tensor:
    """Return the output of one of G's layers at g (n, d); what comes after it is not computed.

    Raises
    ------
    ValueError
        If there is no such layer, or it is not reached.
    """
    net, caught = twin(model.G), list[Tensor]()

    def stop(module: nn.Module, inputs: Any, output: Tensor) -> None:
        caught.append(output)
        raise _ReachedError

    try:
        chosen = net.get_submodule(layer)
    except AttributeError:
        raise ValueError(f"no layer {layer!r} in this generator") from None
    chosen.register_forward_hook(stop)
    try:
        _call(model, net, g, y)
    except _ReachedError:
        return caught[0]
    raise ValueError(f"the layer {layer!r} is not used")


def spectrum(picture: NDArray) -> Array:
    """Return the logarithm of the power of a picture's spatial frequencies, (H, W), zero in the middle.

    Transposed convolutions show as peaks at half the sampling rate, the picture's edges here: a checkerboard
    (Odena et al. 2016, "Deconvolution and checkerboard artifacts").
    """
    grey = np.asarray(picture, np.float64).reshape(*picture.shape[:2], -1).mean(-1)
    power = np.abs(np.fft.fftshift(np.fft.fft2(grey - grey.mean()))) ** 2
    return np.log1p(power).astype(np.float32)


def _call(model: LatentModel, net: nn.Module, g: Tensor, y: Tensor | None) -> None:
    z = model.z(g)
    if not model.classes:
        net(z)
        return
    weights = torch.eye(model.classes)[:1] if y is None else y
    net(z, weights.expand(len(z), model.classes))
