"""``ganstudio bench``: what a step, a frame and a start cost on this machine, as a table and as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import time

from ganstudio.bench.figures import Figure, machine
from ganstudio.commands import offscreen, results
from ganstudio.commands.console import CommandError, note, say
from ganstudio.engine import atomic, presets
from ganstudio.environment import versions

SUITES = ("step", "window", "start")
OFFSCREEN = ("window", "images", "latent")  # which paint


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, and write the figures where asked."""
    target = arguments.json
    if target is not None and not target.absolute().parent.is_dir():
        raise CommandError(f"--json {target}: there is no folder {target.parent}")
    preset = presets.find(arguments.preset) if arguments.preset else presets.shipped()[0]
    config = preset.config()
    say(f"{machine()}; {_software()}; preset {preset.name}")
    figures: dict[str, list[Figure]] = {}
    for suite in arguments.suite or SUITES:
        if suite in OFFSCREEN:
            offscreen.application()
        note(f"measuring {suite} ...")
        start = time.perf_counter()
        # A suite imports what it measures: Qt for the window, nothing for the start.
        figures[suite] = importlib.import_module(f"ganstudio.bench.{suite}").measure(config, quick=arguments.quick)
        note(f"... took {time.perf_counter() - start:.0f} s")
    for suite, found in figures.items():
        say()
        say(suite)
        for line in table(found):
            say("  " + line)
    if target is not None:
        report = {
            "machine": machine(),
            "versions": versions(),
            "preset": preset.name,
            "quick": arguments.quick,
            "figures": {suite: [dataclasses.asdict(item) for item in found] for suite, found in figures.items()},
        }
        atomic.write(target, results.as_json(report))
        say()
        say(f"The figures are in {target}")
    return 0


def table(figures: list[Figure]) -> list[str]:
    """Return figures as lines in columns: name, value and unit, spread, bound."""
    rows = [
        (
            item.name,
            _short(item.value),
            item.unit,
            f"({_short(item.low)} to {_short(item.high)}, n={item.repetitions})",
            "" if item.kept is None else f"{item.wanted} {'kept' if item.kept else 'MISSED'}",
        )
        for item in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return [
        f"{name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}  {spread:<{widths[3]}}  {bound}".rstrip()
        for name, value, unit, spread, bound in rows
    ]


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _software() -> str:
    found = versions()
    return f"Python {found['python']}, torch {found['torch']}, PySide6 {found['pyside6-essentials']}"
