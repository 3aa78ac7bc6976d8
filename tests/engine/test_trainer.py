"""The adversarial algorithm."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.history import History
from ganstudio.engine.losses import losses
from ganstudio.engine.models import generators
from ganstudio.engine.optimizers import optimizers
from ganstudio.engine.params import ConfigError
from ganstudio.engine.recorder import SCALARS
from ganstudio.engine.trainer import DivergenceError, Trainer
from tests.engine.configs import small


def run(config: RunConfig, steps: int) -> Trainer:
    trainer = Trainer(config)
    for _ in range(steps):
        trainer.iterate()
    trainer.flush()
    return trainer


def assert_equal_histories(one: History, other: History) -> None:
    assert one.names() == other.names()
    for first, second in zip(one.tables, other.tables, strict=True):
        for left, right in zip(first.rows(), second.rows(), strict=True):
            np.testing.assert_array_equal(left, right)


def test_equal_configs_give_equal_histories_bit_for_bit() -> None:
    config = small(penalty__name="r1", training__instance_noise=0.1)
    assert_equal_histories(run(config, 60).history, run(config, 60).history)


def test_another_seed_gives_another_history() -> None:
    one, other = run(small(), 5), run(small(run__seed=1), 5)
    assert not np.array_equal(one.history.series("loss/d")[1], other.history.series("loss/d")[1])


def test_torchs_global_generator_is_neither_read_nor_moved() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = run(small(loss__name="wasserstein_gp"), 25)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert_equal_histories(one.history, run(small(loss__name="wasserstein_gp"), 25).history)


def test_evaluating_does_not_change_the_run() -> None:
    watched = Trainer(small())
    for _ in range(30):
        watched.iterate()
        watched.evaluate(64)
        watched.flush()
    assert_equal_histories(watched.history, run(small(), 30).history)


@pytest.mark.parametrize("name", losses.names())
@pytest.mark.parametrize("data", ["two_gaussians", "ring8"])
def test_every_loss_trains_in_one_and_two_dimensions_with_finite_scalars(name: str, data: str) -> None:
    trainer = run(small(loss__name=name, data__name=data, penalty__name="r1"), 40)
    values = trainer.history.last()
    assert set(SCALARS) <= set(values)
    assert all(math.isfinite(values[scalar]) for scalar in SCALARS)
    assert 0 <= values["metric/jsd"] <= math.log(2) + 1e-6


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimizer_moves_both_players(name: str) -> None:
    config = small(d_optimizer__name=name, g_optimizer__name=name)
    trainer = Trainer(config)
    before = trainer.state().tensors
    trainer.iterate()
    after = trainer.state().tensors
    for player in ("G", "D"):
        assert not torch.equal(before[f"{player}.0.weight"], after[f"{player}.0.weight"])


def test_k_counts_discriminator_updates_per_iteration() -> None:
    trainer = run(small(training__d_steps=5, training__g_steps=2), 3)
    assert (trainer.step, trainer.d_updates, trainer.g_updates) == (3, 15, 6)


def test_warm_up_updates_d_alone_before_the_first_iteration() -> None:
    trainer = Trainer(small(training__d_pretrain=4))
    frozen = trainer.state().tensors["G.0.weight"]
    for _ in range(4):
        trainer.iterate()
    assert (trainer.step, trainer.d_updates, trainer.g_updates) == (0, 4, 0)
    assert torch.equal(trainer.state().tensors["G.0.weight"], frozen)
    trainer.iterate()
    assert (trainer.step, trainer.d_updates, trainer.g_updates) == (1, 5, 1)
    trainer.flush()  # rows of the warm-up have no generator loss yet: that is no divergence
    assert np.isnan(trainer.history.series("loss/g")[1][:4]).all()


def test_single_steps_move_one_player_only() -> None:
    trainer = Trainer(small())
    start = trainer.state().tensors
    trainer.step_discriminator()
    middle = trainer.state().tensors
    assert torch.equal(start["G.0.weight"], middle["G.0.weight"])
    assert not torch.equal(start["D.0.weight"], middle["D.0.weight"])
    trainer.step_generator()
    end = trainer.state().tensors
    assert torch.equal(middle["D.0.weight"], end["D.0.weight"])
    assert not torch.equal(middle["G.0.weight"], end["G.0.weight"])
    trainer.flush()
    assert len(trainer.history.series("loss/d")[1]) == 2


def test_the_generators_gradient_is_that_of_the_algorithm_box() -> None:
    trainer = Trainer(small(g_optimizer__name="sgd", g_optimizer__lr=0.1))
    generator = torch.Generator().set_state(trainer.generators["z"].get_state())
    z = trainer.config.prior.sample(16, generator)
    objective = -torch.log(torch.sigmoid(trainer.D(trainer.G(z)))).mean()
    (gradient,) = torch.autograd.grad(objective, trainer.G[0].weight)
    expected = trainer.G[0].weight.detach() - 0.1 * gradient
    trainer.step_generator()
    torch.testing.assert_close(trainer.G[0].weight.detach(), expected)


def test_clipping_holds_every_weight_of_the_critic_after_each_update() -> None:
    trainer = run(small(loss__name="wasserstein_clip", loss__clip=0.02), 3)
    assert max(float(weight.detach().abs().max()) for weight in trainer.D.parameters()) <= 0.02


def test_the_average_forgets_the_random_start_and_follows_the_formula() -> None:
    trainer = Trainer(small(training__ema_decay=0.9))
    trainer.iterate()
    assert torch.equal(trainer.ema[0].weight, trainer.G[0].weight)
    for _ in range(30):
        trainer.iterate()
    before = trainer.ema[0].weight.clone()
    trainer.iterate()
    torch.testing.assert_close(trainer.ema[0].weight, 0.9 * before + 0.1 * trainer.G[0].weight.detach())


def test_without_averaging_both_generators_are_the_same() -> None:
    trainer = run(small(training__ema_decay=0.0), 7)
    assert torch.equal(trainer.ema[0].weight, trainer.G[0].weight)


def test_the_nets_see_standardised_data_and_the_plots_data_units() -> None:
    trainer = Trainer(small(data__name="gaussian", data__mean=40.0, data__sd=3.0))
    trainer.tune(replaced(trainer.config, "training.batch_size", 4096))
    real = trainer.supply.for_discriminator(trainer.config).real
    assert real is not None
    assert abs(float(real.mean())) < 0.1
    assert abs(float(real.std()) - 1) < 0.1
    generated = trainer.generated(trainer.ema, torch.zeros(10, 2))
    assert np.all(np.abs(generated - 40) < 9)


def test_raw_data_are_left_as_they_are() -> None:
    trainer = Trainer(small(data__name="gaussian", data__mean=40.0, training__standardize=False))
    real = trainer.supply.for_discriminator(trainer.config).real
    assert real is not None
    assert abs(float(real.mean()) - 40) < 1


def test_cosine_ends_at_one_percent_of_the_rate_and_stays_there() -> None:
    trainer = Trainer(small(training__lr_schedule="cosine", training__steps=4))
    rates = []
    for _ in range(6):
        rates.append(trainer._rate(trainer.config.g_optimizer.lr))
        trainer.iterate()
    assert rates[0] == pytest.approx(1e-3)
    assert rates[2] == pytest.approx(1e-3 * (0.01 + 0.99 * 0.5))
    assert rates[4] == rates[5] == pytest.approx(1e-5)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("training.d_steps", 3),
        ("training.batch_size", 8),
        ("training.instance_noise", 0.5),
        ("loss.name", "hinge"),
        ("penalty.name", "r1"),
        ("d_optimizer.lr", 0.01),
        ("g_optimizer.beta1", 0.9),
        ("d_optimizer.name", "sgd"),
        ("training.ema_decay", 0.5),
    ],
)
def test_a_live_setting_acts_at_the_next_step_and_leaves_an_event(path: str, value: object) -> None:
    plain, tuned = Trainer(small()), Trainer(small())
    for trainer in (plain, tuned):
        for _ in range(3):
            trainer.iterate()
    (change,) = tuned.tune(replaced(tuned.config, path, value))
    assert (change.path, change.new) == (path, value)
    assert tuned.history.events[-1].step == 3
    before = {name: tensor.clone() for name, tensor in tuned.state().tensors.items()}
    assert all(torch.equal(before[name], tensor) for name, tensor in plain.state().tensors.items() if name in before)
    for trainer in (plain, tuned):
        trainer.iterate()
    one, other = plain.state().tensors, tuned.state().tensors
    assert any(not torch.equal(one[name], other[name]) for name in one if name in other and not name.startswith("rng"))


def test_a_dragged_slider_leaves_one_event_from_its_first_value_to_its_last() -> None:
    trainer = Trainer(small())
    for value in (2, 3, 5):
        trainer.iterate()
        trainer.tune(replaced(trainer.config, "training.d_steps", value))
    trainer.tune(replaced(trainer.config, "loss.name", "hinge"))
    trainer.tune(replaced(trainer.config, "training.d_steps", 1))
    texts = [(event.step, event.text) for event in trainer.history.events]
    assert texts == [(1, "k 1→5"), (3, "loss → hinge"), (3, "k 5→1")]


def test_a_setting_that_needs_a_reset_is_refused_and_nothing_changes() -> None:
    trainer = Trainer(small())
    with pytest.raises(ValueError, match=r"generator\.width"):
        trainer.tune(replaced(replaced(trainer.config, "generator.width", 9), "training.d_steps", 2))
    assert trainer.config == small()


def test_a_restored_state_goes_on_as_the_first_time() -> None:
    trainer = run(small(), 10)
    state = trainer.state()
    first = [trainer.iterate() or trainer.state().tensors["G.0.weight"] for _ in range(5)]
    trainer.restore(state)
    again = [trainer.iterate() or trainer.state().tensors["G.0.weight"] for _ in range(5)]
    assert all(torch.equal(left, right) for left, right in zip(first, again, strict=True))
    trainer.flush()
    assert_equal_histories(trainer.history, run(small(), 15).history)


def test_divergence_is_told_with_its_step_and_the_last_finite_state_is_kept() -> None:
    config = small(loss__name="wasserstein", d_optimizer__name="sgd", g_optimizer__name="sgd")
    trainer = run(config, 300)
    kept = 256
    trainer.tune(replaced(replaced(trainer.config, "d_optimizer.lr", 1.0), "g_optimizer.lr", 1.0))
    with torch.no_grad():
        trainer.D[0].weight.fill_(1e38)
    trainer.iterate()
    with pytest.raises(DivergenceError) as raised:
        trainer.flush()
    assert raised.value.step == 301
    assert trainer.step == kept
    assert all(bool(torch.isfinite(weight).all()) for weight in trainer.D.parameters())
    assert trainer.history.series("loss/d")[0][-1] == 301  # the blow-up stays to be seen …
    trainer.iterate()
    trainer.flush()
    steps = trainer.history.series("loss/d")[0]
    assert steps[-1] == kept + 1  # … until training goes on
    assert np.all(np.diff(steps) > 0)


def test_an_unknown_device_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"run\.device = 'gpu': allowed is one of auto, cpu"):
        Trainer(small(run__device="gpu"))


def test_floors_are_what_real_data_score() -> None:
    trainer = Trainer(small(data__name="ring8", training__metrics_every=1))
    assert trainer.floors == {}  # nothing was measured yet
    trainer.iterate()
    assert trainer.floors["metric/modes"] == 8
    assert trainer.floors["metric/high_quality"] == pytest.approx(1 - math.exp(-4.5), abs=0.004)
    assert 0 < trainer.floors["metric/jsd"] < 0.02


@pytest.mark.slow
@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (1.5, 1.0), (0.0, 0.5)])
def test_d_trained_against_a_frozen_g_reaches_d_star(mean: float, sd: float) -> None:
    """Goodfellow et al. 2014, proposition 1, for pairs of Gaussians: G is affine, so p_g is known exactly."""
    config = small(
        data__name="gaussian",
        data__mean=mean,
        data__sd=sd,
        prior__dim=1,
        generator__depth=0,
        discriminator__depth=2,
        discriminator__width=32,
        training__standardize=False,
        training__batch_size=1024,
        d_optimizer__lr=2e-3,
    )
    trainer = Trainer(config)
    with torch.no_grad():
        trainer.G[0].weight.fill_(1.0)
        trainer.G[0].bias.zero_()
    for rate in (2e-3, 2e-4):
        trainer.tune(replaced(trainer.config, "d_optimizer.lr", rate))
        for _ in range(1000):
            trainer.step_discriminator()
    x = np.linspace(mean - 5 * sd, mean + 5 * sd, 2001)[:, None]
    p_data = config.data.density(x)
    p_g = np.exp(-0.5 * x[:, 0] ** 2) / np.sqrt(2 * np.pi)
    with torch.no_grad():
        score = trainer.D(torch.tensor(x, dtype=torch.float32)).sigmoid().numpy()[:, 0].astype(float)
    error = np.abs(score - config.loss.optimal(p_data, p_g))
    assert np.trapezoid(p_data * error, x[:, 0]) < 0.03


@pytest.mark.parametrize("name", [entry.name for entry in generators if "images" in entry.layouts])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_every_image_model_trains_in_either_precision(name: str, precision: str) -> None:
    values = {"data__name": "digits", "data__size": "32", "data__count": 40, "generator__name": name}
    values |= {"discriminator__name": name, "training__batch_size": 8, "run__precision": precision}
    trainer = Trainer(small(**values, penalty__name="r1", training__augment="translation"))
    before = {key: tensor.clone() for key, tensor in trainer.state().tensors.items() if key.startswith("G.")}
    for _ in range(2):
        trainer.iterate()
    trainer.flush()
    assert all(np.isfinite(value) for value in trainer.history.last().values())
    assert any(not torch.equal(tensor, before[key]) for key, tensor in trainer.state().tensors.items() if key in before)
    images = trainer.images(trainer.ema, trainer.config.prior.sample(5, torch.Generator().manual_seed(0)))
    assert images.shape == (5, 32, 32, 1)


@pytest.mark.parametrize("loss", ["wasserstein_gp", "non_saturating"])
def test_d_sees_augmented_images_in_float32_whatever_the_products_are_in(loss: str) -> None:
    values = {"data__name": "digits", "data__count": 40, "generator__name": "dcgan", "discriminator__name": "dcgan"}
    values |= {"generator__width": 4, "discriminator__width": 4, "training__augment": "translation"}
    trainer = Trainer(small(**values, training__batch_size=4, loss__name=loss, run__precision="bfloat16"))
    seen: list[torch.dtype] = []
    trainer.D.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].dtype))
    trainer.iterate()
    assert set(seen) == {torch.float32}


def test_image_runs_are_repeated_and_resumed_bit_for_bit_looked_at_or_not() -> None:
    values = {"data__name": "digits", "data__count": 40, "generator__name": "dcgan", "discriminator__name": "dcgan"}
    settings = small(**values, training__batch_size=8, generator__width=4, discriminator__width=4)
    whole, looked_at, resumed = Trainer(settings), Trainer(settings), Trainer(settings)
    for step in range(4):
        whole.iterate()
        looked_at.iterate()
        z = settings.prior.sample(3, torch.Generator().manual_seed(step))
        looked_at.images(looked_at.G, z)
        if step == 1:  # the costliest look
            looked_at.evaluate()
    for _ in range(2):
        resumed.iterate()
    state = resumed.state()
    resumed.iterate()
    resumed.restore(state)
    for _ in range(2):
        resumed.iterate()
    for name, tensor in whole.state().tensors.items():
        assert torch.equal(tensor, looked_at.state().tensors[name]), name
        assert torch.equal(tensor, resumed.state().tensors[name]), name


def test_nets_that_do_not_suit_the_data_are_refused_with_those_that_do() -> None:
    with pytest.raises(ConfigError, match=r"generator\.name = 'dcgan'.*mlp"):
        Trainer(replaced(RunConfig(), "generator.name", "dcgan"))
    with pytest.raises(ConfigError, match=r"training\.mirror"):
        Trainer(small(training__mirror=True))
