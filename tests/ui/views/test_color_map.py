"""The smooth picture of a field."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.ui.palette import palette
from ganstudio.ui.views.color_map import PIXELS, FieldPicture, diverging

LUT = diverging(palette("dark"))


def shown(picture: FieldPicture) -> np.ndarray:
    image = picture.image
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def test_even_scores_have_the_colour_of_their_share_of_the_levels():
    made = FieldPicture()
    for share in (0.0, 0.25, 0.5, 1.0):
        made.show(np.full((48, 48), -3.0 + 8.0 * share, np.float32), (-3.0, 5.0), LUT)
        assert set(shown(made).ravel()) == {LUT[min(255, int(256 * share))]}


def test_row_zero_is_lowest_and_what_is_no_number_is_in_the_middle():
    score = np.zeros((12, 24), np.float32)
    score[:4], score[8:] = np.inf, np.nan
    made = FieldPicture()
    made.show(score, (0.0, 1.0), LUT)
    colours = shown(made)
    assert colours.shape == (PIXELS // 2, PIXELS)
    assert (colours[-1] == LUT[255]).all()
    assert (colours[0] == LUT[128]).all()


def test_one_picture_serves_for_fields_of_any_shape_and_is_empty_when_cleared():
    made = FieldPicture()
    for shape in ((48, 48), (20, 48), (48, 48)):
        made.show(np.random.default_rng(0).random(shape, np.float32), (0.0, 1.0), LUT)
        assert made.image.height() == PIXELS * shape[0] // 48
    made.clear()
    assert made.image.isNull()


def test_between_cells_colours_change_gradually():
    score = np.linspace(0, 1, 48, dtype=np.float32)[None, :].repeat(48, axis=0)
    made = FieldPicture()
    made.show(score, (0.0, 1.0), LUT)
    index = np.searchsorted(np.arange(256), [np.flatnonzero(colour == LUT)[0] for colour in shown(made)[50]])
    assert (np.diff(index) >= 0).all()
    assert np.diff(index).max() <= 3
    assert index[PIXELS // 2] == pytest.approx(128, abs=3)
