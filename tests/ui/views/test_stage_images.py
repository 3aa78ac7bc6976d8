from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from ganstudio.engine.snapshot import Growth
from ganstudio.ui.palette import palette
from ganstudio.ui.views.image_picture import HEAT_LEVELS, bar_lengths, heat_lut, packed
from ganstudio.ui.views.image_strip import evenly
from ganstudio.ui.views.stage import Stage
from ganstudio.ui.views.stage_images import NOTHING_ON, NOTHING_YET, StageImages
from tests.ui.views import image_snapshots, snapshots

GROWTH = Growth(stage=2, alpha=0.43, resolution=16, resolutions=(4, 8, 16, 32))
ALL = frozenset(layer.name for layer in StageImages.LAYERS)
NO_BUTTON = Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
COLORS = palette("dark")


@pytest.fixture
def stage(qtbot) -> StageImages:
    made = StageImages(COLORS)
    qtbot.addWidget(made)
    made.resize(750, 700)
    made.set_layers(frozenset({"generated", "d"}))
    return made


def picture(stage):
    image = stage.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].copy()


def pixels_of(shown, panel, row, column):
    """Return one pixel of the screen for each of a tile's image, (H, W, 3), which must all be squares."""
    tile, zoom = panel.tile_rect(row, column), panel.cell.zoom
    part = shown[tile.top() : tile.top() + tile.height(), tile.left() : tile.left() + tile.width()]
    for offset in range(zoom):
        np.testing.assert_array_equal(part[offset::zoom], part[::zoom])
        np.testing.assert_array_equal(part[:, offset::zoom], part[:, ::zoom])
    return part[::zoom, ::zoom]


def point(stage, panel, row, column):
    at = QPointF(panel.tile_rect(row, column).center())
    QApplication.sendEvent(stage, QMouseEvent(QEvent.Type.MouseMove, at, at, *NO_BUTTON))


@pytest.mark.parametrize(("name", "factor"), [("mnist10k", 1), ("emoji32", 1), ("emoji32", 2)])
def test_every_pixel_of_an_image_is_a_square_of_its_own_colour(stage, name, factor):
    snapshot = image_snapshots.images(name, factor=factor)
    stage.set_layers(frozenset({"generated", "data", "d"}))
    stage.show_snapshot(snapshot)
    shown = picture(stage)
    for panel, result in zip(stage.panels, ("sheet", "real_sheet"), strict=True):
        images = snapshot.probes[result].images
        for row, column in ((0, 0), (panel.tiles.shape[0] - 2, panel.tiles.shape[1] - 1)):
            tile = panel.tiles[row, column]
            np.testing.assert_array_equal(
                pixels_of(shown, panel, row, column), np.broadcast_to(images[tile], (*images[tile].shape[:2], 3))
            )


@pytest.mark.parametrize("critic", [False, True])
def test_bars_say_by_side_length_and_colour_what_d_says(stage, critic):
    scores = np.full(64, 0.5, np.float32)
    scores[:4] = (-8.0, 8.0, 4.0, np.nan) if critic else (0.0, 1.0, 0.75, np.nan)
    snapshot = image_snapshots.images(critic=critic)
    stage.show_snapshot(snapshots.with_probe(snapshot, "sheet", scores=scores))
    shown, panel = picture(stage), stage.panels[0]
    middle = panel.cell.width / 2 * panel.cell.zoom
    reach = []
    for column in range(4):
        tile = panel.tile_rect(0, column)
        line = shown[tile.bottom() + 2, tile.left() : tile.right() + 1]
        for color, side in ((COLORS.score_high, 1), (COLORS.score_low, -1)):
            there = np.flatnonzero((line == QColor(color).getRgb()[:3]).all(axis=1)) + 0.5 - middle
            assert (there * side > 0).all()
            if len(there):
                reach.append((column, side, round(np.abs(there).max() / middle, 1)))
    most = 8 / stage.levels[1] if critic else 1.0
    assert reach == [(0, -1, round(most, 1)), (1, 1, round(most, 1)), (2, 1, round(most / 2, 1))]


def test_a_probability_has_fixed_levels_and_a_critic_symmetric_ones(stage):
    stage.show_snapshot(image_snapshots.images())
    assert stage.levels == (0.0, 1.0)
    stage.show_snapshot(image_snapshots.images(critic=True))
    low, high = stage.levels
    assert low == -high < 0


def test_bar_lengths_are_signed_shares_of_the_way_to_the_ends():
    scores = np.array([0, 0.25, 0.5, 1, 7, np.nan, -np.inf], np.float32)
    assert bar_lengths(scores, (0.0, 0.5, 1.0)).tolist() == [-1, -0.5, 0, 1, 1, 0, -1]


@pytest.mark.parametrize("name", sorted(ALL - {"growth", "smooth", "heat", "d"}))
def test_each_layer_shows_when_on_and_leaves_nothing_when_off(stage, name):
    stage.show_snapshot(image_snapshots.images(growth=GROWTH))
    stage.set_layers(frozenset())
    empty = picture(stage)
    stage.set_layers(frozenset({name}))
    assert (picture(stage) != empty).any()
    stage.set_layers(frozenset())
    assert (picture(stage) == empty).all()


@pytest.mark.parametrize("name", ["growth", "smooth", "heat", "d"])
def test_each_layer_upon_the_sheet_shows_when_on_and_leaves_nothing_when_off(stage, name):
    stage.show_snapshot(image_snapshots.images(growth=GROWTH))
    stage.set_layers(frozenset({"generated"}))
    plain = picture(stage)
    stage.set_layers(frozenset({"generated", name}))
    assert (picture(stage) != plain).any()
    stage.set_layers(frozenset({"generated"}))
    assert (picture(stage) == plain).all()


def test_heat_is_teal_where_light_helps_and_violet_where_it_hurts(stage):
    snapshot = image_snapshots.images()
    signed = np.zeros((64, 28, 28), np.float32)
    signed[:, :14], signed[:, 14:] = 1.0, -1.0
    signed[:, 12:16] = 0.0
    hot = snapshots.with_probe(snapshot, "saliency", signed=signed, magnitude=np.abs(signed))
    black = snapshots.with_probe(hot, "sheet", images=np.zeros((64, 28, 28, 1), np.uint8))
    stage.set_layers(frozenset({"generated", "heat"}))
    stage.show_snapshot(black)
    stage.settle()
    tile = pixels_of(picture(stage), stage.panels[0], 1, 1).astype(int)
    assert tile[3, 3, 1] > 1.5 * tile[3, 3, 0], "green above red"
    assert tile[24, 3, 2] > 1.2 * tile[24, 3, 1]
    assert (tile[13] == 0).all()
    assert stage.heat_most >= 1.0


def test_heat_colours_are_premultiplied_and_nothing_is_no_colour():
    lut = heat_lut(COLORS)
    assert len(lut) == 2 * HEAT_LEVELS
    assert lut[0] == lut[HEAT_LEVELS] == 0
    alpha = lut >> 24
    for shift in (16, 8, 0):
        assert ((lut >> shift & 255) <= alpha).all()


def test_smooth_blends_inside_tiles_and_never_across_them(stage):
    images = np.zeros((64, 28, 28, 1), np.uint8)
    images[:, ::2] = 200
    images[1::2] = 255
    snapshot = snapshots.with_probe(image_snapshots.images(), "sheet", images=images)
    stage.show_snapshot(snapshot)
    crisp = picture(stage)
    stage.set_layers(frozenset({"generated", "d", "smooth"}))
    smooth = picture(stage)
    panel = stage.panels[0]
    striped, white = panel.tile_rect(0, 0), panel.tile_rect(0, 1)
    values = np.unique(smooth[striped.top() : striped.bottom(), striped.left() : striped.right()])
    assert len(values) > 2
    assert values.max() <= 200, "nothing of the neighbour"
    assert (smooth[white.top() : white.bottom(), white.left() : white.right()] == 255).all()
    beside = slice(striped.right() + 1, white.left())
    np.testing.assert_array_equal(
        smooth[striped.top() : striped.bottom(), beside], crisp[striped.top() : striped.bottom(), beside]
    )


def test_the_tile_below_the_pointer_is_enlarged_and_read(stage, qtbot):
    stage.show_snapshot(image_snapshots.images(conditional=True))
    plain = picture(stage)
    panel = stage.panels[0]
    sheet = stage._snapshot.probes["sheet"]
    with qtbot.waitSignal(stage.pointed) as caught:
        point(stage, panel, 3, 1)
    tile = panel.tiles[3, 1]
    assert caught.args[0].startswith(f"D(x) {sheet.scores[tile]:.3f}"[:9])
    assert "asked for: 3" in caught.args[0]
    assert "iteration 1\u202f200" in caught.args[0]
    assert (picture(stage) != plain).any()
    with qtbot.waitSignal(stage.pointed) as caught:
        QApplication.sendEvent(stage, QEvent(QEvent.Type.Leave))
    assert caught.args == [""]
    assert stage.target is None
    assert (picture(stage) == plain).all()


def test_a_real_tile_says_its_label_and_a_frame_of_the_strip_its_iteration(stage, qtbot):
    stage.set_layers(frozenset({"generated", "data", "strip"}))
    stage.show_snapshot(image_snapshots.images("emoji32"))
    by_source = {panel.source: panel for panel in stage.panels}
    with qtbot.waitSignal(stage.pointed) as caught:
        point(stage, by_source["real"], 0, 0)
    assert "real, " in caught.args[0]
    with qtbot.waitSignal(stage.pointed) as caught:
        point(stage, by_source["strip"], 0, 1)
    step = stage._snapshot.probes["strip"].steps[stage._arranged.strip.frames[1]]
    assert caught.args == [f"iteration {step}"]
    with qtbot.waitSignal(stage.pointed) as caught:
        point(stage, by_source["strip"], 0, by_source["strip"].tiles.shape[1] - 1)
    assert caught.args == ["now"]
    assert not stage.grab().isNull()


def test_keys_move_the_enlarged_tile_and_escape_puts_it_away(stage, qtbot):
    stage.show_snapshot(image_snapshots.images())
    for key, at in ((Qt.Key.Key_Right, (0, 0)), (Qt.Key.Key_Right, (0, 1)), (Qt.Key.Key_Down, (1, 1))):
        with qtbot.waitSignal(stage.pointed) as caught:
            qtbot.keyClick(stage, key)
        assert (stage.target.row, stage.target.column) == at
        assert "D(x)" in caught.args[0]
    assert stage.accessibleDescription() == caught.args[0]
    qtbot.keyClick(stage, Qt.Key.Key_Escape)
    assert stage.target is None


def test_the_strip_ends_with_the_sheet_itself_and_begins_with_the_first_frame(stage):
    snapshot = image_snapshots.images()
    stage.set_layers(frozenset({"generated", "strip"}))
    stage.show_snapshot(snapshot)
    shown, panel = picture(stage), stage.panels[-1]
    assert panel.source == "strip"
    last = panel.tiles.shape[1] - 1
    for row in range(panel.tiles.shape[0]):
        now, first = (pixels_of(shown, panel, row, column)[..., :1] for column in (last, 0))
        np.testing.assert_array_equal(now, snapshot.probes["sheet"].images[row])
        np.testing.assert_array_equal(first, snapshot.probes["strip"].images[0, row])


def test_frames_are_evenly_chosen_with_both_ends():
    assert evenly(10, 4) == [0, 3, 6, 9]
    assert evenly(3, 9) == [0, 1, 2]
    assert evenly(5, 1) == [0]


def test_the_caption_follows_the_room_though_nothing_new_comes(qtbot):
    stage = Stage(COLORS)
    qtbot.addWidget(stage)
    stage.resize(900, 900)
    stage.show()
    stage.show_snapshot(image_snapshots.images())
    stage.settle()
    canvas = stage.canvases["images"]
    before = stage.caption.text()
    stage.resize(900, 300)
    qtbot.waitUntil(lambda: stage.caption.text() != before)
    assert stage.caption.text() == canvas.caption()


def test_the_caption_counts_what_is_to_be_seen_and_how_old_it_is(stage):
    snapshot = image_snapshots.images()
    stage.show_snapshot(snapshot)
    shown = int((stage.panels[0].tiles >= 0).sum())
    assert stage.caption().startswith(f"{shown} of 64 images of the EMA generator" if shown < 64 else "64 images")
    assert "within" not in stage.caption()
    steps = np.full(64, image_snapshots.STEP)
    steps[16:] -= 12
    stage.show_snapshot(snapshots.with_probe(snapshot, "sheet", steps=steps))
    assert "made within the last 12 iterations" in stage.caption()
    broken = snapshots.with_probe(snapshot, "sheet", scores=np.full(64, np.nan, np.float32))
    stage.show_snapshot(broken)
    assert "not finite" in stage.caption()
    assert not stage.grab().isNull()


def test_it_says_why_there_is_nothing(stage):
    stage.show_snapshot(image_snapshots.images(probes=()))
    assert stage._empty_text() == NOTHING_YET
    stage.set_layers(frozenset())
    assert stage._empty_text() == NOTHING_ON
    assert not stage.grab().isNull()


def test_every_tip_names_generator_count_and_what_is_measured(stage):
    stage.set_layers(ALL)
    stage.show_snapshot(dataclasses.replace(image_snapshots.images("emoji32", growth=GROWTH), generator="raw"))
    tips = stage.tips()
    assert set(tips) == ALL
    assert "64 images of the raw generator" in tips["generated"]
    assert "running statistics" in tips["d"]
    assert "gradient of D's own output" in tips["heat"]
    assert "stage 3 of 4: 16 × 16 fading in, α 0.43" in tips["growth"]
    assert "18 iterations" in tips["strip"]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(750, 700), (520, 540), (200, 150), (1, 1)])
@pytest.mark.parametrize("conditional", [False, True])
def test_it_paints_at_every_size_and_in_both_themes(stage, theme, size, conditional):
    stage.resize(*size)
    stage.set_palette(palette(theme))
    stage.set_layers(ALL)
    stage.show_snapshot(image_snapshots.images("emoji32", conditional=conditional, growth=GROWTH))
    assert stage.grab().toImage().pixelColor(0, 0).name() == palette(theme).surface


def test_colours_are_packed_as_qt_has_them():
    assert packed(np.array([[[[1, 2, 3]]]], np.uint8)).item() == 0xFF010203
    assert packed(np.array([[[[7]]]], np.uint8)).item() == 0xFF070707


def test_another_run_of_another_size_is_shown_as_it_is(stage):
    stage.show_snapshot(image_snapshots.images())
    point(stage, stage.panels[0], 2, 3)
    stage.show_snapshot(image_snapshots.images("emoji32", factor=2, run=2, count=6))
    assert stage.panels[0].cell.height == 64
    assert stage.target is None
    assert not stage.grab().isNull()
