"""Latent priors."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from ganstudio.engine.params import params_of
from ganstudio.engine.priors import Prior, priors
from ganstudio.engine.priors.normal import Normal
from ganstudio.engine.priors.sphere import Sphere
from ganstudio.engine.priors.truncated_normal import TruncatedNormal
from ganstudio.engine.priors.uniform import Uniform

COUNT = 20_000
NAMES = priors.names()


def dims(*wanted: int) -> list[tuple[str, int]]:
    """Return every prior's name with each of these dimensions that it can have."""
    smallest = {name: params_of(priors.get(name))["dim"].bounds[0] for name in NAMES}
    return [(name, dim) for name in NAMES for dim in wanted if dim >= smallest[name]]


def drawn(prior: Prior, seed: int = 0, count: int = COUNT) -> Tensor:
    return prior.sample(count, torch.Generator().manual_seed(seed))


def uniform_points(dim: int) -> Tensor:
    return torch.rand(COUNT, dim, generator=torch.Generator().manual_seed(7)).clamp(1e-6, 1 - 1e-6)


@pytest.mark.parametrize(("name", "dim"), dims(1, 2, 3, 64))
def test_latents_have_the_shape_and_type_that_nets_take(name: str, dim: int) -> None:
    z = drawn(priors.get(name)(dim=dim), count=10)
    assert (z.shape, z.dtype) == ((10, dim), torch.float32)
    assert z.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_equal_seeds_give_equal_latents_and_the_global_generator_is_left_alone(name: str) -> None:
    prior, before = priors.get(name)(), torch.get_rng_state()
    assert torch.equal(drawn(prior, 3), drawn(prior, 3))
    assert not torch.equal(drawn(prior, 3), drawn(prior, 4))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("name", "dim"), dims(1, 2, 5))
def test_uniform_points_become_draws_of_the_prior(name: str, dim: int) -> None:
    prior = priors.get(name)(dim=dim)
    one, other = drawn(prior).numpy(), prior.from_uniform(uniform_points(dim)).numpy()
    assert other.shape == one.shape
    for axis in range(dim):
        assert stats.ks_2samp(one[:, axis], other[:, axis]).pvalue > 1e-4
    # The radius too, which coordinates one by one do not show. On the sphere it is the same everywhere.
    if one.std() > 0 and not isinstance(prior, Sphere):
        centre = one.mean(axis=0)
        radii = (np.linalg.norm(z - centre, axis=1) for z in (one, other))
        assert stats.ks_2samp(*radii).pvalue > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_the_corners_of_the_unit_cube_stay_finite(name: str) -> None:
    near = torch.tensor([[1e-6, 1 - 1e-6], [0.5, 0.25]])
    assert priors.get(name)(dim=2).from_uniform(near).isfinite().all()


def test_the_normal_prior_is_standard_normal() -> None:
    assert stats.kstest(drawn(Normal(dim=4)).numpy().ravel(), "norm").pvalue > 1e-3


def test_the_uniform_prior_is_even_from_minus_one_to_one() -> None:
    z = drawn(Uniform(dim=3)).numpy().ravel()
    assert stats.kstest(z, stats.uniform(-1, 2).cdf).pvalue > 1e-3
    assert z.min() >= -1
    assert z.max() <= 1


def test_the_truncated_normal_prior_ends_at_two_standard_deviations() -> None:
    z = drawn(TruncatedNormal(dim=2, mean=0.5, sd=0.25)).numpy().ravel()
    assert stats.kstest(z, stats.truncnorm(-2, 2, loc=0.5, scale=0.25).cdf).pvalue > 1e-3
    assert z.min() >= 0 - 1e-5
    assert z.max() <= 1 + 1e-5


@pytest.mark.parametrize("dim", [2, 3, 16])
def test_latents_on_the_sphere_have_the_length_of_the_root_of_their_dimension(dim: int) -> None:
    sphere = Sphere(dim=dim)
    for z in (
        drawn(sphere),
        sphere.from_uniform(uniform_points(dim)),
        sphere.line(50),
        sphere.grid(9).reshape(-1, dim),
    ):
        torch.testing.assert_close(z.norm(dim=1), torch.full((len(z),), math.sqrt(dim)))
    z = drawn(sphere)
    assert z.mean(0).abs().max() < 0.05
    torch.testing.assert_close(z.T @ z / COUNT, torch.eye(dim), atol=0.05, rtol=0)


def test_on_the_circle_all_directions_are_alike() -> None:
    angle = torch.atan2(*drawn(Sphere(dim=2)).T).numpy()
    assert stats.kstest(angle, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


@pytest.mark.parametrize(("name", "dim"), dims(1, 2, 3, 8))
def test_lines_and_grids_have_their_shapes(name: str, dim: int) -> None:
    prior = priors.get(name)(dim=dim)
    assert prior.line(15).shape == (15, dim)
    grid = prior.grid(7)
    one_row = dim == 1 or (dim == 2 and name == "sphere")
    assert grid.shape == (1 if one_row else 7, 7, dim)
    assert prior.line(15).isfinite().all()
    assert grid.isfinite().all()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "sphere"])
def test_a_line_is_even_in_probability_and_central_in_the_other_coordinates(name: str) -> None:
    prior = priors.get(name)(dim=3)
    line = prior.line(10).numpy()
    shares = [(drawn(prior)[:, 0].numpy() < z).mean() for z in line[:, 0]]
    assert shares == pytest.approx((np.arange(10) + 0.5) / 10, abs=0.015)
    middle = np.median(drawn(prior).numpy()[:, 1])
    assert line[:, 1:] == pytest.approx(middle, abs=0.05)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "sphere"])
def test_a_grids_columns_follow_the_first_coordinate_and_its_rows_the_second(name: str) -> None:
    grid = priors.get(name)(dim=2).grid(5)
    line = priors.get(name)(dim=1).line(5)[:, 0]
    for row in range(5):
        torch.testing.assert_close(grid[row, :, 0], line)
        torch.testing.assert_close(grid[:, row, 1], line)
