"""Relativistic pairing GAN loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import F
from ganstudio.engine.losses import Loss, losses

if TYPE_CHECKING:
    from torch import Tensor


@losses.register("rpgan")
@dataclass(frozen=True, kw_only=True, slots=True)
class RpGAN(Loss):
    """Relativistic pairing loss: every generated sample is compared with a real one.

    D minimises ``softplus(-(D(x) - D(G(z))))`` over pairs of a real and a generated sample; G minimises the same with
    the two exchanged. Only differences count: D's logit has no absolute meaning, and a generator that sits on one mode
    still gains by moving towards the other real samples.

    References
    ----------
    Jolicoeur-Martineau, 2018, "The relativistic discriminator", section 4.1 (RSGAN); Huang et al., 2024, "The GAN is
    dead; long live the GAN!" (R3GAN), equation 2.
    """

    title: ClassVar[str] = "Relativistic pairing"
    order: ClassVar[int] = 7
    is_critic: ClassVar[bool] = True
    score_title: ClassVar[str] = "score, centred"
    neutral: ClassVar[float] = 0.0
    offset_free: ClassVar[bool] = True
    needs_real_for_generator: ClassVar[bool] = True

    @override
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:  # (B, 1), (B, 1) -> ()
        return F.softplus(fake - real).mean()

    @override
    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return F.softplus(real - fake).mean()

    @override
    def score(self, logits: Tensor) -> Tensor:
        return logits

    @override
    def equilibrium(self) -> Mapping[str, float]:
        return {"loss/d": math.log(2), "loss/g": math.log(2)}
