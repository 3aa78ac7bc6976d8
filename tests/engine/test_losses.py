"""Losses against formulas written in another way, their gradients, and what they promise of D's optimum."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganstudio.engine.losses import Loss, losses
from ganstudio.engine.losses.minimax import Minimax
from ganstudio.engine.losses.non_saturating import NonSaturating
from ganstudio.engine.losses.wasserstein import WassersteinClip, WassersteinGP

NAMES = losses.names()
ABSOLUTE = [name for name in NAMES if not losses.get(name).needs_real_for_generator]  # D's loss is a sum of two halves


def log_d(t: Tensor) -> Tensor:
    """Log of the probability that D gives, the naive way."""
    return torch.log(1 / (1 + torch.exp(-t)))


def log_not_d(t: Tensor) -> Tensor:
    return torch.log(1 - 1 / (1 + torch.exp(-t)))


# Name: (what D minimises, what G minimises), as the papers write them with probabilities and expectations.
Formula = Callable[[Tensor, Tensor], Tensor]
FORMULAS: dict[str, tuple[Formula, Formula]] = {
    "minimax": (lambda r, f: -(log_d(r).mean() + log_not_d(f).mean()), lambda r, f: log_not_d(f).mean()),
    "non_saturating": (lambda r, f: -(log_d(r).mean() + log_not_d(f).mean()), lambda r, f: -log_d(f).mean()),
    "least_squares": (
        lambda r, f: ((r - 1) ** 2).mean() / 2 + (f**2).mean() / 2,
        lambda r, f: ((f - 1) ** 2).mean() / 2,
    ),
    "hinge": (
        lambda r, f: (
            -torch.minimum(r - 1, torch.zeros_like(r)).mean() - torch.minimum(-f - 1, torch.zeros_like(f)).mean()
        ),
        lambda r, f: -f.mean(),
    ),
    "wasserstein": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "wasserstein_clip": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "wasserstein_gp": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
}


def logits(*, seed: int, count: int = 64) -> Tensor:
    return 3 * torch.randn(count, 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def constant(value: float) -> Tensor:
    return torch.full((1, 1), value, dtype=torch.float64)


def at_every(loss: Loss, real: Tensor | float, fake: Tensor | float) -> Tensor:
    """Return D's loss of single logits, (n,); a number stands for the same logit throughout."""
    count = max(len(t) for t in (real, fake) if isinstance(t, Tensor))
    pairs = [t if isinstance(t, Tensor) else torch.full((count,), t, dtype=torch.float64) for t in (real, fake)]
    return torch.vmap(lambda r, f: loss.discriminator(r.reshape(1, 1), f.reshape(1, 1)))(*pairs)


# The same of pairs: sample i of the real ones with sample i of the generated ones.
PAIRED: dict[str, tuple[Formula, Formula]] = {
    "rpgan": (lambda r, f: -log_d(r - f).mean(), lambda r, f: -log_d(f - r).mean()),
}


def test_every_loss_has_its_formula_here() -> None:
    assert {*FORMULAS, *PAIRED} == set(NAMES)


@pytest.mark.parametrize("name", PAIRED)
def test_a_loss_of_pairs_is_its_papers_formula(name: str) -> None:
    loss, (d, g) = losses.get(name)(), PAIRED[name]
    real, fake = logits(seed=0), logits(seed=1)
    torch.testing.assert_close(loss.discriminator(real, fake), d(real, fake))
    torch.testing.assert_close(loss.generator(real, fake), g(real, fake))


@pytest.mark.parametrize("name", [name for name in NAMES if losses.get(name).offset_free])
def test_adding_a_constant_to_d_changes_nothing_where_a_loss_says_so(name: str) -> None:
    loss, real, fake = losses.get(name)(), logits(seed=0), logits(seed=1)
    torch.testing.assert_close(loss.discriminator(real + 5, fake + 5), loss.discriminator(real, fake))
    one, shifted = (
        torch.autograd.grad(loss.generator(real + c, f := (fake + c).requires_grad_()), f) for c in (0.0, 5.0)
    )
    torch.testing.assert_close(one, shifted)


def test_the_relativistic_loss_of_players_that_cannot_tell_is_log_two() -> None:
    loss, same = losses.get("rpgan")(), logits(seed=0)
    assert loss.discriminator(same, same).item() == pytest.approx(math.log(2))
    assert loss.generator(same, same).item() == pytest.approx(math.log(2))
    assert loss.equilibrium() == pytest.approx({"loss/d": math.log(2), "loss/g": math.log(2)})


@pytest.mark.parametrize("name", FORMULAS)
def test_a_loss_is_its_papers_formula(name: str) -> None:
    loss, (d, g) = losses.get(name)(), FORMULAS[name]
    real, fake = logits(seed=0), logits(seed=1, count=48)
    torch.testing.assert_close(loss.discriminator(real, fake), d(real, fake))
    torch.testing.assert_close(loss.generator(real, fake), g(real, fake))


@pytest.mark.parametrize("entry", [Minimax, NonSaturating])
def test_the_weight_of_the_real_half_scales_it_alone(entry: type[Minimax | NonSaturating]) -> None:
    real, fake = logits(seed=0), logits(seed=1)
    expected = -(0.95 * log_d(real).mean() + log_not_d(fake).mean())
    torch.testing.assert_close(entry(real_weight=0.95).discriminator(real, fake), expected)
    assert entry(real_weight=0.95).generator(real, fake) == entry().generator(real, fake)


@pytest.mark.parametrize("name", NAMES)
def test_players_pull_logits_in_opposite_directions(name: str) -> None:
    loss = losses.get(name)()
    real, fake = constant(0.0).requires_grad_(), constant(0.3).requires_grad_()
    d_real, d_fake = torch.autograd.grad(loss.discriminator(real, fake), (real, fake))
    (g_fake,) = torch.autograd.grad(loss.generator(real, fake), fake)
    assert d_real < 0  # D raises what it says of real samples
    assert d_fake > 0  # and lowers what it says of generated ones,
    assert g_fake < 0  # which G wants raised


@pytest.mark.parametrize("name", NAMES)
def test_logits_of_any_size_give_finite_losses_and_gradients(name: str) -> None:
    loss = losses.get(name)()
    sizes = torch.tensor([-1e4, -100.0, -1.0, 0.0, 1.0, 100.0, 1e4])
    real, fake = (grid.reshape(-1, 1).requires_grad_() for grid in torch.meshgrid(sizes, sizes, indexing="ij"))
    for value in (loss.discriminator(real, fake), loss.generator(real, fake)):
        assert value.shape == ()
        assert value.isfinite()
        for gradient in torch.autograd.grad(value, (real, fake), allow_unused=True):
            assert gradient is None or gradient.isfinite().all()
    assert loss.score(fake).isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_losses_are_means_so_that_the_batch_size_does_not_matter(name: str) -> None:
    loss, real, fake = losses.get(name)(), logits(seed=0), logits(seed=1)
    twice = torch.cat((real, real)), torch.cat((fake, fake))
    torch.testing.assert_close(loss.discriminator(*twice), loss.discriminator(real, fake))
    torch.testing.assert_close(loss.generator(*twice), loss.generator(real, fake))


def test_the_saturating_gradient_is_weaker_by_d_over_one_minus_d() -> None:
    fake = torch.linspace(-12, 12, 49, dtype=torch.float64).unsqueeze(1).requires_grad_()
    (saturating,) = torch.autograd.grad(Minimax().generator(fake, fake), fake)
    (non_saturating,) = torch.autograd.grad(NonSaturating().generator(fake, fake), fake)
    d = 1 / (1 + torch.exp(-fake.detach()))
    torch.testing.assert_close(saturating / non_saturating, d / (1 - d))
    torch.testing.assert_close(saturating * len(fake), -d)
    torch.testing.assert_close(non_saturating * len(fake), d - 1)


def test_the_minimax_generator_is_not_the_non_saturating_one() -> None:
    fake = constant(-3.0)
    assert Minimax().generator(fake, fake) < 0 < NonSaturating().generator(fake, fake)


@pytest.mark.parametrize("name", ABSOLUTE)
@pytest.mark.parametrize(("p_data", "p_g"), [(0.9, 0.1), (0.5, 0.5), (0.2, 0.8), (0.05, 2.0), (3.0, 0.4)])
def test_the_optimal_score_minimises_ds_loss_at_every_point(name: str, p_data: float, p_g: float) -> None:
    loss = losses.get(name)()
    optimal = loss.optimal(np.array([p_data]), np.array([p_g]))
    if optimal is None:
        assert loss.is_critic  # an optimum that depends on more than the densities at the point
        return
    t = torch.linspace(-8, 8, 32_001, dtype=torch.float64)
    objective = p_data * at_every(loss, t, 0.0) + p_g * at_every(loss, 0.0, t)
    best = t[torch.isclose(objective, objective.min(), atol=1e-12, rtol=0)]
    assert (loss.score(best) - torch.tensor(optimal)).abs().min() < 1e-3


@pytest.mark.parametrize("weight", [1.0, 0.95, 0.3])
def test_the_optimal_score_heeds_the_weight_of_the_real_half(weight: float) -> None:
    (optimal,) = NonSaturating(real_weight=weight).optimal(np.array([0.6]), np.array([0.4]))
    t = torch.linspace(-5, 5, 10_001, dtype=torch.float64)
    objective = -0.6 * weight * log_d(t) - 0.4 * log_not_d(t)
    assert torch.sigmoid(t[objective.argmin()]).item() == pytest.approx(optimal, abs=1e-3)


@pytest.mark.parametrize("name", ABSOLUTE)
def test_equilibrium_lines_are_the_losses_of_the_best_constant_d(name: str) -> None:
    assert_equilibrium(losses.get(name)())


@pytest.mark.parametrize("entry", [Minimax, NonSaturating])
def test_equilibrium_lines_heed_the_weight_of_the_real_half(entry: type[Minimax | NonSaturating]) -> None:
    assert_equilibrium(entry(real_weight=0.95))


def assert_equilibrium(loss: Loss) -> None:
    told = loss.equilibrium()
    assert set(told) <= {"loss/d", "loss/g"}
    t = torch.linspace(-4, 4, 32_001, dtype=torch.float64)
    d = at_every(loss, t, t)
    if "loss/d" in told:
        assert told["loss/d"] == pytest.approx(d.min().item(), abs=1e-6)
    if "loss/g" in told:
        best = t[d.argmin()].reshape(1, 1)
        assert told["loss/g"] == pytest.approx(loss.generator(best, best).item(), abs=1e-3)


def test_the_equilibrium_of_the_classic_losses_is_log_four_and_log_two() -> None:
    assert NonSaturating().equilibrium() == pytest.approx({"loss/d": math.log(4), "loss/g": math.log(2)})
    assert Minimax().equilibrium() == pytest.approx({"loss/d": math.log(4), "loss/g": -math.log(2)})
    assert losses.get("least_squares")().equilibrium() == pytest.approx({"loss/d": 0.25, "loss/g": 0.125})


@pytest.mark.parametrize("name", ABSOLUTE)
def test_the_neutral_score_is_that_of_equal_densities(name: str) -> None:
    loss = losses.get(name)()
    optimal = loss.optimal(np.array([0.7]), np.array([0.7]))
    if optimal is not None:
        assert optimal == pytest.approx(loss.neutral)
    if not loss.is_critic and name != "least_squares":
        assert loss.score(torch.zeros(1)).item() == loss.neutral


@pytest.mark.parametrize("name", NAMES)
def test_densities_of_zero_and_of_great_size_have_an_optimal_score_or_none(name: str) -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        optimal = losses.get(name)().optimal(np.array([1.0, 0.0, 1e300]), np.array([0.0, 1.0, 1e-300]))
    assert optimal is None or np.isfinite(optimal).all()


def test_least_squares_acts_on_the_raw_output() -> None:
    """Some libraries put a sigmoid in front, whose loss can never be 0."""
    loss = losses.get("least_squares")()
    assert loss.discriminator(constant(1.0), constant(0.0)) == 0
    assert loss.score(constant(3.0)) == 3


# -- what needs the critic itself


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def shares(count: int, seed: int = 0) -> Tensor:
    """Return what a trainer draws for the gradient penalty: one number for each pair."""
    return torch.rand(count, 1, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("gp_weight", [0.1, 10.0])
def test_the_gradient_penalty_of_a_linear_critic_is_known(gp_weight: float) -> None:
    w = torch.tensor([[3.0], [4.0]])
    real, fake = torch.randn(2, 32, 2, generator=generator())
    penalty = WassersteinGP(gp_weight=gp_weight).regularization(lambda x: x @ w, real, fake, shares(len(real)))
    assert penalty.item() == pytest.approx(gp_weight * (5 - 1) ** 2, rel=1e-5)


@pytest.mark.parametrize("radius", [0.1, 0.5, 1.5])
def test_the_gradient_penalty_of_a_quadratic_critic_is_known(radius: float) -> None:
    point = torch.tensor([[0.6, 0.8]]).expand(8, 2) * radius
    penalty = WassersteinGP(gp_weight=1.0).regularization(lambda x: x.square().sum(1), point, point, shares(len(point)))
    assert penalty.item() == pytest.approx((2 * radius - 1) ** 2, rel=1e-4, abs=1e-6)


def test_the_gradient_penalty_is_taken_evenly_between_pairs_one_share_for_each() -> None:
    seen: list[Tensor] = []

    def critic(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return x.sum(1)

    count = 4000
    WassersteinGP().regularization(critic, torch.ones(count, 2), -torch.ones(count, 2), shares(count))
    ((x, y),) = [points.T for points in seen]
    assert torch.equal(x, y)  # on the segment: both coordinates have the same share
    share = (x + 1) / 2
    assert 0 <= share.min() < 0.01 < 0.99 < share.max() <= 1
    assert share.mean().item() == pytest.approx(0.5, abs=0.02)
    assert share.var().item() == pytest.approx(1 / 12, rel=0.05)


def test_the_gradient_penalty_moves_the_critic_and_not_the_samples() -> None:
    critic = nn.Linear(2, 1)
    real, fake = torch.randn(16, 2, generator=generator()), torch.randn(16, 2, generator=generator())
    penalty = WassersteinGP().regularization(critic, real, fake, shares(len(real)))
    penalty.backward()
    assert critic.weight.grad is not None
    slope = critic.weight.detach().norm()
    expected = 2 * 10.0 * (slope - 1) * critic.weight.detach() / slope
    torch.testing.assert_close(critic.weight.grad, expected)
    assert real.grad is None


def test_the_gradient_penalty_survives_a_flat_critic() -> None:
    critic = nn.Linear(2, 1)
    nn.init.zeros_(critic.weight)
    penalty = WassersteinGP().regularization(critic, torch.ones(4, 2), torch.zeros(4, 2), shares(4))
    penalty.backward()
    assert penalty.item() == pytest.approx(10, rel=1e-4)
    assert critic.weight.grad is not None
    assert critic.weight.grad.isfinite().all()


def test_equal_shares_give_equal_gradient_penalties() -> None:
    critic = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    values = [
        WassersteinGP().regularization(critic, torch.ones(4, 2), torch.zeros(4, 2), shares(4, seed))
        for seed in (1, 1, 2)
    ]
    assert values[0] == values[1]
    assert values[0] != values[2]


def test_clipping_bounds_every_parameter_biases_included() -> None:
    critic = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.normal_(generator=generator())
    small = [parameter.detach().clamp(-0.05, 0.05) for parameter in critic.parameters()]
    WassersteinClip(clip=0.05).constrain(critic.parameters())
    for parameter, expected in zip(critic.parameters(), small, strict=True):
        assert torch.equal(parameter, expected)
        assert parameter.requires_grad


@pytest.mark.parametrize("name", [name for name in NAMES if name != "wasserstein_clip"])
def test_only_clipping_touches_weights(name: str) -> None:
    critic = nn.Linear(2, 1)
    before = [parameter.clone() for parameter in critic.parameters()]
    losses.get(name)().constrain(critic.parameters())
    assert all(torch.equal(*pair) for pair in zip(before, critic.parameters(), strict=True))
