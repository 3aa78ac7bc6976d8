"""The map: tiles, and the hand on them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.tiles import TileCache, TileKey
from ganstudio.engine.latent.view_state import MapView
from ganstudio.ui.latent import map_canvas_surface
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.map_canvas import MapCanvas
from ganstudio.ui.latent.map_canvas_atlas import MADE, STAND_IN, MapAtlas
from ganstudio.ui.latent.map_canvas_places import base_px, steps_px, zoomed
from tests.ui.latent.explorers import digits_model, explorer_of, hosted, until

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(params=["none"])
def explorer(request: pytest.FixtureRequest) -> Iterator[Explorer]:
    with explorer_of(digits_model(condition=request.param)) as made:
        yield made


@pytest.fixture
def canvas(explorer: Explorer, qtbot: QtBot) -> Iterator[MapCanvas]:
    made = MapCanvas(explorer)
    host = hosted(qtbot, made, 420, 320)
    until(qtbot, lambda: made.surface.places is not None and complete(made))
    yield made
    host.close()


def complete(canvas: MapCanvas) -> bool:
    done, count = canvas.surface.tiles.progress
    return done == count > 0


def test_every_tile_shows_what_the_model_makes_of_the_latent_in_its_middle(
    canvas: MapCanvas, explorer: Explorer
) -> None:
    surface, model = canvas.surface, explorer.model
    assert model is not None
    assert surface.places is not None
    for key in surface.places.keys()[:5]:
        g, _ = surface.places.latent(*key.centre)
        held = surface.tiles.cache.get(key)
        assert held is not None
        np.testing.assert_array_equal(held, model.render(g[None])[0])


def test_a_click_goes_to_the_latent_of_the_tile_under_it(canvas: MapCanvas, explorer: Explorer) -> None:
    surface = canvas.surface
    assert surface.places is not None
    key = surface.places.key_at(30, 40)
    wanted, _ = surface.places.latent(*key.centre)
    QTest.mouseClick(surface, LEFT, pos=QPoint(30, 40))
    np.testing.assert_array_equal(explorer.state.g, wanted)
    assert surface.motion.at == key.centre


def test_another_place_of_the_same_map_moves_the_cross_and_nothing_else(canvas: MapCanvas, explorer: Explorer) -> None:
    surface = canvas.surface
    places = surface.places
    assert places is not None
    assert surface.motion.at is not None
    explorer.change(g=explorer.state.g + 0.1)
    assert surface.places is places
    assert surface.motion.at is None
    explorer.undo()
    assert surface.motion.at == (0.5, 0.5)
    explorer.change(tau=1.5)
    assert surface.places is not places
    assert surface.places is not None
    assert surface.places.state is explorer.state


def test_a_drag_pans_and_is_one_step_back(canvas: MapCanvas, explorer: Explorer) -> None:
    before = explorer.state
    surface = canvas.surface
    QTest.mousePress(surface, LEFT, pos=QPoint(100, 100))
    for x in (120, 150, 190):
        QTest.mouseMove(surface, QPoint(x, 100))
    QTest.mouseRelease(surface, LEFT, pos=QPoint(190, 100))
    moved = (explorer.state.map.centre[0] - before.map.centre[0]) * explorer.state.map.zoom
    assert moved == pytest.approx(-90)
    np.testing.assert_array_equal(explorer.state.g, before.g)
    explorer.undo()
    assert explorer.state == before


def test_the_wheel_zooms_about_the_pointer_to_sizes_of_whole_pixels(canvas: MapCanvas, explorer: Explorer) -> None:
    places = canvas.surface.places
    assert places is not None
    place = QPointF(40, 60)
    before = places.view.to_map(40, 60)
    canvas.surface.motion.zoom(1, place)
    after = canvas.surface.places
    assert after is not None
    assert after.view.to_map(40, 60) == pytest.approx(before)
    assert after.size % 28 == 0
    assert after.size > places.size


def test_shift_and_a_drag_draw_a_path_of_places(canvas: MapCanvas, qtbot: QtBot) -> None:
    surface = canvas.surface
    assert surface.places is not None
    start = surface.places.view.to_map(40, 40)
    with qtbot.waitSignal(canvas.path_drawn) as drawn:
        QTest.mousePress(surface, LEFT, SHIFT, QPoint(40, 40))
        for x in (80, 140, 200):
            QTest.mouseMove(surface, QPoint(x, 60))
        QTest.mouseRelease(surface, LEFT, SHIFT, QPoint(200, 60))
    states = drawn.args[0]
    assert len(states) == 8
    np.testing.assert_allclose(states[0].g, surface.places.latent(*start)[0], atol=1e-6)


def test_a_step_goes_one_tile_on_and_stays_in_sight(canvas: MapCanvas, explorer: Explorer) -> None:
    at = canvas.surface.motion.at
    assert at is not None
    canvas.step(1, 0)
    assert canvas.surface.motion.at == (at[0] + 1, at[1])
    canvas.step(30, 0)
    places = canvas.surface.places
    assert places is not None
    x, _ = places.view.to_pixel(*canvas.surface.motion.at)  # type: ignore[misc]
    assert 0 < x < canvas.surface.width()


def test_around_here_has_the_place_in_its_middle_and_stays_on_the_shell(canvas: MapCanvas, explorer: Explorer) -> None:
    canvas.set_mode("around")
    places = canvas.surface.places
    assert places is not None
    np.testing.assert_array_equal(places.latent(0.0, 0.0)[0], explorer.state.g)
    far, _ = places.latent(3.0, -2.0)
    assert np.linalg.norm(far) == pytest.approx(np.linalg.norm(explorer.state.g), rel=1e-5)
    canvas.surface.motion.centre_on(2.5, 1.5)
    np.testing.assert_allclose(explorer.state.map.origin, far := explorer.state.g)  # type: ignore[arg-type]
    assert explorer.state.map.centre == (0.0, 0.0)
    assert far is explorer.state.g


def test_the_map_through_anchors_takes_bookmarks_and_one_dropped_on_a_corner(
    canvas: MapCanvas, explorer: Explorer, qtbot: QtBot
) -> None:
    for seed in (1, 2, 3, 4):
        explorer.set_seed(seed)
        until(qtbot, lambda: explorer.picture is not None and explorer.picture.state.seed == explorer.state.seed)
        explorer.add_bookmark()
    canvas.set_mode("anchors")
    anchors = explorer.state.map.anchors
    assert anchors is not None
    for anchor, mark in zip(anchors, explorer.bookmarks, strict=True):
        np.testing.assert_array_equal(anchor, mark.state.g)
    explorer.set_seed(50)
    canvas.surface.motion.set_anchor(2, explorer.state)
    np.testing.assert_array_equal(explorer.state.map.anchors[2], explorer.state.g)  # type: ignore[index]


@pytest.mark.parametrize("explorer", ["embedding"], indirect=True)
def test_class_by_seed_has_a_class_in_each_column(canvas: MapCanvas, explorer: Explorer) -> None:
    assert "classes" in canvas.modes()
    canvas.set_mode("classes")
    places = canvas.surface.places
    assert places is not None
    left, right = places.state_at(0.5, 3.5), places.state_at(7.5, 3.5)
    np.testing.assert_array_equal(left.g, right.g)
    assert left.class_weights is not None
    assert right.class_weights is not None
    assert (left.class_weights.argmax(), right.class_weights.argmax()) == (0, 7)


def test_hovering_shows_a_tile_enlarged_and_leaving_hides_it(canvas: MapCanvas, qtbot: QtBot) -> None:
    surface = canvas.surface
    QTest.mouseMove(surface, QPoint(100, 100))
    until(qtbot, lambda: surface._hovered is not None)
    assert surface.places is not None
    assert surface._hovered == surface.places.key_at(100, 100)
    surface.leaveEvent(None)  # type: ignore[arg-type]
    assert surface._hovered is None


def test_modes_are_those_that_the_model_has(canvas: MapCanvas, explorer: Explorer) -> None:
    assert canvas.modes() == ["lattice", "around", "anchors"]
    explorer.set_model(digits_model(dim=2, seed=5))
    assert canvas.modes() == ["lattice", "anchors", "square"]
    assert explorer.state.map.mode == "square"


def test_zoom_goes_through_whole_multiples_and_back() -> None:
    assert base_px((28, 28)) == 56
    assert steps_px((28, 28)) == [56, 84]
    assert steps_px((64, 64)) == [64, 96]
    view = MapView(zoom=56.0)
    nearer = zoomed(view, (28, 28), 3)
    assert nearer == 168.0
    assert zoomed(MapView(zoom=nearer), (28, 28), -3) == 56.0


def keys_of(place: object, level: int = 0, count: int = 3) -> list[TileKey]:
    return [TileKey(place, level, i, j) for i in range(count) for j in range(count)]


def shade(value: int) -> np.ndarray:
    return np.full((4, 4, 1), value, np.uint8)


def test_old_pictures_stand_until_those_of_another_look_are_made() -> None:
    atlas, cache = MapAtlas(), TileCache()
    for key in keys_of("old"):
        cache.put(key, shade(90))
    atlas.arrange("here", "old", keys_of("old"), (4, 4), cache, 0xFF000000)
    assert (atlas.state == MADE).all()
    atlas.arrange("here", "new", keys_of("new"), (4, 4), cache, 0xFF000000)
    assert (atlas.state == STAND_IN).all()
    atlas.put(TileKey("new", 0, 1, 1), shade(200))
    atlas.put(TileKey("old", 0, 0, 0), shade(10))  # too late
    assert atlas.state[1, 1] == MADE
    assert atlas.image.pixelColor(5, 5).red() == 200
    assert atlas.image.pixelColor(0, 0).red() == 90


def test_a_larger_tile_stands_for_those_that_it_covers() -> None:
    atlas, cache = MapAtlas(), TileCache()
    quarters = np.kron(np.array([[10, 60], [120, 240]], np.uint8), np.ones((2, 2), np.uint8))[..., None]
    cache.put(TileKey("map", 0, 0, 0), quarters)
    keys = [TileKey("map", 1, i, j) for i in (0, 1) for j in (0, 1)]
    atlas.arrange("here", "map", keys, (4, 4), cache, 0xFF000000)
    assert (atlas.state == STAND_IN).all()
    assert atlas.image.pixelColor(1, 1).red() == 10
    assert atlas.image.pixelColor(6, 6).red() == 240


def test_a_tile_is_carried_away_with_the_right_button_and_a_click_of_it_opens_a_menu_on_release(
    canvas: MapCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    surface, carried = canvas.surface, []
    monkeypatch.setattr(map_canvas_surface, "carry", lambda _source, marks, image: carried.append((marks, image)))
    monkeypatch.setattr(QMenu, "popup", lambda _menu, _place: None)
    assert surface.places is not None
    key = surface.places.key_at(100, 100)
    right = Qt.MouseButton.RightButton
    QTest.mousePress(surface, right, pos=QPoint(100, 100))
    pressed = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(100, 100), surface.mapToGlobal(QPoint(100, 100)))
    QApplication.sendEvent(surface, pressed)  # as X11 sends it: before the button is up
    assert not surface.findChildren(QMenu)
    for x in (110, 140):
        QTest.mouseMove(surface, QPoint(x, 100))
    ((marks, image),) = carried
    np.testing.assert_array_equal(marks[0].state.g, surface.places.latent(*key.centre)[0])
    assert image is not None
    QTest.mouseRelease(surface, right, pos=QPoint(140, 100))
    assert not surface.findChildren(QMenu)
    QTest.mouseClick(surface, right, pos=QPoint(100, 100))
    (menu,) = surface.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == ["Bookmark", "Centre here", "Around here"]
    menu.close()
