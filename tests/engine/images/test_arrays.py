"""Images in NumPy's files."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from ganstudio.engine.images import ScanSettings, array_files, array_source
from ganstudio.engine.images.problems import ScanCancelled
from ganstudio.engine.images.scanning import scan
from ganstudio.engine.params import ConfigError
from tests.engine.images.making import read

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (12, 16, 16, 3), dtype=np.uint8)


def npy(folder: Path, array: np.ndarray) -> Path:
    np.save(folder / "a.npy", array)
    return folder / "a.npy"


def npz(folder: Path, packed: bool = False, **arrays: np.ndarray) -> Path:
    (np.savez_compressed if packed else np.savez)(folder / "a.npz", **arrays)
    return folder / "a.npz"


def as_sets(*arrays: np.ndarray) -> list[set[bytes]]:
    return [{picture.tobytes() for picture in array} for array in arrays]


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (BYTES, BYTES),
        (BYTES[..., 0], BYTES[..., :1]),
        (BYTES[..., :1], BYTES[..., :1]),
        (BYTES.transpose(0, 3, 1, 2), BYTES),
        (BYTES[..., :1].transpose(0, 3, 1, 2), BYTES[..., :1]),
        (BYTES.astype(np.int64), BYTES),
        (BYTES.astype(">u2"), BYTES),
        (BYTES.astype(np.uint16) * 257, BYTES),
        (BYTES.astype(np.float32), BYTES),
        ((BYTES / 255).astype(np.float32), BYTES),
        (BYTES / 127.5 - 1, BYTES),
        (BYTES[..., 0] > 127, (BYTES[..., :1] > 127) * np.uint8(255)),
        (np.concatenate([BYTES, np.full_like(BYTES[..., :1], 255)], 3), BYTES),
        (np.concatenate([BYTES, np.zeros_like(BYTES[..., :1])], 3), np.full_like(BYTES[..., :1], 255)),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_arrays_of_every_kind_become_bytes(tmp_path: Path, array: np.ndarray, wanted: np.ndarray):
    found = read(npy(tmp_path, np.ascontiguousarray(array)))
    first, second = as_sets(found.images, wanted)
    assert first == second
    assert found.classes == 0


def test_rows_are_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(array_files, "CHUNK_BYTES", 5 * 16 * 16 * 3)
    for path in (npy(tmp_path, BYTES), npz(tmp_path, images=BYTES), npz(tmp_path, packed=True, images=BYTES)):
        first, second = as_sets(read(path).images, BYTES)
        assert first == second


@pytest.mark.parametrize("labels", [np.arange(12) % 3, (np.arange(12) % 3)[:, None], (np.arange(12) % 3).astype(float)])
@pytest.mark.parametrize("packed", [False, True])
def test_labels_stay_with_their_images(tmp_path: Path, labels: np.ndarray, packed: bool):
    images = np.zeros((12, 16, 16), np.uint8) + (np.arange(12, dtype=np.uint8) % 3)[:, None, None]
    found = read(npz(tmp_path, packed, images=images, labels=labels))
    assert found.class_names == ("0", "1", "2")
    assert found.class_counts == (4, 4, 4)
    assert np.array_equal(found.images[:, 0, 0, 0], found.labels)


def test_labels_may_be_words_or_any_numbers(tmp_path: Path):
    names = np.array(["cat", "dog"])[np.arange(12) % 2]
    assert read(npz(tmp_path, images=BYTES, labels=names)).class_names == ("cat", "dog")
    assert read(npz(tmp_path, images=BYTES, y=np.arange(12) % 2 * 90 + 7)).class_names == ("7", "97")


@pytest.mark.parametrize(
    "names", [("x_train", "y_train"), ("train_images", "train_labels"), ("arr_0", "arr_1"), ("x", "y")]
)
def test_the_usual_names_of_arrays_are_known(tmp_path: Path, names: tuple[str, str]):
    arrays = {names[0]: BYTES, names[1]: np.arange(12) % 2, "x_test": BYTES[:5], "y_test": np.arange(5)}
    found = read(npz(tmp_path, **arrays))
    assert (len(found), found.classes) == (12, 2)


def test_the_only_array_that_can_be_images_is_taken_whatever_its_name(tmp_path: Path):
    assert len(read(npz(tmp_path, faces=BYTES, ages=np.arange(12.0)))) == 12


def error_of(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.path == "data.path"
    return str(caught.value)


def test_two_arrays_that_could_be_images_are_one_clear_error(tmp_path: Path):
    assert "there is left (12, 16, 16, 3), right (12, 16, 16, 3)" in error_of(npz(tmp_path, left=BYTES, right=BYTES))


class Harm:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("where", ["images", "labels", "other", "npy"])
def test_pickled_objects_are_never_opened_and_that_is_said(tmp_path: Path, where: str):
    harm = np.array([Harm(tmp_path / "harmed")] * 12, dtype=object)
    if where == "npy":
        path = tmp_path / "a.npy"
        np.save(path, harm, allow_pickle=True)
    else:
        path = npz(tmp_path, **({"images": BYTES} | {where: harm}))
    said = error_of(path)
    assert "pickled Python objects, which could run any code and are never opened" in said
    assert not (tmp_path / "harmed").exists()


def test_a_pickle_that_is_named_npy_is_never_opened(tmp_path: Path):
    (tmp_path / "a.npy").write_bytes(pickle.dumps(Harm(tmp_path / "harmed")))
    assert "as numpy.save or numpy.savez writes it" in error_of(tmp_path / "a.npy")
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize("count", [0, 1, 11, 13])
def test_labels_of_the_wrong_length_are_one_clear_error(tmp_path: Path, count: int):
    said = error_of(npz(tmp_path, images=BYTES, labels=np.zeros(count, np.int64)))
    assert "one label for each of the 12 images, a whole number or a text" in said
    assert f"the labels have the shape ({count},)" in said


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (np.zeros((12, 3)), "the shape (12, 3)"),
        (np.linspace(0, 1, 12), "labels of the type float64"),
        (np.full(12, np.nan), "labels of the type float64"),
        (np.full(12, 1j), "labels of the type complex128"),
    ],
    ids=str,
)
def test_labels_that_are_none_are_one_clear_error(tmp_path: Path, labels: np.ndarray, found: str):
    assert found in error_of(npz(tmp_path, images=BYTES, labels=labels))


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((3, 4)), "the shape is (3, 4)"),
        (np.zeros((3, 5, 6, 2), np.uint8), "the shape is (3, 5, 6, 2)"),
        (np.zeros((3, 0, 6), np.uint8), "the shape is (3, 0, 6)"),
        (np.zeros((0, 6, 6), np.uint8), "there are none"),
        (np.zeros((1, 6, 6), np.uint8), "there is one"),
        (np.full((3, 6, 6), 300.0), "the values reach from 300 to 300"),
        (np.full((3, 6, 6), -7), "the values reach from -7 to -7"),
        (np.full((3, 6, 6), np.inf), "some values are not finite"),
        (np.full((3, 6, 6), 1j), "the type is complex128"),
        (np.full((3, 6, 6), "a"), "the type is <U1"),
        (np.asfortranarray(BYTES), "stored column by column"),
    ],
    ids=str,
)
def test_a_bad_array_is_one_clear_error(tmp_path: Path, array: np.ndarray, found: str):
    assert found in error_of(npy(tmp_path, array))


def test_a_header_that_promises_more_than_there_is_is_refused_before_anything_is_loaded(tmp_path: Path):
    path = npy(tmp_path, BYTES)
    path.write_bytes(path.read_bytes().replace(b"(12, 16, 16, 3)", b"(9999999, 9, 9)"))
    assert "cut off: its header promises (9999999, 9, 9) of uint8, which is more than there is" in error_of(path)
    path.write_bytes(path.read_bytes().replace(b"(9999999, 9, 9)", b"(9999999, 9, 9,"))
    assert "no array" in error_of(path)
    path = npy(tmp_path, BYTES)
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut off: its header promises (12, 16, 16, 3) of uint8" in error_of(path)


def test_a_damaged_npz_is_one_clear_error(tmp_path: Path):
    path = npz(tmp_path, packed=True, images=BYTES)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in error_of(path)
    content = bytearray(whole)
    content[len(whole) // 2] ^= 0xFF
    path.write_bytes(content)
    assert "damaged" in error_of(path)


def test_a_packed_file_that_swells_is_never_loaded_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(array_source, "LARGEST_IMAGE", 1000)
    assert "images of up to 0 MiB each" in error_of(npz(tmp_path, packed=True, images=np.zeros((2, 40, 40), np.uint8)))
    monkeypatch.undo()
    monkeypatch.setattr(array_source, "LARGEST_LABELS", 1000)
    labels = np.full(12, "a" * 100)
    assert "the labels are of the type <U100" in error_of(npz(tmp_path, packed=True, images=BYTES, labels=labels))


def test_looking_for_the_range_of_many_numbers_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(array_files, "CHUNK_BYTES", 16 * 16 * 3 * 4)
    calls = iter(range(100))
    with pytest.raises(ScanCancelled):
        scan(str(npy(tmp_path, BYTES.astype(np.float32))), ScanSettings(size=16), cancelled=lambda: next(calls) >= 5)
    assert next(calls) == 6
