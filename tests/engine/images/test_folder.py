"""A folder of pictures, whatever lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganstudio.engine.images import listing, scanning
from ganstudio.engine.images.folder_source import FolderSource
from ganstudio.engine.images.problems import ScanCancelled
from ganstudio.engine.images.scanning import scan
from ganstudio.engine.images.settings import ScanSettings
from ganstudio.engine.params import ConfigError
from tests.engine.images.making import BLUE, GREEN, RED, folder_of, huge_png, picture, read, reasons


def test_pictures_are_read_recursively_in_the_order_of_their_names(tmp_path: Path):
    for index, name in enumerate(("b.png", "a.png", "deep/er/c.png")):
        picture(tmp_path / name, (10 * index, 0, 0))
    images = read(tmp_path)
    assert images.shape == (3, 16, 16)
    assert sorted(images.images[:, 0, 0, 0].tolist()) == [0, 10, 20]
    assert images.title == tmp_path.name


def test_sub_folders_are_classes_at_any_depth_below_a_shared_one(tmp_path: Path):
    for index in range(3):
        picture(tmp_path / "photos" / "cats" / f"{index}.png", RED)
        picture(tmp_path / "photos" / "dogs" / "small" / f"{index}.png", GREEN)
    images = read(tmp_path)
    assert images.class_names == ("cats", "dogs")
    assert images.class_counts == (3, 3)
    colors = images.images[:, 0, 0].argmax(axis=1)
    assert np.array_equal(colors, images.labels)


def test_parts_of_a_data_set_are_no_classes(tmp_path: Path):
    for part in ("train", "test"):
        for name in ("cats", "dogs"):
            folder_of(tmp_path / part / name, 2)
    images = read(tmp_path)
    assert images.class_names == ("cats", "dogs")
    assert images.class_counts == (4, 4)
    assert images.notes == ("The parts test, train are taken together.",)


def test_one_folder_makes_no_classes_and_stray_pictures_make_one_of_their_own(tmp_path: Path):
    folder_of(tmp_path / "one" / "only")
    assert read(tmp_path / "one").classes == 0
    folder_of(tmp_path / "two" / "cats")
    picture(tmp_path / "two" / "stray.png")
    assert read(tmp_path / "two").class_names == ("(top folder)", "cats")


def test_too_many_folders_are_no_classes_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ganstudio.engine.images.classes.MOST_CLASSES", 2)
    for name in "abc":
        folder_of(tmp_path / name, 1)
    images = read(tmp_path)
    assert images.classes == 0
    assert "3 folders are too many" in images.notes[0]


def test_a_class_without_a_readable_picture_is_none(tmp_path: Path):
    for name in ("a", "b", "c"):
        folder_of(tmp_path / name, 2)
    for file in (tmp_path / "b").iterdir():
        file.write_text("no picture")
    images = read(tmp_path)
    assert images.class_names == ("a", "c")
    assert set(images.labels.tolist()) == {0, 1}


def test_mixed_kinds_of_pictures_come_out_alike(tmp_path: Path):
    picture(tmp_path / "grey.png", 128, mode="L")
    picture(tmp_path / "clear.png", (0, 0, 0, 0), mode="RGBA")
    picture(tmp_path / "cmyk.jpg", (0, 0, 0, 0), mode="CMYK")
    Image.fromarray(np.full((30, 30), 65_535, np.uint16)).save(tmp_path / "deep.png")
    picture(tmp_path / "palette.gif", 0, mode="P")
    assert read(tmp_path).shape == (1, 16, 16)  # none of them has a colour
    picture(tmp_path / "red.bmp", RED)
    mixed = read(tmp_path)
    assert mixed.shape == (3, 16, 16)
    assert len(mixed) == 6
    assert read(tmp_path, color="grey").shape == (1, 16, 16)
    assert mixed.skipped == ()


def test_as_is_is_grey_only_where_every_picture_is_and_rgb_always_is_rgb(tmp_path: Path):
    folder = tmp_path / "grey"
    for index in range(3):
        picture(folder / f"{index}.png", (index, index, index))
    grey = read(folder)
    assert grey.shape == (1, 16, 16)
    assert sorted(grey.images[:, 0, 0, 0].tolist()) == [0, 1, 2]
    assert read(folder, color="rgb").shape == (3, 16, 16)


def test_broken_files_are_passed_over_and_listed_with_their_reasons(tmp_path: Path):
    folder_of(tmp_path)
    (tmp_path / "text.png").write_text("I am a text")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "huge.png").write_bytes(huge_png())
    whole = picture(tmp_path / "cut.jpg", size=(300, 300)).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    images = read(tmp_path)
    assert len(images) == 3
    assert images.skipped_count == 5
    said = reasons(images)
    assert "not a picture" in said["text.png"]
    assert said["empty.jpg"] == "empty"
    assert said["notes.txt"] == ".txt is no picture's ending"
    assert "too large" in said["huge.png"]
    assert "400,000,000" in said["huge.png"]
    assert "truncated" in said["cut.jpg"]


def test_what_systems_leave_is_not_even_listed(tmp_path: Path):
    folder_of(tmp_path)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/._a.png", ".hidden/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"junk")
    images = read(tmp_path)
    assert (len(images), images.skipped_count) == (3, 0)


def test_names_of_every_script_are_read_and_bytes_that_are_none_are_shown(tmp_path: Path):
    folder_of(tmp_path / "猫", 2)
    folder_of(tmp_path / "Gänse Ω", 2)
    picture(tmp_path / "猫" / "ёж 🦔.png")
    (tmp_path / "猫" / "壊れた.png").write_text("")
    images = read(tmp_path)
    assert images.class_names == ("Gänse Ω", "猫")
    assert images.class_counts == (2, 3)
    assert reasons(images) == {"猫/壊れた.png": "empty"}


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_a_name_in_no_known_encoding_is_read_and_can_be_shown(tmp_path: Path):
    folder_of(tmp_path)
    odd = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    Path(os.fsdecode(odd)).write_bytes(b"")
    images = read(tmp_path)
    assert [item.name for item in images.skipped] == ["??.png".replace("?", "\ufffd")] or images.skipped_count == 1
    images.skipped[0].name.encode("utf-8")


def test_links_are_followed_but_never_in_circles(tmp_path: Path):
    folder_of(tmp_path / "real")
    picture(tmp_path / "elsewhere" / "x.png", BLUE)
    (tmp_path / "real" / "round").symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "real" / "other").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "real" / "link.png").symlink_to(tmp_path / "elsewhere" / "x.png")
    (tmp_path / "real" / "dangling.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "real" / "self.png").symlink_to(tmp_path / "real" / "self.png")
    images = read(tmp_path / "real")
    assert len(images) == 5
    said = reasons(images)
    assert said["round/"] == "a link to a folder that was read already"
    assert "cannot be opened" in said["dangling.png"]
    assert "cannot be opened" in said["self.png"]


def test_a_link_that_leads_to_itself_is_one_clear_error(tmp_path: Path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ConfigError, match=r"data\.path = .*loop.*the system says"):
        read(tmp_path / "loop")


def test_unreadable_files_and_folders_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder_of(tmp_path)
    folder_of(tmp_path / "closed")
    picture(tmp_path / "locked.png")
    real_scandir, real_open = os.scandir, Path.open

    def scandir(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    def open_file(self, *arguments, **options):
        if self.name == "locked.png":
            raise PermissionError(13, "Permission denied")
        return real_open(self, *arguments, **options)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(Path, "open", open_file)
    images = read(tmp_path)
    assert len(images) == 3
    assert reasons(images) == {
        "closed/": "cannot be opened: Permission denied",
        "locked.png": "cannot be opened: Permission denied",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_are_listed_rather_than_waited_for(tmp_path: Path):
    folder_of(tmp_path)
    os.mkfifo(tmp_path / "pipe.png")
    assert reasons(read(tmp_path)) == {"pipe.png": "a pipe or a device"}
    with pytest.raises(ConfigError, match="a pipe or a device"):
        read(tmp_path / "pipe.png")


def test_only_so_many_skipped_files_are_named_but_all_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ganstudio.engine.images.problems.MOST_LISTED", 3)
    folder_of(tmp_path)
    for index in range(10):
        (tmp_path / f"{index}.jpg").touch()
    images = read(tmp_path)
    assert (len(images.skipped), images.skipped_count) == (3, 10)


# -- sources that cannot be used


def error_of(path: Path | str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.path == "data.path"
    return str(caught.value)


def test_an_empty_folder_is_one_clear_error(tmp_path: Path):
    said = error_of(tmp_path)
    assert str(tmp_path)[:40] in said
    assert "a folder with picture files" in said
    assert "there are no files" in said


def test_a_folder_of_other_things_says_what_there_is(tmp_path: Path):
    for index in range(4):
        (tmp_path / f"{index}.docx").touch()
    (tmp_path / "a.csv").touch()
    assert "5 files are none (4 × .docx, 1 × .csv)" in error_of(tmp_path)


def test_a_folder_whose_pictures_are_all_broken_says_how_many_and_why(tmp_path: Path):
    for index in range(4):
        (tmp_path / f"{index}.png").write_text("text")
    said = error_of(tmp_path)
    assert "two pictures or more" in said
    assert "4 were passed over, such as 0.png (not a picture" in said


def test_one_picture_is_too_few(tmp_path: Path):
    assert "there is one" in error_of(folder_of(tmp_path / "single", 1))
    assert "there is one picture; choose its folder" in error_of(tmp_path / "single" / "000.png")


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "choose one"), ("  ", "choose one"), ("/no/such/place", "none of this name"), ("a\0b", "the name of")],
)
def test_what_is_not_there_is_told_apart(path: str, said: str):
    assert said in error_of(path)


def test_a_folder_that_cannot_be_opened_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def scandir(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", scandir)
    assert "a folder that can be read; the system says: Permission denied" in error_of(tmp_path)


def test_too_many_files_are_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listing, "MOST_FILES", 2)
    assert "up to 2 files" in error_of(folder_of(tmp_path))


def test_any_other_file_is_one_clear_error(tmp_path: Path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(b"%PDF-1.7 hello")
    assert "a ZIP of pictures" in error_of(file)
    (tmp_path / "empty.npz").touch()
    assert "it is empty" in error_of(tmp_path / "empty.npz")


def test_a_disk_without_room_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder_of(tmp_path)
    monkeypatch.setattr(scanning, "RESERVE_BYTES", 2**62)
    assert "room on the disk" in error_of(tmp_path)


# -- the scan itself


def test_progress_goes_up_to_the_number_of_pictures(tmp_path: Path):
    folder_of(tmp_path, 5)
    (tmp_path / "broken.png").touch()
    seen: list[tuple[int, int]] = []
    scan(str(tmp_path), ScanSettings(size=16), lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 0)
    assert (6, 6) in seen
    done = [item for item, total in seen if total]
    assert done == sorted(done)


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_cancelled_scan_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder_of(tmp_path / "pictures", 8)
    calls = iter(range(100))
    with pytest.raises(ScanCancelled):
        scan(str(tmp_path / "pictures"), ScanSettings(size=16), cancelled=lambda: next(calls) >= after)
    kept = tmp_path / "cache"
    assert not [item for item in kept.rglob("*") if item.is_file()]


def test_files_that_vanish_during_the_scan_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder_of(tmp_path, 4)
    real = FolderSource.batches

    def batches(self, size):
        (tmp_path / "002.png").unlink()
        yield from real(self, size)

    monkeypatch.setattr(FolderSource, "batches", batches)
    images = read(tmp_path)
    assert len(images) == 3
    assert "cannot be opened" in reasons(images)["002.png"]
