"""Features of random convolutions."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import torch

from ganstudio.engine.images import shipped
from ganstudio.engine.quality.coverage import Manifold
from ganstudio.engine.quality.random_features import RandomFeatures


def some(name: str, count: int = 700) -> np.ndarray:
    images = (shipped.digits() if name == "digits" else shipped.emoji()).images
    return images[np.random.default_rng(0).permutation(len(images))[:count]]


def test_equal_seeds_give_equal_features_and_the_global_random_state_stays():
    images = some("emoji", 120)
    before = torch.get_rng_state()
    first, again, other = (RandomFeatures(images, seed)(images) for seed in (0, 0, 1))
    assert first.shape == (120, 64)
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_they_are_principal_components_in_order():
    images = some("emoji", 300)
    features = RandomFeatures(images)(images)
    np.testing.assert_allclose(features.mean(0), 0, atol=1e-9)
    covariance = np.cov(features, rowvar=False)
    variances = np.diag(covariance)
    np.testing.assert_allclose(covariance - np.diag(variances), 0, atol=1e-9)
    assert (np.diff(variances) < 0).all()
    assert variances.sum() > 0.9 * 3  # of three layers of variance 1


def test_flat_images_say_nothing_but_where_they_end():
    images = some("emoji", 100)
    features = RandomFeatures(images)
    dark, light = (features(np.full((1, 32, 32, 3), level, np.uint8)) for level in (20, 240))
    np.testing.assert_allclose(dark, light, atol=1e-4)


@pytest.mark.parametrize("shape", [(8, 4, 4, 1), (8, 16, 16, 3), (8, 28, 28, 1), (8, 64, 64, 3)])
def test_any_size_has_features(shape):
    images = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert np.isfinite(RandomFeatures(images)(images)).all()
    flat = np.full(shape, 7, np.uint8)
    assert not RandomFeatures(flat)(flat).any()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digits", "emoji"])
def test_blur_and_noise_lower_density_and_coverage(name):
    images = some(name, 1_400)
    real, held_out = images[:700], images[700:]
    features = RandomFeatures(real)
    manifold = Manifold(features(real))
    blurred = scipy.ndimage.uniform_filter(held_out, (1, 3, 3, 1))
    noisy = np.clip(held_out + np.random.default_rng(0).normal(0, 40, held_out.shape), 0, 255).astype(np.uint8)
    untouched, *changed = (manifold.compare(features(version)) for version in (held_out, blurred, noisy))
    assert untouched.density > 0.85
    assert untouched.coverage > 0.9
    for found in changed:
        assert found.density < untouched.density - 0.1
        assert found.coverage < untouched.coverage - 0.05
