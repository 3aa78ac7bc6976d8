"""What the generator gives to each mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.metrics.modes import QUALITY_SDS, mode_counts
from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.samples import COUNT
from ganstudio.engine.snapshot import ModeCounts


@probes.register("modes")
@dataclass(frozen=True, kw_only=True, slots=True)
class ModesProbe(Probe):
    """Each mode's share of the 512 generated points shown, counted within three standard deviations."""

    dim: ClassVar[int] = 2

    @override
    def look(self, scene: Scene) -> ModeCounts | None:
        modes = scene.distribution.modes
        if modes is None:
            return None
        counts, judged = mode_counts(scene.to_data(scene.generated(COUNT)), modes)
        return ModeCounts(
            centres=modes.centres.astype(np.float32),
            radii=(QUALITY_SDS * modes.sds).astype(np.float32),
            shares=(counts / judged).astype(np.float32),
            captured=counts > 0,
            count=judged,
        )
