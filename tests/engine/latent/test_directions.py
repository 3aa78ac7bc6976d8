"""Directions: right where the answer is known, and steady from one snapshot to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganstudio.engine.device import random_generator
from ganstudio.engine.latent.directions import Directions, upright
from ganstudio.engine.latent.directions.activations import activation_pca, principal
from ganstudio.engine.latent.directions.align import aligned
from ganstudio.engine.latent.directions.attribute import logistic, mean_difference, orthogonalised
from ganstudio.engine.latent.directions.effect import STEPS, along, filmstrip, sigma_eff
from ganstudio.engine.latent.directions.local import followed, jacobian, jacobian_steps, local, local_steps
from ganstudio.engine.latent.directions.mean_jacobian import mean_effect, mean_effect_of, mean_jacobian
from ganstudio.engine.latent.directions.sefa import first_layer_matrix, sefa, sefa_of
from ganstudio.engine.latent.weights import ModelError
from ganstudio.engine.models import generators
from tests.engine.latent.nets import GREY, LinearG, PerceptronG, linear, perceptron, seeded

RNG = np.random.default_rng(3)


def latent(dim: int = 6) -> np.ndarray:
    return RNG.standard_normal(dim).astype(np.float32)


def known_matrix(values: list[float], rows: int = 20) -> tuple[Tensor, np.ndarray]:
    """Return a matrix with these singular values and its right singular vectors (k, d)."""
    dim = len(values)
    left, _ = np.linalg.qr(RNG.standard_normal((rows, dim)))
    right, _ = np.linalg.qr(RNG.standard_normal((dim, dim)))
    return torch.from_numpy(left @ np.diag(values) @ right.T), right.T


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.abs((one * other).sum(1))


@pytest.mark.parametrize("shape", [GREY, (3, 4, 4), (2,)])
@pytest.mark.parametrize("method", ["jvp", "differences"])
def test_the_jacobian_of_a_linear_generator_is_its_matrix(shape: tuple[int, ...], method: str) -> None:
    model = linear(shape)
    found = jacobian(model.generator(), latent(), method)  # type: ignore[arg-type]
    torch.testing.assert_close(found, model.G.layer.weight, atol=1e-4, rtol=1e-3)


def test_forward_mode_and_differences_agree_on_a_smooth_generator() -> None:
    f, g = perceptron(smooth=True).generator(), latent()
    exact, rough = jacobian(f, g, "jvp"), jacobian(f, g, "differences")
    assert float((exact - rough).norm() / exact.norm()) < 1e-3
    autograd = torch.autograd.functional.jacobian(f, torch.tensor(g)[None]).reshape(-1, 6)
    torch.testing.assert_close(exact, autograd, atol=1e-6, rtol=1e-4)


def test_and_within_ten_percent_where_it_has_kinks() -> None:
    f, g = perceptron().generator(), latent()
    exact, rough = jacobian(f, g, "jvp"), jacobian(f, g, "differences")
    assert float((exact - rough).norm() / exact.norm()) < 0.1


def test_local_directions_are_singular_vectors_with_their_shares() -> None:
    matrix, right = known_matrix([5, 3, 1, 0.5])
    found = local(lambda g: g @ matrix.float().T, latent(4))
    assert alike(found.directions.vectors, right) == pytest.approx(np.ones(4), abs=1e-4)
    assert found.directions.weights == pytest.approx([5, 3, 1, 0.5], rel=1e-4)
    assert found.directions.share == pytest.approx(np.array([25, 9, 1, 0.25]) / 35.25, rel=1e-4)
    assert found.sensitivity == pytest.approx(np.sqrt(35.25), rel=1e-4)
    assert found.condition == pytest.approx(100, rel=1e-2)


def test_a_jacobian_in_pieces_is_the_same() -> None:
    f, g = perceptron(dim=40).generator(), latent(40)
    *waits, whole = jacobian_steps(f, g, chunk=16)
    assert waits == [None, None]
    torch.testing.assert_close(whole, jacobian(f, g), atol=1e-4, rtol=1e-3)
    *_, found = local_steps(f, g)
    assert found is not None
    assert found.directions.weights == pytest.approx(local(f, g).directions.weights, rel=1e-2, abs=1e-4)


def test_a_place_where_nothing_changes_says_so() -> None:
    found = local(lambda g: g * 0, latent())
    assert found.sensitivity == 0
    assert found.condition == np.inf
    assert "nothing" in found.directions.note


def test_following_a_direction_stays_on_the_shell_and_does_not_turn_back() -> None:
    f, g = perceptron(smooth=True).generator(), latent()
    first = local(f, g).directions.vectors[0]
    places = [g, *followed(f, g, first, 0.1, 20)]
    lengths = np.linalg.norm(np.stack(places).astype(float), axis=1)
    assert lengths == pytest.approx(np.full(21, np.linalg.norm(g)), rel=1e-5)
    steps = np.diff(np.stack(places).astype(float), axis=0)
    assert np.linalg.norm(steps, axis=1) == pytest.approx(np.full(20, 0.1), rel=2e-2)
    assert ((steps[1:] * steps[:-1]).sum(1) > 0).all()
    backwards = next(iter(followed(f, g, -first, 0.1, 1)))
    assert (backwards - g) @ (places[1] - g) < 0


def test_a_direction_straight_out_of_the_shell_leads_nowhere() -> None:
    g = np.array([2.0, 0.0], np.float32)
    assert list(followed(lambda g: g[:, :1] * torch.ones(1, 5), g, np.array([1, 0], np.float32), 0.1, 5)) == []
    with pytest.raises(ValueError, match="centre"):
        next(iter(followed(lambda g: g, np.zeros(2, np.float32), g, 0.1, 1)))


def test_sefa_finds_the_singular_vectors_of_a_known_matrix() -> None:
    matrix, right = known_matrix([4, 2, 1])
    found = sefa(matrix)
    assert alike(found.vectors, right) == pytest.approx(np.ones(3), abs=1e-5)
    assert found.weights == pytest.approx([4, 2, 1], rel=1e-5)
    assert found.note == ""


def test_sefa_says_when_no_direction_is_preferred() -> None:
    matrix, _ = known_matrix([1.1, 1, 1])
    assert "no preferred direction" in sefa(matrix).note
    assert "no preferred direction" in sefa(torch.zeros(5, 3)).note


@pytest.mark.parametrize("name", [name for name in generators.names() if name != "mlp"])
@pytest.mark.parametrize("condition", ["none", "concatenation", "embedding"])
def test_the_first_layer_of_every_generator_for_images_is_found(name: str, condition: str) -> None:
    entry = generators.get(name)()
    if not hasattr(entry, "condition") and condition != "none":
        pytest.skip("takes no classes")
    if condition != "none":
        entry = replace(entry, condition=condition)
    net = entry.build(7, (1, 16, 16), random_generator(torch.device("cpu"), 0), 3 if condition != "none" else 0)
    y = torch.eye(3)[:1] if condition != "none" else None
    matrix = first_layer_matrix(net.eval(), 7, y)
    assert matrix.shape[1] == 7
    assert matrix.shape[0] > 7
    assert torch.linalg.matrix_rank(matrix) == 7
    # It is a layer of the net: the rows are among its weights, but for a factor.
    unit = nn.functional.normalize(matrix, dim=1)
    rows = [
        nn.functional.normalize(weight.flatten(1)[:, :7] if weight.shape[0] > 7 else weight[:7].flatten(1).T, dim=1)
        for weight in net.parameters()
        if weight.ndim >= 2 and 7 in (weight.flatten(1).shape[1], weight.shape[0], weight.flatten(1).shape[1] - 3)
    ]
    assert any(row.shape == unit.shape and torch.allclose(row, unit, atol=1e-3) for row in rows) or rows == []


@pytest.mark.parametrize("depth", [0, 2])
def test_the_first_layer_of_a_perceptron_is_found(depth: int) -> None:
    net = replace(generators.get("mlp")(), depth=depth).build(5, (2,), random_generator(torch.device("cpu"), 0))
    first = next(module for module in net.modules() if isinstance(module, nn.Linear))
    torch.testing.assert_close(first_layer_matrix(net, 5), first.weight, atol=1e-5, rtol=1e-4)


def test_classes_that_are_appended_to_z_are_left_out() -> None:
    net = PerceptronG(6, GREY, classes=3)
    matrix = first_layer_matrix(net, 6, torch.eye(3)[:1])
    torch.testing.assert_close(matrix, net.first.weight[:, :6], atol=1e-5, rtol=1e-4)


def test_a_net_may_name_its_first_layer_itself_and_one_without_is_told() -> None:
    class Own(nn.Module):
        def first_layer_matrix(self) -> Tensor:
            return torch.arange(12.0).reshape(3, 4)

        def forward(self, z: Tensor) -> Tensor:
            return z

    assert first_layer_matrix(Own(), 3).tolist() == [[0, 1, 2], [4, 5, 6], [8, 9, 10]]
    with pytest.raises(ModelError, match="first layer"):
        first_layer_matrix(nn.Sequential(nn.Tanh()), 3)


def test_looking_for_the_first_layer_leaves_the_net_as_it_was() -> None:
    model = perceptron()
    before = model.render(latent()[None])
    assert sefa_of(model).vectors.shape == (6, 6)
    assert not any(module._forward_pre_hooks for module in model.G.modules())
    assert np.array_equal(model.render(before_g := np.zeros((1, 6), np.float32)), model.render(before_g))
    assert before.shape == (1, 8, 8, 1)


def test_the_mean_jacobian_of_a_linear_generator_is_its_matrix_exactly() -> None:
    model = linear()
    g = torch.randn(64, 6, generator=seeded())
    found = mean_jacobian(model.images(g), g)
    torch.testing.assert_close(found, model.G.layer.weight, atol=1e-5, rtol=1e-4)
    effects = mean_effect(model.images(g), g)
    _, values, right = torch.linalg.svd(model.G.layer.weight)
    assert alike(effects.vectors, right.numpy()) == pytest.approx(np.ones(6), abs=1e-3)
    assert effects.weights == pytest.approx(values.numpy(), rel=1e-3)


def test_the_mean_jacobian_of_a_smooth_generator_is_the_mean_of_its_jacobians() -> None:
    f = perceptron(smooth=True).generator()
    g = torch.randn(20_000, 6, generator=seeded(1))
    mean = torch.stack([jacobian(f, row.numpy()) for row in g[:400]]).mean(0)
    found = mean_jacobian(f(g), g)
    assert float((found - mean).norm() / mean.norm()) < 0.1


def test_too_few_samples_tell_no_effect() -> None:
    with pytest.raises(ValueError, match="samples"):
        mean_jacobian(torch.zeros(5, 3), torch.zeros(5, 6))


def test_mean_effects_of_pictures_as_they_are_looked_at() -> None:
    model = linear()
    g = RNG.standard_normal((500, 6)).astype(np.float32)
    found = mean_effect_of(model, model.render(g), g)
    wanted = mean_effect(model.images(torch.from_numpy(g)), torch.from_numpy(g))
    assert alike(found.vectors, wanted.vectors)[:3] == pytest.approx(np.ones(3), abs=1e-2)


def test_principal_components_of_linear_activations_are_the_singular_vectors() -> None:
    matrix, right = known_matrix([3, 2, 1])
    g = torch.randn(30_000, 3, generator=seeded())
    found = principal(g @ matrix.float().T, g)
    assert alike(found.directions.vectors, right) == pytest.approx(np.ones(3), abs=1e-2)
    assert found.explained == pytest.approx(np.array([9, 4, 1]) / 14, rel=0.05)
    assert found.chance == pytest.approx(1 / 20)


def test_activations_of_a_layer_give_directions_and_an_unknown_layer_is_named() -> None:
    model = perceptron(dim=4)
    *waits, found = activation_pca(model, "first", count=512)
    assert waits == [None] * 16
    assert found is not None
    assert found.directions.vectors.shape == (4, 4)
    assert np.linalg.norm(found.directions.vectors, axis=1) == pytest.approx(np.ones(4), rel=1e-5)
    assert (np.diff(found.directions.weights) <= 0).all()
    with pytest.raises(ValueError, match="third"):
        next(activation_pca(model, "third", count=8))


def test_wide_activations_are_projected_first_and_constant_ones_have_no_direction() -> None:
    wide = linear((1, 32, 32))
    *_, found = activation_pca(wide, "layer", count=1_000)
    assert found is not None
    _, _, right = torch.linalg.svd(wide.G.layer.weight)
    assert alike(found.directions.vectors, right.numpy()[:6])[0] > 0.9
    still = principal(torch.ones(100, 5), torch.randn(100, 3, generator=seeded()))
    assert still.directions.count == 0
    assert "does not change" in still.directions.note


def test_the_global_random_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    model = perceptron()
    local(model.generator(), latent())
    sefa_of(model)
    list(activation_pca(model, "first", count=64))
    assert torch.equal(torch.get_rng_state(), before)


def test_attributes_point_from_without_to_with() -> None:
    shift = np.array([2.0, 0, 0, 0])
    groups = [(RNG.standard_normal((200, 4)) + side * shift / 2).astype(np.float32) for side in (1, -1)]
    for found in (mean_difference(*groups, "smile"), logistic(*groups, "smile")):
        assert found.vectors[0, 0] > 0.95
        assert found.names == ("smile",)


def test_the_plane_between_groups_leaves_out_what_they_only_have_by_the_way() -> None:
    spread = np.array([0.1, 3.0])
    tilt = np.array([1.0, 2.0])  # the means differ mostly along the axis that does not separate
    groups = [(spread * RNG.standard_normal((300, 2)) + side * tilt / 2).astype(np.float32) for side in (1, -1)]
    assert logistic(*groups).vectors[0, 0] > mean_difference(*groups).vectors[0, 0] + 0.3


def test_groups_that_are_empty_or_the_same_have_no_attribute() -> None:
    some = RNG.standard_normal((3, 4)).astype(np.float32)
    for find in (mean_difference, logistic):
        with pytest.raises(ValueError, match="at least one"):
            find(some, some[:0])
        with pytest.raises(ValueError, match="do not differ"):
            find(some, some)


def test_locked_attributes_are_taken_out() -> None:
    found = Directions(
        source="sefa",
        vectors=np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0]], np.float32) / np.array([[2**0.5], [1], [1]], np.float32),
        weights=np.array([3, 2, 1], np.float32),
        share=np.array([0.5, 0.3, 0.2], np.float32),
    )
    rest = orthogonalised(found, np.array([[1, 0, 0]], np.float32))
    assert rest.vectors == pytest.approx(np.array([[0, 1, 0], [0, 0, 1]]), abs=1e-6)
    assert rest.names == ("1", "2")
    assert rest.weights.tolist() == [3, 2]
    assert "locked" in rest.note
    assert orthogonalised(found, np.zeros((0, 3), np.float32)) is found


def directions(vectors: np.ndarray, source: str = "local") -> Directions:
    count = len(vectors)
    return Directions(source=source, vectors=vectors.astype(np.float32), weights=np.arange(count, 0, -1, np.float32))


def test_sliders_keep_their_order_and_sign_from_one_snapshot_to_the_next() -> None:
    old = np.linalg.qr(RNG.standard_normal((8, 8)))[0]
    order, signs = RNG.permutation(8), RNG.choice([-1, 1], 8)
    new = directions(upright((old + 0.05 * RNG.standard_normal((8, 8)))[order] * signs[:, None]))
    back = aligned(new, directions(old))
    assert ((back.vectors * old).sum(1) > 0.8).all()
    assert sorted(back.weights.tolist()) == sorted(new.weights.tolist())
    assert back.weights.tolist() == [new.weights[list(order).index(k)] for k in range(8)]


def test_new_directions_follow_and_other_kinds_are_left_alone() -> None:
    eye = np.eye(4)
    back = aligned(directions(eye), directions(-eye[2:3]))
    assert back.vectors[0].tolist() == [0, 0, -1, 0]
    assert back.count == 4
    assert aligned(directions(eye[:2]), directions(eye[::-1])).count == 2
    other = directions(eye)
    assert aligned(other, directions(eye, "sefa")) is other
    assert aligned(other, directions(np.eye(5))) is other


def test_equal_effects_change_the_picture_equally() -> None:
    model = perceptron(smooth=True)
    g, f = latent(), model.generator()
    vectors = local(f, g).directions.vectors[:4]
    sigma = sigma_eff(f, g, vectors, target=0.05)
    assert (np.diff(sigma) > 0).all()  # a less effective direction needs a larger step
    for row, step in zip(vectors, sigma, strict=True):
        both = along(g, row[None], np.array([step, -step]))[0]
        change = (f(torch.from_numpy(both)) - f(torch.tensor(g[None]))).flatten(1).square().mean(1).sqrt()
        assert float(change.mean()) == pytest.approx(0.05, rel=0.15)


def test_a_direction_without_effect_gets_the_longest_step_and_a_strong_one_a_short_step() -> None:
    g = latent(3)
    steps = sigma_eff(lambda g: 1e3 * g[:, :1].repeat(1, 9), g, np.eye(3, dtype=np.float32)[:2], 0.1, on_shell=False)
    assert steps[1] == pytest.approx(STEPS[-1])
    assert steps[0] == pytest.approx(1e-4, rel=1e-2)
    assert sigma_eff(lambda g: g, g, np.zeros((0, 3), np.float32)).shape == (0,)


def test_a_filmstrip_has_the_picture_itself_in_its_middle_and_stays_on_the_shell() -> None:
    g = latent()
    strip = filmstrip(g, np.eye(6, dtype=np.float32)[:2], np.array([0.5, 1.0]))
    assert strip.shape == (2, 7, 6)
    assert strip[0, 3].tobytes() == g.tobytes()
    assert np.linalg.norm(strip, axis=2) == pytest.approx(np.full((2, 7), np.linalg.norm(g)), rel=1e-5)
    free = filmstrip(g, np.eye(6, dtype=np.float32)[:1], np.array([0.5]), on_shell=False)
    assert free[0, :, 0] - g[0] == pytest.approx(np.linspace(-1.5, 1.5, 7), abs=1e-6)


def test_a_linear_generator_has_a_matrix_of_its_own_shape() -> None:
    assert first_layer_matrix(LinearG(4, (2,)), 4).shape == (2, 4)
