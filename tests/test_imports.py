from __future__ import annotations

import subprocess
import sys

import pytest

# What opening the window and listing presets may not wait for.
HEAVY = {"torch", "scipy", "rich", "safetensors"}
TORCH_FREE = [
    "ganstudio",
    "ganstudio.app",
    "ganstudio.cli",
    "ganstudio.paths",
    "ganstudio.commands.presets",
    "ganstudio.engine",
    "ganstudio.engine.atomic",
    "ganstudio.engine.config",
    "ganstudio.engine.history",
    "ganstudio.engine.late_session",
    "ganstudio.engine.lazy",
    "ganstudio.engine.mailbox",
    "ganstudio.engine.messages",
    "ganstudio.engine.params",
    "ganstudio.engine.presets",
    "ganstudio.engine.registry",
    "ganstudio.engine.snapshot",
    "ganstudio.engine.torch_loader",
]


def loaded_after(code: str) -> set[str]:
    report = f"{code}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)  # noqa: S603
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("module", TORCH_FREE)
def test_importing_it_imports_nothing_heavy(module: str) -> None:
    assert not loaded_after(f"import {module}") & HEAVY


def test_the_engine_imports_no_qt() -> None:
    everything = (
        "import pkgutil, importlib, ganstudio.engine as engine\n"
        "for module in pkgutil.walk_packages(engine.__path__, 'ganstudio.engine.'):\n"
        "    importlib.import_module(module.name)"
    )
    assert not loaded_after(everything) & {"PySide6", "shiboken6", "qtpy", "superqt"}


def test_listing_presets_and_asking_for_the_version_need_no_torch() -> None:
    assert not loaded_after("from ganstudio.cli import main; main(['presets', 'list'])") & HEAVY
    assert not loaded_after("from ganstudio.engine import presets; presets.shipped()") & HEAVY


def test_what_every_preset_and_every_control_needs_is_there_without_torch() -> None:
    code = (
        "from ganstudio.engine import config, metrics, presets\n"
        "for preset in presets.shipped():\n"
        "    preset.config()\n"
        "for part in filter(None, config.parts().values()):\n"
        "    for entry in part.registry:\n"
        "        entry(), entry.title, entry.summary()\n"
        "list(metrics.metrics)\n"
    )
    assert not loaded_after(code) & HEAVY


def test_the_window_is_built_without_torch() -> None:
    code = (
        "import os, sys\n"
        "from ganstudio import app\n"
        "from ganstudio.engine import late_session, presets, torch_loader\n"
        "torch_loader.import_torch = lambda: sys.exit()\n"  # ends the thread that would import it
        "app.application()\n"
        "window = app.build_window(presets.default().config(), start=False)\n"
        "window.resize(1440, 900)\n"
        "assert not window.grab().isNull()\n"
        "window.close()\n"
    )
    assert not loaded_after(code) & (HEAVY | {"qtpy", "superqt", "PIL"})


def test_python_m_ganstudio_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "ganstudio", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ganstudio ")
