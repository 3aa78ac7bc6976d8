"""Commands to a session and events from it: plain frozen values. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.engine.config import RunConfig
    from ganstudio.engine.snapshot import GeneratorChoice


@dataclass(frozen=True, slots=True)
class Reset:
    """Start a new run with this config; running goes on if it was."""

    config: RunConfig


@dataclass(frozen=True, slots=True)
class Tune:
    """Take over the live settings of this config at the next step; the rest of it must equal the present one's."""

    config: RunConfig


@dataclass(frozen=True, slots=True)
class Advance:
    """Run for so many iterations and pause, or until paused if None."""

    steps: int | None = None


@dataclass(frozen=True, slots=True)
class StepD:
    """One update of the discriminator; pauses."""


@dataclass(frozen=True, slots=True)
class StepG:
    """One update of the generator; pauses."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop running after the present step."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Put the results of these probes, of this generator, into snapshots from now on."""

    probes: frozenset[str]
    generator: GeneratorChoice = "ema"


@dataclass(frozen=True, slots=True)
class Save:
    """Write a checkpoint."""

    path: Path


@dataclass(frozen=True, slots=True)
class Load:
    """Go on from a checkpoint; pauses. The present run stays if it cannot be read."""

    path: Path


@dataclass(frozen=True, slots=True)
class GoBack:
    """Go on with the run that the present one took the place of, where it stood; pauses. The two change places."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Keep a copy of the averaged generator and of D every so many seconds of training, for the latent explorer.

    None keeps none from now on; what was kept stays.
    """

    every_s: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Command = Reset | Tune | Advance | StepD | StepG | Pause | Watch | Save | Load | GoBack | Follow | Stop


@dataclass(frozen=True, slots=True)
class Loaded:
    """Torch is loaded, and the first run is being made."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run began or was loaded: number ``run``, with this config.

    ``former`` iterations were done by the run that :class:`GoBack` leads to; 0 if there is none.
    """

    run: int
    config: RunConfig
    former: int = 0


@dataclass(frozen=True, slots=True)
class RunningChanged:
    """Running began or ended."""

    running: bool


@dataclass(frozen=True, slots=True)
class ParameterChanged:
    """A live setting was changed between two steps."""

    step: int
    path: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Diverged:
    """A loss was not finite at ``step``; the run is paused and its state is again that of step ``kept``."""

    step: int
    kept: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint was written."""

    path: Path


@dataclass(frozen=True, slots=True)
class Failed:
    """A command could not be obeyed, or a step failed; the session goes on, paused if a step failed.

    ``traceback`` is empty where the message says all: of a bad file, a device that is not there, a full disk.
    """

    message: str
    traceback: str
    command: Command | None = None


Event = Loaded | Started | RunningChanged | ParameterChanged | Diverged | Saved | Failed
