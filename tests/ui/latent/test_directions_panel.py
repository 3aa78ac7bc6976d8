from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganstudio.engine.latent.directions import Directions
from ganstudio.engine.latent.directions.local import local
from ganstudio.engine.latent.view_state import one_hot
from ganstudio.ui.latent.direction_sources import Request, anchor, filmstrips, find, followed
from ganstudio.ui.latent.directions_panel import DirectionsPanel
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.palette import palette
from tests.engine.latent.nets import linear, model, perceptron
from tests.ui.latent.exploring import exploring, idle, until


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with exploring() as made:
        yield made


def shown(qtbot: QtBot, explorer: Explorer) -> DirectionsPanel:
    panel = DirectionsPanel(explorer)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    until(qtbot, lambda: ready(panel))
    return panel


def ready(panel: DirectionsPanel) -> bool:
    found = panel.finder.found
    return (
        found is not None
        and found.request.source == panel.source_name
        and all(row.slider.isEnabled() for row in panel.rows[: found.directions.count])
    )


def test_the_local_directions_are_those_of_the_jacobian_and_each_has_a_filmstrip(
    qtbot: QtBot, explorer: Explorer
) -> None:
    panel = shown(qtbot, explorer)
    assert explorer.model is not None
    expected = local(explorer.model.generator(), explorer.state.g).directions
    found = panel.finder.found
    assert found is not None
    assert np.abs((found.directions.vectors * expected.vectors[:8]).sum(1)) == pytest.approx(1.0, abs=1e-4)
    assert [row.isVisible() for row in panel.rows] == [True] * 6 + [False] * 2
    assert all(image is not None for row in panel.rows[:6] for image in row.strip.images)
    assert panel.rows[0].share.share == pytest.approx(float(expected.share[0]))  # type: ignore[index]
    assert "central differences" in panel.rows[0].share.toolTip()
    assert explorer.directions is found.directions


def test_a_click_on_a_thumbnail_shows_exactly_that_picture(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    row = panel.rows[1]
    promised = row.strip.images[5]
    with qtbot.waitSignal(explorer.picture_changed):
        qtbot.mouseClick(row.strip, Qt.MouseButton.LeftButton, pos=row.strip.rect_of(5).center().toPoint())
    until(qtbot, lambda: explorer.picture is not None and explorer.picture.state.offsets)
    assert explorer.picture is not None
    assert promised is not None
    assert np.array_equal(explorer.picture.shown, promised)
    assert row.steps == pytest.approx(2.0)
    assert row.value_label.text() == "+2.00"
    assert np.linalg.norm(explorer.state.point()) == pytest.approx(np.linalg.norm(explorer.state.g), rel=1e-5)


def test_a_drag_is_one_step_back_for_undo(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    before = explorer.state
    slider = panel.rows[0].slider
    slider.setSliderDown(True)
    for position in (320, 380, 420):
        slider.setSliderPosition(position)
    slider.setSliderDown(False)
    assert panel.rows[0].steps == pytest.approx(1.2)
    slider.setSliderDown(True)
    slider.setSliderPosition(500)
    slider.setSliderDown(False)
    explorer.undo()
    assert panel.rows[0].steps == pytest.approx(1.2)
    explorer.undo()
    assert explorer.state == before
    assert panel.rows[0].steps == 0


def test_reset_takes_all_sliders_back_and_settle_keeps_the_picture(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    panel.rows[0].moved.emit(1.5, False)
    panel.rows[2].moved.emit(-2.0, False)
    point = explorer.state.point()
    assert panel.reset_button.isEnabled()
    panel.settle_button.click()
    assert np.array_equal(explorer.state.g, point)
    assert explorer.state.offsets == ()
    idle(qtbot, explorer)
    panel.rows[0].moved.emit(1.0, False)
    panel.reset_button.click()
    assert np.array_equal(explorer.state.point(), point)
    assert not panel.reset_button.isEnabled()


def test_off_the_shell_the_length_changes(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    panel.on_shell.click()
    assert not explorer.state.on_shell
    panel.rows[0].moved.emit(3.0, False)
    assert np.linalg.norm(explorer.state.point()) != pytest.approx(np.linalg.norm(explorer.state.g), rel=1e-3)
    explorer.change(on_shell=True)
    assert panel.on_shell.isChecked()


@pytest.mark.parametrize("source", ["sefa", "activations", "mean_jacobian"])
def test_every_source_finds_directions_and_says_how(qtbot: QtBot, explorer: Explorer, source: str) -> None:
    panel = shown(qtbot, explorer)
    panel.set_source(source)  # type: ignore[arg-type]
    until(qtbot, lambda: ready(panel))
    found = panel.finder.found
    assert found is not None
    assert found.directions.source == source
    assert found.estimator in panel.rows[0].share.toolTip()
    assert panel.layer.isVisible() == (source == "activations")


def test_another_layer_gives_other_components(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    panel.set_source("activations")
    until(qtbot, lambda: ready(panel))
    first = panel.finder.found
    other = 1 - panel.layer.currentIndex()
    panel.layer.setCurrentIndex(other)
    panel.layer.activated.emit(other)
    until(qtbot, lambda: panel.finder.found is not first)
    assert panel.finder.found is not None
    assert panel.finder.found.layer == panel.layer.itemData(other)
    assert panel.layer.currentIndex() == other


def test_an_attribute_points_from_one_group_of_bookmarks_to_the_other(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    axis = np.eye(6, dtype=np.float32)[0]
    rng = np.random.default_rng(1)
    for sign, group in ((1, "bright"), (-1, "dark")):
        for _ in range(4):
            g = rng.standard_normal(6).astype(np.float32) * 0.1 + 2 * sign * axis
            explorer.add_bookmark(dataclasses.replace(explorer.state, g=g), group=group)
    panel.set_source("attribute")
    until(qtbot, lambda: ready(panel))
    assert panel.attribute.isVisible()
    assert panel.attribute.chosen == ("bright", "dark") or panel.attribute.chosen[1].startswith("\0")
    found = panel.finder.found
    assert found is not None
    assert abs(found.directions.vectors[0] @ axis) > 0.95  # which group came first decides the sign
    assert panel.rows[0].share.share is None
    panel.attribute.method.set_value("logistic")
    until(qtbot, lambda: panel.finder.found is not found and ready(panel))
    assert panel.finder.found is not None
    assert "separates" in panel.finder.found.estimator


def test_without_groups_it_says_what_is_needed(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    panel.set_source("attribute")
    assert "bookmarks" in panel.attribute.hint.text()
    assert not panel.rows[0].isVisible()


def test_an_isotropic_first_layer_is_told(qtbot: QtBot) -> None:
    import torch

    made = linear(dim=6)
    with torch.no_grad():
        made.G.layer.weight.zero_()  # type: ignore[union-attr, operator]
        made.G.layer.weight[:6] = 0.2 * torch.eye(6)  # type: ignore[union-attr, index]
    with exploring(made) as explorer:
        panel = shown(qtbot, explorer)
        panel.set_source("sefa")
        until(qtbot, lambda: ready(panel))
        assert "No preferred direction" in panel.note.text()
        assert panel.note.isVisible()


def test_a_hidden_panel_submits_nothing(qtbot: QtBot, explorer: Explorer) -> None:
    panel = DirectionsPanel(explorer)
    qtbot.addWidget(panel)
    idle(qtbot, explorer)
    explorer.randomize()
    idle(qtbot, explorer)
    assert panel.finder.found is None
    panel.show()
    until(qtbot, lambda: ready(panel))
    panel.hide()
    before = panel.finder.found
    explorer.randomize()
    idle(qtbot, explorer)
    assert panel.finder.found is before


def test_another_place_gets_other_local_directions_and_other_pictures(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    before = panel.finder.found
    explorer.set_seed(5)
    until(qtbot, lambda: panel.finder.found is not before)
    until(qtbot, lambda: ready(panel))
    idle(qtbot, explorer)
    middle = panel.rows[0].strip.images[3]
    assert explorer.model is not None
    assert np.array_equal(middle, explorer.model.render(explorer.state.g[None])[0])  # type: ignore[arg-type]


def test_another_model_of_the_run_keeps_signs_and_moved_sliders(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    before = panel.finder.found
    assert before is not None
    panel.rows[0].moved.emit(1.0, False)
    assert explorer.model is not None
    again = dataclasses.replace(explorer.model, step=7)
    explorer.set_model(again)
    assert explorer.is_refresh
    until(qtbot, lambda: panel.finder.found is not before)
    until(qtbot, lambda: ready(panel))
    after = panel.finder.found
    assert after is not None
    assert (after.directions.vectors * before.directions.vectors).sum(1) == pytest.approx(1.0, abs=1e-4)
    assert panel.rows[0].steps == pytest.approx(1.0, abs=0.02)


def test_order_and_signs_follow_what_was_there_but_not_what_has_nothing_to_do_with_it() -> None:
    rng = np.random.default_rng(0)
    vectors = np.linalg.qr(rng.standard_normal((6, 6)))[0].astype(np.float32)[:4]

    def directions(rows: np.ndarray) -> Directions:
        return Directions(source="local", vectors=rows, weights=np.arange(4, 0, -1).astype(np.float32))

    mixed = directions(-vectors[[2, 0, 3, 1]])
    assert followed(mixed, directions(vectors)).vectors == pytest.approx(vectors)
    flat = directions(np.full((4, 6), 6**-0.5, np.float32) * np.where(np.arange(6) % 2, -1, 1).astype(np.float32))
    assert followed(flat, directions(vectors)) is flat or np.abs(flat.vectors @ vectors.T).max() > 0.5
    assert followed(mixed, None) is mixed


def test_sliders_of_another_source_are_named_and_a_direction_found_elsewhere_gets_another_name(
    qtbot: QtBot, explorer: Explorer
) -> None:
    panel = shown(qtbot, explorer)
    panel.rows[0].moved.emit(1.0, False)
    (offset,) = explorer.state.offsets
    assert offset.name == "local 1"
    panel.set_source("sefa")
    until(qtbot, lambda: ready(panel))
    assert "local 1" in panel.others.text()
    found = panel.finder.found
    assert found is not None
    turned = explorer.state.with_offset("SeFa 1", -found.directions.vectors[0], 0.5)
    assert found.offset_names(turned)[0] == "SeFa 1′"


def test_the_filmstrips_show_the_other_sliders_too() -> None:
    made = perceptron(dim=6)
    state = exploring_state()
    found = next(one for one in find(Request(source="local", model=made, state=anchor(state))) if one is not None)
    names = found.offset_names(state)
    moved = state.with_offset(names[1], found.directions.vectors[1], 0.7)
    strips = list(filmstrips(made, moved, found.directions, names, (None,) * 6, first=2))
    assert [strip.index for strip in strips] == [2, 0, 1, 3, 4, 5]
    assert np.array_equal(strips[0].pictures[3], made.render(moved.point()[None])[0])
    own = next(strip for strip in strips if strip.index == 1)
    assert np.array_equal(own.pictures[3], made.render(state.g[None])[0])


def exploring_state():  # type: ignore[no-untyped-def]
    from ganstudio.engine.latent.view_state import ViewState

    return ViewState(g=np.random.default_rng(2).standard_normal(6).astype(np.float32))


def test_a_model_of_points_shows_dots_and_one_with_classes_is_understood(qtbot: QtBot) -> None:
    with exploring(perceptron((2,), dim=2)) as explorer:
        panel = shown(qtbot, explorer)
        image = panel.rows[0].strip.images[0]
        assert image is not None
        assert image.shape == (64, 64, 3)
        panel.set_palette(palette("light"))
        until(qtbot, lambda: panel.rows[0].strip.images[0] is not image)
    with exploring(perceptron(dim=6, classes=3)) as explorer:
        explorer.change(class_weights=one_hot(2, 3))
        panel = shown(qtbot, explorer)
        panel.set_source("attribute")
        assert "Classes are an input" in panel.attribute.hint.text()


def test_the_wheel_of_others_moves_the_row_used_last(qtbot: QtBot, explorer: Explorer) -> None:
    panel = shown(qtbot, explorer)
    panel.rows[1].activated.emit()
    panel.nudge(0.5)
    panel.nudge(0.5)
    assert panel.rows[1].steps == pytest.approx(1.0)


def test_a_failure_is_said_where_directions_would_be(qtbot: QtBot) -> None:
    import torch
    from torch import Tensor, nn

    class Bent(nn.Module):
        def forward(self, z: Tensor) -> Tensor:
            return torch.sin(3 * z.sum(1, keepdim=True)).expand(len(z), 64).reshape(len(z), 1, 8, 8)

    with exploring(model(Bent(), (1, 8, 8), dim=6)) as explorer:
        panel = shown(qtbot, explorer)
        panel.set_source("sefa")
        until(qtbot, lambda: panel.note.text())
        assert "linear in z" in panel.note.text()
        assert explorer.failures == []  # type: ignore[attr-defined]
