"""One slot, latest wins, filled on request. This module does not import torch."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Hands the newest of something from one thread to another; whoever reads decides how often it is made.

    The writer looks at :attr:`wanted` and makes something only then; the reader takes it, and asks for the next.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slot: T | None = None
        self._wanted = True

    @property
    def wanted(self) -> bool:
        """Whether the reader asked for one since the last."""
        return self._wanted

    def put(self, item: T) -> None:
        """Leave ``item``, in place of one not yet taken."""
        with self._lock:
            self._slot = item
            self._wanted = False

    def take(self, *, ask: bool = True) -> T | None:
        """Take what is there, or None, and ask for the next at once, unless that is to be done later."""
        with self._lock:
            item, self._slot = self._slot, None
            self._wanted = self._wanted or ask
        return item

    def ask(self) -> None:
        """Ask for the next: it is made from now on, and so as new as can be."""
        self._wanted = True
