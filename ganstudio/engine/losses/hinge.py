"""Hinge GAN loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.lazy import F
from ganstudio.engine.losses import Loss, losses

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@losses.register("hinge")
@dataclass(frozen=True, kw_only=True, slots=True)
class Hinge(Loss):
    """Hinge GAN loss.

    D minimises ``relu(1 - D(x)) + relu(1 + D(G(z)))``; G minimises ``-D(G(z))``. The best D is sign(p_data - p_g).

    References
    ----------
    Lim and Ye, 2017, "Geometric GAN", section 3; Miyato et al., 2018, "Spectral Normalization", equations 16 and 17.
    """

    title: ClassVar[str] = "Hinge"
    order: ClassVar[int] = 3
    is_critic: ClassVar[bool] = True
    score_title: ClassVar[str] = "score D(x)"
    neutral: ClassVar[float] = 0.0

    @override
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:  # (B, 1), (B, 1) -> ()
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()

    @override
    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return -fake.mean()

    @override
    def score(self, logits: Tensor) -> Tensor:
        return logits

    @override
    def optimal(self, p_data: NDArray, p_g: NDArray) -> NDArray:
        # The minimiser of p·relu(1 - t) + q·relu(1 + t): +1 or -1 (Lim and Ye 2017, section 3.1).
        return np.sign(p_data - p_g)

    @override
    def equilibrium(self) -> Mapping[str, float]:
        return {"loss/d": 2.0}
