"""What every test starts from: no display, no home of a person, no leaks."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator

import pytest

# As in the window: a widget that another thread's collection finds unused would be deleted there, and the test that
# happens to run then would crash.
gc.disable()

# Before anything imports Qt.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# A program that is compiled in the background would be swapped in at another iteration each time.
os.environ["GANSTUDIO_COMPILE"] = "0"

# Nothing that a test saves by default may land among a person's own files.
_home = tempfile.mkdtemp(prefix="ganstudio-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
    os.environ[_name] = os.path.join(_home, _name.lower())  # noqa: PTH118
    os.makedirs(os.environ[_name], mode=0o700)  # noqa: PTH103


@pytest.fixture(autouse=True)
def _garbage_is_collected_in_this_thread() -> Iterator[None]:
    from ganstudio.ui.garbage import collect_if_due  # after QT_QPA_PLATFORM

    yield
    collect_if_due()


@pytest.fixture
def automatic_collection() -> Iterator[None]:
    """As Python starts: any thread collects, whenever it has made enough."""
    gc.enable()
    yield
    gc.disable()


@pytest.fixture(autouse=True)
def _no_leaked_sessions() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.name.startswith("ganstudio") and thread.is_alive()
    ]
    for thread in left:
        thread.join(5.0)
    assert not [thread.name for thread in left if thread.is_alive()], "a session's thread outlived its test"


@pytest.fixture(autouse=True)
def _no_unexpected_log_records(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    unexpected = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not unexpected, "unexpected log records: " + "; ".join(record.getMessage() for record in unexpected)
