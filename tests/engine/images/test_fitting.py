"""Pictures brought to one size and one number of channels."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ganstudio.engine.images import ScanSettings
from ganstudio.engine.images.fitting import colored, fitted, is_grey


@pytest.fixture
def wide() -> np.ndarray:
    """Red, green and blue thirds, side by side."""
    pixels = np.zeros((1, 40, 120, 3), np.uint8)
    for index in range(3):
        pixels[:, :, 40 * index : 40 * index + 40, index] = 255
    return pixels


def test_images_of_the_size_stay_as_they_are(wide):
    square = wide[:, :32, :32]
    assert fitted(square, ScanSettings(size=32)) is square


@pytest.mark.parametrize("size", [16, 28, 32, 64])
def test_cropping_takes_the_largest_square_in_the_middle(wide, size):
    made = fitted(wide, ScanSettings(size=size, fit="crop"))
    assert made.shape == (1, size, size, 3)
    assert (made == [0, 255, 0]).all()
    tall = fitted(wide.transpose(0, 2, 1, 3).copy(), ScanSettings(size=size, fit="crop"))
    assert (tall == [0, 255, 0]).all()


def test_stretching_keeps_everything(wide):
    made = fitted(wide, ScanSettings(size=16, fit="stretch"))[0]
    assert [made[8, column].argmax() for column in (2, 8, 13)] == [0, 1, 2]


def test_padding_keeps_proportions_and_fills_with_the_borders_colour():
    picture = np.full((1, 20, 80, 3), 200, np.uint8)
    picture[:, 5:15, 20:60] = 10
    made = fitted(picture, ScanSettings(size=32, fit="pad"))[0]
    assert (made[:12] == 200).all()
    assert (made[20:] == 200).all()
    assert (made[15:17, 10:22] < 30).all()


def test_padding_never_enlarges():
    digit = np.random.default_rng(0).integers(0, 256, (1, 28, 28, 1), dtype=np.uint8)
    digit[:, [0, -1]] = digit[:, :, [0, -1]] = 0
    made = fitted(digit, ScanSettings(size=32, fit="pad"))
    assert np.array_equal(made[:, 2:-2, 2:-2], digit)
    assert made.sum() == digit.sum()


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (2, 5), (500, 333)])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_size_becomes_the_one_that_is_wanted(fit, shape, channels):
    made = fitted(np.full((2, *shape, channels), 77, np.uint8), ScanSettings(size=28, fit=fit))
    assert made.shape == (2, 28, 28, channels)
    assert (made == 77).all()


def test_grey_is_pillows_luma():
    color = np.random.default_rng(0).integers(0, 256, (3, 9, 9, 3), dtype=np.uint8)
    wanted = np.stack([np.asarray(Image.fromarray(picture).convert("L")) for picture in color])
    assert np.array_equal(colored(color, 1)[..., 0], wanted)


def test_rgb_of_grey_has_three_equal_channels():
    grey = np.random.default_rng(0).integers(0, 256, (3, 9, 9, 1), dtype=np.uint8)
    made = colored(grey, 3)
    assert made.shape == (3, 9, 9, 3)
    assert is_grey(made)
    assert np.array_equal(colored(made, 1), grey)
    made[1, 2, 3, 0] ^= 1
    assert not is_grey(made)


@pytest.mark.parametrize("settings", [{"size": 20}, {"fit": "squash"}, {"color": "sepia"}])
def test_settings_that_do_not_exist_are_refused(settings):
    with pytest.raises(ValueError, match="is needed"):
        ScanSettings(**settings)
