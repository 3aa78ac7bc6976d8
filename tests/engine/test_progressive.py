"""Progressive growing: stages, the blend of a fade, the schedule."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.engine.models.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganstudio.engine.nets.progressive import GrowingD, GrowingG
from tests.engine.image_nets import LATENT, count, images, latents, seeded

STAGES = 4  # 4, 8, 16 and 32 pixels


def pair() -> tuple[GrowingG, GrowingD]:
    G = ProgressiveGenerator(width=4, widest=16).build(LATENT, (1, 32, 32), seeded())
    D = ProgressiveDiscriminator(width=4, widest=16).build((1, 32, 32), seeded())
    assert isinstance(G, GrowingG)
    assert isinstance(D, GrowingD)
    with torch.no_grad():  # layers to colours that do not begin alike
        for parameter in (*G.parameters(), *D.parameters()):
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=seeded(3)))
    return G, D


def up(x: Tensor) -> Tensor:
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


@pytest.mark.parametrize("stage", range(STAGES))
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_each_stage_makes_and_judges_images_of_its_size(stage: int, alpha: float) -> None:
    G, D = pair()
    G.set_stage(stage, alpha)
    D.set_stage(stage, alpha)
    side = 4 * 2**stage
    assert G.side == side
    assert G(latents(4)).shape == (4, 1, side, side)
    assert D(G(latents(4))).shape == (4, 1)
    assert D.prepare(images(4, 32)).shape == (4, 1, side, side)


@pytest.mark.parametrize("stage", range(1, STAGES))
def test_a_fade_begins_with_the_doubled_images_of_the_stage_before(stage: int) -> None:
    G, D = pair()
    z, x = latents(4), images(4, 32)
    G.set_stage(stage - 1, 1.0)
    D.set_stage(stage - 1, 1.0)
    before, real_before = G(z), D.prepare(x)
    logits = D(real_before)
    G.set_stage(stage, 0.0)
    D.set_stage(stage, 0.0)
    torch.testing.assert_close(G(z), up(before))
    torch.testing.assert_close(D.prepare(x), up(real_before))
    torch.testing.assert_close(D(D.prepare(x)), logits)


@pytest.mark.parametrize("stage", range(1, STAGES))
def test_a_fade_ends_with_the_new_layers_alone(stage: int) -> None:
    G, D = pair()
    z, x = latents(4), images(4, 32)
    results = []
    for alpha in (1.0, 1 - 1e-7):
        G.set_stage(stage, alpha)
        D.set_stage(stage, alpha)
        results.append((G(z), D.prepare(x), D(G(z))))
    assert not G.fading or alpha < 1
    for whole, nearly in zip(*results, strict=True):
        torch.testing.assert_close(whole, nearly, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("stage", range(1, STAGES))
def test_between_the_ends_of_a_fade_images_are_blended_in_a_straight_line(stage: int) -> None:
    G, D = pair()
    z, x = latents(4), images(4, 32)
    pictures, reals = [], []
    for alpha in (0.0, 0.25, 1.0):
        G.set_stage(stage, alpha)
        D.set_stage(stage, alpha)
        pictures.append(G(z))
        reals.append(D.prepare(x))
    torch.testing.assert_close(pictures[1], 0.75 * pictures[0] + 0.25 * pictures[2])
    torch.testing.assert_close(reals[1], 0.75 * reals[0] + 0.25 * reals[2])


def test_no_step_of_the_schedule_changes_the_sheet_by_more_than_the_blend_does() -> None:
    model = ProgressiveGenerator(width=4, widest=16, stable_steps=3, fade_steps=20)
    G, _ = pair()
    z = latents(4)
    span = []
    for stage in range(1, STAGES):
        G.set_stage(stage, 0.0)
        coarse = G(z)
        G.set_stage(stage, 1.0)
        span.append((G(z) - coarse).abs().max().item())
    sheet, jumps = None, []
    for step in range(3 + 3 * 23 + 5):
        G.set_stage(*model.stage_at(step))
        picture = F.interpolate(G(z), size=(32, 32), mode="nearest")
        if sheet is not None:
            jumps.append((picture - sheet).abs().max().item())
        sheet = picture
    assert max(jumps) <= max(span) / 20 * 1.001  # weights are frozen here: only α moves


def test_reals_are_shrunk_by_means_over_squares() -> None:
    _, D = pair()
    x = images(2, 32)
    for stage in range(STAGES):
        D.set_stage(stage, 1.0)
        expected = x.reshape(2, 1, 4 * 2**stage, 32 >> stage + 2, 4 * 2**stage, 32 >> stage + 2).mean((3, 5))
        torch.testing.assert_close(D.prepare(x), expected)


@pytest.mark.parametrize("stage", range(STAGES))
@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_gradients_reach_every_parameter_of_a_stage_and_no_other(stage: int, alpha: float) -> None:
    for net, forward in zip(pair(), (lambda G: G(latents(4)), lambda D: D(images(4, D.side))), strict=True):
        net.set_stage(stage, alpha)
        named = dict(net.named_parameters())
        gradients = torch.autograd.grad(forward(net).square().mean(), list(named.values()), allow_unused=True)
        for name, gradient in zip(named, gradients, strict=True):
            assert (gradient is not None) is _takes_part(name, stage, fading=alpha < 1 and stage > 0), name
            assert gradient is None or gradient.abs().sum() > 0, name


def _takes_part(name: str, stage: int, *, fading: bool) -> bool:
    kind, _, rest = name.partition(".")
    if kind in ("to_colours", "from_colours"):
        return int(rest[0]) == stage or (fading and int(rest[0]) == stage - 1)
    if kind in ("changing", "keeping"):
        return int(rest[0]) < stage
    return True


def test_the_schedule_trains_each_stage_after_its_fade_and_never_goes_back() -> None:
    model = ProgressiveGenerator(stable_steps=100, fade_steps=50)
    assert model.stage_at(0) == (0, 1.0)
    assert model.stage_at(99) == (0, 1.0)
    assert model.stage_at(100) == (1, 0.0)
    assert model.stage_at(125) == (1, 0.5)
    assert model.stage_at(150) == (1, 1.0)
    assert model.stage_at(249) == (1, 1.0)
    assert model.stage_at(250) == (2, 0.0)
    shares = [sum(model.stage_at(step)) for step in range(1000)]
    assert shares == sorted(shares)


def test_after_the_last_stage_nothing_more_happens() -> None:
    G, _ = pair()
    G.set_stage(7, 0.2)
    assert (G.stage, G.alpha.item(), G.fading) == (STAGES - 1, 1.0, False)
    assert ProgressiveGenerator().build(LATENT, (1, 32, 32), seeded())(latents(1)).shape == (
        1,
        1,
        4,
        4,
    )  # it begins small


def test_the_stage_is_in_the_state() -> None:
    G, _ = pair()
    G.set_stage(2, 0.25)
    state = copy.deepcopy(G.state_dict())
    other, _ = pair()
    other.load_state_dict(state)
    other.set_stage(int(other.stage_held), float(other.alpha))
    assert torch.equal(other(latents(3)), G(latents(3)))


def test_a_stage_is_gone_to_without_replacing_a_tensor() -> None:
    G, _ = pair()
    held, alpha = G.stage_held, G.alpha
    G.set_stage(2, 0.25)
    assert G.stage_held is held
    assert G.alpha is alpha
    assert (held.item(), alpha.item()) == (2.0, 0.25)


def conv(inputs: int, outputs: int, kernel: int) -> int:
    return inputs * outputs * kernel**2 + outputs


def generator_size(inputs: int, widths: tuple[int, ...], channels: int) -> int:
    """Parameters by table 2 of the paper, with one layer to colours per stage."""
    total = inputs * widths[0] * 16 + widths[0] + conv(widths[0], widths[0], 3)
    for before, width in itertools.pairwise(widths):
        total += conv(before, width, 3) + conv(width, width, 3)
    return total + sum(conv(width, channels, 1) for width in widths)


def discriminator_size(widths: tuple[int, ...], channels: int) -> int:
    total = conv(widths[0] + 1, widths[0], 3) + widths[0] * 16 * widths[0] + widths[0] + widths[0] + 1
    for before, width in itertools.pairwise(widths):
        total += conv(width, width, 3) + conv(width, before, 3)
    return total + sum(conv(channels, width, 1) for width in widths)


def test_the_number_of_parameters_is_that_of_the_papers_table() -> None:
    G, D = pair()
    assert count(G) == generator_size(LATENT, (16, 16, 8, 4), 1)
    assert count(D) == discriminator_size((16, 16, 8, 4), 1)
    paper = (512, 512, 512, 512, 256, 128, 64, 32, 16)
    in_table = [sum(3 * width + 3 for width in paper[:-1]), sum(conv(3, width, 1) for width in paper[:-1])]
    assert generator_size(512, paper, 3) - in_table[0] == pytest.approx(23.1e6, rel=0.003)  # table 2: 23.1 M
    assert discriminator_size(paper, 3) - in_table[1] == pytest.approx(23.1e6, rel=0.003)
