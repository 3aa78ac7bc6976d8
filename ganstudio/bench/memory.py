"""What of memory a long run takes: a history of ten million rows, and the real window. Each in a process of its own.

``python -m ganstudio.bench.memory history`` (or ``window``) measures one of the two alone, with ``--rows``,
``--minutes`` and ``--preset FILE`` as wanted, and prints the figures as JSON.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ganstudio.bench.figures import Figure
from ganstudio.engine import presets
from ganstudio.engine.config import RunConfig

ROWS = 10_000_000
MINUTES = 15.0
QUICK_ROWS = 2_000_000
QUICK_MINUTES = 0.7


def measure(config: RunConfig, *, quick: bool) -> list[Figure]:
    """Return resident memory early and late, of a synthetic history and of a real run in its window."""
    rows, minutes = (QUICK_ROWS, QUICK_MINUTES) if quick else (ROWS, MINUTES)
    with tempfile.TemporaryDirectory() as name:
        preset = Path(name) / "preset.toml"
        preset.write_text(presets.dumps(config, "Benchmark"), "utf-8")
        return [
            found
            for part in ("history", "window")
            for found in _alone(part, "--rows", str(rows), "--minutes", str(minutes), "--preset", str(preset))
        ]


def _alone(*arguments: str) -> list[Figure]:
    """Return the figures of one part, measured where nothing else has been."""
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-m", "ganstudio.bench.memory", *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} was not measured: {done.stderr}")
    return [Figure(**found) for found in json.loads(done.stdout)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one part and print its figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m ganstudio.bench.memory")
    parser.add_argument("part", choices=("history", "window"))
    parser.add_argument("--rows", type=int, default=ROWS, help="of the synthetic history")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for which the real run trains at most")
    parser.add_argument("--preset", help="what is trained (default: the first preset)")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    config = (presets.find(chosen.preset) if chosen.preset else presets.shipped()[0]).config()
    # Only now, and only the part that is measured: what is imported is resident.
    module = importlib.import_module(f"ganstudio.bench.memory_of_{chosen.part}")
    found = module.measure(config, rows=chosen.rows, minutes=chosen.minutes)
    sys.stdout.write(json.dumps([dataclasses.asdict(one) for one in found], indent=2) + "\n")


if __name__ == "__main__":
    main()
