"""Least-squares GAN loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.losses import Loss, losses

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@losses.register("least_squares")
@dataclass(frozen=True, kw_only=True, slots=True)
class LeastSquares(Loss):
    """Least-squares GAN loss in 0–1 coding, on D's raw output (no sigmoid).

    D minimises ``½(D(x) - 1)² + ½D(G(z))²``; G minimises ``½(D(G(z)) - 1)²``.

    References
    ----------
    Mao et al., 2017, "Least Squares Generative Adversarial Networks", equation 9.
    """

    title: ClassVar[str] = "Least squares"
    order: ClassVar[int] = 2

    @override
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:  # (B, 1), (B, 1) -> ()
        return 0.5 * (real - 1).square().mean() + 0.5 * fake.square().mean()

    @override
    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        return 0.5 * (fake - 1).square().mean()

    @override
    def score(self, logits: Tensor) -> Tensor:
        return logits

    @override
    def optimal(self, p_data: NDArray, p_g: NDArray) -> NDArray:
        # Mao et al. 2017, equation 5 with a = 0, b = 1.
        return p_data / (p_data + p_g)

    @override
    def equilibrium(self) -> Mapping[str, float]:
        return {"loss/d": 0.25, "loss/g": 0.125}
