"""What the stage of images says about what it draws."""

from __future__ import annotations

from collections.abc import Mapping, Set

import numpy as np

from ganstudio.engine.snapshot import Growth, RealSheet, Saliency, Sheet, Snapshot, Strip
from ganstudio.ui.numerals import thousands
from ganstudio.ui.views.chart_scale import number, step_text
from ganstudio.ui.views.image_growth import growth_text
from ganstudio.ui.views.stage_words import generator_text, probe


def caption(snapshot: Snapshot, layers: Set[str], shown: int) -> str:
    """Return one line on the stage; ``shown`` of the sheet's images are to be seen."""
    sheet = probe(snapshot, "sheet", Sheet)
    parts = []
    if sheet is not None and "generated" in layers:
        count = len(sheet.images)
        counted = f"{shown} of {count}" if shown < count else str(count)
        rows = ", one class in a row" if sheet.classes is not None else ""
        parts.append(f"{counted} images of the {generator_text(snapshot)}{rows}")
        age = snapshot.step - int(sheet.steps.min())
        if age > 0:
            parts.append(f"made within the last {step_text(age)} iterations")
        if not np.isfinite(sheet.scores).any():
            parts.append("D's scores are not finite")
    return " · ".join([*parts, f"{snapshot.config.loss.title} loss"])


def tips(snapshot: Snapshot, heat_most: float) -> Mapping[str, str]:
    """Return a tool tip for each layer that there is something to say about."""
    who = generator_text(snapshot)
    found = {
        "d": f"{snapshot.score_title}, as the chosen loss ({snapshot.config.loss.title}) reads D, below every image: "
        f"a bar to the right says more real than {snapshot.neutral:g}, one to the left less. D as it is used, not as "
        "it is trained: with its running statistics where it has any.",
        "smooth": "Blend neighbouring pixels. Off: every pixel of an image is a square of whole pixels of the screen.",
    }
    if (sheet := probe(snapshot, "sheet", Sheet)) is not None:
        found["generated"] = f"{thousands(len(sheet.images))} images of the {who}, of the same latents in every frame."
        if sheet.classes is not None:
            found["generated"] += " A row has one class, a column one latent."
    if (reals := probe(snapshot, "real_sheet", RealSheet)) is not None:
        found["data"] = f"{thousands(len(reals.images))} images of the data, the same in every frame, as D sees them."
    if probe(snapshot, "saliency", Saliency) is not None:
        found["heat"] = (
            "∂D/∂x, the gradient of D's own output at every pixel: stronger where D's verdict hangs on it, full at a "
            f"length of {number(heat_most)} (pixels from −1 to 1). Teal: a lighter pixel would look more real; violet: "
            "a darker one."
        )
    if (strip := probe(snapshot, "strip", Strip)) is not None:
        found["strip"] = (
            f"{len(strip.tiles)} latents of the sheet under the {who} at {len(strip.steps)} iterations so far, about "
            "evenly spaced in the logarithm. Frames are kept from the start of the run, or since it was loaded."
        )
    if (growth := probe(snapshot, "growth", Growth)) is not None:
        found["growth"] = f"Progressive growing, {growth_text(growth)}. Smaller images are shown in larger pixels."
    return found


def fake_lines(snapshot: Snapshot, sheet: Sheet, tile: int) -> list[str]:
    """Return what there is to say about a generated image, the most important first."""
    lines = [f"{snapshot.score_title} {number(float(sheet.scores[tile]))}"]
    if sheet.classes is not None:
        lines.append(f"asked for: {class_name(sheet.class_names, int(sheet.classes[tile]))}")
    return [*lines, f"generated at iteration {step_text(int(sheet.steps[tile]))}"]


def real_lines(snapshot: Snapshot, reals: RealSheet, tile: int) -> list[str]:
    """Return what there is to say about a real image."""
    lines = [f"{snapshot.score_title} {number(float(reals.scores[tile]))}"]
    label = "" if reals.classes is None else f", {class_name(reals.class_names, int(reals.classes[tile]))}"
    return [*lines, f"real{label}"]


def strip_lines(step: int | None) -> list[str]:
    """Return what there is to say about a frame of the strip; None stands for the present."""
    return ["now" if step is None else f"iteration {step_text(step)}"]


def class_name(names: tuple[str, ...], label: int) -> str:
    """Return a class's name, its number where it has none."""
    return names[label] if 0 <= label < len(names) else str(label)
