"""What this program runs on, for reports."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

import ganstudio

PACKAGES = ("torch", "numpy", "scipy", "PySide6-Essentials", "pyqtgraph", "superqt", "safetensors")


def versions() -> dict[str, str]:
    """Return the versions of the program, of Python and of the packages that matter; "missing" where there is none."""
    found = {"ganstudio": ganstudio.__version__, "python": sys.version.split()[0], "platform": platform.platform()}
    for name in PACKAGES:
        try:
            found[name.lower()] = version(name)
        except PackageNotFoundError:
            found[name.lower()] = "missing"
    return found
