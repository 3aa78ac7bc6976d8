"""Data of images: what is drawn, what is held out and what nets get to see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganstudio import paths
from ganstudio.engine.distributions import distributions, images
from ganstudio.engine.distributions.digits import Digits
from ganstudio.engine.distributions.emoji import GROUPS, Emoji
from ganstudio.engine.distributions.image_files import ImageFiles
from ganstudio.engine.distributions.images import ImageDistribution, as_pixels, as_tensor
from ganstudio.engine.images import shipped
from ganstudio.engine.images.split import held_out_indices
from ganstudio.engine.params import ConfigError

SHAPES = {
    "digits": ((1, 28, 28), 10),
    "digits-32": ((1, 32, 32), 10),
    "emoji": ((3, 32, 32), 8),
    "own": ((3, 16, 16), 4),
    "own-grey": ((1, 28, 28), 4),
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """40 images of four classes, of which each holds its row and its class."""
    pixels = np.zeros((40, 16, 16, 3), np.uint8)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = np.arange(40), np.arange(40) % 4
    np.savez(tmp_path / "own.npz", images=pixels, labels=np.arange(40) % 4)
    return tmp_path / "own.npz"


@pytest.fixture(params=SHAPES)
def data(request: pytest.FixtureRequest, own: Path) -> ImageDistribution:
    return {
        "digits": lambda: Digits(),
        "digits-32": lambda: Digits(size="32"),
        "emoji": lambda: Emoji(),
        "own": lambda: ImageFiles(path=str(own), size="16"),
        "own-grey": lambda: ImageFiles(path=str(own), size="28", color="grey", fit="stretch"),
    }[request.param]()


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_samples_are_images_from_minus_one_to_one(data: ImageDistribution, request: pytest.FixtureRequest):
    shape, classes = SHAPES[request.node.callspec.params["data"]]
    x = data.sample(300, seeded())
    assert x.shape == (300, *shape)
    assert x.dtype == torch.float32
    assert x.min() == -1
    assert x.max() <= 1
    assert (data.shape, data.dim, data.classes, data.layout) == (shape, int(np.prod(shape)), classes, "images")
    assert len(data.class_names) == classes
    assert (data.modes, data.density(np.zeros((1, data.dim)))) == (None, None)


def test_samples_are_the_sets_images_with_their_labels(data: ImageDistribution):
    x, y = data.sample_labelled(50, seeded())
    assert torch.equal(x, data.sample(50, seeded()))
    assert y.dtype == torch.int64
    known = {
        (picture.tobytes(), int(label)) for picture, label in zip(data.train.images, data.train.labels, strict=True)
    }
    assert {(picture.tobytes(), int(label)) for picture, label in zip(as_pixels(x), y, strict=True)} <= known


def test_equal_seeds_give_equal_samples_and_the_global_generator_is_left_alone(data: ImageDistribution):
    before = torch.get_rng_state()
    assert torch.equal(data.sample(20, seeded(5)), data.sample(20, seeded(5)))
    assert not torch.equal(data.sample(20, seeded(5)), data.sample(20, seeded(6)))
    assert torch.equal(torch.get_rng_state(), before)


def test_every_image_comes_up_and_equally_often(own: Path):
    data = ImageFiles(path=str(own), size="16")
    rows = as_pixels(data.sample(9_000, seeded()))[:, 0, 0, 0]
    counts = np.bincount(rows, minlength=40)
    assert (counts[np.unique(data.train.images[:, 0, 0, 0])] > 180).all()
    assert counts[data.held_out.images[:, 0, 0, 0]].sum() == 0
    assert (len(data.train), len(data.held_out)) == (36, 4)


def test_what_is_held_out_is_what_everything_else_holds_out():
    with np.load(paths.resources() / "datasets" / "mnist10k.npz", allow_pickle=False) as file:
        pixels, labels = file["images"], file["labels"]
    held = held_out_indices(labels)
    assert np.array_equal(Digits().held_out.images[..., 0], pixels[held])
    assert np.array_equal(Digits().train.images[..., 0], np.delete(pixels, held, axis=0))
    assert np.array_equal(Digits(count=100).held_out.labels, labels[held])


def test_nothing_is_standardised(data: ImageDistribution):
    mean, scale = data.moments()
    assert mean.shape == data.shape
    assert not mean.any()
    assert scale == 1


def test_bytes_go_into_nets_and_come_back_the_same():
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    x = as_tensor(every)
    assert (x.min(), x.max()) == (-1, 1)
    assert np.array_equal(as_pixels(x), every)
    assert as_pixels(torch.tensor([-7.0, -1.0, 0.0, 1.0, 7.0]).reshape(1, 1, 1, 5)).ravel().tolist() == [
        0,
        0,
        128,
        255,
        255,
    ]


def test_padded_digits_are_the_digits_with_two_black_pixels_around():
    plain, padded = Digits().train.images, Digits(size="32").train.images
    assert np.array_equal(padded[:, 2:-2, 2:-2], plain)
    assert padded.sum(dtype=np.int64) == plain.sum(dtype=np.int64)


@pytest.mark.parametrize("digit", shipped.DIGITS)
def test_one_digit_alone_has_no_classes_and_holds_out_the_same_images(digit: str):
    one = Digits(digit=digit)
    whole = Digits()
    assert (one.classes, one.class_names) == (0, ())
    assert len(one.train) == whole.train.class_counts[int(digit)]
    assert np.array_equal(one.held_out.images, whole.held_out.images[whole.held_out.labels == int(digit)])
    assert not one.sample_labelled(5, seeded())[1].any()
    assert len(Digits(digit=digit, count=7).train) == 7


def test_groups_of_emoji_are_those_of_the_file():
    assert len(GROUPS) == len(shipped.EMOJI)
    for name, title in zip(GROUPS, shipped.EMOJI, strict=True):
        assert name in title.lower()
    assert len(Emoji(group="activities").train) + len(Emoji(group="activities").held_out) == 85


@pytest.mark.parametrize("count", [1, 10, 100, 1000])
def test_of_few_images_every_class_has_its_share_and_few_are_among_more(count: int):
    few = Digits(count=count)
    assert len(few.train) == count
    assert max(few.train.class_counts) - min(few.train.class_counts) <= max(1, round(0.04 * count))
    known = {picture.tobytes() for picture in Digits(count=1000).train.images}
    assert {picture.tobytes() for picture in few.train.images} <= known
    assert len(few.held_out) == 1000
    assert few.classes == 10


def test_mirror_images_are_as_likely_where_that_is_so(own: Path):
    assert not Digits().flip_ok
    assert Emoji().flip_ok
    assert not ImageFiles(path=str(own)).flip_ok
    assert ImageFiles(path=str(own), mirror=True).opened().flip_ok


def test_sets_that_are_too_large_are_read_from_the_disk_with_equal_results(own: Path, monkeypatch: pytest.MonkeyPatch):
    data = ImageFiles(path=str(own), size="16").opened()
    x, y = data.sample_labelled(50, seeded(3))
    monkeypatch.setattr(images, "RESIDENT_BYTES", 0)
    monkeypatch.setattr(images, "_on", None)
    streamed, labels = data.sample_labelled(50, seeded(3))
    assert torch.equal(streamed, x)
    assert torch.equal(labels, y)


def test_opened_images_stay_as_they_were_whatever_becomes_of_the_files(own: Path):
    data = ImageFiles(path=str(own), size="16")
    opened = data.opened()
    before = opened.sample(10, seeded())
    own.unlink()
    assert torch.equal(opened.sample(10, seeded()), before)
    assert opened.opened() is opened
    with pytest.raises(ConfigError, match="none of this name"):
        data.sample(1, seeded())


def test_without_images_the_setting_is_legal_and_its_use_is_an_error():
    data = ImageFiles()
    for use in (lambda: data.dim, lambda: data.classes, lambda: data.train, lambda: data.sample(1, seeded())):
        with pytest.raises(ConfigError, match=r"data\.path = '': .*choose one"):
            use()
    assert data.layout == "images"


def test_equal_settings_share_one_set(own: Path):
    first, second = ImageFiles(path=str(own), size="16"), ImageFiles(path=str(own), size="16")
    assert first.train is second.train
    assert Digits().train is Digits().train


def test_images_are_drawn_on_the_generators_device(data: ImageDistribution):
    assert data.sample(3, seeded()).device == torch.device("cpu")


def test_the_images_entries_are_registered_and_say_so():
    names = [name for name in distributions.names() if issubclass(distributions.get(name), ImageDistribution)]
    assert names == ["digits", "emoji", "image_files"]


def test_images_beside_a_preset_are_found_from_wherever_it_is_opened(own: Path):
    from ganstudio.engine import presets

    (own.parent / "mine.toml").write_text(
        '#\n#\nversion = 1\ntitle = "Mine"\n[data]\nname = "image_files"\npath = "own.npz"\nsize = "16"\n'
    )
    data = presets.load(own.parent / "mine.toml").config().data
    assert data == ImageFiles(path=str(own.resolve()), size="16")
