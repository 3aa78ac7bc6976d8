"""What a chart is, as functions of a snapshot, and what several of them have in common."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.views.chart import Reference, Series
from ganstudio.ui.views.chart_scale import number


def plain_text(snapshot: Snapshot, series: Series, value: float) -> str:
    """Return a value as a number."""
    return number(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartKind:
    """One chart, as functions of a snapshot.

    ``least`` is what its value axis always shows; ``applies`` says whether the run can have such values at all;
    without the scalar ``needs``, if it names one, there is nothing to show. Where ``meaning`` changes in the midst of a
    run, values before and after cannot be compared: the chart begins anew, with a scale of its own.
    """

    key: str
    title: Callable[[Snapshot], str]
    series: Callable[[Snapshot], Sequence[Series]]
    references: Callable[[Snapshot], Sequence[Reference]]
    tip: Callable[[Snapshot], str]
    log: bool = False
    percent: bool = False
    least: Callable[[Snapshot], Sequence[float]] = lambda snapshot: ()
    applies: Callable[[Snapshot], bool] = lambda snapshot: True
    needs: str = ""
    meaning: Callable[[Snapshot], object] = lambda snapshot: None
    text: Callable[[Snapshot, Series, float], str] = plain_text


def of_generators(name: str) -> Callable[[Snapshot], Sequence[Series]]:
    """Return the function for a metric of both generators: the one that is shown is strong, the other one thin."""

    def series(snapshot: Snapshot) -> Sequence[Series]:
        averaged = snapshot.generator == "ema"
        both = (
            Series(name=name, label="EMA", role="fake", symbol="square" if averaged else "", strong=averaged),
            Series(
                name=f"{name}_raw", label="raw", role="fake", symbol="" if averaged else "square", strong=not averaged
            ),
        )
        return both if averaged else both[::-1]

    return series


def percent_text(snapshot: Snapshot, series: Series, value: float) -> str:
    """Return a share in percent."""
    return f"{100 * value:.1f} %" if math.isfinite(value) else number(value)


def rich(title: str, text: str) -> str:
    """Return a tool tip with a title."""
    return f"<b>{title}</b><p style='margin:4px 0 0 0'>{text}</p>"


def known(name: str) -> Callable[[Snapshot], bool]:
    """Return the test whether a metric is taken of this run: then real data were measured by it."""
    return lambda snapshot: name in snapshot.floors


def floor(name: str, label: str = "real data") -> Callable[[Snapshot], Sequence[Reference]]:
    """Return the function for the line at what real data read by a metric, where that is known."""

    def references(snapshot: Snapshot) -> Sequence[Reference]:
        value = snapshot.floors.get(name, math.nan)
        return (Reference(value, label),) if math.isfinite(value) else ()

    return references


def metric_chart(
    name: str,
    title: str,
    tip: Callable[[Snapshot], str],
    *,
    references: Callable[[Snapshot], Sequence[Reference]] | None = None,
    log: bool = False,
    least: Sequence[float] = (),
    needs: str = "",
    text: Callable[[Snapshot, Series, float], str] | None = None,
) -> ChartKind:
    """Return the chart of one metric of both generators; by default against what real data read."""
    return ChartKind(
        key=name.removeprefix("metric/"),
        title=lambda snapshot: title,
        series=of_generators(name),
        references=references or floor(name),
        tip=tip,
        log=log,
        least=lambda snapshot: least,
        applies=known(name),
        needs=needs,
        text=text or plain_text,
    )


def share_chart(name: str, title: str, tip: Callable[[Snapshot], str], *, needs: str = "") -> ChartKind:
    """Return the chart of a metric that is a share, in percent from 0 to 100."""
    chart = metric_chart(name, title, tip, least=(0.0, 1.0), needs=needs, text=percent_text)
    return dataclasses.replace(chart, percent=True)
