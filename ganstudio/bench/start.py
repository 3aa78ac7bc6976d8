"""From the start of the process to the first paint, the window and so many steps, each in a process of its own.

Torch's own import is measured beside every start, since it is what no program that uses torch gets round. All times are
those of the clock, and those of the processor beside them: a machine that does other things too stretches only the
former.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ganstudio import app
from ganstudio.bench.figures import Figure, figure
from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig

# The command line as it is, but for its refusal to open a window that nobody can see.
CODE = (
    "import sys; from ganstudio.commands import display; display.reason_for_none = lambda: None; "
    "from ganstudio.cli import main; sys.exit(main(['gui', sys.argv[1]]))"
)
TORCH = (
    "import json, time; clock, used = time.perf_counter(), time.process_time(); import torch; "
    "print(json.dumps([time.perf_counter() - clock, time.process_time() - used]))"
)
TIMEOUT_S = 120
FIRST_PAINT_S = 0.4
AFTER_TORCH_S = 1.5
NAMES = {
    "first_paint": "first paint (splash)",
    "window": "the window, complete",
    "first_step": "first step seen",
    "thousand_steps": "1,000 steps seen",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What something took, in seconds: by the clock, and of the processors."""

    clock: float
    processor: float


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return the seconds that a start takes, and those of torch's import alone."""
    imports: list[Taken] = []
    starts: list[dict[str, Taken]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        preset = folder / "preset.toml"
        preset.write_text(presets.dumps(config, "Benchmark"), "utf-8")
        for _ in range(3 if quick else 9):  # by turns, so that both meet the same machine
            imports.append(_import_torch())
            starts.append(_start(preset, folder))
    return [
        *_figures("import torch, by itself", imports),
        *(
            item
            for name, words in NAMES.items()
            for item in _figures(
                words, [start[name] for start in starts], FIRST_PAINT_S if name == "first_paint" else None
            )
        ),
        *_figures(
            "1,000 steps seen, less torch's import",
            [_less(start["thousand_steps"], alone) for start, alone in zip(starts, imports, strict=True)],
            AFTER_TORCH_S,
        ),
    ]


def _figures(name: str, taken: Sequence[Taken], at_most: float | None = None) -> list[Figure]:
    return [
        figure(name, "s", [item.clock for item in taken], at_most=at_most),
        figure(f"{name}, of the processors", "s", [item.processor for item in taken]),
    ]


def _less(whole: Taken, part: Taken) -> Taken:
    return Taken(whole.clock - part.clock, whole.processor - part.processor)


def _import_torch() -> Taken:
    """Import torch in a process that does nothing else."""
    clock, processor = json.loads(_run([TORCH], {}))
    return Taken(clock, processor)


def _start(preset: Path, folder: Path) -> dict[str, Taken]:
    """Start the program once; return what it took to reach each milestone."""
    milestones = folder / "milestones.json"
    milestones.unlink(missing_ok=True)
    start = time.time()
    said = _run(
        [CODE, str(preset)],
        {app.MILESTONES: str(milestones), "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)},
    )
    if not milestones.is_file():
        raise RuntimeError(f"the window did not start: {said}")
    reached: dict[str, tuple[float, float]] = json.loads(milestones.read_text("utf-8"))
    return {name: Taken(at - start, processor) for name, (at, processor) in reached.items()}


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 - this interpreter, and a file made here
        [sys.executable, "-c", *arguments],
        env=os.environ | environment,
        timeout=TIMEOUT_S,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a new process failed: {done.stderr}")
    return done.stdout
