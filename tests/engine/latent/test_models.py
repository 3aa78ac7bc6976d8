"""The explorer's own copy of a model."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganstudio.engine.config import RunConfig, from_mapping
from ganstudio.engine.latent.coordinates import truncated
from ganstudio.engine.latent.features import d_features, projected
from ganstudio.engine.latent.layers import activations, layer_names, record, spectrum
from ganstudio.engine.latent.models import LatentModel, StyleMix, opened
from ganstudio.engine.latent.pixels import to_bytes, to_unit
from ganstudio.engine.latent.snapshots import SnapshotRing
from ganstudio.engine.latent.weights import ModelError, Weights
from ganstudio.engine.models import generators
from ganstudio.engine.priors import priors
from tests.engine.latent.nets import LinearG, config, copied, linear, model, perceptron, seeded

RNG = np.random.default_rng(4)
IMAGE_NETS = [name for name in generators.names() if name != "mlp"]


def latents(count: int, dim: int) -> np.ndarray:
    return RNG.standard_normal((count, dim)).astype(np.float32)


def test_a_copy_never_aliases_the_parameters_that_are_trained() -> None:
    settings = config()
    G = settings.generator.build(5, (1, 16, 16), seeded())
    D = settings.discriminator.build((1, 16, 16), seeded(1))
    mine = opened(Weights.copied(settings, G, D, shape=(1, 16, 16)))
    trained = {tensor.data_ptr() for net in (G, D) for tensor in net.state_dict().values()}
    own = {tensor.data_ptr() for net in (mine.G, mine.D) for tensor in net.state_dict().values()}  # type: ignore[union-attr]
    assert not trained & own
    g = latents(3, 5)
    before, logits = mine.render(g), mine.judged(mine.render(g))
    with torch.no_grad():
        for net in (G, D):
            for tensor in net.state_dict().values():
                tensor.add_(1)
    assert np.array_equal(mine.render(g), before)
    assert np.array_equal(mine.judged(before), logits)


def test_a_model_does_not_train_and_looking_changes_nothing_in_it() -> None:
    mine = opened(copied(config()))
    assert not mine.G.training
    assert not any(parameter.requires_grad for parameter in mine.G.parameters())
    tensors = {name: tensor.clone() for name, tensor in mine.G.state_dict().items()}
    mine.render(latents(9, 5))
    mine.judged(mine.render(latents(2, 5)))
    assert all(torch.equal(tensor, tensors[name]) for name, tensor in mine.G.state_dict().items())


@pytest.mark.parametrize("name", IMAGE_NETS)
@pytest.mark.parametrize("shape", [(1, 16, 16), (3, 32, 32)])
def test_every_registered_net_for_images_opens_and_renders(name: str, shape: tuple[int, ...]) -> None:
    mine = opened(copied(config(name), shape))
    made = mine.render(latents(3, 5))
    assert made.dtype == np.uint8
    assert made.shape == (3, *mine.shape[1:], mine.shape[0])
    assert mine.judged(made).shape == (3,)
    assert mine.is_image
    assert len(layer_names(mine)) > 1


@pytest.mark.parametrize("name", IMAGE_NETS)
def test_conditional_nets_take_mixtures_of_classes(name: str) -> None:
    if not hasattr(generators.get(name)(), "condition"):
        pytest.skip("takes no classes")
    mine = opened(copied(config(name, condition="concatenation"), classes=3))
    assert mine.class_names == ("0", "1", "2")
    g = latents(1, 5)
    one, other = (mine.render(g, np.eye(3, dtype=np.float32)[k]) for k in (0, 1))
    assert np.array_equal(mine.render(g), one)  # without weights, the first class
    f = [mine.images(torch.from_numpy(g), torch.tensor(y)) for y in ([1.0, 0, 0], [0.5, 0.5, 0], [0, 1.0, 0])]
    if not torch.equal(f[0], f[2]):
        assert not torch.equal(f[0], f[1])
    each = mine.render(np.repeat(g, 2, 0), np.eye(3, dtype=np.float32)[:2])
    assert np.abs(each.astype(int) - np.concatenate((one, other))).max() <= 1
    assert mine.judged(one, np.eye(3, dtype=np.float32)[0]).shape == (1,)


@pytest.mark.parametrize(("stage", "alpha", "side"), [(0, 1.0, 4), (1, 0.3, 8), (2, 1.0, 16)])
def test_a_growing_net_is_shown_at_the_size_that_it_has(stage: int, alpha: float, side: int) -> None:
    settings, shape = config("progressive"), (3, 16, 16)
    G, D = settings.generator.build(5, shape, seeded()), settings.discriminator.build(shape, seeded(1))
    for net in (G, D):
        net.set_stage(stage, alpha)  # type: ignore[operator]
    mine = opened(Weights.copied(settings, G, D, shape=shape))
    g = torch.from_numpy(latents(5, 5))
    assert mine.shape == (3, side, side)
    torch.testing.assert_close(mine.images(g), G.eval()(g))
    real = torch.rand(5, *shape, generator=seeded())
    assert mine.logits(real).shape == (5,)  # at full size: made smaller as in training
    with pytest.raises(ModelError, match="stage"):
        opened(replace(mine.weights, g=mine.weights.g | {"stage_held": torch.tensor(7.0)}))


def test_a_score_does_not_depend_on_what_else_is_scored() -> None:
    for name in IMAGE_NETS:
        mine = opened(copied(config(name)))
        samples = torch.randn(6, *mine.shape, generator=seeded())
        alone = torch.stack([mine.logits(one[None])[0] for one in samples])
        torch.testing.assert_close(mine.logits(samples), alone, atol=1e-5, rtol=1e-3)
        torch.testing.assert_close(d_features(mine, samples)[0], alone, atol=1e-5, rtol=1e-3)


def test_a_net_that_does_not_heed_classes_has_none() -> None:
    assert opened(replace(copied(config()), classes=4, class_names=("a", "b", "c", "d"))).classes == 0


@pytest.mark.parametrize("prior", priors.names())
def test_every_prior_has_its_adapter(prior: str) -> None:
    mine = opened(copied(config(prior=prior)))
    made = mine.render(latents(4, 5))
    assert made.shape == (4, 16, 16, 1)
    assert np.unique(made.reshape(4, -1), axis=0).shape[0] == 4


def test_points_are_shown_in_data_units_and_seen_in_those_of_the_nets() -> None:
    mine = model(LinearG(2, (2,)), (2,), dim=2, scale=3.0, mean=(1.0, -2.0))
    g = latents(5, 2)
    made = mine.render(g)
    assert made.dtype == np.float32
    assert made == pytest.approx(3 * mine.images(torch.from_numpy(g)).numpy() + [1, -2], abs=1e-5)
    torch.testing.assert_close(mine.seen(made), mine.images(torch.from_numpy(g)), atol=1e-5, rtol=1e-4)
    assert not mine.is_image


def test_a_run_of_points_opens_too() -> None:
    settings = from_mapping({"generator": {"name": "mlp"}, "data": {"name": "two_moons"}})
    G = settings.generator.build(2, (2,), seeded())
    mine = opened(Weights.copied(settings, G, None, shape=(2,), mean=(0.0, 0.0), scale=2.0))
    assert mine.render(latents(7, 2)).shape == (7, 2)
    with pytest.raises(ModelError, match="without D"):
        mine.judged(mine.render(latents(1, 2)))


def test_chunks_change_nothing_and_nothing_is_no_trouble() -> None:
    mine = perceptron()
    g = latents(20, 6)
    assert np.abs(mine.render(g, chunk=3).astype(int) - mine.render(g)).max() <= 1
    assert mine.render(g[:0]).shape == (0, 8, 8, 1)
    assert mine.judged(mine.render(g[:0])).shape == (0,)


def test_diversity_and_class_reach_the_generator() -> None:
    mine = perceptron(classes=2)
    g = torch.from_numpy(latents(3, 6))
    torch.testing.assert_close(mine.images(g, tau=1.5, psi=0.8), mine.images(0.8 * truncated(g, 1.5)))
    f = mine.generator(torch.tensor([0.0, 1.0]), tau=1.5)
    torch.testing.assert_close(f(g), mine.images(truncated(g, 1.5), torch.tensor([0.0, 1.0])))


def test_styles_are_mixed_by_layer_and_truncated_in_their_own_space() -> None:
    mine = opened(copied(config("style")))
    a, b = latents(2, 5)
    assert mine.style_layers >= 4
    none = mine.render(a[None], style=StyleMix(b, mine.style_layers))
    every = mine.render(a[None], style=StyleMix(b, 0))
    assert np.array_equal(none, mine.render(a[None]))
    assert np.array_equal(every, mine.render(b[None]))
    torch.testing.assert_close(mine.images(torch.from_numpy(a[None])), mine.G(torch.from_numpy(a[None])))
    still = mine.images(torch.from_numpy(np.stack((a, b))), psi=0.0)
    torch.testing.assert_close(still[0], still[1])  # both at the mean style
    assert linear().style_layers == 0


def test_other_weights_of_the_same_nets_are_taken_without_copying() -> None:
    first, second = copied(config()), replace(copied(config(), seed=5), step=7)
    mine = opened(first)
    g = latents(2, 5)
    before = mine.render(g)
    later = mine.with_weights(second)
    assert later.step == 7
    assert np.array_equal(later.render(g), opened(second).render(g))
    assert np.array_equal(mine.render(g), before)
    assert not np.array_equal(later.render(g), before)
    assert later.G.state_dict()["project.weight"].data_ptr() == second.g["project.weight"].data_ptr()
    assert np.array_equal(later.judged(before), opened(second).judged(before))


def test_other_nets_are_built_anew() -> None:
    mine = opened(copied(config()))
    other = mine.with_weights(copied(config("sngan")))
    assert type(other.G) is not type(mine.G)
    assert mine.with_weights(replace(copied(config()), d={})).D is None


@pytest.mark.parametrize("kind", ["missing", "extra", "shape", "type", "D"])
def test_tensors_that_do_not_fit_are_named(kind: str) -> None:
    weights = copied(config())
    g, d = dict(weights.g), dict(weights.d)
    if kind == "missing":
        del g["project.weight"]
    elif kind == "extra":
        g["project.colour"] = torch.zeros(1)
    elif kind == "shape":
        g["project.weight"] = g["project.weight"][:-1]
    elif kind == "type":
        g["project.weight"] = g["project.weight"].double()
    else:
        del d[next(iter(d))]
    with pytest.raises(ModelError, match=r"project|D\."):
        opened(replace(weights, g=g, d=d))


@pytest.mark.parametrize("shape", [(), (3,), (2, 16, 16), (1, 2, 2), (3, 4096, 4096), (1, 16, 17)])
def test_shapes_that_no_net_makes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"shape|built"):
        opened(replace(copied(config()), shape=shape))


def test_the_fingerprint_tells_models_apart() -> None:
    one, same, other = (opened(copied(config(), seed=seed)) for seed in (0, 0, 1))
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_bytes_and_the_nets_images_are_each_others_inverse() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    assert np.array_equal(to_bytes(to_unit(every)), every)
    odd = torch.tensor([-5.0, 5.0, math.nan, 0.0]).reshape(1, 1, 2, 2)
    assert to_bytes(odd).ravel().tolist() == [0, 255, 0, 128]
    colour = torch.zeros(2, 3, 4, 5)
    colour[:, 0] = 1
    assert to_bytes(colour)[0, 0, 0].tolist() == [255, 128, 128]


def test_features_are_what_the_last_layer_sees() -> None:
    mine = perceptron()
    samples = mine.images(torch.from_numpy(latents(5, 6)))
    logits, features = d_features(mine, samples)
    torch.testing.assert_close(logits, mine.logits(samples))
    torch.testing.assert_close(features, mine.D.first(samples.flatten(1)).relu())  # type: ignore[union-attr, operator]
    assert not any(module._forward_hooks for module in mine.D.modules())  # type: ignore[union-attr]
    with pytest.raises(ModelError, match="without D"):
        d_features(linear(), samples)


@pytest.mark.parametrize("name", IMAGE_NETS)
def test_every_registered_discriminator_has_features(name: str) -> None:
    mine = opened(copied(config(name)))
    logits, features = d_features(mine, torch.zeros(4, *mine.shape))
    assert features.shape[0] == 4
    assert 1 < features.shape[1] <= 512
    assert logits.shape == (4,)


def test_projections_keep_distances() -> None:
    wide = torch.randn(20, 5_000, generator=seeded())
    ratio = torch.cdist(projected(wide), projected(wide)) / torch.cdist(wide, wide)
    assert (ratio.nan_to_num(1.0) - 1).abs().max() < 0.2
    assert projected(wide[:, :10]).shape == (20, 10)


def test_layers_are_looked_at_in_order_and_the_rest_is_not_computed() -> None:
    mine = perceptron()
    assert layer_names(mine) == ("first", "bend", "second")
    seen = activations(mine, np.zeros(6, np.float32))
    assert [activation.kind for activation in seen] == ["Linear", "ReLU", "Linear"]
    assert seen[1].values.shape == (48, 1, 1)
    g = torch.from_numpy(latents(3, 6))
    torch.testing.assert_close(record(mine, "bend", g), mine.G.first(g).relu())  # type: ignore[operator]
    assert activations(opened(copied(config())), np.zeros(5, np.float32))[-1].values.shape[1:] == (16, 16)


def test_a_checkerboard_is_a_peak_at_the_edge_of_the_spectrum() -> None:
    board = (np.indices((16, 16)).sum(0) % 2 * 255).astype(np.uint8)[..., None]
    power = spectrum(board)
    assert np.unravel_index(power.argmax(), power.shape) == (0, 0)
    assert power[8, 8] == 0


def snapshot(step: int, run: int = 1, size: int = 1_000) -> Weights:
    return Weights(config=RunConfig(), shape=(2,), g={"w": torch.zeros(size // 4)}, step=step, run=run)


def test_the_ring_keeps_within_its_budget_and_is_dense_in_the_beginning() -> None:
    ring = SnapshotRing(budget_bytes=16_000)
    for step in range(0, 10_001, 10):
        ring.add(snapshot(step))
    steps = ring.steps()
    assert len(steps) == 16
    assert steps[0] == 0
    assert steps[-1] == 10_000
    gaps = np.diff(np.log1p(steps[1:]))
    assert gaps.max() < 4 * np.median(gaps)
    assert sum(step < 1_000 for step in steps) >= 8


def test_the_ring_has_a_largest_number_and_keeps_one_that_is_larger_than_its_budget() -> None:
    ring = SnapshotRing(most=5)
    for step in range(100):
        ring.add(snapshot(step))
    assert len(ring.steps()) == 5
    tiny = SnapshotRing(budget_bytes=1)
    for step in range(4):
        tiny.add(snapshot(step))
    assert tiny.steps() == (0, 3)


def test_another_run_replaces_the_past_and_going_back_forgets_the_future() -> None:
    ring = SnapshotRing()
    for step in (0, 10, 20, 30):
        ring.add(snapshot(step))
    ring.add(snapshot(20))
    assert ring.steps() == (0, 10, 20)
    ring.add(snapshot(5, run=2))
    assert ring.steps() == (5,)
    ring.clear()
    assert ring.newest is None
    assert ring.nearest(3) is None


def test_the_scrubber_finds_its_neighbours() -> None:
    ring = SnapshotRing()
    version = ring.version
    for step in (0, 10, 100):
        ring.add(snapshot(step))
    assert ring.version != version
    found = [ring.nearest(60), ring.before(10), ring.after(10), ring.before(0), ring.after(100), ring.newest]
    assert [weights and weights.step for weights in found] == [100, 0, 100, None, None, 100]


def test_a_model_is_a_value_of_the_explorer() -> None:
    mine = opened(copied(config()))
    assert isinstance(mine, LatentModel)
    assert mine.dim == 5
    with pytest.raises(AttributeError):
        mine.step = 3  # type: ignore[misc]
