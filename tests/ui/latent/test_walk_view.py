from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.walk_job import Settings, coarse_first, kept_frames
from ganstudio.ui.latent.walk_player import WalkPlayer
from ganstudio.ui.latent.walk_view import WalkView
from ganstudio.ui.palette import palette
from tests.engine.latent.nets import perceptron
from tests.ui.latent.exploring import exploring, idle, until


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with exploring() as made:
        yield made


def shown(qtbot: QtBot, explorer: Explorer) -> WalkView:
    view = WalkView(explorer)
    qtbot.addWidget(view)
    view.resize(700, 600)
    view.bar.set_settings(Settings(seconds=0.5, fps=10))
    view.show()
    settle(qtbot, view)
    return view


def settle(qtbot: QtBot, view: WalkView) -> None:
    frames = view.frames
    until(
        qtbot,
        lambda: (
            frames.count
            and frames.done >= frames.count
            and not frames._rest.isActive()
            and not view._explorer.queue.is_pulling
        ),
    )


def places(count: int, dim: int = 6, seed: int = 0) -> list[ViewState]:
    return [ViewState(g=g) for g in samples(seed, count, dim)]


def test_it_begins_with_a_walk_from_the_present_place(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    assert len(view.keys.states) == 4
    assert np.array_equal(view.keys.states[0].g, explorer.state.g)
    assert view.frames.count == 15
    assert all(image is not None for image in view.keys.strip.images)
    assert explorer.model is not None
    assert np.array_equal(view.frames.image_at(0.0), explorer.model.render(explorer.state.g[None])[0])  # type: ignore[arg-type]
    assert np.array_equal(view.frame.image, view.frames.image_at(0.0))  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["slerp", "spline", "lerp", "noise"])
def test_every_way_gives_the_frames_of_its_path(qtbot: QtBot, explorer: Explorer, way: str) -> None:
    view = shown(qtbot, explorer)
    view.bar.way.set_value(way)
    settle(qtbot, view)
    path, plan = view.frames.path, view.frames.plan
    assert path is not None
    assert plan is not None
    assert np.array_equal(plan.g, path.at(plan.times))
    assert plan.lengths == pytest.approx(np.linalg.norm(plan.g, axis=1), rel=1e-6)
    assert view.bar.closed.isEnabled() == (way != "noise")
    assert path.closed == (way == "noise")
    middle = view.frames.number_at(0.5)
    assert explorer.model is not None
    assert np.array_equal(view.frames._images[middle], explorer.model.render(plan.g[[middle]])[0])  # type: ignore[arg-type]


def test_a_closed_walk_ends_where_it_began_and_the_last_key_frame_leads_back(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    view.bar.closed.setChecked(True)
    settle(qtbot, view)
    assert view.frames.count == 20
    assert view.frames.image_at(1.0) is view.frames.image_at(0.0)
    assert view.frames.key_positions() == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])
    state = view.frames.state_at(0.25)
    assert state is not None
    assert np.array_equal(state.g, view.keys.states[1].g)


def test_constant_speed_makes_the_steps_equally_visible(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    view.bar.set_settings(Settings(seconds=2.0, fps=10))
    settle(qtbot, view)

    def unevenness() -> float:
        frames = np.stack([np.asarray(image, np.float64) for image in view.frames._images])
        steps = np.linalg.norm(np.diff(frames, axis=0).reshape(len(frames) - 1, -1), axis=1)
        return float(steps.std() / steps.mean())

    before = unevenness()
    view.bar.even.setChecked(True)
    settle(qtbot, view)
    assert unevenness() < 0.5 * before
    positions = view.frames.key_positions()
    assert positions[0] == 0
    assert positions[-1] == 1
    assert positions[1] != pytest.approx(1 / 3, abs=1e-3)


def test_key_frames_are_added_put_in_order_and_removed(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    one, two, three = places(3, seed=9)
    view.take_path([one, two])
    view.keys.strip.set_selected(0)
    view.add_keys([three])
    assert [key.g[0] for key in view.keys.states] == [one.g[0], three.g[0], two.g[0]]
    view.keys.strip.set_selected(2)
    qtbot.keyClick(view.keys.strip, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert [key.g[0] for key in view.keys.states] == [one.g[0], two.g[0], three.g[0]]
    qtbot.keyClick(view.keys.strip, Qt.Key.Key_Delete)
    assert [key.g[0] for key in view.keys.states] == [one.g[0], three.g[0]]
    view.add_random()
    explorer.add_bookmark()
    view.keys.shelf_action.trigger()
    view.keys.here_action.trigger()
    assert len(view.keys.states) == 5
    view.keys.clear_button.click()
    assert view.frames.count == 0
    assert not view.play_button.isEnabled()


def test_moved_sliders_are_part_of_a_key_frame(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    explorer.set_state(explorer.state.with_offset("local 1", np.eye(6)[0], 1.0))
    view.keys.here_action.trigger()
    assert np.array_equal(view.keys.states[-1].g, explorer.state.point())
    assert view.keys.states[-1].offsets == ()


def test_places_of_another_model_are_left_out_with_a_message(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    with qtbot.waitSignal(explorer.noticed):
        view.add_keys(places(1, dim=7))
    assert len(view.keys.states) == 4


def test_space_plays_and_pauses_and_scrubbing_pauses(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.player.playing
    assert view.play_button.text() == "Pause"
    with qtbot.waitSignal(view.player.moved):
        pass
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert not view.player.playing
    view.player.play()
    qtbot.mouseClick(view.timeline, Qt.MouseButton.LeftButton, pos=view.timeline.rect().center())
    assert not view.player.playing
    assert view.player.position == pytest.approx(0.5, abs=0.02)


def test_hidden_it_neither_plays_nor_renders(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    view.player.play()
    view.hide()
    assert not view.player.playing
    before = view.frames.plan
    view.take_path(places(3, seed=4))
    idle(qtbot, explorer)
    assert view.frames.plan is before
    view.show()
    settle(qtbot, view)
    assert view.frames.plan is not before


def test_a_double_click_on_the_timeline_goes_to_that_place(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    view.timeline.chosen.emit(0.5)
    path = view.frames.path
    assert path is not None
    assert np.array_equal(explorer.state.g, path.at(np.array([0.5]))[0])


def test_another_diversity_makes_other_frames_but_another_place_does_not(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    before = view.frames.image_at(0.5)
    explorer.randomize()
    settle(qtbot, view)
    assert view.frames.image_at(0.5) is before
    explorer.change(tau=1.2)
    until(qtbot, lambda: view.frames.image_at(0.5) is not before)


def test_another_snapshot_keeps_the_walk_and_another_model_begins_anew(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    keys = view.keys.states
    assert explorer.model is not None
    plan = view.frames.plan
    explorer.set_model(dataclasses.replace(explorer.model, step=3))
    assert view.frames.count == 15
    until(qtbot, lambda: view.frames.plan is not plan)
    assert view.keys.states == keys
    explorer.set_model(dataclasses.replace(perceptron(dim=4), title="other"))
    settle(qtbot, view)
    assert view.keys.states[0].dim == 4


def test_classes_go_along_and_points_are_shown_as_dots(qtbot: QtBot) -> None:
    with exploring(perceptron(dim=6, classes=3)) as explorer:
        view = shown(qtbot, explorer)
        other = dataclasses.replace(view.keys.states[0], class_weights=np.array([0, 0, 1], np.float32))
        view.take_path([view.keys.states[0], other])
        settle(qtbot, view)
        state = view.frames.state_at(0.5)
        assert state is not None
        assert state.class_weights == pytest.approx([0.5, 0, 0.5])
    with exploring(perceptron((2,), dim=2)) as explorer:
        view = shown(qtbot, explorer)
        image = view.frames.image_at(0.0)
        assert image is not None
        assert image.shape == (64, 64, 3)
        view.set_palette(palette("light"))
        until(qtbot, lambda: view.frames.image_at(0.0) is not image)


def test_the_order_of_frames_is_coarse_first_and_complete() -> None:
    for count in (2, 3, 7, 150):
        order = coarse_first(count)
        assert sorted(order.tolist()) == list(range(count))
    start = np.sort(coarse_first(150)[:8])
    assert np.diff(start).max() <= 64
    assert start[0] == 0
    assert start[-1] == 149


def test_frames_are_kept_within_a_budget() -> None:
    assert kept_frames(150, 1024) == 150
    assert kept_frames(9_000, 1024) == 1_500
    assert kept_frames(1_500, 256 * 256 * 3) == 512


def test_the_player_goes_with_the_clock_and_stops_or_begins_again_at_the_end(qtbot: QtBot) -> None:
    player = WalkPlayer()
    player.set_duration(4.0)
    player.seek(0.5)
    player.advance(1.0)
    assert player.position == pytest.approx(0.75)
    player.advance(2.5)
    assert player.position == pytest.approx(0.125)
    player.loop = False
    player.seek(0.5)
    player.play()
    player.advance(10.0)
    assert player.position == 1.0
    assert not player.playing
    player.play()
    assert player.position == 0.0
    player.pause()


def test_both_themes_are_painted_and_the_timeline_shows_the_band(qtbot: QtBot, explorer: Explorer) -> None:
    view = shown(qtbot, explorer)
    dark = view.grab().toImage()
    view.set_palette(palette("light"))
    assert view.grab().toImage() != dark
    assert "χ" in view.timeline.toolTip()
