from __future__ import annotations

import csv
import json
import math
import os
import signal
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
import torch

from ganstudio import cli
from ganstudio.commands import offscreen, picture, results, train
from ganstudio.engine import atomic, checkpoint
from ganstudio.engine.trainer import Trainer
from ganstudio.ui.views.stage import Stage
from tests.engine.configs import small

SMALL = [
    *("--set", "generator.depth=1", "--set", "generator.width=8"),
    *("--set", "discriminator.depth=1", "--set", "discriminator.width=8"),
    *("--set", "training.batch_size=16", "--set", "training.metrics_every=20", "--device", "cpu"),
]
FILES = {"run.json", "history.csv", results.CHECKPOINT, "picture.png"}


@pytest.fixture(autouse=True)
def quick_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FINAL_COUNT", 2_000)


def trained(folder: Path, *arguments: str, preset: str = "fig1") -> dict[str, Any]:
    assert cli.main(["train", preset, *SMALL, "--out", str(folder), *arguments]) == 0
    return record(folder)


def record(folder: Path) -> dict[str, Any]:
    def refused(constant: str) -> None:
        raise AssertionError(f"{constant} is not strict JSON")

    read: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"), parse_constant=refused)
    return read


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_picture_says_how_many_images_are_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Stage] = []
    monkeypatch.setattr(offscreen, "save", lambda stage, path: seen.append(stage))
    config = small(data__name="digits", data__count=40, generator__name="dcgan", discriminator__name="dcgan")
    picture.write_stage(tmp_path / "picture.png", Trainer(config))
    (stage,) = seen
    canvas = stage.canvases["images"]
    stage.grab()
    shown = sum(int((panel.tiles >= 0).sum()) for panel in canvas.panels)
    assert stage.caption.text().startswith(f"{shown} of 64 images")


def test_a_run_leaves_its_record_history_checkpoint_and_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "out"
    read = trained(folder, "--steps", "50", "--seed", "3", "--set", "loss.name=hinge")
    assert {path.name for path in folder.iterdir()} == FILES
    assert (read["preset"], read["outcome"], read["steps"], read["seed"]) == ("fig1", "finished", 50, 3)
    assert read["config"]["loss"]["name"] == "hinge"
    assert read["config"]["training"]["steps"] == 50
    assert read["steps_per_s"] == pytest.approx(50 / read["seconds"])
    assert {"ganstudio", "python", "torch", "pyside6-essentials"} <= set(read["versions"])
    for name in ("loss/d", "loss/g", "metric/jsd", "metric/jsd_raw", "metric/modes", "metric/high_quality"):
        assert math.isfinite(read["final"][name]), name
    assert math.isfinite(read["final"]["metric/reverse_kl"])
    assert 0 <= read["floors"]["metric/jsd"] < read["final"]["metric/jsd"]
    assert (folder / "picture.png").read_bytes().startswith(b"\x89PNG")
    written = capsys.readouterr()
    assert f"Results are in {folder}" in written.out
    assert "iteration 50 of 50" in written.err or "iteration 46 of 50" in written.err


def test_the_history_has_a_row_for_every_iteration_and_measurements_where_they_were_made(tmp_path: Path) -> None:
    trained(tmp_path / "out", "--steps", "45")
    table = rows(tmp_path / "out")
    assert [int(row["step"]) for row in table] == list(range(1, 46))
    assert all(math.isfinite(float(row["loss/d"])) for row in table)
    assert [row["step"] for row in table if row["metric/jsd"]] == ["20", "40"]
    history = checkpoint.load(tmp_path / "out" / results.CHECKPOINT).history
    np.testing.assert_array_equal(history.series("loss/g")[1], np.float32([float(row["loss/g"]) for row in table]))


def test_equal_settings_and_seed_leave_equal_histories(tmp_path: Path) -> None:
    for name in ("a", "b"):
        trained(tmp_path / name, "--steps", "30", "--seed", "5")
    assert (tmp_path / "a" / "history.csv").read_bytes() == (tmp_path / "b" / "history.csv").read_bytes()
    assert record(tmp_path / "a")["final"] == record(tmp_path / "b")["final"]


def test_a_resumed_run_equals_one_that_was_never_interrupted(tmp_path: Path) -> None:
    trained(tmp_path / "whole", "--steps", "60")
    trained(tmp_path / "first", "--steps", "25")
    saved = str(tmp_path / "first" / results.CHECKPOINT)
    second = ["train", "--resume", saved, "--steps", "60", "--out", str(tmp_path / "second")]
    assert cli.main(second) == 0
    assert rows(tmp_path / "second") == rows(tmp_path / "whole")
    assert record(tmp_path / "second")["final"] == record(tmp_path / "whole")["final"]
    assert record(tmp_path / "second")["steps_trained"] == 35


def test_live_settings_can_change_on_resuming_and_others_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained(tmp_path / "first", "--steps", "20")
    resume = ["train", "--resume", str(tmp_path / "first" / results.CHECKPOINT), "--steps", "30"]
    assert cli.main([*resume, "--set", "training.d_steps=2", "--out", str(tmp_path / "live")]) == 0
    assert any("k 1→2" in event["text"] for event in record(tmp_path / "live")["events"])
    capsys.readouterr()
    assert cli.main([*resume, "--set", "generator.width=16", "--out", str(tmp_path / "other")]) == 2
    assert "cannot go on with another generator.width" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_a_folder_with_something_in_it_is_only_written_to_when_forced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious").write_text("mine")
    assert cli.main(["train", "fig1", *SMALL, "--steps", "5", "--out", str(tmp_path)]) == 2
    assert "--force" in capsys.readouterr().err
    trained(tmp_path, "--steps", "5", "--force")
    assert {path.name for path in tmp_path.iterdir()} == FILES | {"precious"}
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_refused_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # rights mean nothing to the root of a container
    monkeypatch.setattr(Trainer, "iterate", lambda self: pytest.fail("trained for nothing"))
    assert cli.main(["train", "fig1", *SMALL, "--steps", "5", "--out", str(tmp_path)]) == 1
    assert f"--out {tmp_path} cannot be written to" in capsys.readouterr().err


def test_ctrl_c_saves_what_there_is_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    iterate = Trainer.iterate

    def interrupted_at_ten(trainer: Trainer) -> None:
        if trainer.step == 9:
            os.kill(os.getpid(), signal.SIGINT)
        iterate(trainer)

    monkeypatch.setattr(Trainer, "iterate", interrupted_at_ten)
    code = cli.main(["train", "fig1", *SMALL, "--steps", "1000", "--out", str(tmp_path / "out")])
    assert code == 130
    assert "Interrupted at iteration 10: saving what there is." in capsys.readouterr().err
    assert record(tmp_path / "out")["outcome"] == "interrupted"
    assert len(rows(tmp_path / "out")) == 10
    assert checkpoint.load(tmp_path / "out" / results.CHECKPOINT).step == 10


def test_a_run_that_diverges_is_saved_in_its_last_finite_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    iterate = Trainer.iterate

    def blown_up_at_300(trainer: Trainer) -> None:
        if trainer.step == 299:
            with torch.no_grad():
                next(trainer.D.parameters()).fill_(math.inf)
        iterate(trainer)

    monkeypatch.setattr(Trainer, "iterate", blown_up_at_300)
    code = cli.main(["train", "fig1", *SMALL, "--steps", "1000", "--out", str(tmp_path / "out")])
    assert code == 3
    assert "A loss was not finite at iteration 300: saving the state of iteration 256." in capsys.readouterr().err
    read = record(tmp_path / "out")
    assert (read["outcome"], read["diverged_at"], read["steps"]) == ("diverged", 300, 256)
    assert read["final"]["loss/d"] is None
    assert math.isfinite(read["final"]["metric/jsd"])
    assert checkpoint.load(tmp_path / "out" / results.CHECKPOINT).step == 256


def test_a_full_disk_costs_only_the_file_that_did_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replacing = atomic.replacing

    def full(path: Path) -> AbstractContextManager[BinaryIO]:
        if path.name == results.CHECKPOINT:
            raise OSError(28, "No space left on device")
        return replacing(path)

    monkeypatch.setattr(atomic, "replacing", full)
    code = cli.main(["train", "fig1", *SMALL, "--steps", "5", "--out", str(tmp_path / "out")])
    assert code == 1
    assert f"{results.CHECKPOINT} was not written: No space left on device" in capsys.readouterr().err
    assert {"run.json", "history.csv"} <= {path.name for path in (tmp_path / "out").iterdir()}


def test_without_qt_everything_but_the_picture_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_qt(path: Path, trainer: Trainer) -> None:
        raise results.NoPictureError("Qt cannot paint here")

    monkeypatch.setattr(results, "_draw", no_qt)
    read = trained(tmp_path / "out", "--steps", "5")
    assert read["steps"] == 5
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES - {"picture.png"}
    assert "picture.png was not written: Qt cannot paint here" in capsys.readouterr().err


def test_a_run_on_a_terminal_shows_a_bar_with_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from ganstudio.commands import progress
    from tests.engine.configs import small

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "BAR_INTERVAL_S", 0.0)
    trainer = Trainer(small(training__steps=70))
    outcome = train.play(trainer, 70, "a small run")
    assert (outcome.ended, outcome.steps) == ("finished", 70)
    assert "a small run" in terminal.getvalue()
    assert "70/70" in terminal.getvalue()
    assert "metric/jsd" in terminal.getvalue()
