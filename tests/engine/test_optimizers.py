"""Optimisers: against their formulas, against torch.optim, and traced against carried out in place."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from ganstudio.engine.optimizers import Optimizer, optimizers
from ganstudio.engine.optimizers.adam import Adam
from ganstudio.engine.optimizers.rmsprop import RmsProp
from ganstudio.engine.optimizers.sgd import Sgd

NAMES = optimizers.names()


class Walker:
    """One parameter that is moved by gradients given by hand."""

    def __init__(self, settings: Optimizer) -> None:
        self.settings = settings
        self.parameters = [torch.zeros(1)]
        self.memory = settings.memory(self.parameters)

    def step(self, gradient: float, rate: float | None = None) -> float:
        """Return by how much a step with this gradient moves the parameter."""
        before = self.parameters[0].item()
        rate = self.settings.lr if rate is None else rate
        self.settings.descend(self.parameters, [torch.full((1,), gradient)], self.memory, rate)
        return self.parameters[0].item() - before


def test_sgd_steps_down_the_gradient() -> None:
    walker = Walker(Sgd(lr=0.1))
    assert walker.step(2.0) == pytest.approx(-0.2)
    assert walker.step(2.0) == pytest.approx(-0.2)


def test_momentum_keeps_a_share_of_the_last_step() -> None:
    walker = Walker(Sgd(lr=0.1, momentum=0.5))
    assert walker.step(1.0) == pytest.approx(-0.1)
    assert walker.step(1.0) == pytest.approx(-0.15)


def test_momentum_that_is_switched_on_begins_anew() -> None:
    walker = Walker(Sgd(lr=0.1))
    walker.step(5.0)
    walker.settings = Sgd(lr=0.1, momentum=0.5)
    assert walker.step(1.0) == pytest.approx(-0.1)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, -500.0])
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(gradient: float) -> None:
    assert Walker(Adam(lr=0.01)).step(gradient) == pytest.approx(-0.01 if gradient > 0 else 0.01, rel=1e-3)


def test_adam_steps_as_its_algorithm_says() -> None:
    walker = Walker(Adam(lr=0.01, beta1=0.5, beta2=0.9))
    m = v = 0.0
    for t, gradient in enumerate((1.0, -3.0, 0.5), 1):
        m, v = 0.5 * m + 0.5 * gradient, 0.9 * v + 0.1 * gradient**2
        expected = -0.01 * (m / (1 - 0.5**t)) / ((v / (1 - 0.9**t)) ** 0.5 + 1e-8)
        assert walker.step(gradient) == pytest.approx(expected, rel=1e-4)


def test_adams_new_betas_act_at_the_next_step() -> None:
    one, other = Walker(Adam(lr=0.01, beta1=0.9, beta2=0.9)), Walker(Adam(lr=0.01, beta1=0.9, beta2=0.9))
    assert one.step(1.0) == other.step(1.0)
    one.settings = Adam(lr=0.01, beta1=0.0, beta2=0.9)
    assert one.step(-1.0) > 0.005  # without memory of the gradient before
    assert other.step(-1.0) < 0.005


def test_rmsprop_divides_by_the_running_root_mean_square() -> None:
    assert Walker(RmsProp(lr=0.01, smoothing=0.75)).step(4.0) == pytest.approx(-0.01 / 0.25**0.5, rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_rate_of_a_step_is_the_callers(name: str) -> None:
    """The schedule changes it from step to step; the memory does not depend on it."""
    one, other = (Walker(optimizers.get(name)(lr=0.01)) for _ in range(2))
    assert one.step(1.0, rate=0.02) == pytest.approx(2 * other.step(1.0), rel=1e-4)
    for key, (tensor,) in one.memory.items():
        assert torch.equal(tensor, other.memory[key][0])


@pytest.mark.parametrize("name", NAMES)
def test_every_optimiser_finds_the_bottom_of_a_bowl(name: str) -> None:
    settings = optimizers.get(name)(lr=0.02)
    parameters = [torch.tensor([3.0, -2.0])]
    memory = settings.memory(parameters)
    for _ in range(600):
        settings.descend(parameters, [2 * parameters[0]], memory, 0.02)
    assert parameters[0].abs().max() < 0.1


def torchs(settings: Optimizer, parameters: list[Tensor]) -> torch.optim.Optimizer:
    if isinstance(settings, Adam):
        return torch.optim.Adam(parameters, settings.lr, (settings.beta1, settings.beta2), fused=True)
    if isinstance(settings, RmsProp):
        return torch.optim.RMSprop(parameters, settings.lr, settings.smoothing, foreach=True)
    assert isinstance(settings, Sgd)
    return torch.optim.SGD(parameters, settings.lr, settings.momentum, fused=True)


VARIANTS = [Adam(lr=0.01), Adam(lr=0.1, beta1=0.9, beta2=0.999), Sgd(lr=0.1), Sgd(lr=0.1, momentum=0.9), RmsProp()]


def gradients(seed: int) -> list[Tensor]:
    random = torch.Generator().manual_seed(seed)
    return [torch.randn(7, 5, generator=random), torch.randn(3, generator=random)]


@pytest.mark.parametrize("settings", VARIANTS, ids=repr)
def test_steps_are_bit_for_bit_those_of_torch_optim(settings: Optimizer) -> None:
    ours, theirs = gradients(0), [tensor.requires_grad_() for tensor in gradients(0)]
    memory, optimizer = settings.memory(ours), torchs(settings, theirs)
    for seed in range(1, 6):
        settings.descend(ours, gradients(seed), memory, settings.lr)
        for parameter, gradient in zip(theirs, gradients(seed), strict=True):
            parameter.grad = gradient
        optimizer.step()
    for one, other in zip(ours, theirs, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("settings", VARIANTS, ids=repr)
def test_the_pure_update_is_the_one_in_place_within_rounding(settings: Optimizer) -> None:
    in_place, pure = gradients(0), gradients(0)
    memory, other = settings.memory(in_place), settings.memory(pure)
    for seed in range(1, 6):
        settings.descend(in_place, gradients(seed), memory, settings.lr)
        given = [tensor.clone() for tensor in pure]
        moved, other = settings.descended(pure, gradients(seed), other, torch.tensor(settings.lr))
        assert all(torch.equal(a, b) for a, b in zip(given, pure, strict=True))  # nothing is changed in place
        pure = moved
    for one, two in zip(in_place, pure, strict=True):
        torch.testing.assert_close(one, two, rtol=2e-4, atol=1e-5)
    for key in memory:
        for one, two in zip(memory[key], other[key], strict=True):
            torch.testing.assert_close(one, two, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("settings", VARIANTS, ids=repr)
def test_the_pure_update_takes_its_settings_as_tensors(settings: Optimizer) -> None:
    numbers = {item.name: getattr(settings, item.name) for item in dataclasses.fields(settings)}
    dialled = object.__new__(type(settings))
    for name, value in numbers.items():
        object.__setattr__(dialled, name, torch.tensor(value))
    start, rate = gradients(0), torch.tensor(settings.lr)
    with_numbers, _ = settings.descended(start, gradients(1), settings.memory(start), rate)
    with_tensors, _ = dialled.descended(start, gradients(1), settings.memory(start), rate)
    for one, two in zip(with_numbers, with_tensors, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-6)
