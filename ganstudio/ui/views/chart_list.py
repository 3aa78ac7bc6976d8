"""The charts of a run: which scalars they show, in what order, and against which reference lines."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence

from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.views.chart import Reference, Series
from ganstudio.ui.views.chart_kind import ChartKind, floor, known, metric_chart, of_generators, percent_text, rich
from ganstudio.ui.views.chart_list_images import IMAGE_CHARTS
from ganstudio.ui.views.chart_scale import number, step_text


def exact_label(value: float) -> str:
    """Return a value as it is written in the books where it is such a one (log 2, −log 4), else as a number."""
    for argument in range(2, 10):
        if math.isclose(abs(value), math.log(argument), rel_tol=1e-6):
            return ("−" if value < 0 else "") + f"log {argument}"
    return f"{value:.3g}".replace("-", "−")


def mode_count(snapshot: Snapshot) -> int:
    """Return how many modes the data have, 0 where they are no mixture."""
    modes = snapshot.config.data.modes
    return 0 if modes is None else len(modes.weights)


def _player(snapshot: Snapshot) -> str:
    return "the critic" if snapshot.is_critic else "D"


def _losses(snapshot: Snapshot) -> Sequence[Series]:
    return (
        Series(name="loss/d", label="D", role="d", symbol="circle"),
        Series(name="loss/g", label="G", role="g", symbol="triangle"),
    )


def _equilibria(snapshot: Snapshot) -> Sequence[Reference]:
    roles = {"loss/d": "d", "loss/g": "g"}
    return [Reference(value, exact_label(value), roles[name]) for name, value in snapshot.equilibrium.items()]


def _loss_tip(snapshot: Snapshot) -> str:
    players = {"loss/d": "D", "loss/g": "G"}
    lines = [f"{players[name]} {exact_label(value)}" for name, value in snapshot.equilibrium.items()]
    dashed = "Dashed, where p<sub>g</sub> = p<sub>data</sub> and D is the best one: " + ", ".join(lines) + "."
    return rich(
        "Losses of the two players",
        f"{snapshot.config.loss.title}, as each player minimises it, without penalties: the mean over one batch of "
        f"{snapshot.config.training.batch_size}, at its newest update.<br>"
        + (dashed if lines else "This loss has no fixed value at the equilibrium."),
    )


def _scores(snapshot: Snapshot) -> Sequence[Series]:
    return (
        Series(name="score/real", label="real", role="real", symbol="circle"),
        Series(name="score/fake", label="generated", role="fake", symbol="triangle"),
    )


def _neutral(snapshot: Snapshot) -> Sequence[Reference]:
    return (Reference(snapshot.neutral, f"{snapshot.neutral:g}"),)


def _score_tip(snapshot: Snapshot) -> str:
    return rich(
        f"What {_player(snapshot)} says",
        f"Mean of {snapshot.score_title} over the real and over the generated half of D's batch "
        f"({snapshot.config.training.batch_size} each), before its update. "
        f"At {snapshot.neutral:g}, the dashed line, it cannot tell them apart.",
    )


def _norms(snapshot: Snapshot) -> Sequence[Series]:
    return (
        Series(name="grad_norm/d", label="∇D", role="d", symbol="circle"),
        Series(name="grad_norm/g", label="∇G", role="g", symbol="triangle"),
    )


def _norm_tip(snapshot: Snapshot) -> str:
    return rich(
        "Gradient norms",
        "Euclidean norm of the gradient with respect to all of a player's parameters, of what it minimises "
        "(penalties included), at its newest update. Logarithmic axis.",
    )


def _metric_tip(title: str, metric: str, name: str) -> Callable[[Snapshot], str]:
    def tip(snapshot: Snapshot) -> str:
        from ganstudio.engine.metrics import metrics
        from ganstudio.engine.trainer import MEASURED_COUNT

        said = inspect.cleandoc(metrics.get(metric).__doc__ or "").partition("\nReferences")[0].strip()
        floor = snapshot.floors.get(name)
        read = "" if floor is None else f"<br>Dashed: as many real points against the real data, {number(floor)}."
        return rich(
            title,
            said.replace("\n\n", "<br>")
            + f"<br>{step_text(MEASURED_COUNT)} fresh points of each generator, every "
            + f"{snapshot.config.training.metrics_every} iterations. EMA: the averaged generator; raw: the present one."
            + read,
        )

    return tip


def _mode_series(snapshot: Snapshot) -> Sequence[Series]:
    end = "" if snapshot.generator == "ema" else "_raw"
    return (
        *of_generators("metric/modes")(snapshot),
        Series(name=f"metric/effective_modes{end}", label="effective", role="muted", strong=False),
    )


def _mode_text(snapshot: Snapshot, series: Series, value: float) -> str:
    if "effective" in series.name:
        return number(value, 2)
    return f"{value:.0f}/{mode_count(snapshot)}" if math.isfinite(value) else number(value)


def _quality_references(snapshot: Snapshot) -> Sequence[Reference]:
    share = snapshot.floors.get("metric/high_quality")
    return () if share is None else (Reference(share, f"real data\n{100 * share:.1f} %"),)


CHARTS: tuple[ChartKind, ...] = (
    ChartKind(
        key="losses",
        title=lambda snapshot: "Losses",
        series=_losses,
        references=_equilibria,
        tip=_loss_tip,
    ),
    ChartKind(
        key="scores",
        title=lambda snapshot: f"What {_player(snapshot)} says",
        series=_scores,
        references=_neutral,
        tip=_score_tip,
        least=lambda snapshot: () if snapshot.is_critic else (0.0, 1.0),
        meaning=lambda snapshot: snapshot.is_critic,
    ),
    metric_chart(
        "metric/jsd",
        "Divergence, JSD",
        _metric_tip("Jensen–Shannon divergence", "jsd", "metric/jsd"),
        references=floor("metric/jsd", "noise\nfloor"),
        log=True,
    ),
    metric_chart(
        "metric/w1",
        "Distance, W₁",
        _metric_tip("Wasserstein-1 distance", "w1", "metric/w1"),
        references=floor("metric/w1", "noise\nfloor"),
        log=True,
    ),
    ChartKind(
        key="modes",
        title=lambda snapshot: "Modes",
        series=_mode_series,
        references=lambda snapshot: (Reference(float(mode_count(snapshot)), f"all {mode_count(snapshot)}"),),
        tip=_metric_tip("Modes found", "modes", "metric/modes"),
        least=lambda snapshot: (0.0, float(mode_count(snapshot))),
        applies=known("metric/modes"),
        text=_mode_text,
    ),
    ChartKind(
        key="quality",
        title=lambda snapshot: "High quality",
        series=of_generators("metric/high_quality"),
        references=_quality_references,
        tip=_metric_tip("Share of high-quality samples", "modes", "metric/high_quality"),
        percent=True,
        least=lambda snapshot: (0.0, 1.0),
        applies=known("metric/modes"),
        text=percent_text,
    ),
    *IMAGE_CHARTS,
    ChartKind(
        key="gradients",
        title=lambda snapshot: "Gradient norms",
        series=_norms,
        references=lambda snapshot: (),
        tip=_norm_tip,
        log=True,
    ),
)
