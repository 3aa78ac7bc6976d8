"""The libraries of the system that Qt needs: which are missing, and the command that installs them."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

# Name of the library: its package for apt (Debian, Ubuntu) and for dnf (Fedora, RHEL).
PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libGLX.so.0": ("libgl1", "libglvnd-glx"),
    "libGLdispatch.so.0": ("libgl1", "libglvnd"),
    "libOpenGL.so.0": ("libopengl0", "libglvnd-opengl"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libXau.so.6": ("libxau6", "libXau"),
    "libXdmcp.so.6": ("libxdmcp6", "libXdmcp"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libexpat.so.1": ("libexpat1", "expat"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5-libs"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
    "libwayland-egl.so.1": ("libwayland-egl1", "libwayland-egl"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libz.so.1": ("zlib1g", "zlib"),
    "libzstd.so.1": ("libzstd1", "libzstd"),
}
MANAGERS = {"apt": ("apt-get", 0), "dnf": ("dnf", 1)}
# A platform plugin carries the needs of QtGui with it; QtSvg is what draws the icons.
PAINTING = ("QtWidgets.abi3.so", "Qt/plugins/platforms/libqoffscreen.so")
PLUGINS = {"xcb": "Qt/plugins/platforms/libqxcb.so", "wayland": "Qt/plugins/platforms/libqwayland.so"}


def pyside_folder() -> Path | None:
    """Return where PySide6 is, without importing it, or None if it is not installed."""
    found = importlib.util.find_spec("PySide6")
    return Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else None


def missing(files: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the libraries that these files of PySide6 need and that this Linux lacks, directly or not.

    Empty where it cannot be told: on other systems, and without ``ldd``.
    """
    folder = pyside_folder()
    if not sys.platform.startswith("linux") or folder is None or shutil.which("ldd") is None:
        return ()
    present = [str(folder / file) for file in files if (folder / file).is_file()]
    if not present:
        return ()
    # S603: the arguments are files of an installed package, nothing that a person typed.
    done = subprocess.run(["ldd", *present], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603, S607
    return tuple(sorted(set(re.findall(r"^\s*(\S+) => not found", done.stdout, re.MULTILINE))))


def packages(libraries: Iterable[str], manager: str) -> tuple[str, ...]:
    """Return the packages of ``manager`` ("apt" or "dnf") that hold these libraries, as far as they are known."""
    column = MANAGERS[manager][1]
    return tuple(sorted({PACKAGES[name][column] for name in libraries if name in PACKAGES}))


def remedy(libraries: Iterable[str]) -> str:
    """Return the command that installs these libraries here, or in words what is to be installed."""
    libraries = tuple(libraries)
    for manager, (program, _) in MANAGERS.items():
        if shutil.which(program) is not None:
            known = packages(libraries, manager)
            if known:
                return f"sudo {program} install {' '.join(known)}"
    return f"install the packages that hold {', '.join(libraries)}"
