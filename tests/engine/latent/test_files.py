"""Files: what was saved comes back exactly, and what is no such file is refused with a reason."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.torch import load_file, save_file

from ganstudio.engine import checkpoint
from ganstudio.engine.latent import bookmarks, export, model_file, picture
from ganstudio.engine.latent.bookmarks import Bookmark, BookmarksError
from ganstudio.engine.latent.export import ExportError
from ganstudio.engine.latent.model_file import ModelFileError, open_model
from ganstudio.engine.latent.models import opened
from ganstudio.engine.latent.picture import PictureError
from ganstudio.engine.latent.view_state import ViewState, ViewStateError
from ganstudio.engine.latent.weights import Weights
from ganstudio.engine.models import generators
from tests.engine.configs import small
from tests.engine.latent.nets import config, copied
from tests.engine.latent.test_view_state import full
from tests.engine.test_trainer import run

RNG = np.random.default_rng(7)
Header = dict[str, Any]
Tensors = dict[str, torch.Tensor]


def images(count: int = 6, side: int = 8, channels: int = 1) -> np.ndarray:
    return RNG.integers(0, 256, (count, side, side, channels), dtype=np.uint8)


def latents(count: int, dim: int = 5) -> np.ndarray:
    return RNG.standard_normal((count, dim)).astype(np.float32)


# -- models -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "faces.gan.safetensors"
    model_file.save(path, replace(copied(config()), step=42, title="Faces"))
    return path


def rewritten(path: Path, change: Callable[[Header, Tensors], None]) -> Path:
    tensors = load_file(path)
    with path.open("rb") as file:
        raw = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    header = json.loads(raw["__metadata__"]["ganstudio"])
    change(header, tensors)
    save_file(tensors, path, {"ganstudio": json.dumps(header)})
    return path


@pytest.mark.parametrize("name", [name for name in generators.names() if name != "mlp"])
def test_a_saved_model_shows_the_same_pictures(tmp_path: Path, name: str) -> None:
    weights = copied(config(name, condition="concatenation" if name != "r3gan" else "none"), (3, 16, 16), 2)
    mine = opened(replace(weights, class_names=("cat", "dog")))
    path = tmp_path / "model.gan.safetensors"
    model_file.save(path, mine.weights)
    back = open_model(path)
    g, y = latents(3), np.array([0.25, 0.75], np.float32) if mine.classes else None
    assert np.array_equal(back.render(g, y), mine.render(g, y))
    assert np.array_equal(back.judged(back.render(g), y), mine.judged(mine.render(g), y))
    assert back.class_names == mine.class_names
    assert back.fingerprint == mine.fingerprint


def test_a_model_says_what_it_is(saved: Path) -> None:
    mine = open_model(saved)
    assert (mine.title, mine.step, mine.shape, mine.dim) == ("Faces", 42, (1, 16, 16), 5)
    rewritten(saved, lambda header, _: header.pop("title"))
    assert open_model(saved).title == "faces"


def test_a_model_of_points_keeps_its_data_units(tmp_path: Path) -> None:
    settings = small()
    G = settings.generator.build(2, (2,), torch.Generator().manual_seed(0))
    weights = Weights.copied(settings, G, None, shape=(2,), mean=(1.5, -2.0), scale=0.3)
    model_file.save(tmp_path / "points.gan.safetensors", weights)
    back = open_model(tmp_path / "points.gan.safetensors")
    g = latents(4, 2)
    assert np.array_equal(back.render(g), opened(weights).render(g))
    assert back.D is None


def test_a_runs_checkpoint_opens_as_a_model_of_its_averaged_generator(tmp_path: Path) -> None:
    trainer = run(small(), 20)
    path = tmp_path / "run.gan.safetensors"
    checkpoint.save(path, trainer)
    mine = open_model(path)
    g = latents(5, mine.dim)
    with torch.no_grad():
        wanted = trainer.ema(torch.from_numpy(g)) * trainer.scale + torch.tensor(trainer.mean)
    assert mine.render(g) == pytest.approx(wanted.numpy(), abs=1e-5)
    assert mine.step == 20
    assert mine.judged(mine.render(g)).shape == (5,)


def set_header(**values: object) -> Callable[[Header, Tensors], None]:
    return lambda header, _: header.update(values)


def set_config(section: str, **values: object) -> Callable[[Header, Tensors], None]:
    return lambda header, _: header["config"][section].update(values)


def huge(header: Header, _: Tensors) -> None:
    """Ask, with settings that are each within their bounds, for nets of gigabytes."""
    header["shape"] = [3, 256, 256]
    header["config"]["generator"] |= {"width": 256, "depth": 4}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (set_header(format="other"), "not a model"),
        (set_header(version=99), "version 99"),
        (set_header(version="1"), "not a model"),
        (set_header(step=-1), "step"),
        (set_header(step=True), "step"),
        (set_header(config=3), "config"),
        (set_header(shape=[1, 16]), "shape"),
        (set_header(shape=[1, 16.0, 16]), "shape"),
        (set_header(shape=[4, 16, 16]), "channels"),
        (set_header(shape=[1, 100_000, 100_000]), "sides from 4"),
        (set_header(shape=[1, 32, 32]), "G\\."),
        (set_header(shape=[1, 17, 17]), "built"),
        (set_header(shape=[2], mean=[0, 0], scale=1), "built"),
        (set_header(shape=[2], mean=[0], scale=1), "mean"),
        (set_header(shape=[2], mean=[0, 0], scale=0), "scale"),
        (set_header(classes=-1), "classes"),
        (set_header(classes=10**9), "classes"),
        (set_header(classes="many"), "classes"),
        (set_header(class_names="cat"), "class_names"),
        (set_config("generator", name="os.system"), "one of"),
        (set_config("generator", width=8), "G\\."),
        (set_config("generator", width=10**6), "width"),
        (huge, "larger nets"),
        (set_config("prior", dim=3), "G\\."),
        (set_config("prior", dim=10**6), "dim"),
        (set_config("discriminator", width=8), "D\\."),
        (lambda _, tensors: tensors.pop("G.project.weight"), "project.weight is missing"),
        (lambda _, tensors: tensors.update({"G.spy": torch.zeros(1)}), "G.spy does not belong"),
        (lambda _, tensors: tensors.update({"spy": torch.zeros(1)}), "spy belongs to neither"),
        (lambda _, tensors: tensors.update({"G.project.weight": torch.zeros(2, 2)}), "ask for"),
        (lambda _, tensors: tensors.update({"D.spy": torch.zeros(1)}), "D.spy"),
        (lambda _, tensors: tensors.update({"G.half": torch.zeros(1).half()}), "type F16"),
        (lambda _, tensors: [tensors.pop(name) for name in list(tensors)], "no generator"),
    ],
)
def test_a_model_that_does_not_fit_its_settings_is_refused(
    saved: Path, change: Callable[[Header, Tensors], None], reason: str
) -> None:
    with pytest.raises(ModelFileError, match=reason) as refusal:
        open_model(rewritten(saved, change))
    assert str(saved) in str(refusal.value)


@pytest.mark.parametrize("length", [0x80, 0x280, 0x480, 0x4B50])
def test_a_header_whose_length_looks_like_another_format_is_read(saved: Path, length: int) -> None:
    content = saved.read_bytes()
    header = content[8 : 8 + int.from_bytes(content[:8], "little")]
    length += (max(len(header) - length, 0) // 2**16 + 1) * 2**16  # its low bytes are those of a pickle or a zip
    padded = length.to_bytes(8, "little") + header + b" " * (length - len(header))
    saved.write_bytes(padded + content[8 + len(header) :])
    assert open_model(saved).title == "Faces"


def test_every_truncation_is_refused(saved: Path) -> None:
    content = saved.read_bytes()
    for length in (0, 1, 7, 8, 9, 100, len(content) // 2, len(content) - 1):
        saved.write_bytes(content[:length])
        with pytest.raises(ModelFileError, match=r"not a whole safetensors"):
            open_model(saved)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_refused_or_harmless(saved: Path, seed: int) -> None:
    content = bytearray(saved.read_bytes())
    rng = np.random.default_rng(seed)
    header = int.from_bytes(content[:8], "little")
    for place in rng.integers(0, header + 8, 3):
        content[place] = rng.integers(256)
    saved.write_bytes(content)
    try:
        mine = open_model(saved)
    except ModelFileError:
        return
    assert mine.render(latents(1, mine.dim)).ndim == 4


def test_pickles_are_refused_unread(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    for name, content in (("a.pt", None), ("b.pkl", pickle.dumps(Trap())), ("c.gan.safetensors", pickle.dumps(Trap()))):
        path = tmp_path / name
        if content is None:
            torch.save({"w": torch.zeros(2)}, path)
        else:
            path.write_bytes(content)
        with pytest.raises(ModelFileError, match="pickle"):
            open_model(path)
    assert not (tmp_path / "sprung").exists()


def test_folders_missing_files_and_oversized_ones_are_refused(
    tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, reason in ((tmp_path, "folder"), (tmp_path / "none", "No such file")):
        with pytest.raises(ModelFileError, match=reason):
            open_model(path)
    monkeypatch.setattr(model_file, "LARGEST_NETS_BYTES", 100)
    with pytest.raises(ModelFileError, match="more than a model"):
        open_model(saved)
    monkeypatch.setattr(model_file, "LARGEST_FILE_BYTES", 100)
    with pytest.raises(ModelFileError, match="more than a model"):
        open_model(saved)


def test_other_safetensors_files_are_no_models(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    for metadata in (None, {}, {"ganstudio": "{"}, {"ganstudio": "[]"}, {"ganstudio": "[" * 100_000}):
        save_file({"w": torch.zeros(3)}, path, metadata)
        with pytest.raises(ModelFileError, match="not a model"):
            open_model(path)
    save_file({"w": torch.zeros(3)}, path, {"ganstudio": " " * (model_file.LARGEST_HEADER + 1)})
    with pytest.raises(ModelFileError, match="header"):
        open_model(path)


def test_a_file_that_cannot_be_written_leaves_the_old_one(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()
    with pytest.raises(OSError, match="nowhere"):
        model_file.save(saved.parent / "nowhere" / "x.gan.safetensors", copied(config()))
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


# -- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_carries_its_state_bit_for_bit(tmp_path: Path, channels: int) -> None:
    path, image, state = tmp_path / "place.png", images(1, 12, channels)[0], full()
    picture.save(path, image, state)
    pixels, back = picture.read(path)
    assert back == state
    assert back is not None
    assert back.g.tobytes() == state.g.tobytes()
    assert np.array_equal(pixels, np.broadcast_to(image, (12, 12, 3)))
    assert b"tEXtgan-studio\0" in path.read_bytes()


def test_a_picture_of_another_program_has_no_state(tmp_path: Path) -> None:
    for name in ("a.png", "b.jpg", "c.gif"):
        Image.fromarray(images(1, 10, 3)[0]).save(tmp_path / name)
        pixels, state = picture.read(tmp_path / name)
        assert pixels.shape == (10, 10, 3)
        assert state is None


def with_text(path: Path, text: str) -> Path:
    info = PngInfo()
    info.add_text("gan-studio", text)
    Image.fromarray(images(1)[0][..., 0]).save(path, pnginfo=info)
    return path


def test_pictures_that_cannot_be_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.png"
    picture.save(path, images(1, 64)[0], full())
    content = path.read_bytes()
    for broken in (b"", b"text", content[:40], content[: len(content) // 2], content[:-30]):
        path.write_bytes(broken)
        with pytest.raises(PictureError):
            picture.read(path)
    with pytest.raises(PictureError, match="cannot be read"):
        picture.read(with_text(path, '{"format": 1}'))
    with pytest.raises(PictureError, match="is no view"):
        picture.read(with_text(path, "x" * 5_000_000))
    with pytest.raises(PictureError, match="no such file"):
        picture.read(tmp_path / "none.png")
    with pytest.raises(PictureError, match="not a file"):
        picture.read(tmp_path)
    monkeypatch.setattr(picture, "MOST_PIXELS", 10)
    with pytest.raises(PictureError, match="too many"):
        picture.read(with_text(path, "{}"))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(64, 32), (10, 50), (16, 16)])
def test_a_dropped_picture_is_cut_to_what_the_model_makes(channels: int, size: tuple[int, int]) -> None:
    image = RNG.integers(0, 256, (*size, 3), dtype=np.uint8)
    fitted = picture.fitted(image, (channels, 16, 16))
    assert fitted.shape == (16, 16, channels)
    if size == (16, 16) and channels == 3:
        assert np.array_equal(fitted, image)


# -- export -----------------------------------------------------------------------------------------------------------


def test_a_sheet_has_every_image_in_its_place() -> None:
    some = images(5, 4, 3)
    made = export.sheet(some, 3, gap=1, background=7)
    assert made.shape == (9, 14, 3)
    assert np.array_equal(made[5:9, 5:9], some[4])
    assert (made[4] == 7).all()
    assert export.sheet(some[:1]).shape == (4, 4, 3)
    assert export.sheet(some).shape == (4 * 2 + 2, 4 * 3 + 4, 3)
    with pytest.raises(ExportError):
        export.sheet(some[:0])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_has_every_frame_at_its_pace(tmp_path: Path, channels: int) -> None:
    path, frames = tmp_path / "walk.gif", images(6, 8, channels)
    assert list(export.save_gif(path, iter(frames), fps=20, side=32)) == [1, 2, 3, 4, 5, 6]
    with Image.open(path) as made:
        assert made.size == (32, 32)
        assert made.n_frames == 6  # type: ignore[attr-defined]
        assert made.info["duration"] == 50
        assert made.info["loop"] == 0
        made.seek(4)
        shown = np.array(made.convert("RGB"))[::4, ::4]
    assert np.abs(shown.astype(int) - frames[4]).max() <= (0 if channels == 1 else 12)


def test_an_export_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    for save, name in ((export.save_gif, "a.gif"), (export.save_film, "a.mp4")):
        (tmp_path / name).write_bytes(b"old")
        writing = save(tmp_path / name, iter(images(50, 16, 3)))  # type: ignore[operator]
        assert [next(writing), next(writing)] == [1, 2]
        writing.close()
        assert (tmp_path / name).read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "a.mp4"]


def test_a_gif_of_nothing_and_of_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExportError, match="no frames"):
        list(export.save_gif(tmp_path / "a.gif", []))
    monkeypatch.setattr(export, "MOST_GIF_FRAMES", 3)
    with pytest.raises(ExportError, match="film"):
        list(export.save_gif(tmp_path / "a.gif", images()))
    assert not list(tmp_path.iterdir())


def decoded(path: Path) -> np.ndarray:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8)  # noqa: S603


@pytest.mark.parametrize(("side", "channels"), [(16, 1), (15, 3)])
def test_a_film_has_every_frame(tmp_path: Path, side: int, channels: int) -> None:
    path = tmp_path / "walk.mp4"
    smooth = np.linspace(0, 255, 12).astype(np.uint8)[:, None, None, None]
    frames = np.broadcast_to(smooth, (12, side, side, channels))
    assert list(export.save_film(path, iter(frames), fps=24, side=64)) == list(range(1, 13))
    size = 64 if side == 16 else 60
    read = decoded(path).reshape(-1, size, size, 3)
    assert [frame.mean() for frame in read] == pytest.approx(smooth.ravel(), abs=6)
    assert [path.name for path in tmp_path.iterdir()] == ["walk.mp4"]


def test_a_film_that_cannot_be_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExportError, match="no frames"):
        list(export.save_film(tmp_path / "a.mp4", []))
    uneven = [images(1, 16)[0], images(1, 32)[0]]
    with pytest.raises(ExportError, match="frame 2"):
        list(export.save_film(tmp_path / "a.mp4", uneven, side=1))
    with pytest.raises(FileNotFoundError):
        list(export.save_film(tmp_path / "nowhere" / "a.mp4", images()))
    monkeypatch.setattr(export, "can_film", lambda: False)
    with pytest.raises(ExportError, match="ffmpeg"):
        list(export.save_film(tmp_path / "a.mp4", images()))
    assert not list(tmp_path.iterdir())


def test_without_ffmpeg_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert export.can_film()

    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(export.importlib, "import_module", missing)
    assert not export.can_film()


def test_latents_and_images_are_written_as_they_are(tmp_path: Path) -> None:
    g, made, y = latents(6), images(), np.eye(6, dtype=np.float32)
    path = tmp_path / "walk.npz"
    export.save_npz(path, g, 2 * g, made, y)
    with np.load(path, allow_pickle=False) as back:
        assert back["g"].tobytes() == g.tobytes()
        assert np.array_equal(back["z"], 2 * g)
        assert np.array_equal(back["images"], made)
        assert np.array_equal(back["class_weights"], y)


def test_a_state_is_written_as_json_and_read_back(tmp_path: Path) -> None:
    path, state = tmp_path / "place.json", full()
    export.save_state(path, state)
    assert export.read_state(path) == state
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ViewStateError):
        export.read_state(path)
    with pytest.raises(ViewStateError, match="cannot be read"):
        export.read_state(tmp_path / "none.json")


# -- bookmarks --------------------------------------------------------------------------------------------------------


def test_bookmarks_come_back_with_their_places_and_pictures(tmp_path: Path) -> None:
    path = tmp_path / "shelf.glat"
    marks = [
        Bookmark("a smile · 微笑", full(), images(1, 16, 3)[0], "smiling"),
        Bookmark("plain", ViewState(g=[1.0, 2.0]), images(1, 8)[0]),
        Bookmark("unseen", ViewState(g=[1.0])),
    ]
    bookmarks.save(path, marks)
    back = bookmarks.read(path)
    assert [(mark.name, mark.group, mark.state) for mark in back] == [
        (mark.name, mark.group, mark.state) for mark in marks
    ]
    assert np.array_equal(back[0].thumbnail, marks[0].thumbnail)  # type: ignore[arg-type]
    assert back[2].thumbnail is None
    assert load_file(path)["0.g"].numpy().tobytes() == marks[0].state.point().tobytes()
    bookmarks.save(path, [])
    assert bookmarks.read(path) == []


def test_files_that_are_no_bookmarks_are_refused(tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shelf.glat"
    bookmarks.save(path, [Bookmark("a", ViewState(g=[1.0]), images(1)[0])])
    content = path.read_bytes()
    for broken in (b"", b"junk", content[:-5]):
        path.write_bytes(broken)
        with pytest.raises(BookmarksError):
            bookmarks.read(path)
    for bad in (saved, tmp_path, tmp_path / "none"):
        with pytest.raises(BookmarksError):
            bookmarks.read(bad)
    path.write_bytes(content)
    monkeypatch.setattr(bookmarks, "LARGEST_THUMBNAIL", 4)
    with pytest.raises(BookmarksError, match="not a file of bookmarks"):
        bookmarks.read(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.update(format="other"),
        lambda header: header.update(version=9),
        lambda header: header.update(bookmarks=3),
        lambda header: header.update(bookmarks=[3]),
        lambda header: header["bookmarks"][0].pop("name"),
        lambda header: header["bookmarks"][0].update(group=4),
        lambda header: header["bookmarks"][0].update(state={}),
        lambda header: header.update(bookmarks=header["bookmarks"] * 5_000),
    ],
)
def test_damaged_bookmarks_are_refused(tmp_path: Path, change: Callable[[Header], object]) -> None:
    path = tmp_path / "shelf.glat"
    bookmarks.save(path, [Bookmark("a", ViewState(g=[1.0]))])
    with pytest.raises(BookmarksError):
        bookmarks.read(rewritten(path, lambda header, _: change(header)))  # type: ignore[arg-type, return-value]


def test_a_png_is_written_in_memory_too() -> None:
    content = picture.encoded(images(1, 8, 3)[0])
    with Image.open(io.BytesIO(content)) as made:
        assert made.size == (8, 8)
