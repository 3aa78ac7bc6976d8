"""From a picture back to a latent; the bank; neighbours; typicality."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.engine.latent.bank import Bank
from ganstudio.engine.latent.inversion import Progress, inverted, is_representable, quantile, reference_errors
from ganstudio.engine.latent.nearest import NearestIndex, purity
from ganstudio.engine.latent.nearest import quantile as distance_quantile
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.typicality import order, typical, typicalities, typicality
from tests.engine.latent.nets import COLOUR, GREY, LinearG, PerceptronG, linear, model, perceptron

RNG = np.random.default_rng(5)


def filled(mine: object, capacity: int = 256, **known: object) -> Bank:
    bank = Bank(mine, capacity=capacity, **known)  # type: ignore[arg-type]
    assert list(bank.fill())[-1] == capacity
    return bank


def last(search: object) -> Progress:
    *_, end = search  # type: ignore[misc]
    return end


@pytest.mark.parametrize("shape", [GREY, COLOUR, (1, 16, 16)])
def test_a_models_own_samples_are_found_again(shape: tuple[int, ...]) -> None:
    mine = perceptron(shape)
    bank = filled(mine)
    for target in mine.render(samples(9, 3, 6)):
        found = last(inverted(mine, target, bank, starts=4, steps=80))
        assert found.errors[0] < 0.002
        assert np.abs(found.pictures[0].astype(int) - target).mean() < 6


def test_a_point_is_found_again() -> None:
    mine = model(LinearG(2, (2,), scale=1.0), (2,), dim=2, scale=2.0, mean=(1.0, 1.0))
    target = mine.render(np.array([[0.3, -1.2]], np.float32))[0]
    found = last(inverted(mine, target, steps=150))
    assert found.pictures[0] == pytest.approx(target, abs=0.05)


def test_the_bank_gives_a_better_start_than_chance() -> None:
    mine = perceptron()
    target = mine.render(samples(11, 1, 6))[0]
    bank = filled(mine, 1_024)
    first, chance = (next(iter(inverted(mine, target, start, starts=1))).errors[0] for start in (bank, None))  # type: ignore[union-attr]
    assert first < chance


def test_errors_never_rise_and_the_best_candidate_is_first() -> None:
    mine = perceptron()
    steps = list(inverted(mine, mine.render(samples(12, 1, 6))[0], starts=5, steps=40, every=4))
    assert len(steps) == 41  # a place to interrupt after every step
    progress = [step for step in steps if step is not None]
    assert [step.step for step in progress] == list(range(0, 41, 4))
    assert [step.is_done for step in progress] == [False] * 10 + [True]
    best = [step.errors[0] for step in progress]
    assert best == sorted(best, reverse=True)
    assert all((np.diff(step.errors) >= 0).all() for step in progress)
    again = mine.seen(progress[-1].pictures)
    torch.testing.assert_close(again, mine.images(torch.from_numpy(progress[-1].g)), atol=0.01, rtol=0)


def test_a_search_can_be_given_up_at_any_step() -> None:
    mine = perceptron()
    search = inverted(mine, mine.render(samples(0, 1, 6))[0], steps=10_000, every=1)
    assert next(search).step == 0  # type: ignore[call-overload]
    assert next(search).step == 1  # type: ignore[call-overload]
    search.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(search)  # type: ignore[call-overload]


def test_searching_in_every_class_finds_the_class() -> None:
    mine = perceptron(classes=3)
    target = mine.render(samples(3, 1, 6), np.array([0, 1, 0], np.float32))[0]
    found = last(inverted(mine, target, filled(mine), starts=2, steps=60))
    assert found.g.shape == (6, 6)
    assert found.classes is not None
    assert found.classes[0] == 1
    assert sorted(set(found.classes.tolist())) == [0, 1, 2]
    few = next(iter(inverted(mine, target)))
    assert few is not None
    assert len(few.g) == 6  # of three classes, two each: as many as fit into eight
    given = last(inverted(mine, target, starts=2, steps=2, class_weights=np.array([0, 0, 1], np.float32)))
    assert given.classes is not None
    assert given.classes.tolist() == [2, 2]


def test_a_dead_generator_does_not_break_the_search() -> None:
    G = PerceptronG(4, GREY)
    with torch.no_grad():
        G.second.bias.fill_(float("nan"))
    found = last(inverted(model(G, GREY, dim=4), np.zeros((8, 8, 1), np.uint8), steps=3))
    assert np.isinf(found.errors).all()
    assert np.isfinite(found.g).all()


@pytest.mark.parametrize(
    "target", [np.zeros((8, 8, 3), np.uint8), np.zeros((9, 9, 1), np.uint8), np.zeros((8, 8, 1), np.float32)]
)
def test_a_target_of_another_shape_is_refused_at_once(target: np.ndarray) -> None:
    with pytest.raises(ValueError, match="this model makes"):
        inverted(perceptron(), target)


def test_what_the_model_cannot_show_is_beyond_the_training_images() -> None:
    mine = perceptron()
    bank = filled(mine)
    training = mine.render(samples(21, 6, 6))
    errors = np.zeros(0, np.float32)
    for step in reference_errors(mine, training, bank=bank, steps=40, starts=2):
        errors = errors if step is None else step
    assert errors.shape == (6,)
    own = last(inverted(mine, mine.render(samples(22, 1, 6))[0], bank, steps=40, starts=2))
    noise = (RNG.random((8, 8, 1)) * 255).astype(np.uint8)
    strange = last(inverted(mine, noise, bank, steps=40, starts=2))
    assert quantile(float(strange.errors[0]), errors) == 1
    assert not is_representable(float(strange.errors[0]), errors)
    assert is_representable(float(own.errors[0]), np.append(errors, own.errors[0] + 1e-6))
    assert np.isnan(quantile(1.0, errors[:0]))
    assert is_representable(1.0, errors[:0])


def test_reference_errors_are_those_of_single_searches() -> None:
    mine = perceptron(classes=2)
    labels = np.array([0, 1, 1])
    training = mine.render(samples(5, 3, 6), np.eye(2, dtype=np.float32)[labels])
    together = [step for step in reference_errors(mine, training, labels, steps=10, starts=2) if step is not None][-1]
    for index, picture in enumerate(training):
        y = np.eye(2, dtype=np.float32)[labels[index]]
        alone = last(inverted(mine, picture, steps=10, starts=2, class_weights=y))
        assert together[index] == pytest.approx(alone.errors[0], rel=1e-3)


def test_a_bank_is_usable_while_it_is_filled() -> None:
    mine = perceptron()
    bank = Bank(mine, capacity=100, seed=2)
    assert bank.images.shape == (0, 8, 8, 1)
    assert bank.features.shape[0] == 0
    filling = bank.fill(chunk=32)
    assert next(filling) == 32
    early = bank.images.copy()
    assert len(bank.g) == len(bank.logits) == len(bank.features) == 32
    assert [*filling] == [64, 96, 100]
    assert bank.is_full
    assert np.array_equal(bank.images[:32], early)
    assert np.array_equal(bank.images, mine.render(bank.g))
    assert bank.logits == pytest.approx(mine.judged(bank.images), abs=0.02)
    assert np.array_equal(bank.g, Bank(mine, capacity=100, seed=2)._g)


def test_a_bank_without_a_discriminator_has_the_samples_for_features() -> None:
    bank = filled(linear())
    assert np.isnan(bank.logits).all()
    assert bank.features.shape == (256, 64)
    assert bank.classes is None


def test_a_bank_of_a_model_with_classes_has_all_of_them_or_the_one_that_is_asked_for() -> None:
    mine = perceptron(classes=3)
    bank = filled(mine)
    assert bank.classes is not None
    assert np.bincount(bank.classes.argmax(1)).min() > 50
    assert np.array_equal(bank.images, mine.render(bank.g, bank.classes))
    one = filled(mine, 8, class_weights=np.array([0, 1, 0], np.float32))
    assert one.classes is not None
    assert (one.classes.argmax(1) == 1).all()


def training_images(count: int = 300, shape: tuple[int, ...] = (6, 6, 1)) -> np.ndarray:
    return RNG.integers(0, 256, (count, *shape), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(6, 6, 1), (6, 6, 3)])
def test_the_nearest_neighbour_of_a_training_image_is_itself(shape: tuple[int, ...]) -> None:
    images = training_images(shape=shape)
    found = NearestIndex(images).query(images[::7], 3)
    assert found.indices[:, 0].tolist() == list(range(0, 300, 7))
    assert not found.distances[:, 0].any()
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_neighbours_are_exact_also_where_the_samples_are_kept_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    images, asked = training_images(), training_images(5)
    whole = ((images[None].astype(float) - asked[:, None]) / 255) ** 2
    distances = np.sqrt(whole.reshape(5, 300, -1).mean(2))
    wanted = np.argsort(distances, axis=1, kind="stable")[:, :8]
    monkeypatch.setattr("ganstudio.engine.latent.nearest.BLOCK_BYTES", 36 * 4 * 50)
    for resident in (2**30, 0):
        monkeypatch.setattr("ganstudio.engine.latent.nearest.RESIDENT_BYTES", resident)
        found = NearestIndex(images).query(asked)
        assert np.array_equal(found.indices, wanted)
        assert found.distances == pytest.approx(np.take_along_axis(distances, wanted, 1), rel=1e-5)


def test_neighbours_of_points_are_in_data_units() -> None:
    points = RNG.standard_normal((200, 2)).astype(np.float32) + 100
    index = NearestIndex(points)
    found = index.query(points[:1] + np.array([[0.001, 0]], np.float32), 1)
    assert found.indices[0, 0] == 0
    assert found.distances[0, 0] == pytest.approx(0.001, rel=0.02)
    assert len(index) == 200


def test_more_neighbours_than_there_are_and_none_at_all() -> None:
    images = training_images(3)
    assert NearestIndex(images).query(images[:1], 8).indices.shape == (1, 3)
    assert NearestIndex(images[:0]).query(images[:1]).indices.shape == (1, 0)
    assert list(NearestIndex(images[:1]).own_distances()) == []


def test_a_query_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="not a sample"):
        NearestIndex(training_images()).query(np.zeros((1, 5, 5, 1), np.uint8))


def test_the_scale_is_that_of_training_images_among_themselves() -> None:
    images = training_images(40)
    *_, own = NearestIndex(images).own_distances(chunk=7)
    floats = images.reshape(40, -1) / 255.0
    distances = np.sqrt(((floats[:, None] - floats[None]) ** 2).mean(2))
    np.fill_diagonal(distances, np.inf)
    assert own == pytest.approx(np.sort(distances.min(1)), rel=1e-5)
    assert distance_quantile(0.0, own) == 0
    assert distance_quantile(10.0, own) == 1
    assert np.isnan(distance_quantile(1.0, own[:0]))


def test_doubles_among_the_training_images_are_at_distance_zero_from_each_other() -> None:
    images = training_images(10)
    doubled = np.concatenate((images, images))
    *_, own = NearestIndex(doubled).own_distances()
    assert not own.any()


def test_purity_is_the_share_of_the_most_frequent_label() -> None:
    images = training_images(20)
    labels = np.arange(20) % 2
    found = NearestIndex(images, labels).query(images[:2], 20)
    assert purity(labels, found).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("width", [2, 40])
def test_typical_samples_are_those_with_company(width: int) -> None:
    rng = np.random.default_rng(width)  # of its own: in two dimensions a lonely one may come near by chance
    crowd = rng.standard_normal((400, width)).astype(np.float32)
    lonely = 20 + 10 * rng.standard_normal((20, width)).astype(np.float32)
    bank = np.concatenate((crowd, lonely))
    scores = typicality(bank, bank)
    kept = typical(scores, 0.5)
    assert kept.sum() == pytest.approx(210, abs=2)
    assert not kept[400:].any()
    assert (order(scores)[-20:] >= 400).all()
    plain = np.linalg.norm(bank[:1].astype(float) - bank, axis=1)
    assert scores[0] == pytest.approx(np.sort(plain)[1:6].mean(), rel=1e-4)


def test_a_sample_is_not_its_own_company_and_a_new_one_has_all_of_it() -> None:
    bank = np.arange(8, dtype=np.float32)[:, None]
    assert typicality(bank[:1], bank, k=2)[0] == pytest.approx(1.5)
    assert typicality(np.array([[0.5]], np.float32), bank, k=2)[0] == pytest.approx(0.5)


def test_too_small_a_bank_says_nothing() -> None:
    few = np.zeros((3, 4), np.float32)
    assert np.isnan(typicality(few, few)).all()
    assert np.isnan(typicality(few, few[:0])).all()
    assert not typical(np.full(4, np.nan, np.float32), 0.5).any()
    assert order(np.array([np.nan, 1, 0.5], np.float32)).tolist() == [2, 1, 0]
    assert typicality(few[:0], few).shape == (0,)
    assert len(list(typicalities(np.zeros((300, 2), np.float32), np.zeros((9, 2), np.float32)))) == 3
