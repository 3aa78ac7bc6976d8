"""Name to class, filled by decoration. A new entry is one new file in the family's package; nothing else is edited.

This module does not import torch; the entries of a family are imported the first time that one is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ganstudio.engine.params import ConfigError, Entry

T = TypeVar("T", bound=Entry)


class Registry(Generic[T]):
    """The entries of one family, by name.

    Parameters
    ----------
    family
        What an entry is called in messages ("loss").
    package
        The package whose modules register the entries.
    """

    def __init__(self, family: str, package: str) -> None:
        self.family = family
        self._package = package
        self._entries: dict[str, type[T]] = {}
        self._loaded = False
        self._lock = threading.RLock()

    def register(self, name: str) -> Callable[[type[T]], type[T]]:
        """Return the decorator that registers a class under ``name``; it stays outermost."""

        def decorate(entry: type[T]) -> type[T]:
            if name in self._entries:
                raise ValueError(f"{self.family} {name!r} is registered twice")
            entry.name = name
            self._entries[name] = entry
            return entry

        return decorate

    def get(self, name: str) -> type[T]:
        """Return the class registered under ``name``.

        Raises
        ------
        ConfigError
            If there is none; the message lists the names there are.
        """
        self._load()
        try:
            return self._entries[name]
        except (KeyError, TypeError):
            raise ConfigError("name", name, "one of " + ", ".join(self.names())) from None

    def names(self) -> tuple[str, ...]:
        """Return every name, sorted by the entries' ``order``, then by name."""
        self._load()
        return tuple(sorted(self._entries, key=lambda name: (self._entries[name].order, name)))

    def __iter__(self) -> Iterator[type[T]]:
        return iter([self._entries[name] for name in self.names()])

    def _load(self) -> None:
        with self._lock:
            if self._loaded:
                return
            package = importlib.import_module(self._package)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{self._package}.{module.name}")
            self._loaded = True
