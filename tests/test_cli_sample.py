from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio import cli, paths
from ganstudio.commands import sample
from ganstudio.engine import checkpoint
from ganstudio.engine.device import random_generator
from ganstudio.engine.quality import classifier
from ganstudio.engine.trainer import Trainer
from tests.engine.configs import small


@pytest.fixture(scope="module", params=["two_gaussians", "ring8"])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    trainer = Trainer(small(data__name=request.param))
    for _ in range(30):
        trainer.iterate()
    path = tmp_path_factory.mktemp("saved") / f"run{checkpoint.SUFFIX}"
    checkpoint.save(path, trainer)
    return path


def drawn(saved: Path, output: Path, *arguments: str) -> None:
    assert cli.main(["sample", str(saved), "--count", "500", "-o", str(output), *arguments]) == 0


def test_points_are_those_of_the_generator_in_data_units(saved: Path, tmp_path: Path) -> None:
    drawn(saved, tmp_path / "points.npy")
    points = np.load(tmp_path / "points.npy")
    trainer = checkpoint.load(saved)
    assert points.shape == (500, trainer.data_dim)
    assert points.dtype == np.float32
    expected = trainer.evaluate(4_096)["metric/jsd"]
    ours = trainer.panel.measure(sample.drawn(trainer, 4_096, 7, raw=False).astype(float))["metric/jsd"]
    assert ours == pytest.approx(expected, abs=0.05)


def test_equal_seeds_give_equal_points_and_others_others(saved: Path, tmp_path: Path) -> None:
    for name, arguments in {"a": [], "b": ["--seed", "0"], "c": ["--seed", "1"], "d": ["--raw"]}.items():
        drawn(saved, tmp_path / f"{name}.npy", *arguments)
    a, b, c, d = (np.load(tmp_path / f"{name}.npy") for name in "abcd")
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)
    assert not np.array_equal(a, d)


def test_a_csv_holds_the_same_points_under_the_axes_names(saved: Path, tmp_path: Path) -> None:
    drawn(saved, tmp_path / "points.npy")
    drawn(saved, tmp_path / "points.csv")
    points = np.load(tmp_path / "points.npy")
    header = (tmp_path / "points.csv").read_text("ascii").splitlines()[0]
    assert header == {1: "x", 2: "x,y"}[points.shape[1]]
    read = np.loadtxt(tmp_path / "points.csv", delimiter=",", skiprows=1, ndmin=2, dtype=np.float32)
    np.testing.assert_array_equal(read, points)


def test_many_points_are_drawn_block_by_block(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = checkpoint.load(saved)
    monkeypatch.setattr(sample, "BLOCK", 64)
    points = sample.drawn(trainer, 150, 0, raw=False)
    assert points.shape == (150, trainer.data_dim)
    assert len(np.unique(points[:, 0])) == 150


def test_a_picture_shows_the_points(saved: Path, tmp_path: Path) -> None:
    drawn(saved, tmp_path / "points.png")
    assert (tmp_path / "points.png").read_bytes().startswith(b"\x89PNG")


def test_a_sampling_leaves_the_checkpoint_as_it_was(saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    drawn(saved, tmp_path / "points.npy")
    assert saved.read_bytes() == before


@pytest.mark.parametrize("conditional", [False, True])
def test_images_are_saved_as_bytes_and_as_a_sheet(tmp_path: Path, conditional: bool) -> None:
    nets = {"generator__name": "dcgan", "discriminator__name": "dcgan", "generator__width": 4}
    if conditional:
        nets |= {"generator__condition": "embedding", "discriminator__condition": "projection"}
    trainer = Trainer(small(data__name="digits", data__count=40, **nets))
    path = tmp_path / f"run{checkpoint.SUFFIX}"
    checkpoint.save(path, trainer)
    for name in ("a.npy", "a.png"):
        assert cli.main(["sample", str(path), "--count", "12", "-o", str(tmp_path / name)]) == 0
    images = np.load(tmp_path / "a.npy")
    assert (images.shape, images.dtype) == ((12, 28, 28, 1), np.uint8)
    z = trainer.config.prior.sample(12, random_generator(trainer.device, 0, sample.STREAM))
    y = torch.eye(10)[torch.arange(12) % 10] if conditional else None
    np.testing.assert_array_equal(images, trainer.images(trainer.ema, z, y))
    with Image.open(tmp_path / "a.png") as opened:
        shown = np.asarray(opened)
    assert shown.shape == (3 * 58 - 2, 4 * 58 - 2, 3)
    np.testing.assert_array_equal(shown[58:114:2, 116:172:2, 0], images[6, :, :, 0])


def test_images_in_a_csv_are_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nets = {"generator__name": "dcgan", "discriminator__name": "dcgan", "generator__width": 4}
    path = tmp_path / f"run{checkpoint.SUFFIX}"
    checkpoint.save(path, Trainer(small(data__name="digits", data__count=40, **nets)))
    assert cli.main(["sample", str(path), "--count", "4", "-o", str(tmp_path / "a.csv")]) == 2
    assert "images go into a .npy" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


def test_a_shipped_model_can_be_sampled_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = next(path for path in (paths.resources() / "models").glob("digits_conditional*.safetensors"))
    for name in ("a.npy", "b.npy", "sheet.png"):
        assert cli.main(["sample", str(model), "--count", "20", "-o", str(tmp_path / name)]) == 0
    images = np.load(tmp_path / "a.npy")
    assert (images.shape, images.dtype) == ((20, 28, 28, 1), np.uint8)
    np.testing.assert_array_equal(images, np.load(tmp_path / "b.npy"))
    assert "20 images of" in capsys.readouterr().out
    found = classifier.read(classifier.load(), images).probabilities.argmax(1)
    assert (found == np.arange(20) % 10).mean() >= 0.8  # of the classes that were asked for, in turn


def test_of_a_model_there_is_no_raw_generator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = next((paths.resources() / "models").glob("digits_dcgan*.safetensors"))
    assert cli.main(["sample", str(model), "--raw", "--count", "2", "-o", str(tmp_path / "a.npy")]) == 2
    assert "averaged generator alone" in capsys.readouterr().err
