"""Every registered distribution of points, and what each one promises of itself; for images see another file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import stats

from ganstudio.engine.distributions import Distribution, distributions
from ganstudio.engine.distributions.annulus import Annulus
from ganstudio.engine.distributions.checkerboard import Checkerboard
from ganstudio.engine.distributions.ganlab import GanLabDisjoint, GanLabLine, GanLabRing
from ganstudio.engine.distributions.images import ImageDistribution
from ganstudio.engine.distributions.mixtures import Mixture
from ganstudio.engine.distributions.mixtures_1d import TwoGaussians, UnequalMixture
from ganstudio.engine.distributions.mixtures_2d import Gaussian2d, Grid25, Ring8
from ganstudio.engine.distributions.pinwheel import Pinwheel
from ganstudio.engine.distributions.points import Points
from ganstudio.engine.distributions.segments import Line
from ganstudio.engine.distributions.spirals import Spirals
from ganstudio.engine.distributions.swiss_roll import SwissRoll
from ganstudio.engine.distributions.two_moons import TwoMoons
from ganstudio.engine.distributions.uniform import Uniform
from ganstudio.engine.params import params_of

COUNT = 50_000
BINS = {1: 200, 2: 60}
SUBDIVISIONS = {1: 20, 2: 8}  # points of a bin at which its density is taken, per axis


def drawn(distribution: Distribution, count: int = COUNT, seed: int = 0) -> NDArray[np.float64]:
    return distribution.sample(count, torch.Generator().manual_seed(seed)).double().numpy()


def has_density(name: str) -> bool:
    if name == "points":
        return False
    made = distributions.get(name)()
    return made.density(np.zeros((1, made.dim))) is not None


# What has to be known when tests are collected, before there is a file of points.
NAMES = [entry.name for entry in distributions if not issubclass(entry, ImageDistribution)]
EXACT = [name for name in NAMES if has_density(name)]
EXACT_1D = [name for name in EXACT if distributions.get(name)().dim == 1]
MIXTURES = [name for name in NAMES if name != "points" and distributions.get(name)().modes is not None]
WITH_SD = [name for name in MIXTURES if "sd" in params_of(distributions.get(name))]


@pytest.fixture(params=NAMES)
def distribution(request: pytest.FixtureRequest, tmp_path: Path) -> Distribution:
    if request.param == "points":
        file = tmp_path / "points.csv"
        np.savetxt(file, np.random.default_rng(0).normal(size=(1000, 2)), delimiter=",", header="x,y")
        return Points(file=str(file))
    return distributions.get(request.param)()


def inside(points: NDArray[np.float64], distribution: Distribution) -> float:
    low, high = np.array(distribution.extent).T
    return float(((points >= low) & (points <= high)).all(axis=1).mean())


def bin_masses(distribution: Distribution) -> NDArray[np.float64]:
    """Return the integral of the density over each of equal bins of the extent, by the midpoint rule."""
    dim = distribution.dim
    per_axis = BINS[dim] * SUBDIVISIONS[dim]
    axes = [low + (high - low) * (np.arange(per_axis) + 0.5) / per_axis for low, high in distribution.extent]
    cell = np.prod([high - low for low, high in distribution.extent]) / per_axis**dim
    density = distribution.density(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, dim))
    assert density is not None
    blocks = density.reshape((BINS[dim], SUBDIVISIONS[dim]) * dim)
    return blocks.sum(axis=tuple(range(1, 2 * dim, 2))) * cell


def test_samples_are_finite_float32_columns_of_the_right_dimension(distribution: Distribution) -> None:
    points = distribution.sample(7, torch.Generator().manual_seed(0))
    assert points.shape == (7, distribution.dim)
    assert points.dtype == torch.float32
    assert np.isfinite(drawn(distribution)).all()
    assert distribution.dim in (1, 2)
    assert distribution.layout == ("line" if distribution.dim == 1 else "plane")
    assert distribution.shape == (distribution.dim,)


def test_equal_seeds_give_equal_samples_and_the_global_generator_is_left_alone(distribution: Distribution) -> None:
    before = torch.get_rng_state()
    np.testing.assert_array_equal(drawn(distribution, 100, seed=5), drawn(distribution, 100, seed=5))
    assert not np.array_equal(drawn(distribution, 100, seed=5), drawn(distribution, 100, seed=6))
    assert torch.equal(torch.get_rng_state(), before)


def test_the_plot_shows_nearly_all_of_the_mass_and_does_not_waste_its_space(distribution: Distribution) -> None:
    points = drawn(distribution)
    assert len(distribution.extent) == distribution.dim
    assert inside(points, distribution) >= 0.99
    low, high = np.array(distribution.extent).T
    used = (points.max(0) - points.min(0)) / (high - low)
    assert used.max() > 0.35


@pytest.mark.parametrize("distribution", EXACT, indirect=True)
def test_samples_follow_the_density(distribution: Distribution) -> None:
    masses, points = bin_masses(distribution), drawn(distribution)
    assert masses.min() >= 0
    assert masses.sum() == pytest.approx(inside(points, distribution), abs=0.005)
    # Pearson's chi-squared over the bins in which at least ten samples are expected; all others are one bin.
    expected = masses.ravel() * COUNT
    counts, _ = np.histogramdd(points, bins=BINS[distribution.dim], range=distribution.extent)
    held = expected >= 10
    observed = np.append(counts.ravel()[held], COUNT - counts.ravel()[held].sum())
    wanted = np.append(expected[held], max(1.0, COUNT - expected[held].sum()))
    chi_squared = float(np.sum((observed - wanted) ** 2 / wanted))
    freedom = len(wanted) - 1
    assert (chi_squared - freedom) / np.sqrt(2 * freedom) < 5


@pytest.mark.parametrize("distribution", EXACT_1D, indirect=True)
def test_the_density_is_one_in_all_on_the_whole_line(distribution: Distribution) -> None:
    ((low, high),) = distribution.extent
    x = np.linspace(low - 5 * (high - low), high + 5 * (high - low), 200_001)
    density = distribution.density(x[:, None])
    assert density is not None
    assert (density >= 0).all()
    assert np.trapezoid(density, x) == pytest.approx(1, abs=1e-3)


def test_the_density_of_no_points_is_empty(distribution: Distribution) -> None:
    density = distribution.density(np.empty((0, distribution.dim)))
    assert density is None or density.shape == (0,)


@pytest.mark.parametrize("distribution", MIXTURES, indirect=True)
def test_modes_are_where_the_samples_are(distribution: Distribution) -> None:
    modes = distribution.modes
    assert modes is not None
    assert modes.weights.sum() == pytest.approx(1)
    assert modes.centres.shape == modes.sds.shape == (len(modes.weights), distribution.dim)
    steps = (drawn(distribution)[:, None] - modes.centres) / modes.sds
    distances = np.sqrt(np.square(steps).sum(axis=2))
    nearest = distances.argmin(axis=1)
    np.testing.assert_allclose(np.bincount(nearest, minlength=len(modes.weights)) / COUNT, modes.weights, atol=0.02)
    share = {1: 0.9973, 2: 1 - np.exp(-4.5)}[distribution.dim]  # three standard deviations
    assert (distances.min(axis=1) <= 3).mean() == pytest.approx(share, abs=0.003)


def test_distributions_are_values(distribution: Distribution) -> None:
    twin = dataclasses.replace(distribution)
    assert twin == distribution
    assert twin is not distribution
    assert hash(twin) == hash(distribution)
    assert len({distribution, twin}) == 1


def test_moments_are_those_of_the_samples(distribution: Distribution) -> None:
    mean, scale = distribution.moments()
    points = drawn(distribution)
    np.testing.assert_allclose(mean, points.mean(0), atol=0.02 * scale)
    assert scale == pytest.approx(np.sqrt(points.var(axis=0).mean()), rel=0.02)


def test_lists_show_the_line_the_plane_gan_labs_images_and_then_the_persons_own() -> None:
    names = distributions.names()
    own, images = ("drawn_1d", "drawn_2d", "points", "image_files"), ("digits", "emoji")
    assert names[0] == "gaussian"
    assert names[-6:] == images + own
    ganlab = [name.startswith("ganlab_") for name in names[:-6]]
    assert ganlab == sorted(ganlab)
    rest = [distributions.get(name)().dim for name in names[:-6] if not name.startswith("ganlab_")]
    assert rest == sorted(rest)


# -- mixtures


@pytest.mark.parametrize("name", WITH_SD)
def test_sd_is_a_standard_deviation_and_not_a_variance(name: str) -> None:
    mixture = distributions.get(name)(sd=0.03)  # type: ignore[call-arg]
    assert isinstance(mixture, Mixture)
    parts, points = mixture.components(), drawn(mixture)
    nearest = np.abs(points[:, None] - parts.centres).sum(axis=2).argmin(axis=1)
    assert (points - parts.centres[nearest]).std(axis=0) == pytest.approx(0.03, rel=0.02)


def test_the_ring_has_eight_different_centres_equally_spaced_at_radius_one() -> None:
    modes = Ring8().modes
    assert modes is not None
    assert modes.sds == pytest.approx(0.01)
    assert len({tuple(centre) for centre in modes.centres.round(6)}) == 8
    assert np.linalg.norm(modes.centres, axis=1) == pytest.approx(1)
    steps = np.linalg.norm(np.roll(modes.centres, -1, axis=0) - modes.centres, axis=1)
    assert steps == pytest.approx(2 * np.sin(np.pi / 8))


def test_the_rings_radius_width_and_count_are_settings() -> None:
    modes = Ring8(radius=2.0, sd=0.02, count=5).modes
    assert modes is not None
    assert modes.centres.shape == (5, 2)
    assert np.linalg.norm(modes.centres, axis=1) == pytest.approx(2)
    assert modes.sds == pytest.approx(0.02)


def test_the_grid_has_25_centres_from_minus_four_to_four() -> None:
    modes = Grid25().modes
    assert modes is not None
    ticks = {-4.0, -2.0, 0.0, 2.0, 4.0}
    assert {tuple(centre) for centre in modes.centres} == {(x, y) for x in ticks for y in ticks}
    assert modes.sds == pytest.approx(0.05)


def test_the_unequal_mixture_has_the_weights_of_its_name() -> None:
    x = drawn(UnequalMixture())[:, 0]
    shares = [(x < -1.5).mean(), (abs(x) <= 1.5).mean(), (x > 1.5).mean()]
    assert shares == pytest.approx([0.3, 0.5, 0.2], abs=0.01)


def test_gaussians_that_melt_into_one_peak_are_not_called_two_modes() -> None:
    assert TwoGaussians(distance=0.9, sd=0.5).modes is None
    assert TwoGaussians(distance=1.1, sd=0.5).modes is not None
    assert TwoGaussians(distance=0.0).modes is None
    assert Gaussian2d().modes is not None


# -- shapes against their definitions


def test_the_line_has_its_length_angle_and_noise() -> None:
    points = drawn(Line(length=2.0, angle=90.0, noise=0.01))
    assert points[:, 0].std() == pytest.approx(0.01, rel=0.02)
    assert points[:, 1].std() == pytest.approx(2 / np.sqrt(12), rel=0.02)


def test_the_annulus_is_even_in_area_between_its_radii() -> None:
    radius = np.linalg.norm(drawn(Annulus(radius=2.0, width=0.5)), axis=1)
    assert radius.min() >= 1.5 - 1e-5
    assert radius.max() <= 2.5 + 1e-5
    assert stats.kstest((radius**2 - 1.5**2) / (2.5**2 - 1.5**2), "uniform").pvalue > 1e-3


def test_moons_without_noise_lie_on_two_half_circles() -> None:
    x, y = drawn(TwoMoons(noise=0.0)).T
    upper = np.isclose(np.hypot(x, y), 1, atol=1e-5) & (y >= -1e-6)
    lower = np.isclose(np.hypot(x - 1, y - 0.5), 1, atol=1e-5) & (y <= 0.5 + 1e-6)
    assert (upper | lower).all()
    assert upper.mean() == pytest.approx(0.5, abs=0.02)


def test_spirals_without_noise_turn_with_their_radius() -> None:
    x, y = drawn(Spirals(count=3, turns=0.75, noise=0.0)).T
    share = np.hypot(x, y) / 3
    arm = (np.arctan2(y, x) - 2 * np.pi * 0.75 * share) / (2 * np.pi / 3)
    assert np.abs(arm - arm.round())[share > 0.01] == pytest.approx(0, abs=1e-3)
    assert np.bincount(arm.round().astype(int) % 3) / COUNT == pytest.approx(1 / 3, abs=0.01)
    assert stats.kstest(share**2, "uniform").pvalue > 1e-3


def test_the_swiss_roll_without_noise_is_that_of_wgan_gp() -> None:
    roll = drawn(SwissRoll(noise=0.0)) * 7.5
    angle = np.linalg.norm(roll, axis=1)
    assert stats.kstest((angle / (1.5 * np.pi) - 1) / 2, "uniform").pvalue > 1e-3
    np.testing.assert_allclose(roll, angle[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1), atol=1e-3)


def test_the_swiss_rolls_noise_counts_before_the_division() -> None:
    calm, noisy = drawn(SwissRoll(noise=0.0)), drawn(SwissRoll(noise=1.0))
    assert (noisy - calm).std() == pytest.approx(1 / 7.5, rel=0.02)


@pytest.mark.parametrize(("cells", "filled"), [(2, 2), (3, 5), (4, 8), (5, 13)])
def test_every_second_square_of_the_board_is_filled(cells: int, filled: int) -> None:
    squares = np.floor((drawn(Checkerboard(cells=cells, side=2.0)) / 2 + 0.5) * cells).astype(int)
    assert (squares.sum(axis=1) % 2 == 0).all()
    _, counts = np.unique(squares, axis=0, return_counts=True)
    assert len(counts) == filled
    assert counts / COUNT == pytest.approx(1 / filled, rel=0.1)


def test_the_pinwheel_without_twist_has_straight_blades() -> None:
    x, y = drawn(Pinwheel(count=4, radial_sd=0.2, tangential_sd=0.05, twist=0.0)).T
    along, across = np.maximum(abs(x), abs(y)), np.minimum(abs(x), abs(y))
    assert along.mean() == pytest.approx(2, rel=0.02)
    assert along.std() == pytest.approx(0.4, rel=0.05)
    assert across.mean() == pytest.approx(0.1 * np.sqrt(2 / np.pi), rel=0.05)


def test_gan_labs_line_and_ring_are_where_gan_lab_has_them() -> None:
    x, y = drawn(GanLabLine()).T
    assert y - (0.6 + 0.4 * (0.8 - x)) == pytest.approx(0, abs=0.06)
    assert (x.min(), x.max()) == pytest.approx((0.05, 0.8), abs=0.05)
    x, y = drawn(GanLabRing()).T
    assert (x.mean(), y.mean()) == pytest.approx((0.5, 0.45), abs=0.005)
    assert np.hypot((x - 0.5) / 0.3, (y - 0.45) / 0.25).mean() == pytest.approx(1, abs=0.01)


def test_gan_labs_disjoint_data_are_three_blobs_of_a_third_each() -> None:
    modes = GanLabDisjoint().modes
    assert modes is not None
    assert modes.centres.tolist() == [[0.35, 0.75], [0.75, 0.6], [0.45, 0.35]]
    assert modes.weights == pytest.approx(1 / 3, abs=1e-3)


def test_the_uniform_distribution_has_its_middle_and_width() -> None:
    x = drawn(Uniform(mean=3.0, width=2.0))[:, 0]
    assert (x.min(), x.max()) == pytest.approx((2, 4), abs=1e-3)
