"""Every net for images: shapes, purity, conditions, gradients."""

from __future__ import annotations

import copy
import itertools
import re

import pytest
import torch
from torch import Tensor, nn

from ganstudio.engine.models import discriminators, generators
from ganstudio.engine.params import ConfigError
from tests.engine.image_nets import (
    CLASSES,
    IMAGE_DS,
    IMAGE_GS,
    LATENT,
    grown,
    images,
    latents,
    one_hot,
    seeded,
    small_d,
    small_g,
)

POWERS_ONLY = {"progressive"}
SIDES = (16, 28, 32, 64)


def conditions(names: list[str], ways: tuple[str, str]) -> list[tuple[str, str]]:
    """Return every net with every way in which it can be told the class."""
    return [*itertools.product([name for name in names if name != "mlp"], ways)]


G_WAYS = conditions(IMAGE_GS, ("embedding", "concatenation"))
D_WAYS = conditions(IMAGE_DS, ("projection", "concatenation"))


def made(name: str, side: int = 16, channels: int = 1, **settings: object) -> nn.Module:
    classes = CLASSES if settings.get("condition", "none") != "none" else 0
    return grown(small_g(name, **settings).build(LATENT, (channels, side, side), seeded(), classes))


def judged(name: str, side: int = 16, channels: int = 1, **settings: object) -> nn.Module:
    classes = CLASSES if settings.get("condition", "none") != "none" else 0
    return grown(small_d(name, **settings).build((channels, side, side), seeded(), classes))


@pytest.mark.parametrize("name", IMAGE_GS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_generator_turns_latents_into_images_of_every_size(name: str, side: int, channels: int) -> None:
    if side == 28 and name in POWERS_ONLY:
        with pytest.raises(ConfigError, match="pad 28 to 32"):
            made(name, side)
        return
    x = made(name, side, channels)(latents(3))
    assert x.shape == (3, channels, side, side)
    assert x.isfinite().all()
    assert x.std() > 0.01


@pytest.mark.parametrize("name", IMAGE_DS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_discriminator_turns_images_of_every_size_into_one_logit_each(name: str, side: int, channels: int) -> None:
    if side == 28 and name in POWERS_ONLY:
        with pytest.raises(ConfigError, match="pad 28 to 32"):
            judged(name, side)
        return
    logits = judged(name, side, channels)(images(4, side, channels))
    assert logits.shape == (4, 1)
    assert logits.isfinite().all()
    assert logits.std() > 0


@pytest.mark.parametrize("name", [name for name in IMAGE_GS if name != "mlp"])
@pytest.mark.parametrize("shape", [(2,), (1, 28, 32), (2, 16, 16), (1, 15, 15), (1, 4, 4)])
def test_a_net_for_images_refuses_other_data_by_name(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"name = '{name}'")):
        small_g(name).build(LATENT, shape, seeded())
    with pytest.raises(ConfigError, match=re.escape(f"name = '{name}'")):
        small_d(name).build(shape, seeded())


@pytest.mark.parametrize("name", IMAGE_GS)
def test_equal_seeds_give_equal_image_nets_and_the_global_generator_is_left_alone(name: str) -> None:
    before = torch.get_rng_state()
    one, twin, other = (small_g(name).build(LATENT, (1, 16, 16), seeded(seed)) for seed in (1, 1, 2))
    assert_equal_states(one, twin)
    assert not torch.equal(one(latents(2)), other(latents(2)))
    D, its_twin = (small_d(name).build((1, 16, 16), seeded(1)) for _ in range(2))
    assert_equal_states(D, its_twin)
    grown(D)(images(2, 16))
    assert torch.equal(torch.get_rng_state(), before)


def assert_equal_states(one: nn.Module, other: nn.Module) -> None:
    for (name, a), (_, b) in zip(one.state_dict().items(), other.state_dict().items(), strict=True):
        assert torch.equal(a, b), name


@pytest.mark.parametrize("name", IMAGE_GS)
@pytest.mark.parametrize("training", [True, False])
def test_equal_latents_give_equal_images(name: str, training: bool) -> None:
    G = made(name).train(training)
    one, twin = copy.deepcopy(G), copy.deepcopy(G)
    torch.manual_seed(1)
    first = one(latents(4))
    torch.manual_seed(2)
    assert torch.equal(first, twin(latents(4)))


@pytest.mark.parametrize("name", IMAGE_GS)
def test_looking_in_evaluation_changes_no_state(name: str) -> None:
    G, D = made(name).eval(), judged(name).eval()
    before = [copy.deepcopy(net.state_dict()) for net in (G, D)]
    D(G(latents(4)))
    for net, state in zip((G, D), before, strict=True):
        assert all(torch.equal(tensor, state[name]) for name, tensor in net.state_dict().items())


@pytest.mark.parametrize("name", IMAGE_GS)
def test_in_evaluation_an_image_depends_on_its_own_latent_alone(name: str) -> None:
    G = made(name).eval()
    z = latents(4)
    torch.testing.assert_close(G(z)[1:3], G(z[1:3]), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", IMAGE_GS)
def test_every_tensor_of_a_net_is_a_float(name: str) -> None:
    for net in (made(name), judged(name)):
        assert all(tensor.dtype == torch.float32 for tensor in net.state_dict().values())


@pytest.mark.parametrize("name", IMAGE_GS)
def test_gradients_reach_every_parameter(name: str) -> None:
    if name == "progressive":
        pytest.skip("has parameters for other stages: see test_progressive")
    G, D = made(name), judged(name)
    logits = D(G(latents(4)))
    G_gradients = torch.autograd.grad(logits.square().mean(), list(G.parameters()), retain_graph=True)
    D_gradients = torch.autograd.grad(logits.square().mean(), list(D.parameters()))
    _assert_reached(G, G_gradients)
    _assert_reached(D, D_gradients)


def _assert_reached(net: nn.Module, gradients: tuple[Tensor, ...]) -> None:
    zero_at_first = ("strength", "expand", "grouped", "offsets")  # behind a factor that begins at zero
    for (name, _), gradient in zip(net.named_parameters(), gradients, strict=True):
        assert gradient.isfinite().all(), name
        assert gradient.abs().sum() > 0 or any(part in name for part in zero_at_first), name


@pytest.mark.parametrize("name", IMAGE_DS)
def test_penalties_on_the_input_gradient_move_the_discriminator(name: str) -> None:
    D = judged(name)
    x = images(4, 16).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    gradients = torch.autograd.grad(slope.square().sum(), list(D.parameters()), allow_unused=True)
    assert slope.abs().sum() > 0
    assert any(gradient is not None and gradient.abs().sum() > 0 for gradient in gradients)


@pytest.mark.parametrize(("name", "way"), G_WAYS)
def test_a_conditional_generator_heeds_the_class_and_can_mix_classes(name: str, way: str) -> None:
    G = made(name, condition=way).eval()
    assert small_g(name, condition=way).conditional
    with torch.no_grad():  # away from the start, where some conditions do nothing yet
        for parameter in G.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=seeded(4)))
    z, y = latents(1).expand(CLASSES, -1), one_hot(CLASSES)
    x = G(z, y)
    distances = torch.pdist(x.flatten(1))
    assert distances.min() > 1e-4 * x.norm()
    half = G(z[:1], (y[:1] + y[1:2]) / 2)
    assert half.isfinite().all()
    assert not torch.allclose(half, x[:1])
    assert not torch.allclose(half, x[1:2])


@pytest.mark.parametrize(("name", "way"), D_WAYS)
def test_a_conditional_discriminator_heeds_the_class(name: str, way: str) -> None:
    D = judged(name, condition=way).eval()
    assert small_d(name, condition=way).conditional
    logits = D(images(1, 16).expand(CLASSES, -1, -1, -1), one_hot(CLASSES))
    assert logits.shape == (CLASSES, 1)
    assert torch.pdist(logits).min() > 0


@pytest.mark.parametrize(("name", "way"), G_WAYS)
def test_a_conditional_net_says_what_it_lacks(name: str, way: str) -> None:
    with pytest.raises(ConfigError, match=f"condition = '{way}': allowed is none"):
        small_g(name, condition=way).build(LATENT, (1, 16, 16), seeded())
    with pytest.raises(ValueError, match="needs class weights"):
        made(name, condition=way)(latents(2))


@pytest.mark.parametrize("name", IMAGE_GS)
def test_an_unconditional_net_does_not_mind_classes(name: str) -> None:
    assert not small_g(name).conditional
    G = small_g(name).build(LATENT, (1, 16, 16), seeded(), CLASSES).eval()
    assert torch.equal(G(latents(3), one_hot(3)), G(latents(3)))
    D = grown(small_d(name).build((1, 16, 16), seeded(), CLASSES)).eval()
    assert torch.equal(D(images(3, 16), one_hot(3)), D(images(3, 16)))


@pytest.mark.parametrize("name", IMAGE_DS)
def test_a_discriminator_that_looks_at_the_batch_as_a_whole_says_so(name: str) -> None:
    D = judged(name)
    x = images(8, 16)
    alone = copy.deepcopy(D)(x[:4])
    together = D(torch.cat((x[:4], 3 * x[4:])))[:4]
    assert torch.allclose(alone, together, atol=1e-5) is not getattr(D, "separate_batches", False)


@pytest.mark.parametrize("name", IMAGE_GS)
@pytest.mark.parametrize("conditional", [False, True])
def test_image_nets_hold_no_tensor_that_stays_behind_when_they_move(name: str, conditional: bool) -> None:
    if conditional and name == "mlp":
        pytest.skip("is not told classes")
    ways = ({"condition": "embedding"}, {"condition": "projection"}) if conditional else ({}, {})
    G, D = made(name, **ways[0]).to("meta"), judged(name, **ways[1]).to("meta")
    y = torch.empty(4, CLASSES, device="meta") if conditional else None
    x = G(torch.empty(4, LATENT, device="meta"), y)
    assert x.shape == (4, 1, 16, 16)
    assert D(x, y).shape == (4, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", IMAGE_GS)
def test_image_nets_trace_as_one_graph(name: str) -> None:
    G, D = made(name), judged(name)
    if name not in ("mlp", "progressive"):
        G, D = made(name, condition="embedding"), judged(name, condition="projection")
    z, y = latents(4), one_hot(4)
    twin_G, twin_D = copy.deepcopy(G), copy.deepcopy(D)
    traced = torch.compile(lambda z, y: D(G(z, y), y), fullgraph=True, backend="eager")
    torch.testing.assert_close(traced(z, y), twin_D(twin_G(z, y), y))
    torch.compiler.reset()


def test_both_players_of_a_kind_are_there() -> None:
    assert generators.names() == discriminators.names()
    assert [G.grows for G in generators] == [D.grows for D in discriminators]
