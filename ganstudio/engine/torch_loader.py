"""How torch is loaded beside a window that is being built: nothing that can be done without it waits for it."""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import os
import sys
from pathlib import Path

# Of torch's libraries the one that takes longest to load. It knows nothing of Python, so that it can be loaded while
# another thread runs Python; libtorch_python could not.
LIBRARY = "libtorch_cpu.so"


def is_loaded() -> bool:
    """Whether torch is there to be used."""
    return "torch" in sys.modules and not is_being_imported()


def is_being_imported() -> bool:
    """Whether some thread is about to import torch; whoever else imports it then waits for that."""
    spec = getattr(sys.modules.get("torch"), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))


def import_torch() -> None:
    """Import torch without collecting garbage: among its half a million objects, all of which stay, there is none."""
    if is_loaded():
        return
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        importlib.import_module("torch")
    finally:
        if was_enabled:
            gc.enable()
    gc.freeze()  # else a collection goes through all of them, which takes longer than a frame


def load_library() -> bool:
    """Load torch's largest library if it is where Linux wheels have it; return whether it was loaded.

    Python's own imports load a library with the interpreter's lock held. A function of the C library that is called
    by ctypes is called without it, so that other threads go on meanwhile.
    """
    path = _library()
    if path is None:
        return False
    try:
        dlopen = ctypes.CDLL(None).dlopen
    except (OSError, AttributeError):
        return False
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    return bool(dlopen(os.fsencode(path), os.RTLD_NOW))


def _library() -> Path | None:
    if not sys.platform.startswith("linux") or is_loaded():
        return None
    spec = importlib.util.find_spec("torch")
    path = Path(spec.origin).parent / "lib" / LIBRARY if spec is not None and spec.origin else None
    return path if path is not None and path.is_file() else None
