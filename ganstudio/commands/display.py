"""Whether Qt can open a window here. Found out before Qt is asked: where it cannot, it ends the whole program."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path

from ganstudio.commands import system_libraries
from ganstudio.commands.console import CommandError

UNSEEN = ("offscreen", "minimal", "minimalegl", "linuxfb", "eglfs", "vnc", "vkkhrdisplay")


def reason_for_none() -> str | None:
    """Return why there is no display to open a window on, or None if there is one.

    Raises
    ------
    CommandError
        If there is a display, but Qt lacks a library of the system to use it; says how to install it.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if platform in ("offscreen", "minimal", "minimalegl"):
        return f"QT_QPA_PLATFORM is {platform}"
    if not sys.platform.startswith("linux") or platform in UNSEEN:
        return None
    reasons = []
    lacking: list[str] = []
    for name, unreachable in (("wayland", _wayland_problem()), ("xcb", _x_problem())):
        if platform and not platform.startswith(name):
            continue
        if unreachable:
            reasons.append(unreachable)
            continue
        libraries = _lacking(name)
        if not libraries:
            return None
        lacking += libraries
    if lacking:
        text = f"Qt cannot open a window without {', '.join(lacking)}: {system_libraries.remedy(lacking)}"
        raise CommandError(text, code=1)
    return " and ".join(reasons)


def _wayland_problem() -> str | None:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return "WAYLAND_DISPLAY is not set"
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name  # an absolute name stays as it is
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(str(path))
        except OSError as error:
            return f"the Wayland display {name} does not answer ({error.strerror or error})"
    return None


def _x_problem() -> str | None:
    """Connect as Qt would, so that a refused right to the display is found too."""
    name = os.environ.get("DISPLAY")
    if not name:
        return "DISPLAY is not set"
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return None  # the libraries are looked at next
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"the X display {name} does not answer" if failed else None


def _lacking(platform: str) -> tuple[str, ...]:
    """Return the libraries that a platform's plugin lacks; asks ldd only if the plugin cannot be loaded."""
    folder = system_libraries.pyside_folder()
    plugin = system_libraries.PLUGINS[platform]
    if folder is None or not (folder / plugin).is_file():
        return ()
    try:
        ctypes.CDLL(str(folder / plugin))  # what Qt does next, so nothing is lost
    except OSError:
        return system_libraries.missing([plugin])
    return ()
