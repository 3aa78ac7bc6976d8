"""The sliced Wasserstein distance between patches."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats
import torch

from ganstudio.engine.images import shipped
from ganstudio.engine.quality import sliced_wasserstein
from ganstudio.engine.quality.sliced_wasserstein import SlicedWasserstein, level_sizes, pyramid


@pytest.fixture
def few_patches(monkeypatch):
    monkeypatch.setattr(sliced_wasserstein, "PATCHES", 1_024)


def emoji(count: int = 200) -> np.ndarray:
    return shipped.emoji().images[::5][:count]


@pytest.mark.parametrize(
    ("size", "sizes"), [(16, [16]), (28, [28, 14]), (32, [32, 16]), (64, [64, 32, 16]), (30, [30, 15]), (7, [7])]
)
def test_levels_are_halves_down_to_14(size, sizes):
    assert level_sizes(size) == sizes


def test_images_smaller_than_a_patch_are_refused():
    with pytest.raises(ValueError, match="6 pixels"):
        level_sizes(6)


@pytest.mark.parametrize("size", [28, 32, 64])
def test_the_pyramid_is_burt_and_adelson_s_with_mirrored_ends(size):
    image = np.random.default_rng(0).random((size, size)).astype(np.float32)
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    smaller = scipy.ndimage.convolve(image, kernel, mode="mirror")[::2, ::2]
    spread = np.zeros_like(image)
    spread[::2, ::2] = smaller
    detail = image - 4 * scipy.ndimage.convolve(spread, kernel, mode="mirror")
    levels = pyramid(torch.from_numpy(image)[None, None], 2)
    np.testing.assert_allclose(levels[0][0, 0], detail, atol=1e-5)
    np.testing.assert_allclose(levels[1][0, 0], smaller, atol=1e-5)


def test_the_levels_of_a_flat_image_have_no_detail():
    levels = pyramid(torch.full((2, 3, 64, 64), 0.3), 3)
    assert [tuple(level.shape[2:]) for level in levels] == [(64, 64), (32, 32), (16, 16)]
    assert float(levels[0].abs().max()) < 1e-6
    torch.testing.assert_close(levels[2], torch.full((2, 3, 16, 16), 0.3))


def test_a_set_is_0_from_itself(few_patches):
    images = emoji()
    assert SlicedWasserstein(images).levels(images) == [0, 0]


def test_the_distance_is_the_mean_of_scipy_s_over_the_projections(few_patches, monkeypatch):
    monkeypatch.setattr(sliced_wasserstein, "PROJECTIONS", 8)
    images = emoji()
    distance = SlicedWasserstein(images[:100])
    level = distance._levels[0]
    a, b = (
        ((d._patches(x)[0] - level.mean) / level.sd).flatten(1)
        for d, x in [(distance, images[:100]), (distance, images[100:])]
    )
    expected = [
        scipy.stats.wasserstein_distance((a @ direction).numpy(), (b @ direction).numpy())
        for direction in level.directions.T
    ]
    assert distance.levels(images[100:])[0] == pytest.approx(1_000 * np.mean(expected), rel=1e-4)
    torch.testing.assert_close(level.directions.norm(dim=0), torch.ones(8))


def test_patches_are_cut_from_their_images(few_patches):
    images = emoji(300)  # more than a batch
    distance = SlicedWasserstein(images)
    patches = distance._patches(images)[1]  # the coarsest level is the image itself, blurred
    coarse = pyramid(torch.from_numpy(images.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1, 2)[1]
    rows, columns = distance._corners[1]
    for index in (0, 299, 300, 777):
        row, column = int(rows[index]), int(columns[index])
        wanted = coarse[index % 300, :, row : row + 7, column : column + 7]
        torch.testing.assert_close(patches[index], wanted, atol=1e-5, rtol=0)


def test_it_grows_with_brightness_blur_and_noise(few_patches):
    images = emoji()
    distance = SlicedWasserstein(images)
    rng = np.random.default_rng(0)
    for change in (
        lambda amount: np.clip(images.astype(int) - 20 * amount, 0, 255),
        lambda amount: scipy.ndimage.gaussian_filter(images, (0, 0.6 * amount, 0.6 * amount, 0)),
        lambda amount: np.clip(images + rng.normal(0, 20 * amount, images.shape), 0, 255),
    ):
        values = [distance(change(amount).astype(np.uint8)) for amount in (0, 1, 2, 3)]
        assert values == sorted(values)
        assert values[1] > 5


def test_equal_seeds_give_equal_numbers_and_images_of_one_colour_are_defined(few_patches):
    images, others = emoji(), emoji()[:, ::-1]
    assert SlicedWasserstein(images, 1)(others) == SlicedWasserstein(images, 1)(others)
    assert SlicedWasserstein(images, 1)(others) != SlicedWasserstein(images, 2)(others)
    flat = np.full((10, 16, 16, 1), 9, np.uint8)
    assert SlicedWasserstein(flat)(flat) == 0
    assert np.isfinite(SlicedWasserstein(images)(np.zeros((10, 32, 32, 3), np.uint8)))
