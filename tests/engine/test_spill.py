"""Bytes out of memory: written once, read back from any thread, never left behind."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from ganstudio import paths
from ganstudio.engine.spill import SpillFile


@pytest.fixture(params=["by position", "by seeking"])
def file(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SpillFile:
    """Return a new file, read and written as on POSIX, and as on Windows, which has no pread and no pwrite."""
    if request.param == "by seeking":
        monkeypatch.delattr(os, "pread", raising=False)
        monkeypatch.delattr(os, "pwrite", raising=False)
    elif not hasattr(os, "pread"):
        pytest.skip("this system cannot read at a position")
    return SpillFile(tmp_path)


def test_what_was_written_is_read_back_in_any_order(file: SpillFile) -> None:
    numbers = np.arange(12, dtype=np.int64).reshape(3, 4)
    first = file.write(b"head", numbers.data)
    second = file.write(b"tail")
    assert (first, second, file.size) == (0, 100, 104)
    assert file.read(second, 4) == b"tail"
    assert file.read(first, 4) == b"head"
    np.testing.assert_array_equal(np.frombuffer(file.read(4, 96), np.int64).reshape(3, 4), numbers)


def test_nothing_is_made_before_it_is_needed_and_nothing_is_left(file: SpillFile, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []
    file.write(b"something")
    if os.name == "posix":
        assert list(tmp_path.iterdir()) == []  # it has no name there
    del file
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_what_was_never_written_is_an_error(file: SpillFile) -> None:
    with pytest.raises(OSError, match="cut short"):
        file.read(0, 1)
    file.write(b"abc")
    with pytest.raises(OSError, match="cut short"):
        file.read(1, 3)


def test_short_writes_and_short_reads_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "pread"):
        pytest.skip("this system cannot read at a position")
    pread, pwrite = os.pread, os.pwrite
    monkeypatch.setattr(os, "pread", lambda handle, size, offset: pread(handle, min(size, 3), offset))
    monkeypatch.setattr(os, "pwrite", lambda handle, data, offset: pwrite(handle, data[:2], offset))
    file = SpillFile(tmp_path)
    assert file.read(file.write(b"eleven bytes"), 12) == b"eleven bytes"


def test_a_failed_write_costs_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "pwrite"):
        pytest.skip("this system cannot write at a position")
    pwrite, left = os.pwrite, [3]

    def almost_full(handle: int, data: memoryview, offset: int) -> int:
        if not left[0]:
            raise OSError(28, "No space left on device")
        count = pwrite(handle, data[: left[0]], offset)
        left[0] -= count
        return count

    file = SpillFile(tmp_path)
    monkeypatch.setattr(os, "pwrite", almost_full)
    with pytest.raises(OSError, match="No space"):
        file.write(b"half of this")
    assert file.size == 0
    left[0] = 100
    assert file.read(file.write(b"all of this"), 11) == b"all of this"


def test_without_a_usable_cache_folder_the_systems_temporary_folder_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only() -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(paths, "user_cache", read_only)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = SpillFile()
    assert file.read(file.write(b"here"), 4) == b"here"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError):
        SpillFile().write(b"nowhere")


def test_threads_read_while_one_writes(file: SpillFile) -> None:
    pieces, wrong = 400, []
    written: list[int] = []

    def read() -> None:
        while len(written) < pieces:
            for index, offset in enumerate(written[-20:], max(0, len(written) - 20)):
                found = file.read(offset, 64)
                if found != found[:1] * 64:
                    wrong.append(index)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    written.extend(file.write(bytes([index % 251]) * 64) for index in range(pieces))  # one after the other
    for reader in readers:
        reader.join()
    assert not wrong
    assert [file.read(offset, 1)[0] for offset in written] == [index % 251 for index in range(pieces)]
