"""Adversarial losses: functions of the discriminator's logits on real and on generated samples."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ganstudio.engine.params import Entry
from ganstudio.engine.registry import Registry

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

losses: Registry[Loss] = Registry("loss", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss(Entry):
    """What each player minimises, and how D's logit is to be read.

    Every function is stable for logits of any size: probabilities are never formed before a logarithm.
    """

    is_critic: ClassVar[bool] = False  # D's logit is a score without a probability
    score_title: ClassVar[str] = "D(x)"
    neutral: ClassVar[float] = 0.5  # the score of "cannot tell"
    offset_free: ClassVar[bool] = False  # adding a constant to D changes nothing: plots show D about its mean
    needs_real_for_generator: ClassVar[bool] = False  # relativistic losses compare with real logits in G's step too
    needs_share: ClassVar[bool] = False  # regularization() wants a uniform number for each pair of samples

    @abstractmethod
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return what D minimises: logits (B, 1), (B, 1) -> ()."""

    @abstractmethod
    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return what G minimises: logits (B, 1), (B, 1) -> (); see ``needs_real_for_generator``."""

    @abstractmethod
    def score(self, logits: Tensor) -> Tensor:
        """Return what the plots show for D: a probability where the loss gives one, else the logit itself."""

    def optimal(self, p_data: NDArray, p_g: NDArray) -> NDArray | None:
        """Return the score of the best D for these densities, or None where the loss fixes none."""
        return None

    def equilibrium(self) -> Mapping[str, float]:
        """Return "loss/d" and "loss/g" at p_g = p_data with an optimal D; empty where the method fixes none."""
        return {}

    def regularization(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor) -> Tensor | None:
        """Return a term of the method itself that needs D's input gradients, added to D's loss; None if it has none.

        ``real`` and ``fake`` are samples, (B, …), already detached; ``share`` is uniform in [0, 1), (B, 1, …), drawn
        only for losses with ``needs_share``.
        """
        return None

    def constrain(self, parameters: Iterable[Tensor]) -> None:
        """Bring D's parameters back into the set that the method allows, after each of D's updates."""
