"""The shipped presets do what their first lines say, each on several fixed seeds, at the steps that they plan."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import pytest

SEEDS = (0, 1, 2, 3, 4)
Outcome = dict[str, float]
Train = Callable[..., list[Outcome]]

pytestmark = pytest.mark.slow


def outcome(preset: str, seed: int, steps: int | None = None) -> Outcome:
    """Train a preset, to the end of its plan unless said otherwise; return its final metrics and last scalars."""
    import torch

    from ganstudio.engine import presets
    from ganstudio.engine.config import replaced
    from ganstudio.engine.trainer import Trainer

    torch.set_num_threads(1)
    config = presets.find(preset).config()
    # The metrics that run along would only cost time here: looking never changes a run.
    for path, value in (("run.seed", seed), ("run.device", "cpu"), ("training.metrics_every", 100_000)):
        config = replaced(config, path, value)
    trainer = Trainer(config)
    while trainer.step < (steps or config.training.steps):
        trainer.iterate()
    trainer.flush()
    return trainer.history.last() | trainer.evaluate()


@pytest.fixture(scope="module")
def train() -> Iterator[Train]:
    """Return a function that trains a preset with several seeds, two at a time, each in a process of its own."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:

        def run(preset: str, seeds: Sequence[int] = SEEDS, steps: int | None = None) -> list[Outcome]:
            return list(pool.map(outcome, [preset] * len(seeds), seeds, [steps] * len(seeds)))

        yield run


def column(outcomes: list[Outcome], name: str) -> list[float]:
    return [final[name] for final in outcomes]


def test_the_default_preset_ends_with_a_small_divergence_on_every_seed(train: Train) -> None:
    assert max(column(train("fig1"), "metric/jsd")) < 0.02


def test_the_ring_preset_finds_all_eight_modes_with_high_quality_on_every_seed(train: Train) -> None:
    outcomes = train("ring8")
    assert column(outcomes, "metric/modes") == [8] * len(SEEDS)
    assert min(column(outcomes, "metric/high_quality")) >= 0.90


def test_the_grid_preset_finds_at_least_24_modes_on_every_seed(train: Train) -> None:
    outcomes = train("grid25")
    assert min(column(outcomes, "metric/modes")) >= 24
    assert min(column(outcomes, "metric/high_quality")) >= 0.80


def test_the_collapse_preset_ends_on_at_most_two_effective_modes_on_every_seed(train: Train) -> None:
    outcomes = train("ring8_collapse")
    assert max(column(outcomes, "metric/effective_modes")) <= 2
    assert min(column(outcomes, "metric/jsd")) > 0.4


def test_the_saturating_loss_starves_g_where_the_non_saturating_one_feeds_it(train: Train) -> None:
    starved, fed = train("saturating"), train("non_saturating")
    assert max(column(starved, "grad_norm/g")) < 1e-4
    assert min(column(starved, "metric/jsd")) > 0.69  # log 2, all but: not a step taken
    assert max(column(fed, "metric/jsd")) < 0.1


def test_instance_noise_brings_the_saturating_start_to_the_data(train: Train) -> None:
    assert max(column(train("instance_noise", (0, 1)), "metric/w1")) < 0.5


def test_five_steps_of_d_keep_the_two_modes_that_one_step_loses(train: Train) -> None:
    seeds = (0, 1)
    assert min(column(train("k_small", seeds), "metric/jsd")) > 0.3
    assert max(column(train("k_large", seeds), "metric/jsd")) < 0.1


def test_digits_collapse_onto_a_few_figures_and_the_cure_finds_every_class(train: Train) -> None:
    collapsed, cured = (train(preset, (0,), 500) for preset in ("digits_collapse", "digits_cured"))
    for final in collapsed:  # what is left differs so little that its neighbours in feature space are each other
        assert final["metric/recall"] < 0.01
        assert final["metric/class_kl"] > 0.7
        assert final["metric/classes_found"] <= 2
    for final in cured:
        assert final["metric/classes_found"] >= 9
        assert final["metric/class_kl"] < 0.4
        assert final["metric/recall"] > 0.1
