"""Non-saturating GAN loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.lazy import F
from ganstudio.engine.losses import losses
from ganstudio.engine.losses.minimax import CrossEntropy

if TYPE_CHECKING:
    from torch import Tensor


@losses.register("non_saturating")
@dataclass(frozen=True, kw_only=True, slots=True)
class NonSaturating(CrossEntropy):
    """Non-saturating GAN loss.

    D minimises ``softplus(-D(x)) + softplus(D(G(z)))``; G minimises ``softplus(-D(G(z)))``,
    which keeps its gradient where the minimax loss has none.

    References
    ----------
    Goodfellow et al., 2014, "Generative Adversarial Nets", section 3.
    """

    title: ClassVar[str] = "Non-saturating"
    order: ClassVar[int] = 0

    @override
    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return F.softplus(-fake).mean()

    @override
    def equilibrium(self) -> Mapping[str, float]:
        return {"loss/d": self._d_at_equilibrium(), "loss/g": self._surprise_at_equilibrium()}
