"""``ganstudio doctor``: what this machine has, what is missing, and what to do about it."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganstudio import paths
from ganstudio.commands import display, system_libraries
from ganstudio.commands.console import CommandError, say
from ganstudio.environment import versions

MARKS = {"good": "ok  ", "notice": "note", "fault": "FAIL"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``remedy`` is what to do about it."""

    subject: str
    text: str
    state: Literal["good", "notice", "fault"] = "good"
    remedy: str = ""


def run(arguments: argparse.Namespace) -> int:
    """Print the report; 1 if something is missing without which the program does not work."""
    if arguments.missing_packages:
        lacking = system_libraries.missing(system_libraries.PAINTING)
        names = system_libraries.packages(lacking, arguments.missing_packages)
        if names:
            say(" ".join(names))
        return 0
    found = list(findings())
    width = max(len(finding.subject) for finding in found)
    for finding in found:
        say(f"{MARKS[finding.state]}  {finding.subject:<{width}}  {finding.text}")
        if finding.remedy:
            say(f"      {'':<{width}}  → {finding.remedy}")
    faults = sum(finding.state == "fault" for finding in found)
    say()
    say("Everything that is needed is here." if not faults else f"{faults} of these keep the program from working.")
    return int(bool(faults))


def findings() -> Iterator[Finding]:
    """Yield what there is to say; a check that fails says so rather than ending the others."""
    for check in (_versions, _numerics, _qt, _display, _compiler, _folders):
        yield from _guarded(check)


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    subject = check.__name__.strip("_")
    try:
        yield from check()
    except CommandError as error:
        what, _, command = str(error).partition(": ")
        yield Finding(subject, what, "fault", command)
    except Exception as error:  # noqa: BLE001 - a report on what is broken must survive what is broken
        yield Finding(subject, f"{type(error).__name__}: {error}", "fault")


def _versions() -> Iterator[Finding]:
    old = sys.version_info < (3, 11)
    for name, version in versions().items():
        if version == "missing":
            yield Finding(name, version, "fault", "make run installs everything; or pip install -r requirements.lock")
        elif name == "python" and old:
            yield Finding(name, version, "fault", "Python 3.11 or newer is needed")
        elif name == "pyside6-essentials" and version.startswith("6.12.0") and sys.version_info < (3, 12):
            yield Finding(
                name, version, "fault", "6.12.0 crashes under Python 3.11: pip install 'PySide6-Essentials<6.12'"
            )
        else:
            yield Finding(name, version)


def _numerics() -> Iterator[Finding]:
    import torch

    from ganstudio.engine import device

    yield Finding("devices", f"{', '.join(device.available())} (auto is {device.resolve('auto')})")
    if torch.cuda.is_available():
        names = (torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count()))
        yield Finding("cuda", f"{torch.version.cuda}: {', '.join(names)}")
    else:
        yield Finding("cuda", "none: everything runs on the CPU, which is enough for these nets")
    device.prepare_thread()
    threads = torch.get_num_threads()
    yield Finding(
        "threads",
        f"{threads} for one operation, of {os.cpu_count()} cores (GANSTUDIO_THREADS sets another number)",
        "good" if threads == 1 else "notice",
        "" if threads == 1 else "nets of this size are mostly slower with more than one: unset GANSTUDIO_THREADS",
    )
    names = (name for name in os.environ if name.startswith(("OMP_", "GOMP_", "KMP_", "MKL_")))
    yield Finding("openmp", ", ".join(f"{name}={os.environ[name]}" for name in sorted(names)))


def _qt() -> Iterator[Finding]:
    folder = system_libraries.pyside_folder()
    if folder is None:
        return
    plugins = sorted(file.stem.removeprefix("libq").removeprefix("q") for file in _plugin_files(folder))
    yield Finding("qt platforms", ", ".join(plugins) or "none")
    lacking = system_libraries.missing(system_libraries.PAINTING)
    if lacking:
        yield Finding("qt libraries", "missing: " + ", ".join(lacking), "fault", system_libraries.remedy(lacking))
    for name, plugin in system_libraries.PLUGINS.items():
        rest = sorted(set(system_libraries.missing([plugin])) - set(lacking))
        if rest:
            text = f"missing for a window on {name}: {', '.join(rest)}"
            yield Finding("qt libraries", text, "notice", system_libraries.remedy(rest))
    from PySide6 import QtCore, QtGui

    yield Finding("qt", f"{QtCore.qVersion()}, {QtGui.__name__} can be imported")


def _plugin_files(folder: os.PathLike[str]) -> Iterator[Path]:
    base = Path(folder)
    for place in (base / "Qt" / "plugins" / "platforms", base / "plugins" / "platforms"):
        yield from (file for file in place.glob("*") if file.suffix in (".so", ".dylib", ".dll"))


def _display() -> Iterator[Finding]:
    reason = display.reason_for_none()
    if reason is None:
        yield Finding("display", "a window can be opened")
    else:
        yield Finding("display", f"none: {reason}", "notice", "the window is rendered to a picture instead")


def _compiler() -> Iterator[Finding]:
    from ganstudio.engine import step_builder
    from ganstudio.engine.library import SUFFIX

    compiler = step_builder.compiler_path()
    hindrance = step_builder.missing_compiler()
    if os.environ.get(step_builder.SWITCH) == "0":
        yield Finding("compiled step", f"switched off by {step_builder.SWITCH}=0", "notice")
    elif hindrance is not None:
        yield Finding(
            "compiled step",
            f"none, small nets train several times slower: {hindrance}",
            "notice",
            "install a C++ compiler (Debian: apt install g++; macOS: xcode-select --install)",
        )
    else:
        made = len(list(step_builder.folder().glob(f"*{SUFFIX}")))
        yield Finding("compiled step", f"{compiler}; {made} in {step_builder.folder()}")


def _folders() -> Iterator[Finding]:
    count = len(list(paths.presets().glob("*.toml")))
    yield Finding("presets", f"{count} in {paths.presets()}", "good" if count else "fault")
    palette = paths.resources() / "palette.toml"
    yield Finding("resources", str(paths.resources()), "good" if palette.is_file() else "fault")
    try:
        folder = paths.user_data()
        with tempfile.TemporaryFile(dir=folder):
            yield Finding("data folder", f"{folder} can be written")
    except OSError as error:
        yield Finding("data folder", str(error), "fault", "make it writable, or set XDG_DATA_HOME to another folder")
