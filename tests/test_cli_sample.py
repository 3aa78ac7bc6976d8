from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganstudio import cli
from ganstudio.commands import sample
from ganstudio.engine import checkpoint
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
