"""A model as the explorer has it: its own nets, which nobody trains, and how to call them.

Nothing here aliases a tensor that is being trained: a :class:`Weights` is a copy, and a :class:`LatentModel` is made
from such a copy, or from a file, and is never written again. So any thread may use one.
"""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine.device import random_generator
from ganstudio.engine.latent.coordinates import diversified, to_z
from ganstudio.engine.latent.pixels import to_bytes, to_unit
from ganstudio.engine.latent.weights import ModelError, Weights, check_shape
from ganstudio.engine.params import ConfigError
from ganstudio.engine.priors import Prior

Array = NDArray[np.float32]
Pictures = NDArray[Any]  # (n, H, W, C) uint8, or (n, d) float32
CHUNK = 64  # pictures per call of G: larger ones gain nothing on a CPU and take longer to give up


@dataclass(frozen=True, slots=True, eq=False)
class StyleMix:
    """Another latent g (d,), whose style takes over from ``layer`` on: coarse things from one, fine ones from it."""

    g: Array
    layer: int


@dataclass(frozen=True, kw_only=True, eq=False)
class LatentModel:
    """Nets in evaluation mode without gradients of their own, and everything needed to show what they make.

    ``shape`` is that of a sample as G makes it now: a growing net's images may still be smaller than the data's.
    ``class_names`` has one name per class.
    """

    G: nn.Module
    D: nn.Module | None
    prior: Prior
    shape: tuple[int, ...]
    classes: int
    class_names: tuple[str, ...]
    step: int
    run: int
    title: str
    weights: Weights

    @property
    def dim(self) -> int:
        """The latent's dimension d."""
        return self.prior.dim

    @property
    def is_image(self) -> bool:
        """Whether samples are images, not points."""
        return len(self.shape) == 3

    @property
    def style_layers(self) -> int:
        """How many layers take a style, of a style-based generator; 0 of any other."""
        return int(getattr(self.G, "layers", 0)) if hasattr(self.G, "synthesis") else 0

    @cached_property
    def fingerprint(self) -> str:
        """A hash of G's weights: what :class:`~ganstudio.engine.latent.view_state.ViewState` names the model by."""
        digest = hashlib.blake2b(digest_size=8)
        for name, tensor in sorted(self.weights.g.items()):
            digest.update(name.encode() + tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()

    # -- G ------------------------------------------------------------------------------------------------------------

    def z(self, g: Tensor, *, tau: float = math.inf, psi: float = 1.0) -> Tensor:
        """Return what G eats at canonical coordinates g (n, d): (n, d)."""
        return to_z(self.prior, diversified(g, tau, psi))

    def images(
        self,
        g: Tensor,
        y: Tensor | None = None,
        *,
        tau: float = math.inf,
        psi: float = 1.0,
        style: StyleMix | None = None,
    ) -> Tensor:
        """Return G's samples at g (n, d): (n, *shape), in the nets' units; gradients flow to g.

        Parameters
        ----------
        g
            Canonical coordinates.
        y
            (K,) or (n, K) class weights; None takes the first class of a model with classes.
        tau, psi
            Diversity. A style-based generator is truncated by ψ in its own space, towards the mean style w̄ (Karras et
            al. 2019, appendix B); any other has g scaled.
        style
            Of a style-based generator, what is mixed in; others do not heed it.
        """
        weights = self._classes(y, len(g)) if self.classes else None
        if self.style_layers:
            return self._styled(g, weights, tau, psi, style)
        z = self.z(g, tau=tau, psi=psi)
        return self.G(z) if weights is None else self.G(z, weights)

    def _styled(self, g: Tensor, y: Tensor | None, tau: float, psi: float, style: StyleMix | None) -> Tensor:
        net = cast(Any, self.G)
        w = net.mapping(self.z(g, tau=tau), y)  # (n, style_dim)
        if psi != 1:
            w = net.truncated(w, psi)
        if style is None:
            return net.synthesis(w)
        other = net.mapping(self.z(torch.tensor(style.g)[None], tau=tau), None if y is None else y[:1])
        if psi != 1:
            other = net.truncated(other, psi)
        taken = (torch.arange(self.style_layers) >= style.layer)[None, :, None]
        return net.synthesis(torch.where(taken, other[:, None], w[:, None]))  # (n, layers, style_dim)

    def generator(
        self,
        y: Tensor | None = None,
        *,
        tau: float = math.inf,
        psi: float = 1.0,
        style: StyleMix | None = None,
    ) -> Callable[[Tensor], Tensor]:
        """Return G as a function of canonical coordinates alone: what directions work on."""
        return lambda g: self.images(g, y, tau=tau, psi=psi, style=style)

    def render(
        self,
        g: Array,
        y: Array | None = None,
        *,
        tau: float = math.inf,
        psi: float = 1.0,
        style: StyleMix | None = None,
        chunk: int = CHUNK,
    ) -> Pictures:
        """Return what is looked at for g (n, d): images (n, H, W, C) uint8, or points (n, dim) in data units."""
        latents = torch.tensor(np.asarray(g, np.float32))
        weights = None if y is None else torch.tensor(np.asarray(y, np.float32))
        made = [self.shown(torch.zeros(0, *self.shape))]
        for start in range(0, len(latents), chunk):
            part = weights if weights is None or weights.ndim == 1 else weights[start : start + chunk]
            with torch.inference_mode():
                samples = self.images(latents[start : start + chunk], part, tau=tau, psi=psi, style=style)
            made.append(self.shown(samples))
        return np.concatenate(made)

    def shown(self, samples: Tensor) -> Pictures:
        """Return samples of the nets as they are looked at: bytes, or points in data units."""
        if self.is_image:
            return to_bytes(samples)
        points = samples.detach().double() * self.weights.scale + torch.tensor(self.weights.mean, dtype=torch.float64)
        return points.float().cpu().numpy()

    def seen(self, pictures: Pictures) -> Tensor:
        """Return pictures as the nets see them: the inverse of :meth:`shown`."""
        if self.is_image:
            return to_unit(np.asarray(pictures, np.uint8))
        points = torch.tensor(np.asarray(pictures, np.float64))
        return ((points - torch.tensor(self.weights.mean, dtype=torch.float64)) / self.weights.scale).float()

    # -- D ------------------------------------------------------------------------------------------------------------

    def logits(self, samples: Tensor, y: Tensor | None = None) -> Tensor:
        """Return D's logits (n,) on samples (n, …) in the nets' units; gradients flow to the samples.

        Raises
        ------
        ModelError
            If the model came without D.
        """
        if self.D is None:
            raise ModelError("this model came without D")
        return self.judge(self.D, samples, y)

    def judge(self, D: nn.Module, samples: Tensor, y: Tensor | None = None) -> Tensor:
        """Return the logits (n,) of a net like this model's D.

        One that looks at a batch as a whole (at the spread within it) is given its samples one by one: a score must not
        depend on what else happens to be scored.
        """
        if tuple(samples.shape[1:]) != self.shape and hasattr(D, "prepare"):
            samples = cast(Any, D).prepare(samples)  # real images at full size, before a growing D
        weights = self._classes(y, len(samples)) if self.classes else None
        if not self.mixes_samples:
            return (D(samples) if weights is None else D(samples, weights)).reshape(len(samples))
        single = samples.split(1)
        if weights is None:
            return torch.cat([D(one) for one in single]).reshape(len(samples))
        return torch.cat([D(one, y) for one, y in zip(single, weights.split(1), strict=True)]).reshape(len(samples))

    @cached_property
    def mixes_samples(self) -> bool:
        """Whether D's logit of a sample depends on the others in the batch; found by trying."""
        if self.D is None:
            return False
        samples = torch.randn(2, *self.shape, generator=torch.Generator().manual_seed(0))
        weights = (self._classes(None, 2),) if self.classes else ()
        with torch.inference_mode():
            both = self.D(samples, *weights).reshape(2)
            alone = self.D(samples[:1], *(part[:1] for part in weights)).reshape(1)
        return not torch.allclose(both[:1], alone, rtol=1e-3, atol=1e-5)

    def judged(self, pictures: Pictures, y: Array | None = None, *, chunk: int = CHUNK) -> Array:
        """Return D's logits (n,) on pictures as they are looked at."""
        weights = None if y is None else torch.tensor(np.asarray(y, np.float32))
        made = []
        for start in range(0, len(pictures), chunk):
            part = weights if weights is None or weights.ndim == 1 else weights[start : start + chunk]
            with torch.inference_mode():
                made.append(self.logits(self.seen(pictures[start : start + chunk]), part).float().cpu().numpy())
        return np.concatenate(made) if made else np.zeros(0, np.float32)

    def _classes(self, y: Tensor | None, count: int) -> Tensor:
        if y is None:
            y = torch.zeros(self.classes)
            y[0] = 1
        return y.expand(count, self.classes)

    # -- other weights ------------------------------------------------------------------------------------------------

    def with_weights(self, weights: Weights) -> LatentModel:
        """Return this model at another snapshot of the same run: nothing is copied, the nets are not built again.

        Raises
        ------
        ModelError
            If they are not weights of the same nets.
        """
        if weights.config.generator != self.weights.config.generator or weights.shape != self.weights.shape:
            return opened(weights)
        G = _filled(twin(self.G), weights.g, "G")
        D = None
        if weights.d and self.D is not None and weights.config.discriminator == self.weights.config.discriminator:
            D = _filled(twin(self.D), weights.d, "D")
        elif weights.d:
            return opened(weights)
        return _model(weights, G, D)


def opened(weights: Weights) -> LatentModel:
    """Return the model of these weights, whose tensors it holds.

    Raises
    ------
    ModelError
        If the nets cannot be built from the settings, or the tensors are not theirs.
    """
    check_shape(weights.shape, weights.classes)
    config, generator = weights.config, random_generator(torch.device("cpu"), 0)
    try:
        G = config.generator.build(config.prior.dim, weights.shape, generator, weights.classes)
        D = config.discriminator.build(weights.shape, generator, weights.classes) if weights.d else None
    except (ConfigError, ValueError) as error:
        raise ModelError(f"its nets cannot be built: {error}") from None
    return _model(weights, _filled(G, weights.g, "G"), None if D is None else _filled(D, weights.d, "D"))


def _model(weights: Weights, G: nn.Module, D: nn.Module | None) -> LatentModel:
    classes, names = weights.classes, weights.class_names
    config = weights.config
    if not config.generator.conditional and (D is None or not config.discriminator.conditional):
        classes = 0
    if D is not None and hasattr(G, "set_stage") and hasattr(D, "set_stage"):
        cast(Any, D).set_stage(cast(Any, G).stage, float(cast(Any, G).alpha))  # they grow together
    if len(names) != classes:
        names = tuple(str(index) for index in range(classes))
    with torch.inference_mode():
        z = to_z(weights.config.prior, torch.zeros(1, weights.config.prior.dim))
        made = G(z, torch.eye(classes)[:1]) if classes else G(z)
    return LatentModel(
        G=G,
        D=D,
        prior=weights.config.prior,
        shape=tuple(made.shape[1:]),
        classes=classes,
        class_names=names,
        step=weights.step,
        run=weights.run,
        title=weights.title,
        weights=weights,
    )


def twin(net: nn.Module) -> nn.Module:
    """Return a net with modules of its own, for hooks or other weights; its tensors are those of ``net``."""
    held = (*net.parameters(), *net.buffers())
    return copy.deepcopy(net, {id(tensor): tensor for tensor in held})


def _filled(net: nn.Module, tensors: Mapping[str, Tensor], player: str) -> nn.Module:
    """Give a net these very tensors, and have it never change them."""
    wanted = net.state_dict()
    for name, tensor in wanted.items():
        if name not in tensors:
            raise ModelError(f"tensor {player}.{name} is missing")
        if tensors[name].shape != tensor.shape or tensors[name].dtype != tensor.dtype:
            raise ModelError(
                f"tensor {player}.{name} is {tuple(tensors[name].shape)} {tensors[name].dtype}, "
                f"its settings ask for {tuple(tensor.shape)} {tensor.dtype}"
            )
    for name in tensors:
        if name not in wanted:
            raise ModelError(f"tensor {player}.{name} does not belong to a net of its settings")
    # Single numbers are copied: a growing net writes them when it is told its stage.
    own = {name: tensor.clone() if tensor.numel() == 1 else tensor for name, tensor in tensors.items()}
    net.load_state_dict(own, assign=True)
    if hasattr(net, "set_stage"):  # which it keeps as a number besides, for the flow of its program
        cast(Any, net).set_stage(_stage(net, player), float(cast(Any, net).alpha))
    return net.requires_grad_(False).eval()


def _stage(net: nn.Module, player: str) -> int:
    stage, alpha = float(cast(Any, net).stage_held), float(cast(Any, net).alpha)
    if not (stage.is_integer() and 0 <= stage < cast(Any, net).stages and 0 <= alpha <= 1):
        raise ModelError(f"{player} is at stage {stage:g} with a share of {alpha:g}, which it does not have")
    return int(stage)
