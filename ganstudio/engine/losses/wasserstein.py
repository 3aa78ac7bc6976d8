"""Wasserstein losses: the critic alone, with clipped weights, and with a gradient penalty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.gradients import input_gradient, squared_norm
from ganstudio.engine.lazy import torch
from ganstudio.engine.losses import Loss, losses
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from torch import Tensor


@losses.register("wasserstein")
@dataclass(frozen=True, kw_only=True, slots=True)
class Wasserstein(Loss):
    """Wasserstein loss with nothing that bounds the critic's slope.

    The critic minimises ``D(G(z)) - D(x)``; G minimises ``-D(G(z))``. Without a bound the critic's values grow
    without end, which is worth seeing once.

    References
    ----------
    Arjovsky et al., 2017, "Wasserstein GAN", equation 2.
    """

    title: ClassVar[str] = "Wasserstein (unbounded)"
    order: ClassVar[int] = 6
    is_critic: ClassVar[bool] = True
    score_title: ClassVar[str] = "critic, centred"
    neutral: ClassVar[float] = 0.0
    offset_free: ClassVar[bool] = True

    @override
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:  # (B, 1), (B, 1) -> ()
        return fake.mean() - real.mean()

    @override
    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return -fake.mean()

    @override
    def score(self, logits: Tensor) -> Tensor:
        return logits


@losses.register("wasserstein_clip")
@dataclass(frozen=True, kw_only=True, slots=True)
class WassersteinClip(Wasserstein):
    """Wasserstein loss with weight clipping.

    After each of its updates every weight of the critic is clipped to [-c, c].

    References
    ----------
    Arjovsky et al., 2017, "Wasserstein GAN", algorithm 1.
    """

    title: ClassVar[str] = "Wasserstein, weight clipping"
    order: ClassVar[int] = 4

    clip: float = param(
        0.01,
        "Bound of the critic's weights. Larger lets the critic be steeper and slower to its optimum; "
        "smaller makes it nearly linear.",
        symbol="c",
        bounds=(1e-4, 1.0),
        scale="log",
        live=True,
    )

    @override
    def constrain(self, parameters: Iterable[Tensor]) -> None:
        with torch.no_grad():
            for parameter in parameters:
                parameter.clamp_(-self.clip, self.clip)


@losses.register("wasserstein_gp")
@dataclass(frozen=True, kw_only=True, slots=True)
class WassersteinGP(Wasserstein):
    """Wasserstein loss with gradient penalty.

    Adds ``λ E(‖∇D(x̂)‖ - 1)²`` at points x̂ drawn evenly between pairs of a real and a generated sample.

    References
    ----------
    Gulrajani et al., 2017, "Improved Training of Wasserstein GANs", equation 3.
    """

    title: ClassVar[str] = "Wasserstein, gradient penalty"
    order: ClassVar[int] = 5
    needs_share: ClassVar[bool] = True

    gp_weight: float = param(
        10.0,
        "Weight of the gradient penalty. Larger holds the critic's slope nearer to 1; smaller lets it bend.",
        title="Penalty weight",
        symbol="λ",
        bounds=(1e-3, 1000.0),
        scale="log",
        live=True,
    )

    @override
    def regularization(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
        gradient = input_gradient(D, torch.lerp(fake, real, share))  # (B, …)
        # The small constant keeps the square root's own gradient finite at zero.
        slope = (squared_norm(gradient) + 1e-12).sqrt()
        return self.gp_weight * (slope - 1).square().mean()
