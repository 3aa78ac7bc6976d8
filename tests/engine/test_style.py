"""The style-based generator: mapping, AdaIN, noise, mixing, truncation."""

from __future__ import annotations

import pytest
import torch

from ganstudio.engine.models.style import StyleDiscriminator, StyleGenerator
from ganstudio.engine.nets.style import NOISE_DIM, Styled, StyleG
from tests.engine.image_nets import LATENT, count, images, latents, seeded

SIDE, STYLE = 16, 10


def made(**settings: object) -> StyleG:
    values = {"width": 4, "style_dim": STYLE, "mapping_depth": 3} | settings
    G = StyleGenerator(**values).build(LATENT, (1, SIDE, SIDE), seeded())
    assert isinstance(G, StyleG)
    return G


def noisy(**settings: object) -> StyleG:
    G = made(**settings)
    with torch.no_grad():
        for styled in G.styles:
            styled.strength.fill_(0.5)
    return G


def test_an_image_is_the_synthesis_of_its_mapped_latent() -> None:
    G, z = noisy().eval(), latents(4)
    w = G.mapping(z)
    assert w.shape == (4, STYLE)
    assert torch.equal(G(z), G.synthesis(w))
    assert torch.equal(G(z), G.synthesis(w[:, None].expand(-1, G.layers, -1)))


def test_there_are_two_layers_for_each_size() -> None:
    assert made().layers == 2 * 3  # 4, 8 and 16 pixels


def test_styles_can_be_mixed_layer_by_layer() -> None:
    G = made().eval()
    coarse, fine = G.mapping(latents(4)), G.mapping(latents(4, seed=1))
    layer = torch.arange(G.layers)
    for crossover in (1, 3, G.layers - 1):
        mixed = torch.where(layer[:, None] < crossover, coarse[:, None], fine[:, None])
        x = G.synthesis(mixed)
        assert not torch.allclose(x, G.synthesis(coarse))
        assert not torch.allclose(x, G.synthesis(fine))


def test_adain_gives_every_map_the_mean_and_the_spread_that_its_style_says() -> None:
    layer = Styled(6, 8, STYLE, seeded())
    x, w = torch.randn(3, 6, 8, 8, generator=seeded(1)), torch.randn(3, STYLE, generator=seeded(2))
    y = layer(x, w, torch.zeros(3, NOISE_DIM))
    scale, offset = layer.style(w).chunk(2, 1)
    torch.testing.assert_close(y.mean((2, 3)), offset, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(y.std((2, 3), correction=0), (scale + 1).abs(), atol=1e-5, rtol=1e-4)


def test_the_noise_has_mean_zero_and_variance_one_and_is_unrelated_between_pixels_and_samples() -> None:
    layer = Styled(1, 16, STYLE, seeded())
    n = 8 * torch.randn(500, NOISE_DIM, generator=seeded(1))
    maps = 2**0.5 * torch.cos(n @ layer.frequencies + layer.phases)  # (500, 256)
    assert maps.mean().abs() < 0.02
    assert maps.var().item() == pytest.approx(1, abs=0.02)
    between_pixels = torch.corrcoef(maps[:, :64].T).fill_diagonal_(0)
    between_samples = torch.corrcoef(maps[:64]).fill_diagonal_(0)
    assert between_pixels.square().mean().sqrt() < 2 / 500**0.5
    assert between_samples.square().mean().sqrt() < 2 / 256**0.5


def test_in_evaluation_the_noise_is_the_same_for_all_and_can_be_chosen() -> None:
    G, w = noisy().eval(), made().mapping(latents(1)).expand(2, -1)
    one, other = G.synthesis(w)
    assert torch.equal(one, other)
    chosen = torch.tensor([[0.0] * NOISE_DIM, [5.0] * NOISE_DIM])
    still, moved = G.synthesis(w, chosen)
    torch.testing.assert_close(still, one)
    assert not torch.allclose(moved, one)


def test_in_training_every_sample_has_noise_of_its_own() -> None:
    G = noisy(mixing=0.0)
    z = latents(4)
    assert not torch.allclose(G(z), G.synthesis(G.mapping(z)))
    assert torch.equal(G(z)[:2], noisy(mixing=0.0)(z[:2]))  # and it depends on nothing but z


def test_mixing_happens_at_the_rate_that_is_asked_for_and_at_every_crossover() -> None:
    G = made(mixing=0.7)
    seen = []
    G.synthesis = lambda w, noise: seen.append(w)  # type: ignore[method-assign]
    z = latents(3000)
    G(z)
    (w,) = seen
    own = G.mapping(z)[:, None]
    taken = (w != own).any(2)  # (B, layers): from the other latent
    first = taken.int().argmax(1)[taken.any(1)]
    assert taken.any(1).float().mean().item() == pytest.approx(0.7, abs=0.03)
    assert not taken[:, 0].any()
    assert (taken[:, 1:] >= taken[:, :-1]).all()  # from the crossover on, to the last layer
    shares = torch.bincount(first, minlength=G.layers)[1:] / len(first)
    assert (shares - 1 / (G.layers - 1)).abs().max() < 0.03
    other = G.mapping(z.roll(1, 0))[:, None].expand(-1, G.layers, -1)
    torch.testing.assert_close(w[taken], other[taken])


def test_truncation_pulls_styles_towards_their_running_mean() -> None:
    G = made()
    for _ in range(3):
        G(latents(64))
    assert G.w_mean.abs().sum() > 0
    w = G.mapping(latents(5))
    torch.testing.assert_close(G.truncated(w, 0.0), G.w_mean.expand(5, -1))
    torch.testing.assert_close(G.truncated(w, 1.0), w)
    torch.testing.assert_close(G.truncated(w, 0.5), (w + G.w_mean) / 2)


def test_the_running_mean_moves_by_the_papers_share() -> None:
    G, z = made(), latents(64)
    G(z)
    before = G.w_mean.clone()
    G(z)
    torch.testing.assert_close(G.w_mean, before + 0.005 * (G.mapping(z).mean(0) - before))


def conv(inputs: int, outputs: int, kernel: int) -> int:
    return inputs * outputs * kernel**2 + outputs


def test_the_number_of_parameters_follows_from_the_paper() -> None:
    widths = (16, 8, 4)  # at 4, 8 and 16 pixels
    mapping = LATENT * STYLE + STYLE + 2 * (STYLE * STYLE + STYLE)
    synthesis = 16 * 4 * 4 + conv(16, 16, 3) + conv(16, 8, 3) + conv(8, 8, 3) + conv(8, 4, 3) + conv(4, 4, 3)
    styles = sum(2 * (width + 2 * width * STYLE + 2 * width) for width in widths)  # noise strength, AdaIN
    assert count(made()) == mapping + synthesis + styles + conv(4, 1, 1)
    D = StyleDiscriminator(width=4).build((1, SIDE, SIDE), seeded())
    convolutions = conv(1, 4, 1) + conv(4, 4, 3) + conv(4, 8, 3) + conv(8, 8, 3) + conv(8, 16, 3) + conv(17, 16, 3)
    assert count(D) == convolutions + 16 * 16 * 16 + 16 + 16 + 1
    assert D(images(2, SIDE)).shape == (2, 1)
