from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from ganstudio.engine.messages import Watch
from ganstudio.ui.palette import palette
from ganstudio.ui.views.stage import NO_GROWTH, NO_OPTIMUM, Stage
from tests.ui.views import image_snapshots, snapshots

LINE_PROBES = {"density", "score", "threads"}
PLANE_PROBES = {"samples", "field", "modes"}
IMAGE_PROBES = {"sheet", "growth"}


@pytest.fixture
def stage(qtbot) -> Stage:
    made = Stage(palette("dark"))
    qtbot.addWidget(made)
    made.resize(750, 700)
    return made


def test_before_the_first_snapshot_it_says_that_it_prepares(stage):
    assert not stage.line.isVisibleTo(stage)
    assert not stage.plane.isVisibleTo(stage)
    assert stage._pages.currentWidget().text() == "Preparing the run…"
    assert stage.grab().width() > 0


def test_the_canvas_of_the_datas_layout_is_shown_and_its_chips(stage):
    for snapshot, here, gone, layout in (
        (snapshots.line(), stage.line, stage.plane, "line"),
        (snapshots.plane(run=2), stage.plane, stage.line, "plane"),
        (image_snapshots.images(run=3), stage.images, stage.plane, "images"),
        (snapshots.line(run=4), stage.line, stage.images, "line"),
    ):
        stage.show_snapshot(snapshot)
        assert here.isVisibleTo(stage)
        assert not gone.isVisibleTo(stage)
        assert [one for one, chips in stage.chips.items() if chips.isVisibleTo(stage)] == [layout]
        stage.grab()


def test_only_what_is_on_is_asked_for(stage):
    assert stage.watch() == Watch(frozenset(LINE_PROBES | PLANE_PROBES | IMAGE_PROBES), "ema")
    stage.chips["plane"].chip("latent_grid").setChecked(True)
    assert "latent_grid" in stage.watch().probes
    stage.chips["line"].chip("threads").setChecked(False)
    assert "threads" in stage.watch().probes, "the arrows need it still"
    stage.chips["line"].chip("arrows").setChecked(False)
    assert "threads" not in stage.watch().probes


def test_a_click_on_a_chip_tells_what_to_watch(stage, qtbot):
    stage.show_snapshot(snapshots.plane())
    stage.grab()
    with qtbot.waitSignal(stage.watch_changed) as caught:
        qtbot.mouseClick(stage.chips["plane"].chip("arrows"), Qt.MouseButton.LeftButton)
    assert caught.args == [Watch(frozenset({*LINE_PROBES, *PLANE_PROBES, *IMAGE_PROBES, "arrows"}), "ema")]


def test_the_raw_generator_is_chosen_with_the_mouse_and_the_keyboard(stage, qtbot):
    stage.grab()
    with qtbot.waitSignal(stage.watch_changed) as caught:
        at = stage.generator.segment("raw").center().toPoint()
        qtbot.mouseClick(stage.generator, Qt.MouseButton.LeftButton, pos=at)
    assert caught.args[0].generator == "raw"
    with qtbot.waitSignal(stage.watch_changed) as caught:
        qtbot.keyClick(stage.generator, Qt.Key.Key_Left)
    assert caught.args[0].generator == "ema"


def test_a_choice_of_layers_is_remembered_for_each_layout(stage, qtbot):
    stage.chips["line"].chip("d").setChecked(False)
    stage.chips["plane"].chip("arrows").setChecked(True)
    stage.generator.set_value("raw")
    other = Stage(palette("light"))
    qtbot.addWidget(other)
    other.restore(stage.state())
    assert other.state() == stage.state()
    assert other.watch() == stage.watch()
    assert not other.chips["line"].chip("d").isChecked()


@pytest.mark.parametrize("state", [{}, {"layers_line": None}, {"layers_plane": ["nonsense", 3], "generator": "both"}])
def test_a_damaged_state_is_passed_over(stage, state):
    stage.restore(state)
    assert stage.watch().generator == "ema"
    assert stage.watch().probes >= LINE_PROBES


def test_d_star_is_disabled_with_the_reason_where_the_loss_has_none(stage):
    stage.show_snapshot(snapshots.line(critic=True))
    chip = stage.chips["line"].chip("optimum")
    assert not chip.isEnabled()
    assert chip.toolTip() == NO_OPTIMUM
    assert stage.chips["line"].chip("d").text() == "critic D(x)"
    stage.show_snapshot(snapshots.line())
    assert chip.isEnabled()
    assert chip.toolTip() != NO_OPTIMUM


def test_growth_is_disabled_with_the_reason_where_nothing_grows(stage):
    stage.show_snapshot(image_snapshots.images())
    chip = stage.chips["images"].chip("growth")
    assert not chip.isEnabled()
    assert chip.toolTip() == NO_GROWTH


def test_modes_are_disabled_for_data_that_have_none(stage):
    snapshot = snapshots.plane()
    config = snapshots.configs.replaced(snapshot.config, "data.name", "two_moons")
    stage.show_snapshot(dataclasses.replace(snapshot, config=config))
    assert not stage.chips["plane"].chip("modes").isEnabled()
    stage.show_snapshot(dataclasses.replace(snapshot, run=2))
    assert stage.chips["plane"].chip("modes").isEnabled()


@pytest.mark.parametrize("snapshot", [snapshots.line(), snapshots.plane()], ids=["line", "plane"])
def test_tool_tips_name_estimator_sample_size_and_generator(stage, snapshot):
    stage.show_snapshot(dataclasses.replace(snapshot, generator="raw"))
    chips = stage.chips[snapshot.layout]
    generated = chips.chip("generated").toolTip()
    assert "raw generator" in generated
    assert ("4\u202f096" if snapshot.data_dim == 1 else "512") in generated
    assert "Non-saturating" in chips.chip("arrows").toolTip()


def test_the_caption_counts_points_beyond_the_plot(stage):
    stage.show_snapshot(snapshots.line(outside=(12, 3)))
    assert "12 left, 3 right" in stage.caption.text()
    stage.show_snapshot(snapshots.plane(run=2, outside=(0, 2, 0, 5)))
    assert "2 right, 5 above" in stage.caption.text()


def test_the_caption_becomes_a_read_out_below_the_pointer(stage):
    stage.show_snapshot(snapshots.line())
    stage.grab()
    middle = stage.line._layout().main.center()
    none = Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(stage.line, QMouseEvent(QEvent.Type.MouseMove, middle, middle, *none))
    assert stage.caption.text().startswith("x 0")
    stage.show_snapshot(snapshots.line(step=501))
    assert stage.caption.text().startswith("x 0"), "until the pointer leaves"
    QApplication.sendEvent(stage.line, QEvent(QEvent.Type.Leave))
    assert "points of the EMA generator" in stage.caption.text()


def test_another_palette_paints_another_picture(stage):
    for snapshot in (snapshots.line(), snapshots.plane(run=2)):
        stage.set_palette(palette("dark"))
        stage.show_snapshot(snapshot)
        dark = stage.grab().toImage()
        stage.set_palette(palette("light"))
        light = stage.grab().toImage()
        assert dark.pixelColor(2, 2).name() == palette("dark").surface
        assert light.pixelColor(2, 2).name() == palette("light").surface
        assert light.pixelColor(375, 350).lightness() > dark.pixelColor(375, 350).lightness()


def test_larger_type_makes_larger_chips(stage, qapp):
    qapp.setStyleSheet("")  # a theme that another test's window applied would set the size of all type
    small = stage.chips["line"].chip("d").sizeHint()
    stage.set_font_scale(1.5)
    large = stage.chips["line"].chip("d").sizeHint()
    assert large.height() >= 1.4 * small.height()
    stage.set_font_scale(1)
    assert stage.chips["line"].chip("d").sizeHint() == small


def test_a_snapshot_without_probes_is_drawn_as_empty_axes(stage):
    for snapshot in (snapshots.line(), snapshots.plane(run=2)):
        stage.show_snapshot(snapshots.without_probes(snapshot))
        assert not stage.grab().isNull()
