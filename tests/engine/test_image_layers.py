"""Layers of the image nets against the formulas of their papers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.engine.nets.batch_norm import BatchNorm
from ganstudio.engine.nets.equalized import EqualizedConv, EqualizedLinear, pixel_norm, with_batch_spread
from ganstudio.engine.nets.heads import Head, with_maps
from ganstudio.engine.nets.spectral_norm import SpectralConv, SpectralLinear, SpectralWeight
from tests.engine.image_nets import images, one_hot, seeded, small_d


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=seeded(seed))


def test_batch_norm_is_that_of_torch_in_training_and_in_evaluation() -> None:
    ours, theirs = BatchNorm(5, 0, seeded(), 0.02), nn.BatchNorm2d(5)
    with torch.no_grad():
        theirs.weight.copy_(ours.gain[0])
    for step in range(4):
        x = 3 * normal(6, 5, 4, 4, seed=step) + 1
        torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.mean, theirs.running_mean)
    torch.testing.assert_close(ours.variance, theirs.running_var)
    x = normal(3, 5, 4, 4, seed=9)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))


def test_in_training_batch_norm_depends_on_the_batch_and_in_evaluation_it_does_not() -> None:
    norm, x = BatchNorm(3, 0, seeded(), 0.0), 2 * normal(8, 3, 4, 4) + 5
    assert norm(x).mean((0, 2, 3)).abs().max() < 1e-5
    assert norm(x).var((0, 2, 3), correction=0).sub(1).abs().max() < 1e-4
    norm.eval()
    torch.testing.assert_close(norm(x)[:2], norm(x[:2]))


def test_conditional_batch_norm_has_the_gain_and_the_offset_of_the_class() -> None:
    norm = BatchNorm(3, 10, seeded(), 0.5)
    with torch.no_grad():
        norm.offset.normal_(generator=seeded(1))
    x, y = normal(10, 3, 4, 4), one_hot(10)
    plain = F.batch_norm(x, None, None, training=True)
    expected = torch.stack([plain[i] * norm.gain[i, :, None, None] + norm.offset[i, :, None, None] for i in range(10)])
    torch.testing.assert_close(norm(x, y), expected)
    halves = (y + y.roll(1, 0)) / 2  # a mixture of classes has the mixture of their gains and offsets
    torch.testing.assert_close(norm(x, halves), (norm(x, y) + norm(x, y.roll(1, 0))) / 2)


def test_a_projection_is_the_papers_formula() -> None:
    h, y = normal(6, 7), one_hot(6)
    head = Head(nn.Linear(7, 1), nn.Linear(10, 7, bias=False))
    v, b, E = head.linear.weight[0], head.linear.bias, head.embedding.weight.T
    expected = [h[i] @ v + b + E[i] @ h[i] for i in range(6)]  # row i of E: class i
    torch.testing.assert_close(head(h, y), torch.stack(expected))


def test_the_logits_of_a_projection_discriminator_split_into_those_of_image_and_of_class() -> None:
    D = small_d("dcgan", normalization="none", condition="projection").build((1, 16, 16), seeded(), 10)
    x, y = images(6, 16), one_hot(6)
    h = x
    for convolution in D.convolutions:
        h = F.leaky_relu(convolution(h), 0.2)
    h = h.flatten(1)
    expected = D.head.linear(h).squeeze(1) + torch.einsum("bf,fb->b", h, D.head.embedding.weight[:, :6])
    torch.testing.assert_close(D(x, y).squeeze(1), expected)


def test_concatenated_classes_are_constant_maps() -> None:
    joined = with_maps(images(3, 4), one_hot(3))
    assert joined.shape == (3, 11, 4, 4)
    assert joined[1, 2].eq(1).all()
    assert joined[1, 1].equal(images(3, 4).new_zeros(4, 4))
    assert torch.equal(joined[:, :1], images(3, 4))


@pytest.mark.parametrize(("gain", "rate"), [(math.sqrt(2), 1.0), (1.0, 1.0), (math.sqrt(2), 0.01)])
def test_an_equalised_layer_scales_its_weights_by_hes_constant_when_used(gain: float, rate: float) -> None:
    layer = EqualizedLinear(200, 300, seeded(), gain=gain, rate=rate, bias=0.7)
    assert layer.weight.std().item() == pytest.approx(1 / rate, rel=0.01)
    x = normal(4, 200, seed=1)
    expected = x @ (layer.weight * gain / math.sqrt(200) * rate).T + 0.7
    torch.testing.assert_close(layer(x), expected, atol=1e-4, rtol=1e-4)
    assert layer(normal(2000, 200, seed=1)).var().item() == pytest.approx(gain**2, rel=0.05)


def test_an_equalised_convolution_scales_by_its_fan_in() -> None:
    layer = EqualizedConv(16, 32, 3, seeded())
    assert layer.weight.std().item() == pytest.approx(1, rel=0.03)
    x = normal(2, 16, 8, 8)
    expected = F.conv2d(x, layer.weight * math.sqrt(2 / (16 * 9)), padding=1)
    torch.testing.assert_close(layer(x), expected)


def test_with_an_equalised_rate_adam_moves_what_is_used_by_a_share_that_does_not_depend_on_the_width() -> None:
    moved = []
    for width in (8, 512):
        layer = EqualizedLinear(width, 64, seeded())
        optimizer = torch.optim.Adam(layer.parameters(), lr=0.01)
        before = (layer.weight * layer.scale).detach().clone()
        layer(normal(32, width)).square().mean().backward()
        optimizer.step()
        after = (layer.weight * layer.scale).detach()
        moved.append(((after - before).norm() / before.norm()).item())
    assert moved[0] == pytest.approx(moved[1], rel=0.05)


def test_pixel_norm_divides_by_the_root_mean_square_over_channels() -> None:
    x = 5 * normal(2, 6, 3, 3)
    expected = x.numpy() / np.sqrt((x.numpy() ** 2).mean(1, keepdims=True) + 1e-8)
    np.testing.assert_allclose(pixel_norm(x).numpy(), expected, rtol=1e-5)
    torch.testing.assert_close(pixel_norm(normal(3, 8)).square().sum(1), torch.full((3,), 8.0))


def test_the_spread_of_a_batch_is_the_mean_standard_deviation_over_groups() -> None:
    x = normal(8, 3, 2, 2)
    y = with_batch_spread(x, 4)
    assert y.shape == (8, 4, 2, 2)
    assert torch.equal(y[:, :3], x)
    for offset in range(2):  # sample i stands in group i mod 2
        group = x.numpy()[offset::2]
        expected = np.sqrt(group.var(0) + 1e-8).mean()
        np.testing.assert_allclose(y[offset::2, 3].numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7])
def test_a_batch_of_any_size_has_a_spread(count: int) -> None:
    y = with_batch_spread(normal(count, 3, 2, 2), 4)
    assert y.isfinite().all()
    assert with_batch_spread(normal(1, 3, 2, 2).expand(count, -1, -1, -1), 4)[:, 3].max() < 2e-4  # all alike


def norm_of(weight: Tensor) -> float:
    return torch.linalg.matrix_norm(weight.flatten(1), 2).item()


def test_a_spectral_weight_is_the_weight_over_its_largest_singular_value() -> None:
    weight = SpectralWeight((8, 3, 3, 3), seeded(), 0.5)
    for _ in range(50):
        weight()
    expected = weight.weight / torch.linalg.svdvals(weight.weight.flatten(1))[0]
    torch.testing.assert_close(weight.eval()(), expected, atol=1e-5, rtol=1e-4)


def test_the_gradient_of_a_spectral_weight_is_that_of_the_exact_quotient() -> None:
    weight = SpectralWeight((5, 4), seeded(), 0.5)
    for _ in range(200):
        weight()
    probe = normal(5, 4)
    (gradient,) = torch.autograd.grad((weight.eval()() * probe).sum(), weight.weight)
    exact = weight.weight.detach().requires_grad_()
    quotient = exact / torch.linalg.matrix_norm(exact, 2)
    (expected,) = torch.autograd.grad((quotient * probe).sum(), exact)
    torch.testing.assert_close(gradient, expected, atol=1e-4, rtol=1e-3)


def test_one_power_iteration_is_made_per_training_forward_and_none_in_evaluation() -> None:
    weight = SpectralWeight((16, 16), seeded(), 0.5)
    before = weight.u.clone()
    weight.eval()()
    assert torch.equal(weight.u, before)
    weight.train()()
    assert not torch.equal(weight.u, before)
    matrix = weight.weight.detach()
    v = F.normalize(matrix.T @ before, dim=0)
    torch.testing.assert_close(weight.u, F.normalize(matrix @ v, dim=0))


def test_two_forwards_before_one_backward_do_not_disturb_each_other() -> None:
    layer = SpectralConv(2, 4, 3, seeded(), 0.5)
    x = normal(3, 2, 5, 5)
    (layer(x).sum() + layer(2 * x).square().sum()).backward()
    assert layer.normalized.weight.grad is not None
    assert layer.normalized.weight.grad.isfinite().all()


@pytest.mark.parametrize(("name", "settings"), [("sngan", {}), ("dcgan", {"normalization": "spectral"})])
def test_after_training_no_layer_has_a_spectral_norm_above_one(name: str, settings: dict[str, str]) -> None:
    D = small_d(name, condition="projection", **settings).build((1, 16, 16), seeded(), 10)
    optimizer = torch.optim.Adam(D.parameters(), 2e-3, (0.0, 0.9))
    y = one_hot(16)
    first = [weight.weight.detach().clone() for weight in D.modules() if isinstance(weight, SpectralWeight)]
    for step in range(60):
        real, fake = images(16, 16, seed=step), images(16, 16, seed=1000 + step).abs()
        loss = F.relu(1 - D(real, y)).mean() + F.relu(1 + D(fake, y)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    D.eval()
    weights = [module for module in D.modules() if isinstance(module, SpectralWeight)]
    assert len(weights) == sum(isinstance(module, SpectralConv | SpectralLinear) for module in D.modules())
    for before, weight in zip(first, weights, strict=True):
        assert (weight.weight - before).abs().max() > 0.01  # it did train
        assert 1 - 1e-4 < norm_of(weight()) < 1.05
