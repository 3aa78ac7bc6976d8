from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ganstudio.ui.latent.shell_gauge import ShellGauge, shell, shell_tip
from ganstudio.ui.latent.thumbnail_pictures import drawn_in, image_pixmap, paint_image, point_images
from ganstudio.ui.latent.thumbnails import ThumbnailStrip
from ganstudio.ui.palette import palette
from ganstudio.ui.views.image_picture import whole_image

DARK, LIGHT = palette("dark"), palette("light")
RNG = np.random.default_rng(3)


def pixels(image: QImage) -> np.ndarray:
    return np.array(
        [[QColor(image.pixel(x, y)).getRgb()[:3] for x in range(image.width())] for y in range(image.height())]
    )


@pytest.mark.parametrize("channels", [1, 3])
def test_an_image_is_converted_pixel_for_pixel_and_enlarged_by_whole_factors(channels: int) -> None:
    image = RNG.integers(0, 256, (5, 4, channels), np.uint8)
    assert np.array_equal(pixels(whole_image(image)), np.broadcast_to(image, (5, 4, 3)))
    large = image_pixmap(image, 17)
    assert (large.width(), large.height()) == (12, 15)
    assert np.array_equal(pixels(large), np.broadcast_to(image, (5, 4, 3)).repeat(3, 0).repeat(3, 1))


def test_an_image_larger_than_its_place_is_made_smaller() -> None:
    small = image_pixmap(np.zeros((60, 30, 1), np.uint8), 20)
    assert (small.width(), small.height()) == (10, 20)


def test_an_image_is_drawn_at_a_whole_zoom_on_whole_pixels_of_the_screen() -> None:
    from PySide6.QtCore import QRectF

    place = drawn_in(QRectF(1.25, 2.5, 50, 50), 8, 8, 2.0)
    assert place.width() * 2.0 % 8 == 0
    assert (place.left() * 2.0, place.top() * 2.0) == (round(place.left() * 2.0), round(place.top() * 2.0))


def test_painting_keeps_every_pixel_a_square(qtbot: QtBot) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    image = RNG.integers(0, 256, (4, 4, 3), np.uint8)
    canvas = QImage(14, 14, QImage.Format.Format_RGB32)
    with QPainter(canvas) as painter:
        place = paint_image(painter, QRectF(0, 0, 14, 14), whole_image(image))
    assert (place.width(), place.left()) == (12, 1)
    assert np.array_equal(pixels(canvas)[1:13, 1:13], image.repeat(3, 0).repeat(3, 1))


def strip(qtbot: QtBot, count: int, **known: object) -> ThumbnailStrip:
    made = ThumbnailStrip(DARK, **known)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(400, 120)
    made.set_images([RNG.integers(0, 256, (8, 8, 1), np.uint8) for _ in range(count)])
    made.show()
    return made


def test_a_click_chooses_and_tells(qtbot: QtBot) -> None:
    made = strip(qtbot, 5)
    with qtbot.waitSignal(made.clicked) as told:
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=made.rect_of(3).center().toPoint())
    assert told.args == [3]
    assert made.selected == 3
    assert made.index_at(QPointF(399, 5)) == -1


def test_arrow_keys_go_from_one_to_the_next_and_stop_at_the_ends(qtbot: QtBot) -> None:
    made = strip(qtbot, 6, columns=3)
    made.set_selected(1)
    chosen: list[int] = []
    made.clicked.connect(chosen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(made, key)
    assert chosen == [2, 5, 4, 1]


def test_thumbnails_shrink_to_the_width_and_wrap_by_columns(qtbot: QtBot) -> None:
    made = strip(qtbot, 7, side=64)
    made.resize(160, 80)
    assert made.rect_of(6).right() <= 160
    made.set_columns(3)
    made.resize(400, 300)
    assert made.rect_of(3).top() > made.rect_of(2).bottom()
    assert made.rect_of(3).left() == made.rect_of(0).left()
    assert made.sizeHint().height() > 3 * 64


def test_empty_places_captions_and_both_themes_are_painted(qtbot: QtBot) -> None:
    made = strip(qtbot, 2)
    made.set_images([None, made.images[1]])
    made.set_captions(["a", "long caption that does not fit"])
    dark = made.grab().toImage()
    made.set_palette(LIGHT)
    assert made.grab().toImage() != dark
    made.set_images([])
    assert made.selected == -1
    assert made.count == 0


def test_the_same_array_is_not_converted_again(qtbot: QtBot) -> None:
    made = strip(qtbot, 2)
    before = list(made._images)
    made.set_images([*made.images, np.zeros((8, 8, 1), np.uint8)])
    assert made._images[0] is before[0]
    assert made._images[1] is before[1]


def test_hovering_tells_which_and_shows_its_tip(qtbot: QtBot) -> None:
    made = strip(qtbot, 3)
    made.set_tips(["one", "two", "three"])
    with qtbot.waitSignal(made.hovered, check_params_cb=lambda index: index == 1):
        qtbot.mouseMove(made, made.rect_of(1).center().toPoint())
    assert made.toolTip() == "two"
    with qtbot.waitSignal(made.hovered, check_params_cb=lambda index: index == -1):
        qtbot.mouseMove(made, QPoint(399, 119))


def test_points_become_dots_where_they_are() -> None:
    made = point_images(np.array([[0.0, 0.0], [3.0, 3.0], [-99.0, 0.0]]), np.zeros(2), 1.0, DARK, side=33)
    fake = np.array(QColor(DARK.fake).getRgb()[:3])
    assert np.array_equal(made[0, 16, 16], fake)
    assert np.array_equal(made[1, 1, 31], fake)  # up and to the right
    assert np.array_equal(made[2, 16, 1], fake)  # held at the edge
    line = point_images(np.array([[1.0]]), np.zeros(1), 1.0, LIGHT, side=33)
    assert line.shape == (1, 33, 33, 3)


@pytest.mark.parametrize("dim", [1, 2, 16, 512])
def test_the_band_holds_95_percent_of_draws(dim: int) -> None:
    lengths = np.sqrt(RNG.chisquare(dim, 20_000))
    band = shell(dim)
    inside = (lengths >= band.low) & (lengths <= band.high)
    assert inside.mean() == pytest.approx(0.95, abs=0.01)
    assert np.mean(lengths < band.median) == pytest.approx(0.5, abs=0.02)
    assert band.percentile(band.median) == pytest.approx(0.5)
    assert band.reach > band.high


def test_the_density_is_highest_near_the_shell() -> None:
    band, at = shell(64), np.linspace(0, 12, 1201)
    assert at[np.argmax(band.density(at))] == pytest.approx(np.sqrt(63), abs=0.02)


def test_the_gauge_names_its_estimator_and_marks_what_is_off_the_shell(qtbot: QtBot) -> None:
    gauge = ShellGauge(DARK)
    qtbot.addWidget(gauge)
    gauge.resize(220, 26)
    gauge.set_length(64, 8.0)
    on = gauge.grab().toImage()
    assert "χ" in gauge.toolTip()
    gauge.set_length(64, 5.0)
    assert gauge.grab().toImage() != on
    assert gauge.length == 5.0
    assert "fewer than 0.1 %" in shell_tip(64, 5.0)
    assert "more than 99.9 %" in shell_tip(64, 50.0)
