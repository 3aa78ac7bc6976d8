"""R1 and R2 gradient penalties together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from ganstudio.engine.gradients import input_gradient, squared_norm
from ganstudio.engine.params import param
from ganstudio.engine.penalties import Penalty, penalties

if TYPE_CHECKING:
    from torch import Tensor


@penalties.register("r1_r2")
@dataclass(frozen=True, kw_only=True, slots=True)
class R1R2(Penalty):
    """R1 + R2: ``γ/2 (E‖∇D(x)‖² + E‖∇D(G(z))‖²)`` on real and on generated samples.

    The gradient is that of the logit with respect to standardised data. R1 alone leaves D's gradient at generated
    samples free to grow without bound.

    References
    ----------
    Mescheder et al., 2018, "Which Training Methods for GANs do actually Converge?", equations 9 and 10; Huang et al.,
    2024 (R3GAN), section 2.2.
    """

    title: ClassVar[str] = "R1 + R2"
    order: ClassVar[int] = 2

    r1_gamma: float = param(  # named as R1's, so that the weight stays when one takes the other's place
        0.1,
        "Weight γ of both. Larger flattens D around the data and around the generated samples: calmer training, "
        "blurrier generator.",
        title="R1 and R2 weight",
        symbol="γ",
        bounds=(1e-4, 100.0),
        scale="log",
        live=True,
    )

    @override
    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
        # Two passes: a D that looks at its batch as a whole must not see real and generated samples together.
        squared = squared_norm(input_gradient(D, real)).mean() + squared_norm(input_gradient(D, fake)).mean()
        return 0.5 * self.r1_gamma * squared
