"""Files are written as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganstudio.engine import atomic


def test_a_name_as_long_as_the_system_allows_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    atomic.write(path, b"all of it")
    assert path.read_bytes() == b"all of it"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_names_the_file_that_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        atomic.write(tmp_path / "none" / "a.bin", b"")
    assert raised.value.filename == str(tmp_path / "none" / "a.bin")

    def full(handle: int) -> None:
        raise OSError("100 requested and 10 written")  # as NumPy says it

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="100 requested") as raised_full:
        atomic.write(tmp_path / "b.bin", b"")
    assert raised_full.value.filename == str(tmp_path / "b.bin")
    assert list(tmp_path.iterdir()) == []
