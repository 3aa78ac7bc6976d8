"""The formats of MNIST and CIFAR."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganstudio.engine.images import idx_source
from ganstudio.engine.params import ConfigError
from tests.engine.images.making import idx, read

RANDOM = np.random.default_rng(0)
LABELS = np.arange(40) % 10
IMAGES = RANDOM.integers(0, 256, (40, 28, 28)).astype(np.uint8)
IMAGES[:, 0, 0] = LABELS


def error_of(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path, size=28)
    return str(caught.value)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("label_suffix", ["", ".gz"])
@pytest.mark.parametrize("form", ["train-{}-idx{}-ubyte", "train-{}.idx{}-ubyte", "emnist-digits-train-{}-idx{}-ubyte"])
def test_images_find_the_labels_beside_them(tmp_path: Path, suffix: str, label_suffix: str, form: str):
    path = idx(tmp_path / (form.format("images", 3) + suffix), IMAGES)
    idx(tmp_path / (form.format("labels", 1) + label_suffix), LABELS)
    images = read(path, size=28)
    assert images.shape == (1, 28, 28)
    assert images.class_counts == (4,) * 10
    assert np.array_equal(images.images[:, 0, 0, 0], images.labels)


def test_images_without_labels_have_no_classes(tmp_path: Path):
    images = read(idx(tmp_path / "train-images-idx3-ubyte", IMAGES), size=28)
    assert (len(images), images.classes) == (40, 0)


def test_a_folder_of_mnist_is_read_without_its_test_part(tmp_path: Path):
    folder = tmp_path / "fashion-mnist"
    idx(folder / "train-images-idx3-ubyte.gz", IMAGES)
    idx(folder / "train-labels-idx1-ubyte.gz", LABELS)
    idx(folder / "t10k-images-idx3-ubyte.gz", IMAGES[:20])
    idx(folder / "t10k-labels-idx1-ubyte.gz", LABELS[:20])
    images = read(folder, size=28)
    assert len(images) == 40
    assert images.class_names[0] == "T-shirt/top"
    assert [item.name for item in images.skipped] == ["t10k-images-idx3-ubyte.gz"]
    assert len(read(folder / "t10k-images-idx3-ubyte.gz", size=28)) == 20


def test_emnist_is_turned_upright_and_its_letters_named(tmp_path: Path):
    path = idx(tmp_path / "emnist-letters-train-images-idx3-ubyte.gz", IMAGES)
    idx(tmp_path / "emnist-letters-train-labels-idx1-ubyte.gz", LABELS + 1)
    (tmp_path / "emnist-letters-mapping.txt").write_text("".join(f"{n} {64 + n} {96 + n}\n" for n in range(1, 27)))
    images = read(path, size=28)
    assert images.class_names == tuple("ABCDEFGHIJ")
    wanted = {picture.T.tobytes() for picture in IMAGES}
    assert {picture[..., 0].tobytes() for picture in images.images} == wanted


def test_several_sets_in_a_folder_are_one_clear_error(tmp_path: Path):
    for name in ("emnist-letters", "emnist-digits"):
        idx(tmp_path / f"{name}-train-images-idx3-ubyte", IMAGES)
    assert "choose one of them" in error_of(tmp_path)


def test_colour_images_are_read(tmp_path: Path):
    images = read(idx(tmp_path / "a-images-idx4-ubyte", RANDOM.integers(0, 256, (5, 28, 28, 3))), size=28)
    assert images.shape == (3, 28, 28)


def test_rows_are_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(idx_source, "CHUNK_BYTES", 3 * 28 * 28)
    path = idx(tmp_path / "train-images-idx3-ubyte", IMAGES)
    idx(tmp_path / "train-labels-idx1-ubyte", LABELS)
    images = read(path, size=28)
    assert np.array_equal(images.images[:, 0, 0, 0], images.labels)


def test_labels_of_the_wrong_length_are_one_clear_error(tmp_path: Path):
    path = idx(tmp_path / "train-images-idx3-ubyte", IMAGES)
    idx(tmp_path / "train-labels-idx1-ubyte", LABELS[:30])
    assert "one label for each of the 40 images; in train-labels-idx1-ubyte there are 30" in error_of(path)


def test_the_file_of_labels_is_told_from_that_of_images(tmp_path: Path):
    assert "choose the file of the images" in error_of(idx(tmp_path / "train-labels-idx1-ubyte", LABELS))


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_damaged_files_are_one_clear_error(tmp_path: Path, suffix: str):
    path = idx(tmp_path / f"train-images-idx3-ubyte{suffix}", IMAGES)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "a whole IDX file" in error_of(path)
    path.write_bytes(whole[:12])
    assert "train-images-idx3-ubyte" in error_of(path)
    path.write_bytes(b"\0\0\x08\x03" + b"\xff" * 12)
    assert "IDX images as MNIST has them" in error_of(path)


def test_a_gzip_that_swells_is_read_no_further_than_its_header_promises(tmp_path: Path):
    import gzip

    path = idx(tmp_path / "train-images-idx3-ubyte", IMAGES)
    bomb = tmp_path / "bomb-images-idx3-ubyte.gz"
    bomb.write_bytes(gzip.compress(path.read_bytes() + b"\0" * 5_000_000))
    assert len(read(bomb, size=28)) == 40


# -- CIFAR

PIXELS = RANDOM.integers(0, 256, (30, 32, 32, 3)).astype(np.uint8)


def cifar(path: Path, *labels: np.ndarray, pixels: np.ndarray = PIXELS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [column.astype(np.uint8)[:, None] for column in labels]
    records = np.concatenate([*columns, pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)], axis=1)
    path.write_bytes(records.tobytes())
    return path


def test_cifar_10_is_read_from_a_file(tmp_path: Path):
    images = read(cifar(tmp_path / "data_batch_1.bin", np.arange(30) % 10), size=32)
    assert images.shape == (3, 32, 32)
    assert images.class_names == tuple(map(str, range(10)))
    assert {picture.tobytes() for picture in images.images} == {picture.tobytes() for picture in PIXELS}


def test_a_folder_of_cifar_is_read_with_its_names_and_without_its_test_part(tmp_path: Path):
    folder = tmp_path / "cifar" / "cifar-10-batches-bin"
    for index in (1, 2):
        cifar(folder / f"data_batch_{index}.bin", np.arange(30) % 10)
    cifar(folder / "test_batch.bin", np.arange(30) % 10)
    (folder / "batches.meta.txt").write_text("\n".join(f"kind {index}" for index in range(10)) + "\n\n")
    (folder / "readme.html").write_text("<html>")
    images = read(tmp_path / "cifar", size=32)
    assert len(images) == 60
    assert images.class_names[3] == "kind 3"
    assert images.class_counts == (6,) * 10
    assert images.title == "CIFAR-10"


def test_cifar_100_has_its_fine_labels(tmp_path: Path):
    fine = np.arange(30) + 60
    images = read(cifar(tmp_path / "train.bin", fine % 20, fine), size=32)
    assert images.class_names == tuple(map(str, range(60, 90)))
    assert images.title == "CIFAR-100"


def test_other_files_of_that_ending_and_damaged_ones_are_one_clear_error(tmp_path: Path):
    path = cifar(tmp_path / "a.bin", np.arange(30) % 10)
    path.write_bytes(path.read_bytes()[:-1])
    assert "records of 3,073 bytes (CIFAR-10) or 3,074 bytes (CIFAR-100); in a.bin there are 92,189 bytes" in error_of(
        path
    )
    labels = np.zeros(200)
    labels[150] = 77
    wrong = cifar(tmp_path / "b.bin", labels, pixels=np.zeros((200, 32, 32, 3), np.uint8))
    assert "labels from 0 to 9; in b.bin there is the label 77" in error_of(wrong)
