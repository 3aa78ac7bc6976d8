"""What a viewer sees of a run."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.engine.distributions import distributions
from ganstudio.engine.distributions.images import ImageDistribution
from ganstudio.engine.losses import losses
from ganstudio.engine.observer import CALM, JUDGED_EVERY, Observer
from ganstudio.engine.params import ConfigError
from ganstudio.engine.priors import priors
from ganstudio.engine.probes import probes
from ganstudio.engine.snapshot import Arrows, Density, Field, LatentGrid, ModeCounts, Samples, Score, Threads
from ganstudio.engine.trainer import Trainer
from tests.engine.configs import small
from tests.engine.test_trainer import assert_equal_histories, run

NAMES = probes.names()
POINTS = [entry.name for entry in distributions if not issubclass(entry, ImageDistribution)]
CHOSEN = [name for name in POINTS if name != "points"]


def affine(trainer: Trainer, weight: float, bias: float) -> None:
    """Make the averaged generator the map z -> weight·z + bias."""
    with torch.no_grad():
        trainer.ema[0].weight.copy_(weight * torch.eye(*trainer.ema[0].weight.shape))
        trainer.ema[0].bias.fill_(bias)


@pytest.mark.parametrize("data", CHOSEN)
def test_every_distribution_can_be_looked_at(data: str) -> None:
    trainer = Trainer(small(data__name=data))
    results = Observer(trainer).look(NAMES, "ema")
    expected = {name for name in NAMES if probes.get(name).layout == ("line" if trainer.data_dim == 1 else "plane")}
    assert set(results) == expected - (set() if trainer.config.data.modes is not None else {"modes"})


@pytest.mark.parametrize("name", losses.names())
@pytest.mark.parametrize("data", ["two_gaussians", "ring8"])
def test_every_loss_can_be_looked_at(name: str, data: str) -> None:
    trainer = Trainer(small(loss__name=name, data__name=data))
    for result in Observer(trainer).look(NAMES, "raw").values():
        for field in result.__dataclass_fields__:
            value = getattr(result, field)
            if isinstance(value, np.ndarray) and field != "optimal":
                assert np.isfinite(value).all()


@pytest.mark.parametrize("name", priors.names())
@pytest.mark.parametrize("dim", [2, 5])
def test_every_prior_can_be_looked_at(name: str, dim: int) -> None:
    for data in ("two_gaussians", "ring8"):
        results = Observer(Trainer(small(prior__name=name, prior__dim=dim, data__name=data))).look(NAMES, "ema")
        assert results


def test_looking_changes_nothing() -> None:
    trainer = Trainer(small(data__name="ring8"))
    observer = Observer(trainer)
    for _ in range(30):
        trainer.iterate()
        observer.look(NAMES, "ema")
        observer.look(NAMES, "raw")
    trainer.flush()
    assert_equal_histories(trainer.history, run(small(data__name="ring8"), 30).history)
    assert all(parameter.grad is None or parameter.grad.isfinite().all() for parameter in trainer.D.parameters())


def test_an_unknown_probe_is_named() -> None:
    with pytest.raises(ConfigError, match="oracle"):
        Observer(Trainer(small())).look(["oracle"], "ema")


def test_densities_of_a_known_generator_are_its_own_and_integrate_to_one() -> None:
    trainer = Trainer(small(data__name="gaussian", data__mean=0.0, data__sd=1.0, prior__dim=1, generator__depth=0))
    affine(trainer, 1.0, 0.0)
    density = Observer(trainer).look(["density"], "ema")["density"]
    assert isinstance(density, Density)
    assert density.exact
    step = density.x[1] - density.x[0]
    assert density.p_g.sum() * step == pytest.approx(1, abs=0.01)
    assert np.abs(density.p_g - density.p_data).max() < 0.02
    assert density.outside == (0, 0)


def test_d_star_of_equal_densities_is_one_half_where_there_is_support() -> None:
    trainer = Trainer(small(data__name="gaussian", data__mean=0.0, data__sd=1.0, prior__dim=1, generator__depth=0))
    affine(trainer, 1.0, 0.0)
    score = Observer(trainer).look(["score"], "ema")["score"]
    assert isinstance(score, Score)
    assert score.optimal is not None
    middle = np.abs(score.x) < 2
    assert np.abs(score.optimal[middle] - 0.5).max() < 0.05
    assert score.supported[middle].all()
    assert not score.supported[0]


def test_wasserstein_critics_have_no_best_score() -> None:
    score = Observer(Trainer(small(loss__name="wasserstein_gp"))).look(["score"], "ema")["score"]
    assert isinstance(score, Score)
    assert score.optimal is None


@pytest.mark.parametrize(("data", "name"), [("two_gaussians", "score"), ("ring8", "field")])
def test_a_constant_added_to_a_critic_is_not_seen_and_one_added_to_a_logit_is(data: str, name: str) -> None:
    for loss, same in (("wasserstein_gp", True), ("hinge", False)):
        trainer = Trainer(small(data__name=data, loss__name=loss))
        before = Observer(trainer).look([name], "ema")[name].score  # type: ignore[union-attr]
        with torch.no_grad():
            trainer.D[-1].bias.add_(30.0)
        after = Observer(trainer).look([name], "ema")[name].score  # type: ignore[union-attr]
        np.testing.assert_allclose(after, before if same else before + 30, atol=1e-3)


def test_threads_lead_from_even_latents_to_where_g_sends_them() -> None:
    trainer = Trainer(small(prior__name="uniform", prior__dim=1, generator__depth=0, training__standardize=False))
    affine(trainer, 3.0, 1.0)
    threads = Observer(trainer).look(["threads"], "ema")["threads"]
    assert isinstance(threads, Threads)
    np.testing.assert_allclose(threads.x, 3 * threads.z + 1, atol=1e-5)
    np.testing.assert_allclose(np.diff(threads.z), 2 / 64, atol=1e-6)


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        ("non_saturating", lambda d: 1 - d),
        ("minimax", lambda d: d),
        ("wasserstein", lambda d: 1.0),
    ],
)
def test_arrows_are_the_downhill_gradient_of_the_chosen_generator_loss(loss: str, slope: object) -> None:
    """For a linear D(x) = w·x + b the push is w times the loss's own slope in D."""
    trainer = Trainer(small(data__name="ring8", loss__name=loss, discriminator__depth=0))
    with torch.no_grad():
        trainer.D[0].weight.copy_(torch.tensor([[2.0, -1.0]]))
        trainer.D[0].bias.fill_(-3.0)
    arrows = Observer(trainer).look(["arrows"], "ema")["arrows"]
    assert isinstance(arrows, Arrows)
    standardised = (arrows.base - trainer.mean) / arrows.scale
    d = 1 / (1 + np.exp(-(standardised @ [2.0, -1.0] - 3)))
    expected = np.array([2.0, -1.0]) * np.broadcast_to(slope(d), d.shape)[:, None]  # type: ignore[operator]
    np.testing.assert_allclose(arrows.push, expected, rtol=1e-3, atol=1e-5)


def test_the_field_is_d_at_the_cells_lowest_row_first() -> None:
    trainer = Trainer(small(data__name="ring8", discriminator__depth=0, loss__name="wasserstein"))
    with torch.no_grad():
        trainer.D[0].weight.copy_(torch.tensor([[0.0, 1.0]]))
        trainer.D[0].bias.zero_()
    field = Observer(trainer).look(["field"], "ema")["field"]
    assert isinstance(field, Field)
    assert (np.diff(field.score, axis=0) > 0).all()
    np.testing.assert_allclose(field.score[:, 0], field.score[:, -1], atol=1e-5)


def test_samples_and_lattice_show_the_generator_in_data_units() -> None:
    trainer = Trainer(small(data__name="ring8", generator__depth=0, training__standardize=False))
    affine(trainer, 0.02, 0.5)
    results = Observer(trainer).look(["samples", "latent_grid", "modes"], "ema")
    samples, grid, modes = results["samples"], results["latent_grid"], results["modes"]
    assert isinstance(samples, Samples)
    assert isinstance(grid, LatentGrid)
    assert isinstance(modes, ModeCounts)
    assert np.abs(samples.fake.mean(axis=0) - 0.5).max() < 0.01
    assert samples.outside == (0, 0, 0, 0)
    assert grid.points.shape == (24, 24, 2)
    assert not modes.captured.any()


def test_the_plot_grows_at_once_for_a_distant_start_and_then_holds_still() -> None:
    trainer = Trainer(
        small(data__name="gaussian", data__mean=0.0, data__sd=1.0, prior__dim=1, generator__depth=0,
              training__standardize=False)
    )  # fmt: skip
    affine(trainer, 0.1, 12.0)
    observer = Observer(trainer)
    density = observer.look(["density"], "ema")["density"]
    assert isinstance(density, Density)
    ((low, high),) = observer.extent
    assert low == trainer.config.data.extent[0][0]
    assert high > 12
    assert density.outside == (0, 0)
    for _ in range(20):
        observer.look(["density"], "ema")
    assert observer.extent == ((low, high),)


def test_the_plot_goes_back_to_the_data_once_nothing_has_been_beyond_for_long() -> None:
    trainer = Trainer(small(data__name="gaussian", data__mean=0.0, data__sd=1.0, prior__dim=1, generator__depth=0))
    affine(trainer, 0.1, 12.0)
    observer = Observer(trainer)
    observer.look(["density"], "ema")
    grown = observer.extent
    assert grown != trainer.config.data.extent
    affine(trainer, 0.5, 0.0)
    observer.look(["density"], "ema")
    assert observer.extent == grown  # not at once: nothing jumps
    for _ in range(JUDGED_EVERY * CALM):
        observer.look(["density"], "ema")
    assert observer.extent == trainer.config.data.extent


def test_points_far_off_are_counted_at_the_edge_and_the_plot_stays_of_use() -> None:
    trainer = Trainer(
        small(data__name="gaussian", data__mean=0.0, data__sd=1.0, prior__dim=1, generator__depth=0,
              training__standardize=False)
    )  # fmt: skip
    affine(trainer, 0.1, 1e6)
    observer = Observer(trainer)
    density = observer.look(["density"], "ema")["density"]
    assert isinstance(density, Density)
    assert density.outside == (0, density.count)
    own, now = trainer.config.data.extent[0], observer.extent[0]
    assert now[1] - now[0] <= 4.001 * (own[1] - own[0])


def test_a_generator_that_is_not_finite_is_still_shown() -> None:
    trainer = Trainer(small(data__name="ring8"))
    with torch.no_grad():
        for parameter in trainer.ema.parameters():
            parameter.fill_(torch.nan)
    assert set(Observer(trainer).look(NAMES, "ema"))
