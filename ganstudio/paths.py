"""Where presets, resources and the person's own files are, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    installed = PACKAGE / "_data" / name
    return installed if installed.is_dir() else PACKAGE.parent / name


def presets() -> Path:
    """Return the folder of the shipped presets."""
    return _shipped("presets")


def resources() -> Path:
    """Return the folder of icons, palette and data."""
    return _shipped("resources")


def user_data() -> Path:
    """Return the folder for what the person saves by default, made if need be."""
    from platformdirs import user_data_path

    return user_data_path("ganstudio", appauthor=False, ensure_exists=True)


def user_cache() -> Path:
    """Return the folder for what can be made again or is only needed while the program runs, made if need be."""
    from platformdirs import user_cache_path

    return user_cache_path("ganstudio", appauthor=False, ensure_exists=True)
