"""What is read once is kept, up to a limit."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from ganstudio.engine.images import cache, scanning
from ganstudio.engine.images.image_set import split_rows
from ganstudio.engine.images.settings import ScanSettings
from tests.engine.images.making import folder_of, picture, read, reasons


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    scanning.forget()


def kept() -> list[Path]:
    return sorted(item for item in cache.folder().iterdir() if not item.name.startswith("."))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for name, count in (("a", 12), ("b", 24)):
        folder_of(tmp_path / "pictures" / name, count)
    (tmp_path / "pictures" / "broken.png").write_text("text")
    return tmp_path / "pictures"


def never(*arguments: object) -> None:
    raise AssertionError("read anew")


def test_a_set_is_read_once_and_is_the_same_when_it_comes_from_the_disk(pictures: Path, monkeypatch):
    first = read(pictures)
    assert read(pictures) is first
    scanning.forget()
    monkeypatch.setattr(scanning, "_make", never)
    again = read(pictures)
    assert again is not first
    assert isinstance(again.images, np.memmap)
    assert not again.images.flags.writeable
    assert np.array_equal(first.mean_image(), np.rint(first.images.mean(0)).astype(np.uint8))
    for name in ("images", "labels", "mean"):
        assert np.array_equal(getattr(again, name), getattr(first, name))
    for name in ("class_names", "title", "skipped", "skipped_count", "notes", "held_out_rows"):
        assert getattr(again, name) == getattr(first, name)
    assert reasons(again) == {"broken.png": "not a picture in a format that can be read"}
    assert scanning.is_scanned(str(pictures), ScanSettings(size=16))
    assert not scanning.is_scanned(str(pictures), ScanSettings(size=28))


def test_it_is_read_anew_when_a_file_or_a_setting_changes(pictures: Path):
    read(pictures)
    assert len(read(pictures, size=28)) == len(read(pictures, fit="pad")) == 36
    assert len(kept()) == 3
    picture(pictures / "a" / "new.png")
    assert len(read(pictures)) == 37
    os.utime(pictures / "a" / "new.png", ns=(1, 1))
    read(pictures)
    (pictures / "a" / "new.png").unlink()
    assert len(read(pictures)) == 36
    assert len(kept()) == 5


def test_a_new_version_reads_everything_anew(pictures: Path, monkeypatch):
    read(pictures)
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    read(pictures)
    assert len(kept()) == 2


def test_sets_are_stored_with_the_held_out_part_last_and_every_class_evenly(pictures: Path):
    images = read(pictures)
    train, held_out = images.split()
    assert held_out.class_counts == (1, 3) or held_out.class_counts == (1, 2)
    assert len(train) + len(held_out) == 36
    assert np.shares_memory(train.images, images.images)
    ten = images.split(9).train
    assert ten.class_counts == (3, 6)


def test_the_stored_split_is_the_one_that_everything_shares(tmp_path: Path):
    shades = np.arange(100, dtype=np.uint8)
    np.savez(tmp_path / "a.npz", images=np.zeros((100, 16, 16), np.uint8) + shades[:, None, None], labels=shades % 3)
    train, held_out = read(tmp_path / "a.npz").split()
    wanted = split_rows((shades % 3).astype(np.int64), 100)
    assert train.images[:, 0, 0, 0].tolist() == wanted[0].tolist()
    assert held_out.images[:, 0, 0, 0].tolist() == wanted[1].tolist()


def test_the_sets_used_longest_ago_go_first(tmp_path: Path, monkeypatch):
    folders = [folder_of(tmp_path / f"set{index}", 4) for index in range(4)]
    for index, folder in enumerate(folders[:3]):
        read(folder, color="rgb")
        (newest,) = set(kept()) - {item for item in kept() if (item / "set.json").stat().st_mtime < 1_000_000}
        os.utime(newest / "set.json", (1000 + index, 1000 + index))
    scanning.forget()
    read(folders[0], color="rgb")  # used again, so the second one is the oldest now
    size = sum(file.stat().st_size for file in kept()[0].iterdir())
    monkeypatch.setattr(cache, "MOST_BYTES", round(3.5 * size))
    read(folders[3], color="rgb")
    assert len(kept()) == 3
    scanning.forget()
    known = [scanning.is_scanned(str(folder), ScanSettings(size=16, color="rgb")) for folder in folders]
    assert known == [True, False, True, True]


def test_a_set_larger_than_the_limit_is_kept_while_it_is_the_newest(pictures: Path, monkeypatch):
    monkeypatch.setattr(cache, "MOST_BYTES", 10)
    assert len(read(pictures)) == 36
    assert len(kept()) == 1


@pytest.mark.parametrize("name", ["images.npy", "labels.npy", "mean.npy", "set.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "pickle"])
def test_a_damaged_copy_is_made_anew(pictures: Path, name: str, damage: str):
    before = read(pictures)
    content = before.images.copy()
    (folder,) = kept()
    whole = (folder / name).read_bytes()
    (folder / name).unlink()
    if damage == "empty":
        (folder / name).touch()
    elif damage == "cut":
        (folder / name).write_bytes(whole[: len(whole) // 2])
    elif damage == "pickle":
        np.save(folder / "bad.npy", np.array([print], dtype=object), allow_pickle=True)
        (folder / "bad.npy").rename(folder / name)
    scanning.forget()
    assert np.array_equal(read(pictures).images, content)


def test_two_scans_at_once_end_with_one_copy(pictures: Path):
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(len(read(pictures)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [36] * 4
    assert len(kept()) == 1
    assert not list(cache.folder().glob(".*"))


def test_what_a_program_left_half_made_goes_after_a_day(pictures: Path):
    old = cache.folder() / f"{cache.WORKING}old"
    young = cache.folder() / f"{cache.WORKING}young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (1, 1))
    read(pictures)
    assert not old.exists()
    assert young.exists()


def test_without_a_place_for_the_cache_a_temporary_one_serves(pictures: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(read(pictures)) == 36


def test_a_disk_that_fills_up_is_one_clear_error_and_leaves_nothing(pictures: Path, monkeypatch):
    def publish(made: Path, key: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "publish", publish)
    with pytest.raises(ValueError, match="No space left on device"):
        read(pictures)
    assert not list(cache.folder().iterdir())
