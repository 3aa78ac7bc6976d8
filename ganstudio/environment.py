"""What this program runs on, for reports and for the window that says so. Imports neither torch nor Qt."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import ganstudio

PACKAGES = ("torch", "numpy", "scipy", "PySide6-Essentials", "safetensors")


def versions() -> dict[str, str]:
    """Return the versions of the program, of Python and of the packages that matter; "missing" where there is none."""
    found = {"ganstudio": ganstudio.__version__, "python": sys.version.split()[0], "platform": platform.platform()}
    for name in PACKAGES:
        try:
            found[name.lower()] = version(name)
        except PackageNotFoundError:
            found[name.lower()] = "missing"
    return found


def processor() -> str:
    """Return the processor's name, or its architecture where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def device_facts(name: str) -> dict[str, str]:
    """Return what the device of that name is and how many threads train; empty while torch is not loaded.

    Raises
    ------
    ConfigError
        If this machine has no such device.
    """
    from ganstudio.engine import device, torch_loader
    from ganstudio.engine.lazy import torch

    if not torch_loader.is_loaded():
        return {}

    resolved = device.resolve(name)
    what = torch.cuda.get_device_name(resolved) if resolved.type == "cuda" else processor()
    threads = device.training_threads()
    return {
        "device": f"{resolved}: {what}",
        "threads": f"{threads} for training, of {cores()} {'core' if cores() == 1 else 'cores'}",
    }
