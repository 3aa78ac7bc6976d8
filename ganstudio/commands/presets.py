"""``ganstudio presets``: list, show and check."""

from __future__ import annotations

import argparse
import shutil
import textwrap

from ganstudio.commands.console import note, say
from ganstudio.engine import presets


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; 2 if a checked file cannot be used."""
    if arguments.action == "list":
        _list()
    elif arguments.action == "show":
        preset = presets.find(arguments.preset)
        order = None if preset.order == presets.LAST else preset.order
        text = presets.dumps(preset.config(), preset.title, preset.summary, preset.source, order)
        say(text.rstrip("\n"))
    else:
        return max(_check(file) for file in arguments.files)
    return 0


def _list() -> None:
    found = presets.shipped()
    indent = max(len(preset.name) for preset in found) + 2
    columns = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
    for preset in found:
        words = preset.problem or f"{preset.title}. {preset.summary}"
        text = textwrap.wrap(words, columns - indent)
        for index, line in enumerate(text):
            say(f"{preset.name if index == 0 else '':<{indent}}{line}")


def _check(file: str) -> int:
    from ganstudio.engine.device import resolve

    try:
        preset = presets.find(file)
        config = preset.config()
    except presets.PresetError as error:
        note(f"ganstudio: {error}")
        return 2
    try:
        resolve(config.run.device)
        _ = config.data.dim  # reads a file of points
        hint = ""
    except ValueError as error:
        hint = f" (but not on this machine: {error})"
    say(f"{file}: a preset that can be run, version {presets.VERSION}, {preset.title!r}{hint}")
    return 0
