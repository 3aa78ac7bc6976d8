"""Adapters: N(0, I) becomes exactly the prior."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganstudio.engine.latent.coordinates import diversified, to_z, truncated
from ganstudio.engine.params import params_of
from ganstudio.engine.priors import priors
from ganstudio.engine.priors.normal import Normal
from ganstudio.engine.priors.sphere import Sphere
from ganstudio.engine.priors.truncated_normal import TruncatedNormal
from ganstudio.engine.priors.uniform import Uniform
from tests.engine.latent.nets import CHANCE

NAMES = priors.names()


def normal(count: int = 10_000, dim: int = 4, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", NAMES)
def test_normal_numbers_become_draws_of_every_prior(name: str) -> None:
    prior = priors.get(name)(dim=4)
    one = to_z(prior, normal()).numpy()
    other = prior.sample(10_000, torch.Generator().manual_seed(1)).numpy()
    assert one.dtype == np.float32
    for axis in range(4):
        assert stats.ks_2samp(one[:, axis], other[:, axis]).pvalue > CHANCE
    if name != "sphere":  # where every length is the same
        assert stats.ks_2samp(np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1)).pvalue > CHANCE


def test_the_normal_prior_is_the_canonical_one() -> None:
    g = normal()
    assert to_z(Normal(dim=4), g) is g


def test_uniform_latents_stay_within_the_open_interval_and_are_even() -> None:
    z = to_z(Uniform(dim=4), normal()).numpy().ravel()
    assert stats.kstest(z, stats.uniform(-1, 2).cdf).pvalue > CHANCE
    extreme = to_z(Uniform(dim=2), torch.tensor([[-40.0, 40.0], [-6.0, 6.0]]))
    assert (extreme.abs() < 1).all()


def test_sphere_latents_have_the_length_of_the_root_of_their_dimension() -> None:
    z = to_z(Sphere(dim=4), normal())
    torch.testing.assert_close(z.norm(dim=1), torch.full((10_000,), 2.0))
    assert to_z(Sphere(dim=4), torch.zeros(1, 4)).isfinite().all()


def test_truncated_normal_latents_end_where_the_prior_ends() -> None:
    z = to_z(TruncatedNormal(dim=4, mean=0.5, sd=0.25), torch.cat((normal(), 30 * normal())))
    assert float(z.min()) >= -1e-6
    assert float(z.max()) <= 1 + 1e-6


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("extreme", [1e-30, 8.0, 60.0])
def test_far_out_latents_are_finite_and_so_are_their_gradients(name: str, extreme: float) -> None:
    smallest = int(params_of(priors.get(name))["dim"].bounds[0])  # type: ignore[index]
    prior = priors.get(name)(dim=max(smallest, 3))
    g = torch.full((2, 3), extreme, requires_grad=True)
    z = to_z(prior, torch.cat((g, -g)))
    (slope,) = torch.autograd.grad(z.sum() + z.square().sum(), g)
    assert z.isfinite().all()
    assert slope.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_adapters_have_the_right_gradients(name: str) -> None:
    prior = priors.get(name)(dim=3)
    g = normal(3, 3).double().requires_grad_(True)
    assert torch.autograd.gradcheck(lambda g: to_z(prior, g), (g,), atol=1e-4)


@pytest.mark.parametrize("tau", [0.5, 1.0, 2.0, 5.0])
def test_truncation_gives_the_truncated_normal_distribution(tau: float) -> None:
    g = truncated(normal(), tau).numpy().ravel()
    assert np.abs(g).max() <= tau
    assert stats.kstest(g, stats.truncnorm(-tau, tau).cdf).pvalue > CHANCE


def test_truncation_is_continuous_in_tau_and_keeps_order_and_sign() -> None:
    g = torch.linspace(-8, 8, 401)[None]
    for tau in (0.7, 1.0, 2.0):
        near = truncated(g, tau * 1.0001)
        assert (truncated(g, tau) - near).abs().max() < 2e-3
        assert (truncated(g, tau).diff() >= 0).all()
        assert torch.equal(truncated(g, tau).sign(), g.sign())
    torch.testing.assert_close(truncated(g, 30.0), g)
    assert truncated(g, math.inf) is g


def test_truncation_is_differentiable() -> None:
    g = normal(4, 3).double().requires_grad_(True)
    assert torch.autograd.gradcheck(lambda g: truncated(g, 1.2), (g,), atol=1e-4)


def test_a_tau_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="τ"):
        truncated(normal(1), 0.0)


def test_diversity_is_truncation_then_scaling() -> None:
    g = normal(10)
    assert diversified(g) is g
    torch.testing.assert_close(diversified(g, 1.5, 0.8), 0.8 * truncated(g, 1.5))
