"""One slot, latest wins, filled on request. This module does not import torch."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Hands the newest of something from one thread to another; whoever reads decides how often it is made.

    The writer looks at :attr:`wanted` and makes something only then; the reader takes it, which asks for the next.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slot: T | None = None
        self._wanted = True

    @property
    def wanted(self) -> bool:
        """Whether the reader took the last one."""
        return self._wanted

    def put(self, item: T) -> None:
        """Leave ``item``, in place of one not yet taken."""
        with self._lock:
            self._slot = item
            self._wanted = False

    def take(self) -> T | None:
        """Take what is there, or None, and ask for the next."""
        with self._lock:
            item, self._slot = self._slot, None
            self._wanted = True
        return item
