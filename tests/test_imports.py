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
    "ganstudio.engine.mailbox",
    "ganstudio.engine.messages",
    "ganstudio.engine.params",
    "ganstudio.engine.presets",
    "ganstudio.engine.registry",
    "ganstudio.engine.snapshot",
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


def test_python_m_ganstudio_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "ganstudio", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ganstudio ")
