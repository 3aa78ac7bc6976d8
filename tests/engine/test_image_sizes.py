"""How many parameters the image nets have, against counts made by hand from the papers, and initial weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganstudio.engine.models.dcgan import DcganDiscriminator, DcganGenerator
from ganstudio.engine.models.image_shapes import halvings, widths
from ganstudio.engine.models.r3gan import R3ganDiscriminator, R3ganGenerator
from ganstudio.engine.models.sngan import SnganDiscriminator, SnganGenerator
from ganstudio.engine.nets.r3gan import Block
from tests.engine.image_nets import count, images, latents, one_hot, seeded


def conv(inputs: int, outputs: int, kernel: int) -> int:
    return inputs * outputs * kernel**2 + outputs


@pytest.mark.parametrize(("side", "times", "base"), [(16, 2, 4), (28, 2, 7), (32, 3, 4), (64, 4, 4), (24, 2, 6)])
def test_sizes_are_halved_down_to_four_to_seven_pixels(side: int, times: int, base: int) -> None:
    assert halvings(side) == times
    assert side >> times == base
    assert halvings(side, 1) == 1


def test_widths_double_with_every_halving_up_to_the_widest() -> None:
    assert widths(16, 3) == (64, 32, 16)
    assert widths(16, 4, 64) == (64, 64, 32, 16)
    assert widths(16, 3, 4) == (16, 16, 16)


def test_a_dcgan_of_the_papers_size_has_the_parameters_of_pytorchs_example() -> None:
    G = DcganGenerator(width=64).build(100, (3, 64, 64), seeded())
    D = DcganDiscriminator(width=64).build((3, 64, 64), seeded())
    assert count(G) == 3_576_704 + 3  # its last layer has no offset, ours one per colour
    assert count(D) == 2_765_568 + 64 + 1  # nor have its first and its last


def test_the_digits_dcgan_has_the_parameters_of_a_count_by_hand() -> None:
    G = DcganGenerator(width=16).build(64, (1, 28, 28), seeded())
    assert count(G) == 64 * 32 * 49 + 2 * (32 + 16) + 32 * 16 * 16 + 16 * 16 + 1 == 108_897
    D = DcganDiscriminator(width=16, normalization="none").build((1, 28, 28), seeded())
    assert count(D) == conv(1, 16, 4) + conv(16, 32, 4) + 32 * 49 + 1 == 10_065
    conditional = DcganDiscriminator(width=16, condition="projection").build((1, 28, 28), seeded(), 10)
    assert count(conditional) - count(DcganDiscriminator(width=16).build((1, 28, 28), seeded())) == 10 * 32 * 49


@pytest.mark.parametrize("normalization", ["none", "batch", "spectral"])
def test_a_dense_hidden_layer_stands_between_z_or_the_logit_and_the_smallest_maps(normalization: str) -> None:
    G = DcganGenerator(width=16, dense=128, condition="embedding").build(64, (1, 28, 28), seeded(), 10)
    assert count(G) == 64 * 128 + 128 * 32 * 49 + 10 * 2 * (128 + 32 + 16) + 32 * 16 * 16 + 16 * 16 + 1
    D = DcganDiscriminator(width=16, dense=128, normalization=normalization, condition="projection")
    net = D.build((1, 28, 28), seeded(), 10)
    norms = 2 * 32 - 32 if normalization == "batch" else 0  # a gain and an offset per channel, and no bias
    assert count(net) == conv(1, 16, 4) + conv(16, 32, 4) + norms + 32 * 49 * 128 + 128 + 128 + 1 + 10 * 128
    y = one_hot(4)
    assert net(G(latents(4, size=64), y), y).shape == (4, 1)


def test_an_sngan_of_the_papers_size_has_the_parameters_of_its_table() -> None:
    block = 2 * 2 * 256 + 2 * conv(256, 256, 3) + conv(256, 256, 1)
    G = SnganGenerator(width=256).build(128, (3, 32, 32), seeded())
    assert count(G) == 128 * 4096 + 4096 + 3 * block + 2 * 256 + conv(256, 3, 3)
    D = SnganDiscriminator(width=128).build((3, 32, 32), seeded())
    first = conv(3, 128, 3) + conv(128, 128, 3) + conv(3, 128, 1)
    down = 2 * conv(128, 128, 3) + conv(128, 128, 1)
    plain = 2 * conv(128, 128, 3)
    assert count(D) == first + down + 2 * plain + 128 + 1


def block_size(width: int) -> int:
    inner = 2 * width
    groups = max(1, inner // 16)
    return width * inner + inner * (inner // groups) * 9 + inner * width + 2 * inner


@pytest.mark.parametrize("blocks", [1, 2])
def test_an_r3gan_has_the_parameters_of_a_count_by_hand(blocks: int) -> None:
    sizes = (64, 32, 16, 8)
    G = R3ganGenerator(width=8, blocks=blocks).build(64, (1, 32, 32), seeded())
    bodies = blocks * sum(map(block_size, sizes)) + 64 * 32 + 32 * 16 + 16 * 8
    assert count(G) == 64 * 64 + 64 * 16 + bodies + 8
    D = R3ganDiscriminator(width=8, blocks=blocks).build((1, 32, 32), seeded())
    assert count(D) == 8 + bodies + 64 * 16 + 64


def test_a_residual_block_of_r3gan_begins_as_the_identity() -> None:
    x = torch.randn(3, 16, 8, 8, generator=seeded())
    block = Block(16, 4, seeded())
    assert torch.equal(block(x), x)
    sd = (2 / 1.04 / 16) ** 0.5 * 4**-0.25  # He's for leaky ReLU, over the fourth root of the number of blocks
    assert block.expand.weight.std().item() == pytest.approx(sd, rel=0.05)
    assert block.contract.weight.abs().max() == 0


def test_dcgan_begins_with_weights_of_standard_deviation_two_hundredths() -> None:
    for net in (
        DcganGenerator(width=32).build(100, (1, 32, 32), seeded()),
        DcganDiscriminator(width=32).build((1, 32, 32), seeded()),
    ):
        for module in net.modules():
            if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d) and module.weight.numel() > 2000:
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize("name", ["dcgan", "sngan"])
def test_images_of_a_tanh_generator_stay_within_one(name: str) -> None:
    model = {"dcgan": DcganGenerator, "sngan": SnganGenerator}[name](width=4)
    assert model.build(12, (3, 16, 16), seeded())(100 * latents(8)).abs().max() <= 1


def test_depth_says_how_often_dcgan_resizes() -> None:
    shallow = DcganGenerator(width=4, depth=1).build(12, (1, 32, 32), seeded())
    assert len(shallow.convolutions) == 1
    assert shallow(latents(2)).shape == (2, 1, 32, 32)
    D = DcganDiscriminator(width=4, depth=1).build((1, 32, 32), seeded())
    assert D(images(2, 32)).shape == (2, 1)
    assert D.head.linear.in_features == 4 * 16 * 16
