"""Optimisers: their first step against the formula, and settings brought into a running one."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch.nn import Parameter

from ganstudio.engine.optimizers import Optimizer, optimizers
from ganstudio.engine.optimizers.adam import Adam
from ganstudio.engine.optimizers.rmsprop import RmsProp
from ganstudio.engine.optimizers.sgd import Sgd
from ganstudio.engine.params import params_of

NAMES = optimizers.names()


def step(optimizer: torch.optim.Optimizer, parameter: Parameter, gradient: float) -> float:
    """Return by how much a step with this gradient moves the parameter."""
    before = parameter.item()
    parameter.grad = torch.full_like(parameter, gradient)
    optimizer.step()
    return parameter.item() - before


def fresh(settings: Optimizer) -> tuple[torch.optim.Optimizer, Parameter]:
    parameter = Parameter(torch.zeros(1))
    return settings.build([parameter]), parameter


def bent(settings: Optimizer) -> Optimizer:
    """Return settings of the same kind with other values in everything but the learning rate."""
    values = {name: 0.3 for name in params_of(settings) if name != "lr"}
    return dataclasses.replace(settings, **values)


def test_sgd_steps_down_the_gradient() -> None:
    optimizer, parameter = fresh(Sgd(lr=0.1))
    assert step(optimizer, parameter, 2.0) == pytest.approx(-0.2)
    assert step(optimizer, parameter, 2.0) == pytest.approx(-0.2)


def test_momentum_keeps_a_share_of_the_last_step() -> None:
    optimizer, parameter = fresh(Sgd(lr=0.1, momentum=0.5))
    assert step(optimizer, parameter, 1.0) == pytest.approx(-0.1)
    assert step(optimizer, parameter, 1.0) == pytest.approx(-0.15)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, -500.0])
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(gradient: float) -> None:
    optimizer, parameter = fresh(Adam(lr=0.01))
    assert step(optimizer, parameter, gradient) == pytest.approx(-0.01 if gradient > 0 else 0.01, rel=1e-3)


def test_adam_steps_as_its_algorithm_says() -> None:
    optimizer, parameter = fresh(Adam(lr=0.01, beta1=0.5, beta2=0.9))
    m = v = 0.0
    for t, gradient in enumerate((1.0, -3.0, 0.5), 1):
        m, v = 0.5 * m + 0.5 * gradient, 0.9 * v + 0.1 * gradient**2
        expected = -0.01 * (m / (1 - 0.5**t)) / ((v / (1 - 0.9**t)) ** 0.5 + 1e-8)
        assert step(optimizer, parameter, gradient) == pytest.approx(expected, rel=1e-4)


def test_rmsprop_divides_by_the_running_root_mean_square() -> None:
    optimizer, parameter = fresh(RmsProp(lr=0.01, smoothing=0.75))
    assert step(optimizer, parameter, 4.0) == pytest.approx(-0.01 / 0.25**0.5, rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_learning_rate_is_that_of_the_settings(name: str) -> None:
    optimizer, _ = fresh(optimizers.get(name)(lr=0.025))
    assert [group["lr"] for group in optimizer.param_groups] == [0.025]


@pytest.mark.parametrize("name", NAMES)
def test_every_optimiser_finds_the_bottom_of_a_bowl(name: str) -> None:
    parameter = Parameter(torch.tensor([3.0, -2.0]))
    optimizer = optimizers.get(name)(lr=0.02).build([parameter])
    for _ in range(600):
        optimizer.zero_grad()
        parameter.square().sum().backward()
        optimizer.step()
    assert parameter.abs().max() < 0.1


@pytest.mark.parametrize("name", NAMES)
def test_tuning_gives_a_running_optimiser_the_settings_of_a_new_one(name: str) -> None:
    settings = optimizers.get(name)()
    running, parameter = fresh(settings)
    step(running, parameter, 1.0)
    bent(settings).tune(running)
    new, _ = fresh(bent(settings))
    kept = {key: value for key, value in running.param_groups[0].items() if key != "params"}
    assert kept == {key: value for key, value in new.param_groups[0].items() if key != "params"}


@pytest.mark.parametrize("name", NAMES)
def test_tuning_keeps_the_memory_and_leaves_the_learning_rate_to_the_schedule(name: str) -> None:
    settings = optimizers.get(name)(lr=0.01)
    running, parameter = fresh(settings)
    step(running, parameter, 1.0)
    running.param_groups[0]["lr"] = 0.005
    memory = {
        key: torch.as_tensor(value).clone() for key, value in running.state[parameter].items() if value is not None
    }
    bent(dataclasses.replace(settings, lr=0.5)).tune(running)
    assert running.param_groups[0]["lr"] == 0.005
    for key, value in memory.items():
        assert torch.equal(torch.as_tensor(running.state[parameter][key]), value)


def test_adams_new_betas_act_at_the_next_step() -> None:
    running, parameter = fresh(Adam(lr=0.01, beta1=0.9, beta2=0.9))
    other, twin = fresh(Adam(lr=0.01, beta1=0.9, beta2=0.9))
    assert step(running, parameter, 1.0) == step(other, twin, 1.0)
    Adam(lr=0.01, beta1=0.0, beta2=0.9).tune(running)
    assert step(running, parameter, -1.0) > 0.005  # without memory of the gradient before
    assert step(other, twin, -1.0) < 0.005
