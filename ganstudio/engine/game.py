"""The game as functions: what each player minimises in one update, given its nets as functions and its draws.

Nothing here keeps a state. The trainer calls these functions at once; the compiled step traces them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.engine.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.engine.losses import Loss
    from ganstudio.engine.optimizers import Tensors
    from ganstudio.engine.penalties import Penalty

Net = Callable[..., "Tensor"]  # (samples or latents, class weights if the net is conditional) -> output


@dataclass(slots=True, kw_only=True)
class Draws:
    """What chance decides of one update.

    ``real`` (B, …) are standardised data and ``z`` (B, d) latents; ``y`` (B, K) class weights, or None. ``noise_real``
    and ``noise_fake`` are standard normal, of the samples' shape, or None where no noise is added; ``share`` (B, 1, …)
    is uniform in [0, 1), for losses that ask for it.
    """

    real: Tensor | None
    z: Tensor
    y: Tensor | None = None
    noise_real: Tensor | None = None
    noise_fake: Tensor | None = None
    share: Tensor | None = None


@dataclass(slots=True, kw_only=True)
class Rules:
    """The loss, the penalty, and what is done to everything that D sees.

    Parameters
    ----------
    noise
        Standard deviation of the instance noise, in the nets' units.
    penalty_weight
        By which the penalty is multiplied: its interval, where it is not added in every update.
    augment
        Applied to real and to generated samples before D sees them; differentiable.
    separate_batches
        Whether D looks at a batch as a whole (batch normalisation): then real and generated samples go apart.
    """

    loss: Loss
    penalty: Penalty | None
    noise: float | Tensor = 0.0
    penalty_weight: float = 1.0
    augment: Callable[[Tensor], Tensor] | None = None
    separate_batches: bool = False

    def seen(self, samples: Tensor, noise: Tensor | None) -> Tensor:
        """Return samples as D gets to see them."""
        if self.augment is not None:
            samples = self.augment(samples).float()  # its products may be bfloat16: penalties are of what D sees
        return samples if noise is None else samples + self.noise * noise


@dataclass(slots=True, kw_only=True)
class DiscriminatorTurn:
    """What D minimises, (), with the loss alone, (), and the logits (B, 1) on real and on generated samples."""

    objective: Tensor
    loss: Tensor
    real_logits: Tensor
    fake_logits: Tensor


def discriminator_turn(G: Net, D: Net, rules: Rules, draws: Draws) -> DiscriminatorTurn:
    """Return D's objective for one batch; G gets no gradient."""
    assert draws.real is not None  # noqa: S101 - of every update of D
    real = rules.seen(draws.real, draws.noise_real)
    with torch.no_grad():
        fake = rules.seen(called(G, draws.z, draws.y), draws.noise_fake)

    def judge(x: Tensor) -> Tensor:
        return called(D, x, draws.y)

    real_logits, fake_logits = _judged(D, rules, real, fake, draws.y)
    loss = rules.loss.discriminator(real_logits, fake_logits)
    objective = loss
    term = rules.loss.regularization(judge, real, fake, draws.share) if draws.share is not None else None
    if term is not None:
        objective = objective + term
    term = rules.penalty(judge, real, fake) if rules.penalty is not None else None
    if term is not None:
        objective = objective + (term if rules.penalty_weight == 1 else rules.penalty_weight * term)
    return DiscriminatorTurn(objective=objective, loss=loss, real_logits=real_logits, fake_logits=fake_logits)


def _judged(D: Net, rules: Rules, real: Tensor, fake: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
    if rules.separate_batches:
        return called(D, real, y), called(D, fake, y)
    both = torch.cat((real, fake))
    logits = called(D, both, None if y is None else torch.cat((y, y)))
    return logits[: real.shape[0]], logits[real.shape[0] :]


def generator_turn(G: Net, D: Net, rules: Rules, draws: Draws) -> Tensor:
    """Return what G minimises for one batch, ()."""
    fake = rules.seen(called(G, draws.z, draws.y), draws.noise_fake)
    fake_logits = called(D, fake, draws.y)
    real_logits = fake_logits[:0]
    if draws.real is not None:
        with torch.no_grad():
            real_logits = called(D, rules.seen(draws.real, draws.noise_real), draws.y)
    return rules.loss.generator(real_logits, fake_logits)


def called(net: Net, inputs: Tensor, y: Tensor | None) -> Tensor:
    """Return the net's output in float32; only a conditional run has class weights to hand on."""
    return (net(inputs) if y is None else net(inputs, y)).float()


def total_norm(gradients: Tensors) -> Tensor:
    """Return the Euclidean norm of all gradients together, ()."""
    return torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
