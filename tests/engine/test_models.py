"""Networks: shapes, sizes, initial weights."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from ganstudio.engine.models import discriminators, generators
from ganstudio.engine.models.mlp import ACTIVATIONS, INITS, MlpDiscriminator, MlpGenerator

POINT_GS = [G.name for G in generators if "plane" in G.layouts]
POINT_DS = [D.name for D in discriminators if "plane" in D.layouts]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def points(count: int, dim: int) -> Tensor:
    return torch.randn(count, dim, generator=seeded(9))


def linears(net: nn.Module) -> list[nn.Linear]:
    return [layer for layer in net.modules() if isinstance(layer, nn.Linear)]


@pytest.mark.parametrize("name", POINT_GS)
@pytest.mark.parametrize(("latent", "dim"), [(1, 1), (2, 2), (64, 1), (16, 2)])
def test_a_generator_turns_latents_into_samples(name: str, latent: int, dim: int) -> None:
    net = generators.get(name)().build(latent, (dim,), seeded())
    assert net(points(5, latent)).shape == (5, dim)
    assert net(points(5, latent)).isfinite().all()


@pytest.mark.parametrize("name", POINT_DS)
@pytest.mark.parametrize("dim", [1, 2])
def test_a_discriminator_turns_samples_into_one_logit_each(name: str, dim: int) -> None:
    net = discriminators.get(name)().build((dim,), seeded())
    logits = net(100 * points(200, dim))
    assert logits.shape == (200, 1)
    assert logits.min() < 0 or logits.max() > 1  # a logit, not a probability


@pytest.mark.parametrize("name", POINT_GS)
def test_equal_seeds_give_equal_nets_and_the_global_generator_is_left_alone(name: str) -> None:
    before = torch.get_rng_state()
    one, twin, other = (generators.get(name)().build(2, (2,), seeded(seed)) for seed in (1, 1, 2))
    assert all(torch.equal(*pair) for pair in zip(one.parameters(), twin.parameters(), strict=True))
    assert not all(torch.equal(*pair) for pair in zip(one.parameters(), other.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("init", INITS)
def test_every_way_to_initialise_uses_the_given_generator_only(init: str) -> None:
    before = torch.get_rng_state()
    one, twin = (MlpDiscriminator(init=init).build((2,), seeded(1)) for _ in range(2))
    assert all(torch.equal(*pair) for pair in zip(one.parameters(), twin.parameters(), strict=True))
    assert all(parameter.isfinite().all() for parameter in one.parameters())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("depth", "width"), [(0, 64), (1, 8), (3, 64), (8, 16)])
def test_the_number_of_parameters_follows_from_depth_and_width(depth: int, width: int) -> None:
    net = MlpGenerator(depth=depth, width=width).build(4, (2,), seeded())
    sizes = [4, *[width] * depth, 2]
    expected = sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(sizes))
    assert sum(parameter.numel() for parameter in net.parameters()) == expected
    assert len(linears(net)) == depth + 1


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_without_hidden_layers_a_net_is_linear(player: str) -> None:
    if player == "generator":
        net = MlpGenerator(depth=0).build(3, (2,), seeded())
    else:
        net = MlpDiscriminator(depth=0).build((3,), seeded())
    x, y = points(20, 3), points(20, 3) + 1
    torch.testing.assert_close(net(x) + net(y), 2 * net((x + y) / 2))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_bends(activation: str) -> None:
    net = MlpGenerator(activation=activation).build(1, (1,), seeded())
    x = torch.linspace(-3, 3, 101).unsqueeze(1)
    y = net(x)
    straight = torch.lerp(y[0], y[-1], (x + 3) / 6)
    assert (y - straight).abs().max() > 1e-4


def test_a_tanh_output_stays_within_one() -> None:
    wide = MlpGenerator(output="tanh", init="he").build(2, (2,), seeded())
    y = wide(100 * points(500, 2))
    assert y.abs().max() <= 1
    linear = MlpGenerator(output="linear", init="he").build(2, (2,), seeded())
    torch.testing.assert_close(y, torch.tanh(linear(100 * points(500, 2))))


@pytest.mark.parametrize(
    ("init", "sd"),
    [
        ("uniform", lambda inputs, outputs: 1 / math.sqrt(3 * inputs)),
        ("he", lambda inputs, outputs: math.sqrt(2 / inputs)),
        ("lecun", lambda inputs, outputs: math.sqrt(1 / inputs)),
        ("xavier", lambda inputs, outputs: math.sqrt(2 / (inputs + outputs))),
        ("orthogonal", lambda inputs, outputs: 1 / math.sqrt(max(inputs, outputs))),
        ("dcgan", lambda inputs, outputs: 0.02),
    ],
)
def test_initial_weights_have_the_spread_of_their_name(init: str, sd: Callable[[int, int], float]) -> None:
    net = MlpGenerator(depth=2, width=256, init=init).build(64, (2,), seeded())
    for layer in linears(net)[:-1]:
        expected = sd(layer.in_features, layer.out_features)
        assert layer.weight.std().item() == pytest.approx(expected, rel=0.03)
        assert layer.weight.mean().item() == pytest.approx(0, abs=0.02 * expected)
        if init == "uniform":
            assert layer.weight.abs().max() <= 1 / math.sqrt(layer.in_features)
            assert 0 < layer.bias.abs().max() <= 1 / math.sqrt(layer.in_features)
        else:
            assert layer.bias.abs().max() == 0


def test_orthogonal_weights_keep_lengths() -> None:
    layer = linears(MlpGenerator(depth=2, width=32, init="orthogonal").build(2, (2,), seeded()))[1]
    torch.testing.assert_close(layer.weight @ layer.weight.T, torch.eye(32), atol=1e-5, rtol=0)


def test_uniform_weights_are_those_of_pytorchs_linear_layers() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        reference = nn.Linear(300, 200)
    layer = linears(MlpGenerator(depth=2, width=200).build(300, (2,), seeded()))[0]
    assert layer.weight.std().item() == pytest.approx(reference.weight.std().item(), rel=0.02)
    assert layer.bias.std().item() == pytest.approx(reference.bias.std().item(), rel=0.2)


def test_the_discriminator_leaks_where_the_generator_is_zero() -> None:
    assert MlpGenerator().activation == "relu"
    assert MlpDiscriminator().activation == "leaky_relu"
    (bend,) = {type(layer) for layer in MlpDiscriminator().build((2,), seeded())} - {nn.Linear}
    assert bend is nn.LeakyReLU
