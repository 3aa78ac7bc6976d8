from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect

from ganstudio.ui.views.image_plan import Cell, Panel, Target, Wanted, neighbour, plan, target_at

BY_CLASS = np.repeat(np.arange(10), 8)


def room(width: int, height: int) -> QRect:
    return QRect(3, 30, width, height)


@pytest.mark.parametrize(("width", "height"), [(750, 700), (500, 480), (1600, 900), (300, 260)])
@pytest.mark.parametrize("side", [16, 28, 32, 64])
@pytest.mark.parametrize("real", [0, 64])
@pytest.mark.parametrize("classes", [None, BY_CLASS])
def test_tiles_are_inside_the_room_apart_from_each_other_and_each_there_once(width, height, side, real, classes):
    count = 64 if classes is None else len(classes)
    wanted = Wanted(
        height=side, width=side, fake=count, real=real and count, fake_classes=classes, real_classes=classes,
        label=20, divide=20,
    )  # fmt: skip
    made = plan(room(width, height), wanted)
    covered = np.zeros((height + 30, width + 3), int)
    for panel in made.panels:
        cell = panel.cell
        for row, column in np.argwhere(panel.tiles >= 0):
            tile = panel.tile_rect(row, column)
            with_bar = tile.adjusted(0, 0, 0, cell.bar * cell.zoom)
            assert room(width, height).contains(with_bar)
            covered[tile.top() : with_bar.bottom() + 1, tile.left() : tile.right() + 1] += 1
    assert covered.max() == 1
    for source in ("fake", "real"):
        tiles = np.concatenate([panel.tiles.ravel() for panel in made.panels if panel.source == source] or [[]])
        tiles = tiles[tiles >= 0]
        assert len(np.unique(tiles)) == len(tiles) == made.shown(source)
        assert len(tiles) > 0 or source == "real"


def test_the_zoom_is_the_largest_that_shows_most_of_a_sheet():
    wanted = Wanted(height=28, width=28, fake=64, real=0)
    zooms = [plan(room(side, side), wanted).panels[0].cell.zoom for side in (300, 500, 750, 2000)]
    assert zooms == [1, 2, 3, 9]
    made = plan(room(560, 570), Wanted(height=64, width=64, fake=64, real=0))
    assert made.panels[0].tiles.shape == (7, 8)
    square = plan(room(640, 640), Wanted(height=64, width=64, fake=64, real=0))
    assert square.panels[0].tiles.shape == (8, 8), "no row with a single tile"


def test_real_images_stand_beside_generated_ones_and_take_the_room_that_is_left():
    made = plan(room(750, 560), Wanted(height=28, width=28, fake=64, real=64, divide=20))
    fake, real = made.panels
    assert (fake.source, real.source) == ("fake", "real")
    assert real.left >= fake.right + 20
    assert fake.cell == real.cell
    assert real.tiles.shape[1] >= 2


def test_every_row_is_one_class_with_its_label():
    made = plan(
        room(700, 720),
        Wanted(
            height=28, width=28, fake=80, real=80, fake_classes=BY_CLASS, real_classes=BY_CLASS, label=20, divide=20
        ),
    )
    assert [label for label, _ in made.labels] == list(range(10))
    for panel in made.panels:
        for (label, at), tiles, row in zip(made.labels, panel.tiles, range(10), strict=True):
            assert (BY_CLASS[tiles[tiles >= 0]] == label).all()
            tile = panel.tile_rect(row, 0)
            assert tile.top() < at.y() < tile.bottom()


def test_where_rows_would_be_too_small_classes_stand_in_blocks_side_by_side():
    made = plan(room(512, 525), Wanted(height=28, width=28, fake=80, real=0, fake_classes=BY_CLASS, label=20))
    assert len(made.panels) == 2
    assert made.panels[0].cell.zoom == 2
    assert [panel.tiles.shape[0] for panel in made.panels] == [5, 5]
    assert made.panels[1].left > made.panels[0].right


def test_a_class_with_few_real_images_ends_its_row_early():
    few = np.array([0] * 8 + [1] * 3)
    made = plan(
        room(900, 150),
        Wanted(height=28, width=28, fake=16, real=11, fake_classes=BY_CLASS[:16], real_classes=few, label=20, divide=9),
    )
    real = next(panel for panel in made.panels if panel.source == "real")
    assert (real.tiles[1, 3:] == -1).all()
    assert (real.tiles[1, :3] == [8, 9, 10]).all()


@pytest.mark.parametrize("size", [(0, 0), (10, 10), (-20, 300), (40, 2000)])
def test_a_room_that_holds_nothing_or_little_is_no_error(size):
    for classes in (None, BY_CLASS):
        wanted = Wanted(height=28, width=28, fake=80, real=80, fake_classes=classes, real_classes=classes, label=20)
        for panel in plan(room(*size), wanted).panels:
            assert panel.rect.width() > 0


def test_a_point_finds_its_tile_and_its_bar_but_not_the_gap():
    cell = Cell(4, 4, 3, 2, 1)
    panel = Panel("fake", np.array([[0, 1], [2, -1]]), 10, 20, cell)
    assert panel.at(10, 20) == (0, 0)
    assert panel.at(10 + 15, 20) == (0, 1)
    assert panel.at(10 + 12, 20) is None, "a gap"
    assert panel.at(10, 20 + 3 * 5) == (0, 0), "its bar"
    assert panel.at(10, 20 + 3 * 6) is None
    assert panel.at(10 + 15, 20 + 21) is None, "no tile there"
    assert panel.at(9, 20) is None
    assert target_at([panel], 10, 20 + 21) == Target(0, 1, 0)


def test_arrow_keys_go_from_tile_to_tile_across_panels():
    cell = Cell(4, 4, 1, 0, 1)
    left, right = (Panel("fake", np.arange(4).reshape(2, 2), x, 0, cell) for x in (0, 30))
    panels = [left, right]
    at = neighbour(panels, None, 1, 0)
    assert at == Target(0, 0, 0)
    way = [(1, 0), (1, 0), (0, 1), (1, 0), (1, 0), (0, 1), (-1, 0), (-1, 0), (0, -1)]
    seen = []
    for step in way:
        at = neighbour(panels, at, *step)
        seen.append((at.panel, at.row, at.column))
    assert seen == [(0, 0, 1), (1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 1, 1), (1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 0, 1)]
    assert neighbour([], None, 1, 0) is None
