"""The explorer: places, models, snapshots, what they are compared with."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent import model_file
from ganstudio.engine.latent.models import LatentModel
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.snapshots import SnapshotRing
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent import explorer_place, explorer_references
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.explorer_mime import bookmarks_of, mime_of
from ganstudio.ui.latent.explorer_place import same_picture
from ganstudio.ui.palette import palette
from tests.ui.latent.explorers import digits_model, explorer_of, until
from tests.ui.latent.explorers import small_bank as small_bank


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with explorer_of(digits_model()) as made:
        yield made


def at_step(model: LatentModel, step: int, run: int = 1) -> object:
    """Return the weights of another moment of a run, which differ a little from the model's."""
    weights = model.weights
    g = {name: tensor + 0.001 * step for name, tensor in weights.g.items() if tensor.is_floating_point()}
    return dataclasses.replace(weights, g={**weights.g, **g}, step=step, run=run)


def ring_of(model: LatentModel, *steps: int) -> SnapshotRing:
    ring = SnapshotRing()
    for step in steps:
        ring.add(at_step(model, step))  # type: ignore[arg-type]
    return ring


def test_a_gesture_makes_a_state_that_undo_takes_back_and_redo_brings_again(explorer: Explorer) -> None:
    first = explorer.state
    explorer.set_seed(7)
    second = explorer.state
    assert not same_picture(first, second)
    explorer.undo()
    assert explorer.state == first
    explorer.redo()
    assert explorer.state == second


def test_a_drag_is_one_step_back(explorer: Explorer) -> None:
    first = explorer.state
    for count, amount in enumerate((0.1, 0.2, 0.3)):
        explorer.set_state(dataclasses.replace(first, g=first.g + amount), merge=count > 0)
    explorer.undo()
    assert explorer.state == first


def test_the_picture_is_that_of_the_state_and_comes_twice(explorer: Explorer, qtbot: QtBot) -> None:
    seen = []
    explorer.picture_changed.connect(seen.append)
    explorer.set_seed(3)
    until(qtbot, lambda: bool(seen) and seen[-1].state == explorer.state and np.isfinite(seen[-1].logit))
    assert explorer.model is not None
    np.testing.assert_array_equal(seen[-1].shown, explorer.model.render(explorer.state.g[None])[0])


def test_under_a_moving_hand_d_is_asked_now_and_then_and_once_it_rests(
    explorer: Explorer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(qtbot, lambda: explorer.picture is not None and np.isfinite(explorer.picture.logit))
    monkeypatch.setattr(explorer_place, "HAND_S", 1e9)  # it does not rest
    seen = []
    explorer.picture_changed.connect(seen.append)
    explorer._judged_at = time.monotonic() + 1e9
    explorer.set_state(dataclasses.replace(explorer.state, g=explorer.state.g + 0.1), merge=True)
    until(qtbot, lambda: bool(seen) and not explorer.queue.is_busy(Lane.FOCUS))
    assert [picture.state for picture in seen] == [explorer.state]
    assert np.isnan(seen[0].logit)
    monkeypatch.setattr(explorer_place, "HAND_S", 0.0)
    until(qtbot, lambda: seen[-1].state == explorer.state and np.isfinite(seen[-1].logit))


def test_a_rank_is_taken_by_the_d_that_saw_the_samples(explorer: Explorer, qtbot: QtBot) -> None:
    judge, model = digits_model(seed=5), explorer.model
    assert model is not None
    until(qtbot, lambda: explorer.picture is not None and np.isfinite(explorer.picture.logit))
    explorer.references.scores_model = judge
    explorer.references.ranked.emit()
    until(qtbot, lambda: explorer.picture is not None and explorer.picture.judge is judge)
    assert explorer.picture is not None
    assert explorer.picture.logit == pytest.approx(model.judged(explorer.picture.shown[None])[0], abs=1e-2)
    assert explorer.picture.judged == pytest.approx(judge.judged(explorer.picture.shown[None])[0], abs=1e-2)
    assert explorer.picture.judged != explorer.picture.logit


def test_a_moving_hand_comes_before_the_newest_snapshot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    model = digits_model()
    with explorer_of(None) as explorer:
        explorer.set_ring(ring_of(model, 10))
        until(qtbot, lambda: explorer.model is not None and explorer.picture is not None)
        monkeypatch.setattr(explorer_place, "HAND_S", 1e9)
        explorer.set_state(dataclasses.replace(explorer.state, g=explorer.state.g + 0.1), merge=True)
        assert explorer.ring is not None
        explorer.ring.add(at_step(model, 20))  # type: ignore[arg-type]
        explorer.look()
        assert explorer._loading is None
        monkeypatch.setattr(explorer_place, "HAND_S", 0.0)
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 20)


def test_panning_the_map_renders_no_picture_anew(explorer: Explorer, qtbot: QtBot) -> None:
    until(qtbot, lambda: explorer.picture is not None and not explorer.queue.is_pulling)
    places = []
    explorer.place_changed.connect(places.append)
    explorer.change_map(centre=(4.0, 2.0))
    assert not places
    assert not explorer.queue.is_busy(Lane.FOCUS)


def test_a_state_that_does_not_fit_the_model_is_refused_with_a_message(explorer: Explorer) -> None:
    said = []
    explorer.failed.connect(lambda message, _details: said.append(message))
    before = explorer.state
    explorer.set_state(ViewState(g=np.zeros(9, np.float32)))
    assert explorer.state is before
    assert "9 latent dimensions" in said[0]


def test_another_snapshot_of_the_run_keeps_the_place_and_another_model_begins_anew(explorer: Explorer) -> None:
    assert explorer.model is not None
    explorer.set_seed(5)
    place = explorer.state
    explorer.set_model(explorer.model.with_weights(at_step(explorer.model, 8, run=0)))  # type: ignore[arg-type]
    assert explorer.is_refresh
    assert same_picture(explorer.state, place)
    assert explorer.state.step == 8
    explorer.set_model(digits_model(dim=7, seed=2))
    assert not explorer.is_refresh
    assert explorer.state.dim == 7
    assert not explorer.history.can_undo


def test_the_newest_snapshot_is_followed_until_one_scrubs(qtbot: QtBot) -> None:
    model = digits_model()
    with explorer_of(None) as explorer:
        ring = ring_of(model, 1, 10, 100)
        explorer.set_ring(ring)
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 100)
        assert explorer.is_following
        explorer.step_snapshot(-1)
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 10)
        assert not explorer.is_following
        ring.add(at_step(model, 200))  # type: ignore[arg-type]
        explorer.look()
        until(qtbot, lambda: not explorer.queue.is_pulling)
        assert explorer.model is not None
        assert explorer.model.step == 10
        explorer.follow(True)
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 200)


def test_a_saved_place_comes_back_at_the_snapshot_that_it_was_saved_at(qtbot: QtBot) -> None:
    with explorer_of(None) as explorer:
        explorer.set_ring(ring_of(digits_model(), 1, 10, 100))
        until(qtbot, lambda: explorer.model is not None)
        explorer.go_to_step(10)
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 10)
        explorer.set_seed(9)
        saved = explorer.state
        explorer.follow(True)
        until(qtbot, lambda: explorer.model is not None and explorer.model.step == 100)
        explorer.set_seed(1)
        explorer.restore(saved)
        until(qtbot, lambda: explorer.state == saved)
        assert explorer.model is not None
        assert explorer.model.fingerprint == saved.model


def test_a_hidden_explorer_runs_no_timer_and_submits_nothing(explorer: Explorer, qtbot: QtBot) -> None:
    explorer.set_ring(ring_of(digits_model(), 1, 2))
    explorer.set_active(False)
    until(qtbot, lambda: not explorer.queue.is_pulling)
    explorer.set_seed(4)
    explorer.want_bank()
    explorer.references.stop()
    explorer.look()
    assert not explorer.queue.is_busy(Lane.FOCUS)
    assert explorer._poll.isActive() is False


def test_a_model_file_opens_and_a_bad_one_leaves_the_present_model(
    explorer: Explorer, qtbot: QtBot, tmp_path: Path
) -> None:
    assert explorer.model is not None
    good, bad = tmp_path / "good.gan.safetensors", tmp_path / "bad.gan.safetensors"
    model_file.save(good, digits_model(dim=6, seed=4).weights)
    bad.write_bytes(b"PK nothing")
    said = []
    explorer.failed.connect(lambda message, details: said.append((message, details)))
    before = explorer.model
    explorer.open_model(bad)
    until(qtbot, lambda: bool(said))
    assert "The present model stays" in said[0][0]
    assert said[0][1] == ""
    assert explorer.model is before
    explorer.open_model(good)
    until(qtbot, lambda: explorer.path == good)
    assert explorer.state.dim == 6
    assert not explorer.is_following


def test_recents_are_remembered_newest_first_while_they_exist(tmp_path: Path, qtbot: QtBot) -> None:
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    explorer = Explorer(palette("dark"), settings)
    files = [tmp_path / f"{name}.gan.safetensors" for name in "ab"]
    for file in files:
        file.touch()
        explorer.remember(file)
    assert explorer.recents() == files[::-1]
    files[1].unlink()
    assert explorer.recents() == files[:1]
    settings.setValue("latent/recents", "{")
    assert explorer.recents() == []
    assert explorer.close()


@pytest.mark.usefixtures("small_bank")
def test_the_bank_and_the_ranks_of_d_fill_in_the_background(explorer: Explorer, qtbot: QtBot) -> None:
    explorer.want_bank()
    until(qtbot, lambda: explorer.scores is not None)
    assert explorer.bank is not None
    assert explorer.bank.is_full
    assert explorer.scores is not None
    assert len(explorer.scores.fakes) == explorer.bank.size
    assert len(explorer.scores.reals) == 32


def test_a_bank_whose_samples_are_in_sight_is_made_anew_sooner(
    explorer: Explorer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    references, model = explorer.references, explorer.model
    monkeypatch.setattr(explorer_references, "DUTY", 1e6)
    monkeypatch.setattr(explorer_references, "CAPACITY", 128)
    monkeypatch.setattr(explorer_references, "FOLLOWING_CAPACITY", 128)
    assert model is not None
    explorer.want_bank()
    until(qtbot, lambda: explorer.bank is not None and explorer.bank.is_full)
    references.following = True
    old = explorer.bank
    explorer.set_model(model.with_weights(at_step(model, 5, run=0)))  # type: ignore[arg-type]
    until(qtbot, lambda: explorer.bank is not old and not explorer.queue.is_pulling)
    explorer.set_model(model.with_weights(at_step(model, 9, run=0)))  # type: ignore[arg-type]
    references._end_bank()
    assert references._again.remainingTime() > 1000 * explorer_references.WATCHED_REST_S
    references.watch(explorer, True)
    until(qtbot, lambda: explorer.bank is not None and explorer.bank.model.step == 9)
    assert references._rest_s() == explorer_references.WATCHED_REST_S


def test_training_images_become_an_index_in_which_one_finds_itself(explorer: Explorer, qtbot: QtBot) -> None:
    explorer.want_neighbours()
    until(qtbot, lambda: explorer.nearest is not None)
    assert explorer.nearest is not None
    assert explorer.train_images is not None
    near = explorer.nearest.query(np.asarray(explorer.train_images[17:18]))
    assert near.distances[0, 0] == 0
    np.testing.assert_array_equal(explorer.train_images[near.indices[0, 0]], explorer.train_images[17])


def test_long_jobs_have_a_worker_of_their_own_and_can_be_cancelled(explorer: Explorer, qtbot: QtBot) -> None:
    found: list[object] = []

    def make() -> Iterator[object]:
        number = 0
        while True:
            number += 1
            yield number

    explorer.submit_long(make, "endless", found.append)
    until(qtbot, lambda: len(found) > 3)
    explorer.cancel_long("endless")
    until(qtbot, lambda: not explorer._long.is_pulling)
    count = len(found)
    explorer._long.pull()
    assert len(found) == count


def test_a_failing_job_is_told_and_the_worker_goes_on(explorer: Explorer, qtbot: QtBot) -> None:
    said, found = [], []
    explorer.failed.connect(lambda message, details: said.append((message, details)))

    def broken() -> Iterator[object]:
        raise ValueError("no such thing")
        yield

    explorer.submit(Lane.TILES, broken, "broken", found.append)
    until(qtbot, lambda: bool(said))
    assert said[0][0] == "no such thing"
    assert "ValueError" in said[0][1]
    explorer.submit(Lane.TILES, lambda: iter((1,)), "whole", found.append)
    until(qtbot, lambda: found == [1])


def test_bookmarks_go_through_a_drag_unchanged(explorer: Explorer, qtbot: QtBot) -> None:
    explorer.add_bookmark(name="here")
    until(qtbot, lambda: len(explorer.bookmarks) == 1)
    (carried,) = bookmarks_of(mime_of(explorer.bookmarks))
    assert carried.name == "here"
    assert carried.state == explorer.bookmarks[0].state
    assert bookmarks_of(mime_of([])) == []


def test_a_bookmark_without_a_picture_gets_the_one_that_its_place_shows(explorer: Explorer, qtbot: QtBot) -> None:
    assert explorer.model is not None
    g = samples(11, 1, explorer.state.dim)[0]
    explorer.add_bookmark(dataclasses.replace(explorer.state, g=g), group="sevens")
    explorer.add_bookmark(name="last")
    until(qtbot, lambda: explorer.bookmarks[0].thumbnail is not None)
    assert explorer.bookmarks[1].name == "last"  # they stay in the order in which they were kept
    mark = explorer.bookmarks[0]
    assert mark.group == "sevens"
    assert mark.thumbnail is not None
    np.testing.assert_array_equal(mark.thumbnail, explorer.model.render(g[None])[0])
