"""The charts of runs on images: how good the images are, how much of the data they cover, what D learns by heart."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from ganstudio.engine.quality.texts import JUDGED, Text, texts
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.views.chart import Reference, Series
from ganstudio.ui.views.chart_kind import ChartKind, known, metric_chart, percent_text, rich, share_chart
from ganstudio.ui.views.chart_scale import number


def _tip(*names: str) -> Callable[[Snapshot], str]:
    """Return the function for the tip of a chart of these metrics: title and estimator of each, and the floors."""

    def tip(snapshot: Snapshot) -> str:
        said = estimators(snapshot)
        parts = [f"{'' if len(names) == 1 else said[name].title + ': '}{said[name].estimator}" for name in names]
        read = [number(snapshot.floors[name]) for name in names if name in snapshot.floors]
        every = snapshot.config.training.metrics_every
        parts.append(f"Every {every} iterations. EMA: the averaged generator; raw: the present one.")
        if read:
            parts.append(f"Held-out real images read {', '.join(read)} by the same estimator.")
        return rich(
            " and ".join(said[name].title.lower() if at else said[name].title for at, name in enumerate(names)),
            "<br>".join(parts),
        )

    return tip


def estimators(snapshot: Snapshot) -> Mapping[str, Text]:
    """Return title and estimator of every number of quality; small sets have fewer images to judge."""
    defined = texts(is_digits=True) | texts(is_digits="metric/digit_score" in snapshot.floors)
    most = f"{JUDGED:,} "
    return {
        name: text._replace(estimator=text.estimator.replace(most, f"up to {most}")) for name, text in defined.items()
    }


def _overfitting(snapshot: Snapshot) -> Sequence[Series]:
    return (
        Series(name="score/train", label="train", role="real", symbol="circle"),
        Series(name="score/held_out", label="held-out", role="muted", symbol="square"),
    )


def _overfitting_tip(snapshot: Snapshot) -> str:
    return rich(
        "Does D learn its images by heart?",
        f"Mean of {snapshot.score_title} over up to 256 images that D trains on and as many held-out ones, measured "
        "together. While the two stay together, D judges; where the held-out ones fall away, it remembers (Karras et "
        "al. 2020, section 2).",
    )


def _pair(quality: str, variety: str) -> Callable[[Snapshot], Sequence[Series]]:
    """Return the function for a measure of how good the images are beside one of how much of the data they cover."""

    def series(snapshot: Snapshot) -> Sequence[Series]:
        end = "" if snapshot.generator == "ema" else "_raw"
        return (
            Series(name=f"metric/{quality}{end}", label=quality, role="fake", symbol="circle"),
            Series(name=f"metric/{variety}{end}", label=variety, role="real", symbol="triangle"),
        )

    return series


def _class_count(snapshot: Snapshot) -> float:
    return snapshot.floors.get("metric/classes_found", math.nan)


def _found_text(snapshot: Snapshot, series: Series, value: float) -> str:
    most = _class_count(snapshot)
    return f"{value:.0f}/{most:.0f}" if math.isfinite(value) and math.isfinite(most) else number(value)


def _all_classes(snapshot: Snapshot) -> Sequence[Reference]:
    most = _class_count(snapshot)
    return (Reference(most, f"all {most:.0f}"),) if math.isfinite(most) else ()


IMAGE_CHARTS: tuple[ChartKind, ...] = (
    metric_chart("metric/frechet", "Fréchet distance", _tip("metric/frechet"), log=True),
    share_chart("metric/confident", "Confident digits", _tip("metric/confident")),
    share_chart("metric/asked_class", "Of the class asked", _tip("metric/asked_class"), needs="metric/asked_class"),
    metric_chart("metric/class_kl", "Class balance, KL", _tip("metric/class_kl"), log=True),
    ChartKind(
        key="overfitting",
        title=lambda snapshot: "Overfitting of D",
        series=_overfitting,
        references=lambda snapshot: (Reference(snapshot.neutral, f"{snapshot.neutral:g}"),),
        tip=_overfitting_tip,
        least=lambda snapshot: () if snapshot.is_critic else (0.0, 1.0),
        applies=lambda snapshot: snapshot.layout == "images",
        needs="score/held_out",
    ),
    ChartKind(
        key="precision",
        title=lambda snapshot: "Precision, recall",
        series=_pair("precision", "recall"),
        references=lambda snapshot: (),
        tip=_tip("metric/precision", "metric/recall"),
        percent=True,
        least=lambda snapshot: (0.0, 1.0),
        applies=known("metric/precision"),
        text=percent_text,
    ),
    ChartKind(
        key="coverage",
        title=lambda snapshot: "Coverage",
        series=_pair("density", "coverage"),
        references=lambda snapshot: (Reference(1.0, "1", in_range=False),),
        tip=_tip("metric/density", "metric/coverage"),
        least=lambda snapshot: (0.0, 1.0),
        applies=known("metric/coverage"),
    ),
    metric_chart("metric/swd", "Sliced Wasserstein × 10³", _tip("metric/swd"), log=True),
    metric_chart("metric/digit_score", "Digit score", _tip("metric/digit_score"), least=(1.0,)),
    metric_chart(
        "metric/classes_found",
        "Classes found",
        _tip("metric/classes_found"),
        references=_all_classes,
        least=(0.0, 10.0),
        text=_found_text,
    ),
    metric_chart("metric/duplicates", "Duplicates", _tip("metric/duplicates"), least=(0.0, 1.0)),
)
