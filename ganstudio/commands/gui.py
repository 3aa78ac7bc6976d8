"""``ganstudio``: the window; where there is no display, a picture of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from ganstudio import app, paths
from ganstudio.commands import display, system_libraries
from ganstudio.commands.console import CommandError, note, say
from ganstudio.engine import presets

PICTURE_STEPS = 1_000  # enough for something to be seen, and a matter of seconds
PICTURE_SIZE = (1440, 900)


def run(arguments: argparse.Namespace) -> int:
    """Open the window on a preset, a preset file or a checkpoint."""
    target: str | None = arguments.preset
    if target is not None:
        _check(target)
    if system_libraries.pyside_folder() is None:
        raise CommandError("PySide6 is not installed: pip install 'PySide6-Essentials<6.12'", code=1)
    reason = display.reason_for_none()
    if reason is not None:
        return _render(target, reason)
    try:
        return app.main(target)
    except ImportError as error:
        lacking = system_libraries.missing(system_libraries.PAINTING)
        if not lacking:
            raise
        text = f"Qt cannot be loaded without {', '.join(lacking)}: {system_libraries.remedy(lacking)}"
        raise CommandError(text, code=1) from error


def is_checkpoint(target: str) -> bool:
    """Whether a target is a checkpoint rather than a preset."""
    return target.endswith(".safetensors")


def _check(target: str) -> None:
    """Refuse what the window could not open, before it opens."""
    if not is_checkpoint(target):
        presets.find(target)
    elif not Path(target).is_file():
        raise CommandError(f"{target}: no such file")


def _render(target: str | None, reason: str) -> int:
    """Write a picture of the same session, and say where it is."""
    from ganstudio.commands.render import render

    note(f"No window can be opened: {reason}. The session is rendered to a picture instead.")
    if target is not None and is_checkpoint(target):
        from ganstudio.commands import picture
        from ganstudio.engine import checkpoint

        path = _place(Path(target).name.removesuffix(checkpoint.SUFFIX))
        try:
            picture.write_stage(path, checkpoint.load(Path(target)))
        except checkpoint.CheckpointError as error:
            raise CommandError(str(error)) from error
        say(f"The picture is {path}")
        return 0
    preset = presets.default() if target is None else presets.find(target)
    path = _place(preset.name)
    render(preset.config(), preset.title, path, steps=PICTURE_STEPS, size=PICTURE_SIZE, theme="dark")
    say(f"The picture is {path}")
    return 0


def _place(name: str) -> Path:
    folder = paths.user_data() / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"
