"""The minimax (saturating) loss, and the discriminator's half that it shares with the non-saturating one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import F
from ganstudio.engine.losses import Loss, losses
from ganstudio.engine.params import param

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class CrossEntropy(Loss):
    """D as a classifier of real against generated, trained by cross-entropy on logits."""

    real_weight: float = param(
        1.0,
        "Weight w of the real half of D's loss. Below 1, D's optimum is w·p_data / (w·p_data + p_g). GAN Lab has 0.95.",
        symbol="w",
        bounds=(0.1, 1.0),
        live=True,
    )

    @override
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:  # (B, 1), (B, 1) -> ()
        return self.real_weight * F.softplus(-real).mean() + F.softplus(fake).mean()

    @override
    def score(self, logits: Tensor) -> Tensor:
        return logits.sigmoid()

    @override
    def optimal(self, p_data: NDArray, p_g: NDArray) -> NDArray:
        # Goodfellow et al. 2014, proposition 1.
        return self.real_weight * p_data / (self.real_weight * p_data + p_g)

    def _surprise_at_equilibrium(self) -> float:
        # -log D* where both densities are equal: log 2 for weight 1.
        return math.log(1 + 1 / self.real_weight)

    def _d_at_equilibrium(self) -> float:
        # -w log D* - log(1 - D*) with D* = w / (1 + w): log 4 for weight 1.
        return self.real_weight * self._surprise_at_equilibrium() + math.log(1 + self.real_weight)


@losses.register("minimax")
@dataclass(frozen=True, kw_only=True, slots=True)
class Minimax(CrossEntropy):
    """Minimax GAN loss, saturating.

    G minimises ``log(1 - D(G(z))) = -softplus(D(G(z)))``, whose gradient vanishes where D is certain.

    References
    ----------
    Goodfellow et al., 2014, "Generative Adversarial Nets", equation 1.
    """

    title: ClassVar[str] = "Minimax (saturating)"
    order: ClassVar[int] = 1

    @override
    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return -F.softplus(fake).mean()

    @override
    def equilibrium(self) -> Mapping[str, float]:
        return {"loss/d": self._d_at_equilibrium(), "loss/g": -math.log(1 + self.real_weight)}
