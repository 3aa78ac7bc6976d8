"""D along the line, and the best D for these densities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.density import data_density, generator_density
from ganstudio.engine.snapshot import Layout, Score

# Of the data density's peak: where both densities are smaller, D has hardly been trained.
SUPPORT_SHARE = 1e-3
# And where D* is shown: below it, too few of the 4,096 points fall near x for the ratio of densities to mean much.
RELIABLE_SHARE = 2e-2


@probes.register("score")
@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreProbe(Probe):
    """D(x) as its loss reads it, and D*(x) from p_data and the estimated p_g where the loss has a best D."""

    layout: ClassVar[Layout] = "line"

    @override
    def look(self, scene: Scene) -> Score:
        x, p_data, _ = data_density(scene)
        if "score" not in scene.kept:
            scene.kept["score"] = scene.to_nets(x[:, None])
        score = scene.scores(scene.kept["score"])
        p_g, _ = generator_density(scene)
        supported = p_data + p_g > SUPPORT_SHARE * p_data.max()
        with np.errstate(divide="ignore", invalid="ignore"):
            optimal = scene.loss.optimal(p_data, p_g)
        if optimal is not None:
            reliable = p_data + p_g > RELIABLE_SHARE * p_data.max()
            optimal = np.where(reliable, optimal, np.nan).astype(np.float32)
        return Score(x=x.astype(np.float32), score=score, optimal=optimal, supported=supported)
