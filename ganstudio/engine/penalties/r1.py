"""R1 gradient penalty."""

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


@penalties.register("r1")
@dataclass(frozen=True, kw_only=True, slots=True)
class R1(Penalty):
    """R1: ``γ/2 E‖∇D(x)‖²`` on real samples.

    The gradient is that of the logit with respect to standardised data.

    References
    ----------
    Mescheder et al., 2018, "Which Training Methods for GANs do actually Converge?", equation 9.
    """

    title: ClassVar[str] = "R1"
    order: ClassVar[int] = 1

    r1_gamma: float = param(
        0.1,
        "Weight γ of R1. Larger flattens D around the data: calmer training, blurrier generator.",
        title="R1 weight",
        symbol="γ",
        bounds=(1e-4, 100.0),
        scale="log",
        live=True,
    )

    @override
    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
        return 0.5 * self.r1_gamma * squared_norm(input_gradient(D, real)).mean()
