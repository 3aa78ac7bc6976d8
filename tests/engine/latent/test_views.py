"""What the views are made of: tiles, the embedding, scores, arithmetic, points."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import nn

from ganstudio.engine.latent import arithmetic
from ganstudio.engine.latent.embed import extent_of, fitted, thumbnails
from ganstudio.engine.latent.points import picked, sources, square_image
from ganstudio.engine.latent.scores import ScoreReference, heat, score_gradient
from ganstudio.engine.latent.tiles import Chunks, TileCache, TileKey, View, centres, level_for, visible
from ganstudio.engine.latent.weights import ModelError
from tests.engine.latent.nets import COLOUR, GREY, LinearG, PerceptronD, linear, model, perceptron

RNG = np.random.default_rng(6)


def tile(value: int = 0, side: int = 8) -> np.ndarray:
    return np.full((side, side, 3), value, np.uint8)


@pytest.mark.parametrize(("zoom", "level"), [(32, 0), (63.9, 0), (64, 1), (31.9, -1), (1e-9, -8), (1e12, 24)])
def test_a_tile_is_from_its_size_to_twice_as_wide_on_the_screen(zoom: float, level: int) -> None:
    assert level_for(zoom, 32) == level


@pytest.mark.parametrize("zoom", [20.0, 32.0, 50.0, 64.0, 200.0])
def test_the_visible_tiles_cover_the_view_and_come_from_the_middle_outwards(zoom: float) -> None:
    view = View(3.3, -7.7, zoom, 400, 300)
    keys = visible(view, "map", 32)
    covered = np.zeros((300, 400), bool)
    for key in keys:
        left, top, width, height = view.rect(key)
        assert 32 <= width < 64
        assert width == height
        assert left < 400
        assert top < 300
        assert left + width > 0
        assert top + height > 0
        rows = slice(max(0, int(np.floor(top))), int(top + height) + 1)
        covered[rows, max(0, int(np.floor(left))) : int(left + width) + 1] = True
    assert covered.all()
    x, y = centres(keys)
    distance = (x - view.x) ** 2 + (y - view.y) ** 2
    assert (np.diff(distance) > -1e-9).all()


def test_too_many_tiles_are_cut_to_those_in_the_middle() -> None:
    keys = visible(View(0, 0, 8, 4_000, 4_000), "map", 32, level=4)
    assert len(keys) == 4_096
    assert max(abs(key.i) for key in keys) < 40


def test_zooming_keeps_the_point_under_the_cursor_and_dragging_follows_the_hand() -> None:
    view = View(1.5, 2.5, 90, 640, 480)
    at = view.to_map(100, 50)
    assert view.zoomed(1.7, 100, 50).to_map(100, 50) == pytest.approx(at)
    assert view.panned(30, -20).to_map(130, 30) == pytest.approx(at)
    assert view.to_pixel(*at) == pytest.approx((100, 50))


def test_a_missing_tile_is_stood_for_by_the_part_of_a_larger_one() -> None:
    cache = TileCache()
    child = TileKey("map", 3, -5, 6)
    assert cache.placeholder(child) is None
    cache.put(child.ancestor(2), tile(9))
    found = cache.placeholder(child)
    assert found is not None
    assert found.key == TileKey("map", 1, -2, 1)
    assert found.part == (0.75, 0.5, 0.25, 0.25)
    cache.put(child.ancestor(1), tile(4))
    nearer = cache.placeholder(child)
    assert nearer is not None
    assert nearer.part == (0.5, 0.0, 0.5, 0.5)
    assert cache.placeholder(child._replace(place="other")) is None
    x, y = centres([child, child.ancestor(1)])
    assert abs(x[0] - x[1]) == pytest.approx(0.0625)
    assert abs(y[0] - y[1]) == pytest.approx(0.0625)


def test_the_cache_forgets_what_was_not_used_for_longest() -> None:
    cache = TileCache(most=3)
    keys = [TileKey("map", 0, index, 0) for index in range(4)]
    for key in keys[:3]:
        cache.put(key, tile(key.i))
    assert cache.get(keys[0]) is not None
    cache.put(keys[3], tile(3))
    assert cache.missing(keys) == [keys[1]]
    assert len(cache) == 3


def test_the_cache_keeps_to_its_memory() -> None:
    cache = TileCache(budget_bytes=10 * 192)
    for index in range(50):
        cache.put(TileKey("map", 0, index, 0), tile(index))
        cache.put(TileKey("map", 0, index, 0), tile(index))
    assert len(cache) == 10
    assert cache.nbytes == 1_920
    cache.put(TileKey("map", 0, 99, 0), tile(0, side=200))
    assert len(cache) == 1  # even one that is too large is shown
    cache.clear()
    assert cache.nbytes == len(cache) == 0


def test_the_cache_can_be_used_by_the_window_and_the_worker_at_once() -> None:
    cache = TileCache(most=20)
    errors: list[BaseException] = []

    def use(start: int) -> None:
        try:
            for index in range(1_500):
                key = TileKey("map", 0, (start + index) % 60, 0)
                cache.put(key, tile())
                cache.get(key)
                cache.missing([key])
                cache.placeholder(TileKey("map", 1, index % 99, 0))
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=use, args=(start,)) for start in (0, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert cache.nbytes == 20 * 192


def test_chunks_shrink_when_they_are_slow_and_grow_when_they_are_quick() -> None:
    chunks = Chunks(100, 16)
    sizes = []
    for part in chunks:
        sizes.append(part.stop - part.start)
        chunks.took(0.1 if len(sizes) < 3 else 0.001)
    assert sizes[:5] == [16, 8, 4, 8, 16]
    assert sum(sizes) == 100
    assert list(Chunks(0)) == []


def test_the_plane_of_real_and_generated_is_that_of_the_largest_variance() -> None:
    basis, _ = np.linalg.qr(RNG.standard_normal((36, 3)))
    real = RNG.standard_normal((400, 3)) * [9, 4, 1] @ basis.T + 50
    fake = RNG.standard_normal((100, 3)) * [9, 4, 1] @ basis.T + 50
    plane = fitted(real.astype(np.float32).reshape(-1, 6, 6, 1), fake.astype(np.float32).reshape(-1, 6, 6, 1))
    assert np.abs(plane.axes @ basis[:, :2]) == pytest.approx(np.eye(2), abs=0.1)
    assert plane.explained == pytest.approx((81 / 98, 16 / 98), abs=0.05)
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-5)
    assert plane.project(real[:2].astype(np.float32).reshape(-1, 6, 6, 1)).shape == (2, 2)


def test_few_wide_samples_give_the_same_plane_as_the_long_way() -> None:
    real, fake = (RNG.integers(0, 256, (count, 20, 20, 3), dtype=np.uint8) for count in (30, 20))
    plane = fitted(real, fake)
    rows = np.concatenate((real, fake)).reshape(50, -1) / 255.0
    weights = np.repeat([0.5 / 30, 0.5 / 20], [30, 20])
    centred = (rows - weights @ rows) * np.sqrt(weights)[:, None]
    _, values, right = np.linalg.svd(centred, full_matrices=False)
    assert np.abs((plane.axes * right[:2]).sum(1)) == pytest.approx([1, 1], abs=1e-3)
    assert plane.explained == pytest.approx(values[:2] ** 2 / (values**2).sum(), rel=1e-3)


def test_many_wide_samples_give_it_a_faster_way() -> None:
    spread = np.concatenate(([30, 20], np.full(598, 3.0)))
    real, fake = ((RNG.standard_normal((count, 600)) * spread).astype(np.float32) for count in (700, 600))
    plane = fitted(real, fake)
    assert np.abs(plane.axes[:, :2]) == pytest.approx(np.eye(2), abs=0.1)
    assert plane.explained == pytest.approx((900 / 6_682, 400 / 6_682), rel=0.2)
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-4)


def test_a_large_set_does_not_outvote_a_small_one() -> None:
    real, fake = np.zeros((10_000, 3), np.float32), np.zeros((10, 3), np.float32)
    fake[:, 0] = 1
    assert fitted(real, fake).mean == pytest.approx([0.5, 0, 0])


def test_planes_of_points_and_of_hardly_anything() -> None:
    line = fitted(np.arange(5, dtype=np.float32)[:, None], np.zeros((0, 1), np.float32))
    assert line.project(np.array([[3.0]], np.float32))[0].tolist() == [1, 0]
    same = fitted(np.ones((3, 4), np.float32), np.ones((2, 4), np.float32))
    assert np.isfinite(same.project(np.ones((1, 4), np.float32))).all()
    assert same.explained == (0.0, 0.0)
    with pytest.raises(ValueError, match="two samples"):
        fitted(np.ones((1, 4), np.float32), np.zeros((0, 4), np.float32))


def test_each_cell_shows_its_most_central_sample_and_holes_stay_holes() -> None:
    points = np.array([[0.1, 0.9], [0.26, 0.74], [0.9, 0.1], [5, 5]], np.float32)
    chosen = thumbnails(points, ((0, 1), (0, 1)), 2, 2)
    assert chosen.tolist() == [[1, -1], [-1, 2]]
    assert (thumbnails(points[:0], ((0, 1), (0, 1)), 3, 2) == -1).all()
    (left, right), (low, high) = extent_of(points)
    assert left < 0.1 < 5 < right
    assert low < 0.1 < 5 < high
    assert extent_of(np.zeros((0, 2), np.float32)) == ((-0.5, 0.5), (-0.5, 0.5))


def test_a_rank_is_the_share_that_d_finds_less_real() -> None:
    reference = ScoreReference.of(np.array([3, 1, 2, np.nan], np.float32), np.array([10, 20], np.float32))
    rank = reference.rank(2.0)
    assert (rank.logit, rank.among_fakes, rank.among_reals) == (2.0, 0.5, 0.0)
    assert reference.rank(15).among_reals == 0.5
    assert reference.ranks(np.array([0, 9], np.float32)).tolist() == [0, 1]
    assert np.isnan(ScoreReference.of(np.zeros(0), np.zeros(0)).rank(1).among_fakes)
    assert np.isnan(reference.rank(float("nan")).among_reals)


def test_ranks_of_draws_from_the_same_distribution_are_even() -> None:
    drawn = RNG.standard_normal(2_000).astype(np.float32)
    ranks = ScoreReference.of(drawn[:1_000], drawn).ranks(drawn[1_000:])
    assert ranks.mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("shape", [GREY, COLOUR])
def test_the_scores_gradient_is_that_of_a_known_discriminator(shape: tuple[int, ...]) -> None:
    weight = torch.randn(int(np.prod(shape)), generator=torch.Generator().manual_seed(0))
    D = nn.utils.skip_init(nn.Linear, len(weight), 1)
    with torch.no_grad():
        D.weight.copy_(weight[None])
        D.bias.zero_()
    mine = model(LinearG(6, shape), shape, D=nn.Sequential(nn.Flatten(), D))
    slope = score_gradient(mine, np.zeros((8, 8, shape[0]), np.uint8))
    wanted = weight.reshape(shape).movedim(0, -1).numpy()
    assert slope == pytest.approx(wanted)
    assert heat(slope) == pytest.approx(wanted.sum(-1) / np.abs(wanted.sum(-1)).max(), abs=1e-6)
    assert not heat(np.zeros((4, 4, 1), np.float32)).any()


def test_the_scores_gradient_agrees_with_differences_and_needs_d() -> None:
    mine = model(LinearG(6, GREY), GREY, D=PerceptronD(GREY))
    picture = RNG.integers(0, 256, (8, 8, 1), dtype=np.uint8)
    slope = score_gradient(mine, picture)
    x = mine.seen(picture[None])
    step = torch.zeros_like(x)
    step[0, 0, 2, 5] = 1e-2
    rough = (mine.logits(x + step) - mine.logits(x - step)) / 2e-2
    assert slope[2, 5, 0] == pytest.approx(float(rough), rel=0.02, abs=1e-4)
    with pytest.raises(ModelError, match="without D"):
        score_gradient(linear(), picture)


def exemplars(count: int, dim: int = 32) -> np.ndarray:
    return RNG.standard_normal((count, dim)).astype(np.float32)


def test_an_analogy_has_the_exemplars_length_and_the_sums_direction() -> None:
    a, b, c = exemplars(3), exemplars(2), exemplars(4)
    found = arithmetic.combined(a, b, c)
    assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(np.concatenate((a, b, c)), axis=1).mean(), rel=1e-5)
    total = c.mean(0) + a.mean(0) - b.mean(0)
    assert found @ total / np.linalg.norm(found) / np.linalg.norm(total) == pytest.approx(1)


def test_strength_zero_is_c_and_equal_wells_cancel() -> None:
    a, b, c = exemplars(1), exemplars(1), exemplars(1)
    still = arithmetic.combined(a, b, c, strength=0.0)
    assert still @ c[0] / np.linalg.norm(still) / np.linalg.norm(c) == pytest.approx(1)
    same = arithmetic.combined(a, a, c)
    assert same @ c[0] / np.linalg.norm(same) / np.linalg.norm(c) == pytest.approx(1)
    assert np.array_equal(arithmetic.combined(a[0], b[0], c[0]), arithmetic.combined(a, b, c))
    assert np.isfinite(arithmetic.combined(a, c, np.zeros_like(c))).all()


@pytest.mark.parametrize(("wells", "name"), [((0, 1, 1), "A"), ((1, 0, 1), "B"), ((1, 1, 0), "C")])
def test_an_empty_well_is_named(wells: tuple[int, int, int], name: str) -> None:
    with pytest.raises(ValueError, match=f"well {name} is empty"):
        arithmetic.combined(*(exemplars(count) for count in wells))


def test_means_of_exemplars_are_shown_at_full_length() -> None:
    wells = exemplars(8), exemplars(1), exemplars(3)
    lengths = [np.linalg.norm(well, axis=1).mean() for well in wells]
    assert np.linalg.norm(arithmetic.means(*wells), axis=1) == pytest.approx(lengths, rel=1e-5)


def test_the_neighbourhood_is_near_on_the_same_shell_with_the_result_in_its_middle() -> None:
    g = exemplars(1)[0]
    around = arithmetic.neighbourhood(g)
    assert around.shape == (9, 32)
    assert around[4].tobytes() == g.tobytes()
    assert np.linalg.norm(around, axis=1) == pytest.approx(np.full(9, np.linalg.norm(g)), rel=1e-5)
    distances = np.linalg.norm(around - g, axis=1)
    assert distances[[0, 1, 2, 3, 5, 6, 7, 8]] == pytest.approx(np.full(8, 0.25 * 32**0.5), rel=0.5)
    assert np.array_equal(around, arithmetic.neighbourhood(g))
    assert not np.array_equal(around, arithmetic.neighbourhood(g, seed=1))


def test_the_diagrams_corners_are_the_wells_and_the_result() -> None:
    a, b, c = exemplars(1), exemplars(1), exemplars(1)
    grid = arithmetic.diagram(a, b, c, 5)
    assert grid[0, 0] == pytest.approx(b[0], rel=1e-5)
    assert grid[4, 0] == pytest.approx(a[0], rel=1e-5)
    assert grid[0, 4] == pytest.approx(c[0], rel=1e-5)
    assert grid[4, 4] == pytest.approx(arithmetic.combined(a, b, c), abs=1e-5)


def test_the_square_and_its_image_are_linked() -> None:
    mine = model(LinearG(2, (2,), scale=1.0), (2,), dim=2, scale=2.0, mean=(5.0, -5.0))
    image = square_image(mine, side=21)
    assert image.square.shape == (21, 21, 2)
    assert image.points[10, 10] == pytest.approx(mine.render(np.zeros((1, 2), np.float32))[0], abs=1e-5)
    g, point = picked(mine, *image.square[3, 4])
    assert g == pytest.approx(image.g[3, 4], abs=1e-6)
    assert point == pytest.approx(image.points[3, 4], abs=1e-5)
    assert sources(image, point)[0] == pytest.approx(image.square[3, 4])


def test_the_stretch_of_a_linear_map_is_its_determinant_over_the_density() -> None:
    mine = model(LinearG(2, (2,), scale=1.0), (2,), dim=2, scale=2.0, mean=(0.0, 0.0))
    image = square_image(mine, side=81)
    determinant = 4 * abs(float(torch.linalg.det(mine.G.layer.weight)))  # type: ignore[union-attr]
    density = np.exp(-(image.g.astype(float) ** 2).sum(-1) / 2) / (2 * np.pi)
    inner = (slice(8, -8), slice(8, -8))
    assert image.stretch[inner] == pytest.approx((determinant / density)[inner], rel=0.03)


@pytest.mark.parametrize(("dim", "data"), [(1, 1), (1, 2), (2, 1), (3, 2)])
def test_squares_and_images_of_every_dimension(dim: int, data: int) -> None:
    mine = model(LinearG(dim, (data,)), (data,), dim=dim, mean=(0.0,) * data)
    image = square_image(mine, side=9)
    rows = 1 if dim == 1 else 9
    assert image.points.shape == (rows, 9, data)
    assert image.stretch.shape == (rows, 9)
    assert np.isfinite(image.stretch).all()


def test_several_places_may_lead_to_one_point() -> None:
    class Fold(nn.Module):
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return torch.stack((z[:, 0].abs(), z[:, 1]), 1)

    mine = model(Fold(), (2,), dim=2, mean=(0.0, 0.0))
    image = square_image(mine, side=41)
    found = sources(image, np.array([1.0, 0.0], np.float32), count=2)
    assert sorted(found[:, 0]) == pytest.approx([0.159, 0.841], abs=0.03)


def test_images_have_no_square() -> None:
    with pytest.raises(ModelError, match="points"):
        square_image(perceptron())
