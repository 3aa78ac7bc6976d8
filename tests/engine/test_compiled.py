"""The compiled step: its updates are the trainer's, however its iterations are divided, and it is repeatable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganstudio.engine import compiled
from ganstudio.engine.config import RunConfig, replaced
from ganstudio.engine.losses import losses
from ganstudio.engine.optimizers import optimizers
from ganstudio.engine.penalties import penalties
from ganstudio.engine.tracing import structure
from ganstudio.engine.trainer import Trainer

# Rounding of float32, grown over this many iterations of a game.
ITERATIONS = 12
TOLERANCE = 2e-3


def config(**values: object) -> RunConfig:
    """Return a small run; ``a__b`` stands for the path a.b."""
    result = RunConfig()
    small = {
        "data__name": "ring8",
        "generator__width": 8,
        "generator__depth": 1,
        "discriminator__width": 8,
        "discriminator__depth": 1,
        "training__batch_size": 16,
        "training__metrics_every": 1000,
    }
    for path, value in (small | values).items():
        result = replaced(result, path.replace("__", "."), value)
    return result


def graphed(trainer: Trainer) -> compiled.GraphedStep:
    """Return a step that calls the traced updates; on the CPU they are not compiled any further."""
    return compiled.GraphedStep(trainer.config, trainer.G, trainer.D, trainer.playing(), trainer.device)


def history(trainer: Trainer) -> np.ndarray:
    trainer.flush()
    return trainer.history.tables[0].rows()[1]


def assert_alike(settings: RunConfig) -> None:
    eager, traced = Trainer(settings), Trainer(settings)
    traced.use(graphed(traced))
    while eager.step < ITERATIONS:
        eager.iterate()
    while traced.step < ITERATIONS:
        traced.advance(ITERATIONS - traced.step)
    np.testing.assert_allclose(history(traced), history(eager), rtol=TOLERANCE, atol=TOLERANCE)
    assert (traced.d_updates, traced.g_updates) == (eager.d_updates, eager.g_updates)
    for (name, one), (_, other) in zip(eager._live_tensors(), traced._live_tensors(), strict=True):
        torch.testing.assert_close(one, other, rtol=TOLERANCE, atol=TOLERANCE, msg=name)


@pytest.mark.parametrize("name", losses.names())
def test_every_loss_is_traced_as_it_is_carried_out(name: str) -> None:
    assert_alike(config(loss__name=name))


@pytest.mark.parametrize("name", penalties.names())
def test_every_penalty_is_traced_as_it_is_carried_out(name: str) -> None:
    assert_alike(config(penalty__name=name))


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimiser_is_traced_as_it_is_carried_out(name: str) -> None:
    assert_alike(config(d_optimizer__name=name, g_optimizer__name=name))


@pytest.mark.parametrize(
    "values",
    [
        {"training__d_steps": 3},
        {"training__g_steps": 2},
        {"training__instance_noise": 0.3, "loss__name": "wasserstein_gp"},
        {"training__lr_schedule": "cosine", "training__steps": 10},
        {"training__ema_decay": 0.0},
        {"training__d_pretrain": 3},
        {"data__name": "two_gaussians", "prior__name": "uniform"},
        {"generator__output": "tanh", "discriminator__activation": "silu"},
    ],
    ids=str,
)
def test_every_rule_of_the_game_is_traced_as_it_is_carried_out(values: dict[str, object]) -> None:
    assert_alike(config(**values))


LIVE = [
    ("training.d_steps", 3),
    ("training.batch_size", 9),
    ("training.instance_noise", 0.5),
    ("training.ema_decay", 0.5),
    ("d_optimizer.lr", 0.01),
    ("g_optimizer.beta1", 0.9),
    ("penalty.r1_gamma", 5.0),
]


@pytest.mark.parametrize(("path", "value"), LIVE)
def test_a_slider_acts_at_the_next_iteration_without_another_program(path: str, value: object) -> None:
    settings = config(penalty__name="r1")
    eager, traced = Trainer(settings), Trainer(settings)
    step = graphed(traced)
    traced.use(step)
    for trainer in (eager, traced):
        trainer.advance(3)
        while trainer.step < 4:
            trainer.iterate()
        trainer.tune(replaced(settings, path, value))
        while trainer.step < 8:
            trainer.iterate()
    assert traced.compiled is step
    np.testing.assert_allclose(history(traced), history(eager), rtol=TOLERANCE, atol=TOLERANCE)
    assert not np.allclose(history(traced)[-1], history(traced)[3], rtol=1e-6)


def test_another_loss_is_another_program_and_is_carried_out_at_once() -> None:
    trainer = Trainer(config())
    trainer.use(graphed(trainer))
    trainer.advance(2)
    trainer.tune(replaced(trainer.config, "loss.name", "hinge"))
    assert trainer.compiled is None
    trainer.iterate()
    assert trainer.step == 3


def test_swapping_in_mid_run_goes_on_with_the_same_state_and_random_numbers() -> None:
    settings = config(penalty__name="r1")
    eager, swapped = Trainer(settings), Trainer(settings)
    for _ in range(ITERATIONS):
        eager.iterate()
    for _ in range(5):
        swapped.iterate()
    swapped.use(graphed(swapped))
    while swapped.step < 9:
        swapped.advance(9 - swapped.step)
    swapped.use(None)
    while swapped.step < ITERATIONS:
        swapped.iterate()
    assert np.array_equal(history(swapped)[:5], history(eager)[:5])
    np.testing.assert_allclose(history(swapped), history(eager), rtol=TOLERANCE, atol=TOLERANCE)


def test_how_iterations_are_divided_among_calls_changes_nothing() -> None:
    runs = []
    for limits in ([40], [1] * 40, [7, 1, 20, 3, 9]):
        trainer = Trainer(config(training__d_steps=2))
        trainer.use(graphed(trainer))
        for limit in limits:
            goal = trainer.step + limit
            while trainer.step < goal:
                trainer.advance(goal - trainer.step)
        runs.append(history(trainer))
    assert np.array_equal(runs[0], runs[1])
    assert np.array_equal(runs[0], runs[2])


def test_single_steps_of_a_player_leave_the_other_alone() -> None:
    trainer = Trainer(config())
    trainer.use(graphed(trainer))
    trainer.advance(3)
    before = {name: tensor.clone() for name, tensor in trainer._live_tensors()}
    trainer.step_discriminator()
    changed = {name for name, tensor in trainer._live_tensors() if not torch.equal(tensor, before[name])}
    assert changed
    assert all(name.startswith(("D.", "d_optimizer.")) for name in changed)
    assert trainer.step == 3


def test_a_kept_state_is_not_moved_by_what_comes_after_it() -> None:
    trainer = Trainer(config())
    trainer.use(graphed(trainer))
    trainer.advance(2)
    state = trainer.state()
    kept = {name: tensor.clone() for name, tensor in state.tensors.items()}
    trainer.advance(5)
    assert all(torch.equal(tensor, kept[name]) for name, tensor in state.tensors.items())
    trainer.restore(state)
    assert trainer.step == 2
    trainer.advance(1)


def test_numbers_of_sliders_are_no_part_of_the_structure_and_names_are() -> None:
    base = config(penalty__name="r1")
    for path, value in LIVE:
        assert structure(replaced(base, path, value)) == structure(base)
    for path, value in (
        ("loss.name", "hinge"),
        ("penalty.name", "none"),
        ("generator.width", 9),
        ("d_optimizer.name", "sgd"),
        ("prior.dim", 3),
        ("data.name", "two_gaussians"),
    ):
        assert structure(replaced(base, path, value)) != structure(base)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # torch's, of itself
def test_a_compiled_library_plays_the_game_of_the_eager_step(tmp_path: Path) -> None:
    """Built once, for a penalty and several updates; used with two batch sizes and both ways to divide a run."""
    settings = config(penalty__name="r1", training__d_steps=2)
    builder = Trainer(settings)
    library = tmp_path / "step.so"
    compiled.compile_program(settings, builder.G, builder.D, builder.playing(), library)
    for batch in (16, 50):
        now = replaced(settings, "training.batch_size", batch)
        eager, one, other = Trainer(now), Trainer(now), Trainer(now)
        one.use(compiled.CompiledStep(library, now))
        other.use(compiled.CompiledStep(library, now))
        for _ in range(ITERATIONS):
            eager.iterate()
            other.advance(1)
        while one.step < ITERATIONS:
            one.advance(ITERATIONS - one.step)
        np.testing.assert_allclose(history(one), history(eager), rtol=TOLERANCE, atol=TOLERANCE)
        assert np.array_equal(history(one), history(other))
