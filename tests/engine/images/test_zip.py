"""A ZIP of pictures, and ZIPs that mean harm."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from ganstudio.engine.images import zip_source
from ganstudio.engine.params import ConfigError
from tests.engine.images.making import GREEN, RED, huge_png, png, read, reasons


def archive(path: Path, entries: dict[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", way) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return path


def test_pictures_and_classes_are_read_from_a_zip_without_unpacking_it(tmp_path: Path):
    entries = {f"set/cats/{index}.png": png(RED) for index in range(3)}
    entries |= {f"set/dogs/{index}.png": png(GREEN) for index in range(2)}
    images = read(archive(tmp_path / "pets.zip", entries))
    assert (images.class_names, images.class_counts, images.title) == (("cats", "dogs"), (3, 2), "pets")
    assert [item.name for item in tmp_path.iterdir()] == ["pets.zip"]


def test_a_zip_by_another_name_is_known_by_its_first_bytes(tmp_path: Path):
    path = archive(tmp_path / "pictures.dat", {"a.png": png(), "b.png": png()})
    assert len(read(path)) == 2


def test_broken_and_foreign_entries_are_listed(tmp_path: Path):
    entries = {f"{index}.png": png((index, 0, 0)) for index in range(3)}
    entries |= {
        "text.png": b"text",
        "notes.txt": b"notes",
        "empty.gif": b"",
        "__MACOSX/._0.png": b"junk",
        ".DS_Store": b"",
    }
    images = read(archive(tmp_path / "a.zip", entries))
    assert len(images) == 3
    assert set(reasons(images)) == {"text.png", "notes.txt", "empty.gif"}


def test_names_that_point_outside_are_only_names(tmp_path: Path):
    entries = {"../../evil/a.png": png(), "/etc/b.png": png(), "..\\win\\c.png": png()}
    images = read(archive(tmp_path / "a.zip", entries))
    assert images.class_names == ("etc", "evil", "win")
    assert [item.name for item in tmp_path.iterdir()] == ["a.zip"]


def test_an_entry_that_swells_beyond_measure_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    entries = {"a.png": png(), "b.png": png(), "bomb.bmp": b"\0" * 9_000_000}
    noise = {"filler.bin": bytes(range(256)) * 4}
    path = archive(tmp_path / "bomb.zip", entries | noise)
    monkeypatch.setattr(zip_source, "LARGEST_TOTAL", 2**40)
    with pytest.raises(ConfigError, match=r"unpacks to at most 200 times its size; in bomb\.zip the entries come to"):
        read(path)
    stored = archive(tmp_path / "stored.zip", {"big.bin": b"x" * 900_000}, zipfile.ZIP_STORED)
    with zipfile.ZipFile(stored, "a", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    images = read(stored)
    assert len(images) == 2
    assert "times its size; not opened" in reasons(images)["bomb.bmp"]


def test_an_entry_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(zip_source, "LARGEST_ENTRY", 2000)
    path = archive(tmp_path / "a.zip", {"a.png": png(), "b.png": png(), "c.png": bytes(3000)})
    assert "too large" in reasons(read(path))["c.png"]


def test_too_much_in_all_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = archive(tmp_path / "a.zip", {"a.png": png(), "b.png": png()})
    monkeypatch.setattr(zip_source, "LARGEST_TOTAL", 100)
    with pytest.raises(ConfigError, match="GiB unpacked"):
        read(path)
    monkeypatch.setattr(zip_source, "MOST_FILES", 1)
    with pytest.raises(ConfigError, match=r"up to 1 entries; in a\.zip there are 2"):
        read(path)


def test_an_entry_that_is_larger_than_its_header_says_is_cut_there(tmp_path: Path):
    path = archive(tmp_path / "a.zip", {"a.png": png(), "b.png": png(), "c.png": png() + b"\0" * 100_000})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # the unpacked size in both headers
        at = content.rindex(mark)
        content[at + place : at + place + 4] = struct.pack("<I", 60)
    path.write_bytes(content)
    images = read(path)
    assert len(images) == 2
    assert "damaged" in reasons(images)["c.png"]


def test_a_huge_picture_in_a_zip_is_refused_by_its_header(tmp_path: Path):
    path = archive(tmp_path / "a.zip", {"a.png": png(), "b.png": png(), "huge.png": huge_png()})
    assert "too large" in reasons(read(path))["huge.png"]


def test_encrypted_entries_are_listed(tmp_path: Path):
    path = archive(tmp_path / "a.zip", {"a.png": png(), "b.png": png(), "c.png": png()})
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x03\x04") + 6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert reasons(read(path)) == {"c.png": "encrypted"}


def test_a_damaged_entry_is_listed(tmp_path: Path):
    path = archive(tmp_path / "a.zip", {"a.png": png(), "b.png": png(), "c.png": png((1, 2, 3))}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.rindex(b"IDAT") + 6] ^= 0xFF
    path.write_bytes(content)
    assert "damaged in the archive" in reasons(read(path))["c.png"]


def test_a_zip_without_pictures_or_cut_off_is_one_clear_error(tmp_path: Path):
    with pytest.raises(ConfigError, match="there is no picture"):
        read(archive(tmp_path / "a.zip", {"notes.txt": b"notes"}))
    whole = archive(tmp_path / "b.zip", {"a.png": png(), "b.png": png()}).read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConfigError, match=r"a whole ZIP archive; in b\.zip something is damaged"):
        read(tmp_path / "b.zip")
    (tmp_path / "c.zip").write_text("no archive")
    with pytest.raises(ConfigError, match=r"c\.zip"):
        read(tmp_path / "c.zip")
