"""Flips and differentiable augmentation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from ganstudio.engine import augmentation
from ganstudio.engine.augmentation import POLICIES, applied, augment, coloured, cut_out, draws, flip, translated
from tests.engine.image_nets import images, seeded

SUBSETS = [policy for size in range(4) for policy in itertools.combinations(POLICIES, size)]


def test_a_flip_mirrors_about_half_of_the_images_left_to_right() -> None:
    x = images(400, 8)
    y = flip(x, seeded())
    mirrored = [torch.equal(after, before.flip(2)) for before, after in zip(x, y, strict=True)]
    same = [torch.equal(after, before) for before, after in zip(x, y, strict=True)]
    assert all(a != b for a, b in zip(mirrored, same, strict=True))
    assert sum(mirrored) / len(x) == pytest.approx(0.5, abs=0.1)


def test_no_policy_is_no_change() -> None:
    x = images(4, 8)
    assert augment(x, (), seeded()) is x
    assert torch.equal(applied(x, (), draws(4, seeded())), x)


@pytest.mark.parametrize("policy", SUBSETS)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_policy_keeps_shape_and_lets_gradients_of_both_orders_through(
    policy: tuple[str, ...], channels: int
) -> None:
    x = images(6, 16, channels).requires_grad_()
    y = augment(x, policy, seeded())
    assert y.shape == x.shape
    (gradient,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
    assert gradient.abs().flatten(1).sum(1).min() > 0
    (second,) = torch.autograd.grad(gradient.square().sum(), x)
    assert second.isfinite().all()
    assert second.abs().sum() > 0


@pytest.mark.parametrize("policy", POLICIES)
def test_an_image_is_changed_by_its_own_draws_alone(policy: str) -> None:
    x, drawn = images(5, 16, 3), draws(5, seeded())
    whole = applied(x, (policy,), drawn)
    torch.testing.assert_close(whole[2:3], applied(x[2:3], (policy,), drawn[2:3]))
    changed = x.clone()
    changed[0] = -1
    assert torch.equal(applied(changed, (policy,), drawn)[1:], whole[1:])
    same = applied(x[:1].expand(5, -1, -1, -1), (policy,), drawn)
    assert len({tuple(image.flatten().tolist()) for image in same}) >= 4  # few shifts: two may be alike


def test_what_is_random_comes_from_the_given_generator_alone() -> None:
    before = torch.get_rng_state()
    x = images(5, 16, 3)
    assert torch.equal(augment(x, POLICIES, seeded(1)), augment(x, POLICIES, seeded(1)))
    assert not torch.equal(augment(x, POLICIES, seeded(1)), augment(x, POLICIES, seeded(2)))
    assert torch.equal(flip(x, seeded(1)), flip(x, seeded(1)))
    assert torch.equal(torch.get_rng_state(), before)
    assert draws(3, seeded()).shape == (3, augmentation.DRAWS)


def test_draws_in_the_middle_change_no_colour_and_move_nothing() -> None:
    x, middle = images(3, 16, 3), torch.full((3, 7), 0.5)
    torch.testing.assert_close(coloured(x, middle[:, :3]), x)
    assert torch.equal(translated(x, middle[:, 3:5]), x)


def test_colours_are_changed_by_the_papers_formulas() -> None:
    x = images(1, 8, 3).double()
    b, s, c = 0.9, 0.2, 0.7
    expected = x.numpy() + (b - 0.5)
    grey = expected.mean(1, keepdims=True)
    expected = grey + (expected - grey) * 2 * s
    mean = expected.mean((1, 2, 3), keepdims=True)
    expected = mean + (expected - mean) * (c + 0.5)
    np.testing.assert_allclose(coloured(x, torch.tensor([[b, s, c]], dtype=torch.float64)).numpy(), expected)


def test_a_grey_image_stays_as_it_is_under_saturation() -> None:
    x = images(1, 8)
    torch.testing.assert_close(coloured(x, torch.tensor([[0.5, 0.0, 0.5]])), x)


@pytest.mark.parametrize("side", [16, 28])
def test_translation_moves_by_up_to_an_eighth_and_fills_with_zero(side: int) -> None:
    farthest = round(side / 8)
    shares = (torch.arange(2 * farthest + 1) + 0.5) / (2 * farthest + 1)
    x = images(1, side)
    for i, u in enumerate(shares):
        for j, v in enumerate(shares):
            y = translated(x, torch.stack((u, v))[None])
            assert torch.equal(y[0, 0], moved(x[0, 0], i - farthest, j - farthest))


def moved(x: Tensor, down: int, right: int) -> Tensor:
    y = torch.zeros_like(x)
    side = len(x)
    for row in range(max(0, down), min(side, side + down)):
        for column in range(max(0, right), min(side, side + right)):
            y[row, column] = x[row - down, column - right]
    return y


def test_cutout_blanks_a_square_of_half_the_side_wherever_its_middle_lies() -> None:
    x = torch.ones(1000, 1, 16, 16)
    y = cut_out(x, draws(1000, seeded())[:, 5:7])
    blank = y.eq(0).sum((1, 2, 3))
    assert blank.max() == 64
    assert blank.min() == 16  # a quarter of it, in a corner
    assert y.eq(0).any(0).all()  # every pixel may be hit
    rows = y[0, 0].eq(0).any(1).sum() * y[0, 0].eq(0).any(0).sum()
    assert rows == blank[0]  # one rectangle


@pytest.mark.slow
def test_augmentation_traces_as_one_graph() -> None:
    traced = torch.compile(lambda x, drawn: applied(x, POLICIES, drawn), fullgraph=True, backend="eager")
    x, drawn = images(3, 16, 3), draws(3, seeded())
    torch.testing.assert_close(traced(x, drawn), applied(x, POLICIES, drawn))
    torch.compiler.reset()
