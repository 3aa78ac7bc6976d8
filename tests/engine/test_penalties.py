"""Penalties against discriminators whose gradient is known."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.gradients import input_gradient, squared_norm
from ganstudio.engine.penalties import penalties
from ganstudio.engine.penalties.none import NoPenalty
from ganstudio.engine.penalties.r1 import R1
from ganstudio.engine.penalties.r1_r2 import R1R2


def points(seed: int, count: int = 32) -> Tensor:
    return torch.randn(count, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("r1_gamma", [0.01, 1.0, 20.0])
def test_r1_of_a_linear_discriminator_is_half_gamma_times_its_squared_slope(r1_gamma: float) -> None:
    w = torch.tensor([[3.0], [4.0]], dtype=torch.float64)
    penalty = R1(r1_gamma=r1_gamma)(lambda x: x @ w, points(0), points(1))
    assert penalty.item() == pytest.approx(r1_gamma / 2 * 25)


def test_r1_of_a_quadratic_discriminator_is_that_of_its_gradient_on_real_samples() -> None:
    matrix = torch.tensor([[2.0, 0.5], [0.5, -1.0]], dtype=torch.float64)
    real = points(0)
    penalty = R1(r1_gamma=0.3)(lambda x: 0.5 * ((x @ matrix) * x).sum(1, keepdim=True), real, points(1))
    expected = 0.15 * (real @ matrix).square().sum(1).mean()  # the gradient of ½ xᵀAx is Ax
    torch.testing.assert_close(penalty, expected)


def test_r1_does_not_look_at_generated_samples() -> None:
    def quadratic(x: Tensor) -> Tensor:
        return x.square().sum(1, keepdim=True)

    assert R1()(quadratic, points(0), points(1)) == R1()(quadratic, points(0), points(2))


def test_r1_moves_the_discriminator_and_not_the_samples() -> None:
    D, real = nn.Linear(2, 1).double(), points(0).requires_grad_()
    R1(r1_gamma=0.5)(D, real, points(1)).backward()
    assert D.weight.grad is not None
    torch.testing.assert_close(D.weight.grad, 0.5 * D.weight.detach())  # of γ/2 ‖w‖²
    assert real.grad is None


def test_r1_is_a_mean_so_that_the_batch_size_does_not_matter() -> None:
    real = points(0)
    one = R1()(lambda x: x.pow(3).sum(1), real, real)
    torch.testing.assert_close(R1()(lambda x: x.pow(3).sum(1), torch.cat((real, real)), real), one)


def test_r1_and_r2_are_r1_on_real_and_on_generated_samples() -> None:
    def cubic(x: Tensor) -> Tensor:
        return x.pow(3).sum(1, keepdim=True)

    real, fake = points(0), points(1)
    expected = 0.15 * sum((3 * x.square()).square().sum(1).mean() for x in (real, fake))
    torch.testing.assert_close(R1R2(r1_gamma=0.3)(cubic, real, fake), expected)
    torch.testing.assert_close(R1R2()(cubic, real, fake), R1()(cubic, real, fake) + R1()(cubic, fake, real))


def test_the_weight_stays_when_r1_and_r2_take_the_place_of_r1() -> None:
    default = RunConfig()
    r1 = replaced(replaced(default, "penalty.name", "r1"), "penalty.r1_gamma", 0.7)
    assert replaced(r1, "penalty.name", "r1_r2").penalty == R1R2(r1_gamma=0.7)


def test_no_penalty_costs_nothing() -> None:
    def never(x: Tensor) -> Tensor:
        raise AssertionError("D was asked")

    assert NoPenalty()(never, points(0), points(1)) is None


@pytest.mark.parametrize("name", penalties.names())
def test_every_penalty_is_none_or_a_number_from_zero_on_that_moves_the_discriminator(name: str) -> None:
    D = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1)).double()
    penalty = penalties.get(name)()(D, points(0), points(1))
    if penalty is None:
        return
    assert penalty.shape == ()
    assert penalty.item() >= 0
    gradients = torch.autograd.grad(penalty, list(D.parameters()), allow_unused=True)
    assert any(gradient is not None and gradient.abs().sum() > 0 for gradient in gradients)


def test_input_gradients_are_one_per_sample_of_any_shape() -> None:
    x = torch.randn(5, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    gradient = input_gradient(lambda x: x.pow(2).flatten(1).sum(1), x)
    torch.testing.assert_close(gradient, 2 * x)
    torch.testing.assert_close(squared_norm(gradient), (2 * x).pow(2).sum((1, 2, 3)))
    assert not x.requires_grad
