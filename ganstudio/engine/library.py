"""A compiled program's library, called without Python's lock.

torch's own loader of such libraries keeps the lock while a program runs, so that a window could not paint meanwhile.
Their entry points are a C interface that stays the same between versions (torch/csrc/inductor/aoti_runtime/
interface.h); ctypes lets go of the lock for as long as a call of it takes.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

SUFFIX = ".dll" if sys.platform == "win32" else ".so"

_api = ctypes.pythonapi
_api.PyCapsule_GetName.restype = ctypes.c_char_p
_api.PyCapsule_GetName.argtypes = [ctypes.py_object]
_api.PyCapsule_GetPointer.restype = ctypes.c_void_p
_api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
_api.PyCapsule_New.restype = ctypes.py_object
_api.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


class Library:
    """A program in a shared library that torch's ahead-of-time compiler made.

    Parameters
    ----------
    path
        The library. It is code: only one's own may be loaded.

    Raises
    ------
    RuntimeError
        If it cannot be loaded or is not such a library.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._library = ctypes.CDLL(str(path))
            self._run = self._library.AOTInductorModelContainerRun
            create = self._library.AOTInductorModelContainerCreateWithDevice
        except (OSError, AttributeError) as error:
            raise RuntimeError(f"{path} is no compiled program: {error}") from None
        self._run.argtypes = [
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_void_p),
            ctypes.c_size_t,
            ctypes.POINTER(ctypes.c_void_p),
            ctypes.c_size_t,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self._container = ctypes.c_void_p()
        if create(ctypes.byref(self._container), ctypes.c_size_t(1), b"cpu", None) != 0:
            raise RuntimeError(f"{path}: the program cannot be set up")
        self._inputs = self._count("AOTInductorModelContainerGetNumInputs")
        self._outputs = (ctypes.c_void_p * self._count("AOTInductorModelContainerGetNumOutputs"))()

    def _count(self, function: str) -> int:
        found = ctypes.c_size_t()
        getattr(self._library, function)(self._container, ctypes.byref(found))
        return found.value

    def __call__(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Run the program.

        Raises
        ------
        ValueError
            If these are not as many inputs as it takes.
        RuntimeError
            If it fails.
        """
        if len(inputs) != self._inputs:
            raise ValueError(f"{len(inputs)} inputs for a program that takes {self._inputs}")
        capsules = torch._C._aoti.unsafe_alloc_void_ptrs_from_tensors(list(inputs))
        handles = (ctypes.c_void_p * len(capsules))(*map(_pointer, capsules))
        # It takes the inputs' handles over, and hands the outputs' over to us.
        code = self._run(self._container, handles, len(handles), self._outputs, len(self._outputs), None, None)
        if code != 0:
            raise RuntimeError(f"a compiled program failed with code {code}")
        made = [_api.PyCapsule_New(pointer, None, None) for pointer in self._outputs]
        return list(torch._C._aoti.alloc_tensors_by_stealing_from_void_ptrs(made))

    def __del__(self) -> None:
        container = getattr(self, "_container", None)
        if container:
            self._library.AOTInductorModelContainerDelete(container)


def _pointer(capsule: object) -> int:
    return int(_api.PyCapsule_GetPointer(capsule, _api.PyCapsule_GetName(capsule)))
