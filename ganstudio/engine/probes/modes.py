"""What the generator gives to each mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from ganstudio.engine.metrics.modes import QUALITY_SDS, mode_counts
from ganstudio.engine.probes import Probe, Scene, probes
from ganstudio.engine.probes.samples import COUNT
from ganstudio.engine.snapshot import Array, Layout, ModeCounts

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Modes


@probes.register("modes")
@dataclass(frozen=True, kw_only=True, slots=True)
class ModesProbe(Probe):
    """Each mode's share of the 512 generated points shown, counted within three standard deviations."""

    layout: ClassVar[Layout] = "plane"

    @override
    def look(self, scene: Scene) -> ModeCounts | None:
        if "modes" not in scene.kept:
            scene.kept["modes"] = _frozen(scene.distribution.modes)
        if scene.kept["modes"] is None:
            return None
        modes, centres, radii = scene.kept["modes"]
        counts, judged = mode_counts(scene.generated_points(COUNT), modes)
        return ModeCounts(
            centres=centres,
            radii=radii,
            shares=(counts / judged).astype(np.float32),
            captured=counts > 0,
            count=judged,
        )


def _frozen(modes: Modes | None) -> tuple[Modes, Array, Array] | None:
    """Return modes, and their centres and radii as a viewer gets them."""
    if modes is None:
        return None
    return modes, modes.centres.astype(np.float32), (QUALITY_SDS * modes.sds).astype(np.float32)
