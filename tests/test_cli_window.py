from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ganstudio import app, cli, paths
from ganstudio.bench import figures
from ganstudio.commands import display, gui
from ganstudio.engine import checkpoint, presets
from ganstudio.engine.trainer import Trainer
from ganstudio.ui.palette import palette
from tests.engine.configs import small

SMALL = ["--set", "generator.width=8", "--set", "discriminator.width=8", "--set", "training.batch_size=16"]


def rendered(output: Path, *arguments: str) -> QImage:
    assert cli.main(["render", "fig1", *SMALL, "-o", str(output), *arguments]) == 0
    return QImage(str(output))


def test_the_window_is_rendered_in_the_size_and_theme_asked_for(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for theme in ("dark", "light"):
        path = tmp_path / f"{theme}.png"
        image = rendered(path, "--steps", "30", "--size", "1500x950", "--theme", theme)
        assert (image.width(), image.height()) == (1500, 950)
        colors = {image.pixelColor(x, y).name() for x in range(0, 1500, 25) for y in range(0, 950, 25)}
        assert palette(theme).surface in colors  # type: ignore[arg-type]
        assert len(colors) > 5
        assert f"{path}: the window at iteration 30" in capsys.readouterr().out


def test_the_latent_page_is_rendered_with_a_model(qapp: QApplication, tmp_path: Path) -> None:
    train = rendered(tmp_path / "train.png", "--steps", "0")
    latent = rendered(tmp_path / "latent.png", "--steps", "0", "--model", "digits_plane")
    assert latent.size() == train.size()
    assert latent != train
    middle = [latent.pixelColor(x, 450).lightness() for x in range(400, 1000)]
    assert max(middle) > 200  # the strokes of digits
    assert min(middle) < 30


def test_a_model_that_cannot_be_opened_is_an_error(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.png"
    assert cli.main(["render", "fig1", *SMALL, "--steps", "0", "--model", "nosuch", "-o", str(output)]) == 2
    assert "nosuch" in capsys.readouterr().err
    assert not output.exists()


def test_no_steps_render_the_start(qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not rendered(tmp_path / "start.png", "--steps", "0").isNull()
    assert "at iteration 0" in capsys.readouterr().out


def test_a_run_that_cannot_be_built_is_an_error_and_leaves_no_picture(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.png"
    arguments = ["--set", "data.name=points", "--set", f"data.file={tmp_path / 'none.csv'}", "-o", str(output)]
    assert cli.main(["render", "fig1", *arguments, "--steps", "5"]) == 2
    said = capsys.readouterr().err
    assert "data.file" in said  # the name itself may be cut, of a long path
    assert "there is none of this name" in said
    assert not output.exists()


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gui, "PICTURE_STEPS", 20)


@pytest.mark.usefixtures("few_steps")
def test_without_a_display_the_same_session_becomes_a_picture(
    qapp: QApplication, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, name in (([], presets.shipped()[0].name), (["ring8"], "ring8")):
        assert cli.main(arguments) == 0
        written = capsys.readouterr()
        assert "No window can be opened: QT_QPA_PLATFORM is offscreen" in written.err
        path = paths.user_data() / "pictures" / f"{name}.png"
        assert f"The picture is {path}" in written.out
        image = QImage(str(path))
        assert (image.width(), image.height()) == gui.PICTURE_SIZE


def test_without_a_display_a_checkpoint_becomes_a_picture_too(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"mine{checkpoint.SUFFIX}"
    checkpoint.save(path, Trainer(small()))
    assert cli.main([str(path)]) == 0
    assert not QImage(str(paths.user_data() / "pictures" / "mine.png")).isNull()
    path.write_bytes(b"broken")
    assert cli.main([str(path)]) == 2
    assert cli.main([str(tmp_path / f"none{checkpoint.SUFFIX}")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_with_a_display_the_window_is_opened_on_what_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str | None] = []

    def main(target: str | None) -> int:
        opened.append(target)
        return 0

    monkeypatch.setattr(display, "reason_for_none", lambda: None)
    monkeypatch.setattr(app, "main", main)
    assert cli.main([]) == 0
    assert cli.main(["fig1"]) == 0
    assert cli.main(["gui", "ring8"]) == 0
    assert opened == [None, "fig1", "ring8"]


def test_the_median_spread_and_bounds_of_a_figure_are_those_of_its_values() -> None:
    made = figures.figure("x", "ms", [3.0, 1.0, 8.0], at_most=2.0)
    assert (made.value, made.low, made.high, made.repetitions) == (3.0, 1.0, 8.0, 3)
    assert (made.wanted, made.kept) == ("≤ 2", False)
    assert figures.figure("x", "×", [0.95], at_least=0.9).kept
    assert figures.percentile(list(range(1, 101)), 0.99) == 99
    assert figures.percentile([7.0], 0.99) == 7.0


@pytest.mark.slow
def test_the_benchmark_prints_and_writes_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    interval = sys.getswitchinterval()
    try:
        assert cli.main(["bench", "--quick", "--json", str(tmp_path / "bench.json")]) == 0
    finally:
        sys.setswitchinterval(interval)
    report = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    names = {item["name"] for suite in report["figures"].values() for item in suite}
    wanted = {"headless", "2-16-2, batch 150: plain loop", "window / headless", "GUI frame, median", "GUI frame, p99"}
    wanted |= {"first paint (splash)", "1,000 steps seen, less torch's import", "lateness of a 10 ms timer, p99"}
    assert wanted <= names
    for suite in report["figures"].values():
        for item in suite:
            assert 0 <= item["low"] <= item["value"] <= item["high"]
    out = capsys.readouterr().out
    assert all(name in out for name in names)
    assert report["versions"]["torch"] in out
