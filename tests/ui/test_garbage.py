"""Garbage is collected in the window's thread and in no other."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui.garbage import GarbageCollector

pytestmark = pytest.mark.usefixtures("automatic_collection")


@pytest.fixture
def collecting_threads() -> Iterator[set[threading.Thread]]:
    seen: set[threading.Thread] = set()

    def note(_phase: str, _info: dict[str, int]) -> None:
        seen.add(threading.current_thread())

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


class _Cyclic(QWidget):
    """A widget that only a collection ends."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def _in_another_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return thread


def _much_garbage() -> None:
    for _ in range(20 * gc.get_threshold()[0]):
        itself: list[object] = []
        itself.append(itself)


def test_another_thread_collects_unless_there_is_a_collector(
    qapp: QObject, collecting_threads: set[threading.Thread]
) -> None:
    assert _in_another_thread(_much_garbage) in collecting_threads
    collecting_threads.clear()
    collector = GarbageCollector(qapp)
    _in_another_thread(_much_garbage)
    assert not collecting_threads
    collector.deleteLater()


def test_an_unused_widget_ends_in_the_windows_thread(
    qtbot: QtBot, qapp: QObject, collecting_threads: set[threading.Thread]
) -> None:
    collector = GarbageCollector(qapp)
    ended = weakref.ref(_Cyclic())
    _in_another_thread(_much_garbage)
    assert ended() is not None
    qtbot.waitUntil(lambda: ended() is None)
    assert collecting_threads == {threading.main_thread()}
    collector.deleteLater()
