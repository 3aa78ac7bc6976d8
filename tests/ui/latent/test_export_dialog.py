from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent import export, picture
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.view_text import from_json
from ganstudio.engine.latent.walk import Walk, frame_times
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.export_dialog import NO_FILM, ExportDialog
from ganstudio.ui.latent.export_job import FORMATS, FormatName
from ganstudio.ui.latent.walk_job import Settings
from tests.engine.latent.nets import perceptron
from tests.ui.latent.exploring import exploring, idle, until

WALK = Walk(samples(0, 3, 6))
SETTINGS = Settings(seconds=0.4, fps=10)


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with exploring() as made:
        yield made


def dialog(qtbot: QtBot, explorer: Explorer, *, walk: bool = True) -> ExportDialog:
    made = ExportDialog(explorer, WALK if walk else None, SETTINGS if walk else None)
    qtbot.addWidget(made)
    made.show()
    idle(qtbot, explorer)
    return made


def exported(qtbot: QtBot, made: ExportDialog, name: FormatName, file: Path) -> None:
    made.set_format(name)
    assert made.chosen == name
    made.start(file)
    until(qtbot, lambda: not made.running)
    assert made.message.text().startswith(f"Saved {file}"), made.message.text()
    assert made.progress.value() == made.progress.maximum()


def test_a_film_and_a_gif_have_the_walks_frames(qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    made = dialog(qtbot, explorer)
    exported(qtbot, made, "gif", tmp_path / "walk.gif")
    with Image.open(tmp_path / "walk.gif") as gif:
        assert gif.n_frames == 8  # type: ignore[attr-defined]
        assert gif.info["duration"] == 100
        assert gif.size == (512, 512)
    exported(qtbot, made, "film", tmp_path / "walk.mp4")
    assert (tmp_path / "walk.mp4").read_bytes()[4:8] == b"ftyp"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["walk.gif", "walk.mp4"]


def test_frames_are_files_in_a_new_folder_and_an_old_one_is_kept(
    qtbot: QtBot, explorer: Explorer, tmp_path: Path
) -> None:
    made = dialog(qtbot, explorer)
    exported(qtbot, made, "frames", tmp_path / "frames")
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == [f"{number:05d}.png" for number in range(1, 9)]
    assert explorer.model is not None
    last = explorer.model.render(WALK.keys[-1:])[0]
    assert np.array_equal(np.array(Image.open(tmp_path / "frames" / "00008.png"))[::64, ::64], last[..., 0])
    made.start(tmp_path / "frames")
    until(qtbot, lambda: not made.running)
    assert "not empty" in made.message.text()
    assert explorer.failures == []  # type: ignore[attr-defined]


def test_latents_and_pictures_are_those_of_the_walk(qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    made = dialog(qtbot, explorer)
    made.count.setCurrentIndex(made.count.findData(16))
    exported(qtbot, made, "latents", tmp_path / "walk.npz")
    with np.load(tmp_path / "walk.npz") as arrays:
        assert np.array_equal(arrays["g"], WALK.at(frame_times(16, closed=False)))
        assert np.array_equal(arrays["z"], arrays["g"])
        assert explorer.model is not None
        assert np.array_equal(arrays["images"], explorer.model.render(arrays["g"]))


def test_without_a_walk_draws_of_the_seed_are_exported(qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    made = dialog(qtbot, explorer, walk=False)
    assert [made.format.itemData(index) for index in range(made.format.count())] == ["sheet", "latents", "state"]
    made.count.setCurrentIndex(made.count.findData(16))
    exported(qtbot, made, "sheet", tmp_path / "sheet.png")
    image, state = picture.read(tmp_path / "sheet.png")
    assert image.shape == (4 * 10 - 2, 4 * 10 - 2, 3)
    assert state == explorer.state
    assert explorer.model is not None
    first = explorer.model.render(samples(explorer.state.seed, 1, 6))[0]
    assert np.array_equal(image[:8, :8, :1], first)


def test_the_place_is_written_exactly(qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    made = dialog(qtbot, explorer)
    exported(qtbot, made, "state", tmp_path / "place.json")
    text = (tmp_path / "place.json").read_text()
    assert json.loads(text)["format"] == "ganstudio view"
    assert from_json(text) == explorer.state


def test_classes_are_in_the_file(qtbot: QtBot, tmp_path: Path) -> None:
    with exploring(perceptron(dim=6, classes=3)) as explorer:
        made = dialog(qtbot, explorer, walk=False)
        made.count.setCurrentIndex(made.count.findData(16))
        exported(qtbot, made, "latents", tmp_path / "draws.npz")
        with np.load(tmp_path / "draws.npz") as arrays:
            assert arrays["class_weights"].shape == (16, 3)


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(
    qtbot: QtBot, explorer: Explorer, tmp_path: Path
) -> None:
    made = dialog(qtbot, explorer)
    for name in ("gif", "state", "latents", "film", "frames", "sheet"):
        made.set_format(name)  # type: ignore[arg-type]
        made.start(tmp_path / "nowhere" / f"x{FORMATS[name].suffix}")  # type: ignore[index]
        until(qtbot, lambda: not made.running)
        assert made.message.text().startswith("Nothing was written"), name
        assert made.save_button.isEnabled()
    assert list(tmp_path.iterdir()) == []
    assert explorer.failures == []  # type: ignore[attr-defined]


def test_stopping_leaves_nothing_behind(qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    made = ExportDialog(explorer, WALK, Settings(seconds=20.0, fps=30))
    qtbot.addWidget(made)
    made.show()
    made.set_format("film")
    made.start(tmp_path / "long.mp4")
    until(qtbot, lambda: made.progress.value() > 2)
    assert made.close_button.text() == "Stop"
    made.close_button.click()
    assert not made.running
    assert "Stopped" in made.message.text()
    until(qtbot, lambda: not list(tmp_path.iterdir()))
    assert made.close_button.text() == "Close"


def test_closing_stops_too(qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    made = ExportDialog(explorer, WALK, Settings(seconds=20.0, fps=30))
    qtbot.addWidget(made)
    made.set_format("gif")
    made.start(tmp_path / "long.gif")
    made.close()
    assert not made.running
    until(qtbot, lambda: not explorer._long.is_pulling)
    assert list(tmp_path.iterdir()) == []


def test_without_ffmpeg_films_are_not_offered(
    qtbot: QtBot, explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "can_film", lambda: False)
    made = dialog(qtbot, explorer)
    until(qtbot, lambda: made.format.findData("film") < 0)
    assert made.message.text() == NO_FILM
    assert made.chosen == "gif"


def test_what_will_be_written_is_said(qtbot: QtBot, explorer: Explorer) -> None:
    made = dialog(qtbot, explorer)
    assert "8 frames, 0.8 s at 10 frames per second, 512 × 512 pixels" in made.words.text()
    made.side.setCurrentIndex(made.side.findData(128))
    assert "128 × 128" in made.words.text()
    made.set_format("sheet")
    assert "64 pictures of the walk" in made.words.text()


def test_points_are_filmed_as_dots(qtbot: QtBot, tmp_path: Path) -> None:
    with exploring(perceptron((2,), dim=6)) as explorer:
        made = dialog(qtbot, explorer)
        exported(qtbot, made, "frames", tmp_path / "frames")
        with Image.open(tmp_path / "frames" / "00001.png") as image:
            assert image.size == (512, 512)
