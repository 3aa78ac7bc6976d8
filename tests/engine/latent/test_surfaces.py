"""The map's surfaces: what every point of them is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ganstudio.engine.latent.anchors import Anchors
from ganstudio.engine.latent.class_grid import ClassGrid
from ganstudio.engine.latent.lattice import Lattice
from ganstudio.engine.latent.noise import hash64, normals, samples
from ganstudio.engine.latent.sphere import AroundHere, orthonormal
from ganstudio.engine.latent.square import PriorSquare
from ganstudio.engine.latent.surface import surface_of
from ganstudio.engine.latent.view_state import MapView, ViewState
from tests.engine.latent.nets import CHANCE

RNG = np.random.default_rng(1)
COUNT = 10_000


def scattered(spread: float = 1e5) -> tuple[np.ndarray, np.ndarray]:
    return RNG.uniform(-spread, spread, COUNT), RNG.uniform(-spread, spread, COUNT)


@pytest.mark.parametrize(
    "places",
    ["anywhere", "centres", "corners", "edges"],
)
def test_every_point_of_the_lattice_is_a_draw_of_the_prior(places: str) -> None:
    dim = 6
    x, y = scattered()
    if places == "centres":  # where plain bilinear weights would halve the length
        x, y = np.floor(x) + 0.5, np.floor(y) + 0.5
    elif places == "corners":
        x, y = np.floor(x), np.floor(y)
    elif places == "edges":
        x = np.floor(x)
    g = Lattice(3, dim).at(x, y)
    assert g.dtype == np.float32
    for axis in range(dim):
        assert stats.kstest(g[:, axis], "norm").pvalue > CHANCE
    assert stats.kstest((g.astype(float) ** 2).sum(1), stats.chi2(dim).cdf).pvalue > CHANCE
    assert np.abs(np.corrcoef(g.T) - np.eye(dim)).max() < 0.05


def test_the_lattice_is_continuous_across_the_edges_of_its_cells() -> None:
    lattice = Lattice(5, 16)
    x = np.arange(-20, 20, dtype=float)
    y = RNG.uniform(-20, 20, 40)
    for along, across in ((x, y), (y, x)):
        before = lattice.at(along - 1e-9, across - 1e-9)
        after = lattice.at(along + 1e-9, across + 1e-9)
        assert np.abs(before - after).max() < 1e-5


def test_the_lattices_corners_are_its_own_draws_and_neighbours_differ() -> None:
    lattice = Lattice(7, 4)
    i, j = np.arange(-3, 4), np.zeros(7, np.int64)
    assert np.array_equal(lattice.at(i.astype(float), j.astype(float)), lattice.corners(i, j))
    assert np.unique(lattice.corners(i, j)[:, 0]).size == 7
    assert not np.array_equal(lattice.corners(i, j), lattice.corners(j, i))


def test_the_same_place_is_the_same_latent_however_it_is_asked_for() -> None:
    lattice = Lattice(1, 8)
    x, y = RNG.uniform(-9, 9, 200), RNG.uniform(-9, 9, 200)
    together = lattice.at(x, y)
    one_by_one = np.concatenate([lattice.at(x[k : k + 1], y[k : k + 1]) for k in range(200)])
    assert np.array_equal(together, one_by_one)
    assert not np.array_equal(Lattice(2, 8).at(x, y), together)


def test_the_lattice_has_an_end_beyond_which_it_says_so() -> None:
    lattice = Lattice(0, 2)
    assert np.isfinite(lattice.at(np.array([1e12]), np.array([-1e12]))).all()
    for far in (1e300, np.inf, np.nan):
        with pytest.raises(ValueError, match="ends"):
            lattice.at(np.array([far]), np.array([0.0]))


def test_hashed_noise_is_normal_and_independent_between_addresses() -> None:
    drawn = normals(hash64(0, np.arange(COUNT)), 3)
    assert stats.kstest(drawn.ravel(), "norm").pvalue > CHANCE
    assert np.abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 0.04
    assert np.array_equal(samples(4, 10, 3)[5:], samples(4, 5, 3, start=5))
    assert np.unique(hash64(np.arange(-200, 200)[:, None], np.arange(-200, 200))).size == 160_000


@pytest.mark.parametrize("dim", [3, 16, 64])
def test_around_here_keeps_the_length_and_begins_at_the_origin(dim: int) -> None:
    origin = RNG.standard_normal(dim).astype(np.float32)
    surface = AroundHere.through(origin, RNG.standard_normal((2, dim)))
    x, y = RNG.uniform(-30, 30, 500), RNG.uniform(-30, 30, 500)
    lengths = np.linalg.norm(surface.at(x, y), axis=1)
    assert lengths == pytest.approx(np.full(500, np.linalg.norm(origin)), rel=1e-6)
    assert np.array_equal(surface.at(np.zeros(1), np.zeros(1))[0], origin)
    once_around = surface.at(np.array([2 * np.pi / surface.step]), np.zeros(1))[0]
    assert once_around == pytest.approx(origin, abs=1e-5)


def test_around_here_goes_as_far_as_the_map_says() -> None:
    surface = AroundHere.through(RNG.standard_normal(9).astype(np.float32), RNG.standard_normal((2, 9)), step=1.0)
    there, here = surface.at(np.array([0.3, 0.0]), np.array([0.4, 0.0])).astype(float)
    cosine = there @ here / np.linalg.norm(there) / np.linalg.norm(here)
    assert np.arccos(cosine) == pytest.approx(0.5, abs=1e-6)


def test_the_flat_plane_leaves_the_shell() -> None:
    origin = RNG.standard_normal(16).astype(np.float32)
    flat = AroundHere.through(origin, RNG.standard_normal((2, 16)), flat=True, step=1.0)
    lengths = np.linalg.norm(flat.at(np.array([0.0, 4.0]), np.zeros(2)), axis=1) / np.linalg.norm(origin)
    assert lengths == pytest.approx([1, np.sqrt(17)], rel=1e-5)


@pytest.mark.parametrize("kind", ["equal", "zero", "along the origin"])
def test_axes_that_say_nothing_are_replaced(kind: str) -> None:
    origin = RNG.standard_normal(5).astype(np.float32)
    axis = RNG.standard_normal(5)
    axes = {"equal": np.stack((axis, axis)), "zero": np.zeros((2, 5)), "along the origin": np.stack((origin, axis))}
    frame = AroundHere.through(origin, axes[kind]).frame
    assert frame @ frame.T == pytest.approx(np.eye(3), abs=1e-12)


def test_nearly_parallel_vectors_are_made_orthonormal_all_the_same() -> None:
    first = RNG.standard_normal(20)
    rows = orthonormal(np.stack((first, first + 1e-5 * RNG.standard_normal(20), np.zeros(20))))
    assert rows @ rows.T == pytest.approx(np.eye(3), abs=1e-12)
    whole = orthonormal(np.zeros((3, 3)))
    assert whole @ whole.T == pytest.approx(np.eye(3), abs=1e-12)


def test_around_here_needs_three_dimensions_and_stands_still_in_the_middle() -> None:
    with pytest.raises(ValueError, match="three dimensions"):
        AroundHere.through(np.ones(2, np.float32), np.eye(2))
    middle = AroundHere.through(np.zeros(4, np.float32), np.eye(4)[:2])
    assert np.abs(middle.at(np.array([1.0]), np.array([2.0]))).max() == 0


@pytest.mark.parametrize("count", [3, 4])
def test_anchors_are_met_exactly_and_between_them_the_length_is_mixed(count: int) -> None:
    anchors = RNG.standard_normal((count, 12)).astype(np.float32)
    anchors[0] *= 2
    surface = Anchors(anchors)
    x, y = ([0.5, 0, 1], [0, 1, 1]) if count == 3 else ([0, 1, 0, 1], [0, 0, 1, 1])
    assert np.array_equal(surface.at(np.array(x, float), np.array(y, float)), anchors)
    within = RNG.dirichlet(np.ones(count), 200)
    if count == 3:
        px, py = within @ np.array(x), within @ np.array(y)
        assert surface.contains(px, py).all()
        lengths = np.linalg.norm(surface.at(px, py), axis=1)
        assert lengths == pytest.approx(within @ np.linalg.norm(anchors, axis=1), rel=1e-4)
    lengths = np.linalg.norm(surface.at(RNG.random(200), RNG.random(200)), axis=1)
    assert lengths.min() > np.linalg.norm(anchors, axis=1).min() * 0.999
    assert lengths.max() < np.linalg.norm(anchors, axis=1).max() * 1.001


def test_equal_anchors_give_that_anchor_not_a_longer_one() -> None:
    one = RNG.standard_normal(16).astype(np.float32)
    middle = Anchors(np.stack([one] * 4)).at(np.array([0.5, 0.2]), np.array([0.5, 0.9]))
    assert middle == pytest.approx(np.stack([one, one]), rel=1e-5)


def test_opposite_and_zero_anchors_stay_finite() -> None:
    one = RNG.standard_normal(4).astype(np.float32)
    opposite = Anchors(np.stack((one, -one, -one, one))).at(np.array([0.5]), np.array([0.5]))
    assert np.linalg.norm(opposite) == pytest.approx(np.linalg.norm(one), rel=1e-5)
    assert np.isfinite(Anchors(np.zeros((3, 4), np.float32)).at(np.array([0.4]), np.array([0.5]))).all()
    assert np.isfinite(Anchors(np.array([[1], [-1], [1]], np.float32)).at(np.array([0.4]), np.array([0.5]))).all()


def test_outside_the_anchors_triangle_is_outside() -> None:
    surface = Anchors(RNG.standard_normal((3, 4)).astype(np.float32))
    assert surface.contains(np.array([0.0, 0.5]), np.array([0.0, 0.9])).tolist() == [False, True]
    assert np.isfinite(surface.at(np.array([0.0]), np.array([0.0]))).all()


def test_the_square_holds_the_whole_prior_evenly() -> None:
    g = PriorSquare(2).at(RNG.random(COUNT), RNG.random(COUNT))
    assert stats.kstest(g[:, 0], "norm").pvalue > CHANCE
    assert stats.kstest(g[:, 1], "norm").pvalue > CHANCE
    middle, corner = PriorSquare(2).at(np.array([0.5, 1.0]), np.array([0.5, 0.0]))
    assert middle.tolist() == [0, 0]
    assert (corner > 4).all()  # to the right and upwards is more


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_a_latent_is_found_again_on_the_square(dim: int) -> None:
    square = PriorSquare(dim)
    x, y = RNG.random(50), RNG.random(50)
    there = square.locate(square.at(x, y))
    assert there[0] == pytest.approx(x, abs=1e-6)
    assert there[1] == pytest.approx(y if dim > 1 else np.full(50, 0.5), abs=1e-6)
    assert not square.at(x, y)[:, 2:].any()


def test_in_the_class_grid_columns_are_classes_and_rows_share_their_latent() -> None:
    grid = ClassGrid(0, 5, 3)
    x, y = np.array([0.5, 1.5, 2.5, 0.5]), np.array([0.5, 0.5, 0.5, -3.5])
    g, weights = grid.at(x, y), grid.class_weights(x, y)
    assert np.array_equal(g[0], g[2])
    assert not np.array_equal(g[0], g[3])
    assert weights.argmax(1).tolist() == [0, 1, 2, 0]
    assert grid.contains(np.array([-0.1, 1.0, 3.1]), np.zeros(3)).tolist() == [False, True, False]
    with pytest.raises(ValueError, match="no classes"):
        ClassGrid(0, 5, 0)


def test_a_state_says_which_surface_its_map_shows() -> None:
    g = RNG.standard_normal(6).astype(np.float32)
    state = ViewState(g=g, seed=9)
    assert surface_of(state) == Lattice(9, 6)
    around = surface_of(ViewState(g=g, map=MapView(mode="around")))
    assert np.array_equal(around.at(np.zeros(1), np.zeros(1))[0], g)
    assert isinstance(surface_of(ViewState(g=g, map=MapView(mode="square"))), PriorSquare)
    assert isinstance(surface_of(ViewState(g=g, map=MapView(mode="classes")), classes=4), ClassGrid)
    anchored = MapView(mode="anchors", anchors=np.ones((3, 6)))
    assert isinstance(surface_of(ViewState(g=g, map=anchored)), Anchors)
    for mode in ("anchors", "classes"):
        with pytest.raises(ValueError, match=r"needs three or four|no classes"):
            surface_of(ViewState(g=g, map=MapView(mode=mode)))
