"""What the stages say about what they draw: captions, and tool tips that name the estimator and the sample size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TypeVar

from ganstudio.engine.snapshot import (
    Density,
    Field,
    LatentGrid,
    ModeCounts,
    ProbeResult,
    Samples,
    Score,
    Snapshot,
    Threads,
)
from ganstudio.ui.numerals import thousands

SIDES = ("left", "right", "below", "above")

R = TypeVar("R", bound=ProbeResult)


def probe(snapshot: Snapshot | None, name: str, kind: type[R]) -> R | None:
    """Return the result of a probe, if there is a snapshot and it was asked for."""
    result = snapshot.probes.get(name) if snapshot is not None else None
    return result if isinstance(result, kind) else None


def generator_text(snapshot: Snapshot) -> str:
    """Return which generator a snapshot's probes looked at."""
    return "EMA generator" if snapshot.generator == "ema" else "raw generator"


def line_caption(snapshot: Snapshot, layers: Set[str]) -> str:
    """Return one line on the 1-D stage."""
    density, threads = probe(snapshot, "density", Density), probe(snapshot, "threads", Threads)
    parts = []
    if density is not None and "generated" in layers:
        parts += _beyond(density.outside)
        parts.append(f"p_g from {thousands(density.count)} points of the {generator_text(snapshot)}")
    if threads is not None and threads.z_dim > 1 and layers & {"threads", "arrows"}:
        parts.append(f"threads: z₁ varies, the other {threads.z_dim - 1} central")
    return " · ".join([*parts, f"{snapshot.config.loss.title} loss"])


def plane_caption(snapshot: Snapshot, layers: Set[str]) -> str:
    """Return one line on the 2-D stage."""
    samples, grid = probe(snapshot, "samples", Samples), probe(snapshot, "latent_grid", LatentGrid)
    parts = []
    if samples is not None and "generated" in layers:
        parts += _beyond(samples.outside)
        parts.append(f"{thousands(len(samples.fake))} points of the {generator_text(snapshot)}")
    if grid is not None and grid.z_dim > 2 and "latent_grid" in layers:
        parts.append(f"grid: z₁ and z₂ vary, the other {grid.z_dim - 2} central")
    return " · ".join([*parts, f"{snapshot.config.loss.title} loss"])


def _beyond(outside: Sequence[int]) -> list[str]:
    counts = [f"{thousands(count)} {side}" for count, side in zip(outside, SIDES, strict=False) if count]
    return ["Beyond the plot: " + ", ".join(counts)] if counts else []


def line_tips(snapshot: Snapshot, arrow_gain: float, longest_arrow: float) -> Mapping[str, str]:
    """Return a tool tip for each layer of the 1-D stage that there is something to say about."""
    who, found = generator_text(snapshot), {}
    if (density := probe(snapshot, "density", Density)) is not None:
        how = "exact" if density.exact else "a kernel estimate from real points, there being no closed form"
        found["data"] = f"p_data(x), the density of the data: {how}."
        found["generated"] = (
            f"p_g(x), the density of the {who}: a kernel estimate from {thousands(density.count)} generated points. "
            "Points beyond the plot count in its total and are numbered at the edges."
        )
    if (score := probe(snapshot, "score", Score)) is not None:
        found["d"] = (
            f"{snapshot.score_title}, as the chosen loss ({snapshot.config.loss.title}) reads D, at {len(score.x)} "
            "points. Faded where there is neither data nor generated points to train it on."
        )
        found["optimum"] = (
            "D*(x), the best D for this loss and these two densities; for p_g it takes the estimate that is drawn."
        )
    if (threads := probe(snapshot, "threads", Threads)) is not None:
        rest = f"; the other {threads.z_dim - 1} coordinates are held at their centre" if threads.z_dim > 1 else ""
        found["threads"] = (
            f"{len(threads.z)} latents, evenly spaced in probability{rest}, and where the {who} sends them."
        )
        found["arrows"] = _push_tip(snapshot, "every second of these points", arrow_gain, longest_arrow)
    return found


def plane_tips(snapshot: Snapshot, arrow_gain: float, longest_arrow: float) -> Mapping[str, str]:
    """Return a tool tip for each layer of the 2-D stage that there is something to say about."""
    who = generator_text(snapshot)
    found = {
        "arrows": _push_tip(snapshot, "generated points", arrow_gain, longest_arrow),
        "contour": _contour(snapshot),
    }
    if (samples := probe(snapshot, "samples", Samples)) is not None:
        found["data"] = f"{thousands(len(samples.real))} points of the data, the same in every frame."
        found["generated"] = (
            f"{thousands(len(samples.fake))} points of the {who}, of the same latents in every frame. Those beyond "
            "the plot are counted at its edges."
        )
    if (field := probe(snapshot, "field", Field)) is not None:
        rows, columns = field.score.shape
        found["d"] = (
            f"{snapshot.score_title}, as the chosen loss ({snapshot.config.loss.title}) reads D, at {columns} × {rows} "
            "points and interpolated between them."
        )
    if (grid := probe(snapshot, "latent_grid", LatentGrid)) is not None:
        found["latent_grid"] = _grid_tip(grid, who)
    if (modes := probe(snapshot, "modes", ModeCounts)) is not None:
        found["modes"] = (
            f"{int(modes.captured.sum())} of {len(modes.centres)} modes have at least one of "
            f"{thousands(modes.count)} generated points within three standard deviations: filled circles; the others "
            "are dashed. A number is a mode's share of all these points. Circles of small modes are enlarged."
        )
    return found


def _push_tip(snapshot: Snapshot, where: str, gain: float, longest: float) -> str:
    return (
        f"−∂L_G/∂x at {where}, for the chosen loss ({snapshot.config.loss.title}). The scale never changes: a push of "
        f"1 is drawn as {gain:g} standard deviations of the data, at most {longest:g}. Where arrows vanish, G gets no "
        "gradient."
    )


def _contour(snapshot: Snapshot) -> str:
    line = f"Where {snapshot.score_title} = {snapshot.neutral:g}: "
    if snapshot.is_critic:
        return line + "the middle of the map. The zero of a Wasserstein critic is arbitrary: only differences count."
    return line + "D cannot tell real from generated."


def _grid_tip(grid: LatentGrid, who: str) -> str:
    rows, columns = grid.points.shape[:2]
    if rows == 1:
        return f"{columns} latents, evenly spaced in probability, and the curve to which the {who} bends their line."
    rest = f" of z₁ and z₂, the other {grid.z_dim - 2} coordinates central," if grid.z_dim > 2 else ""
    return f"A lattice of {columns} × {rows} latents{rest} with equal probability in every cell, under the {who}."
