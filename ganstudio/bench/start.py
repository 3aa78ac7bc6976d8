"""From the start of the process to the first paint and to the first step, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
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
TIMEOUT_S = 120


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return the seconds that a start takes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        preset = folder / "preset.toml"
        preset.write_text(presets.dumps(config, "Benchmark"), "utf-8")
        starts = [_start(preset, folder) for _ in range(3 if quick else 9)]
    return [
        figure("first paint (splash)", "s", [start["first_paint"] for start in starts], at_most=0.7),
        figure("first training step seen", "s", [start["first_step"] for start in starts]),
    ]


def _start(preset: Path, folder: Path) -> dict[str, float]:
    """Start the program once; return the seconds until each milestone."""
    milestones = folder / "milestones.json"
    milestones.unlink(missing_ok=True)
    environment = os.environ | {
        app.MILESTONES: str(milestones),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(folder),
    }
    start = time.time()
    done = subprocess.run(  # noqa: S603 - this interpreter, and a file made here
        [sys.executable, "-c", CODE, str(preset)],
        env=environment,
        timeout=TIMEOUT_S,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not milestones.is_file():
        raise RuntimeError(f"the window did not start: {done.stderr}")
    times: dict[str, float] = json.loads(milestones.read_text("utf-8"))
    return {name: at - start for name, at in times.items()}
