"""torch, imported at its first use rather than where it is named.

Importing torch takes a second, in which the window is already there: the controls, the presets and the command line's
checks need the entries of every family, but none of what an entry computes. So the families say::

    from ganstudio.engine.lazy import torch  # and nn, F

and ``from torch import Tensor`` only under ``TYPE_CHECKING``, for annotations. Nothing that runs when such a module is
imported may touch an attribute of torch; so a class of nets, which needs ``nn.Module`` as its base, is in a module of
its own, outside the package of entries, that ``build`` imports.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    import torch.nn.functional as F
    from torch import nn


class LazyModule(ModuleType):
    """A module that is imported when one of its attributes is first asked for.

    What was asked for once is kept, so that from then on it is found as fast as in the module itself.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever goes through all modules, as inspect does, must not import this one
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} before it is used", name=name)
        value = getattr(importlib.import_module(self.__name__), name)
        setattr(self, name, value)
        return value


if not TYPE_CHECKING:
    torch = LazyModule("torch")
    nn = LazyModule("torch.nn")
    F = LazyModule("torch.nn.functional")

__all__ = ["F", "nn", "torch"]
