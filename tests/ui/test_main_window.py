"""The window, used with real keys and a real mouse on a real session."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMessageBox
from pytestqt.qtbot import QtBot

from ganstudio.app import build_window
from ganstudio.engine import presets
from ganstudio.engine.config import replaced, value_at
from ganstudio.engine.messages import RunningChanged
from ganstudio.engine.trainer import Trainer
from ganstudio.ui import main_window
from ganstudio.ui.editors.choice_editor import ChoiceEditor
from ganstudio.ui.editors.number_editor import NumberEditor
from ganstudio.ui.main_window import NARROW_SPLIT, SPLIT, MainWindow
from tests.engine.configs import small
from tests.engine.test_trainer import assert_equal_histories, run
from tests.ui.conftest import Studio

Key = Qt.Key
Left = Qt.MouseButton.LeftButton


def test_space_runs_and_pauses(studio: Studio, window: MainWindow) -> None:
    studio.qtbot.keyClick(window, Key.Key_Space)
    studio.until(lambda now: now.running and now.step > 5)
    assert window.transport.run_button.text() == "Pause"
    studio.qtbot.keyClick(window, Key.Key_Space)
    studio.until(lambda now: not now.running)
    assert window.transport.run_button.text() == "Run"


def test_keys_step_d_g_and_one_iteration(studio: Studio, window: MainWindow) -> None:
    studio.qtbot.keyClick(window, Key.Key_D)
    studio.until(lambda now: (now.d_updates, now.g_updates, now.step) == (1, 0, 0))
    studio.qtbot.keyClick(window, Key.Key_G)
    studio.until(lambda now: (now.d_updates, now.g_updates, now.step) == (1, 1, 0))
    studio.qtbot.keyClick(window, Key.Key_N)
    studio.until(lambda now: (now.d_updates, now.g_updates, now.step) == (2, 2, 1))


def test_buttons_do_what_keys_do(studio: Studio, window: MainWindow) -> None:
    buttons = {button.defaultAction().objectName(): button for button in _buttons(window) if button.defaultAction()}
    studio.qtbot.mouseClick(buttons["iterate"], Left)
    studio.until(lambda now: now.step == 1)
    studio.qtbot.mouseClick(buttons["step_d"], Left)
    studio.until(lambda now: now.d_updates == 2)
    studio.qtbot.mouseClick(window.transport.run_button, Left)
    studio.until(lambda now: now.running)


def _buttons(window: MainWindow) -> list:  # type: ignore[type-arg]
    from PySide6.QtWidgets import QToolButton

    return window.transport.findChildren(QToolButton)


def test_letters_typed_into_a_field_are_no_commands(studio: Studio, window: MainWindow) -> None:
    field = _number(window, "g_optimizer.lr").number
    field.setFocus()
    studio.qtbot.keyClicks(field, "dgnrs")
    studio.qtbot.keyClick(field, Key.Key_Escape)
    studio.qtbot.keyClick(window, Key.Key_N)
    now = studio.until(lambda now: now.step == 1)
    assert (now.d_updates, now.g_updates, now.run) == (1, 1, 1)


def test_reset_keeps_every_setting_and_the_seed_and_gives_the_same_run(studio: Studio, window: MainWindow) -> None:
    window.experiment.edit("training.d_steps", 2)
    studio.until(lambda now: now.config.training.d_steps == 2)
    studio.qtbot.keyClick(window, Key.Key_R)
    studio.until(lambda now: now.run == 2)
    studio.qtbot.keyClick(window, Key.Key_N)
    now = studio.until(lambda now: now.step == 1)
    assert now.config == replaced(small(), "training.d_steps", 2)
    assert_equal_histories(now.history, run(now.config, 1).history)


def test_new_seed_changes_the_seed_alone(studio: Studio, window: MainWindow) -> None:
    studio.qtbot.keyClick(window, Key.Key_S)
    now = studio.until(lambda now: now.run == 2)
    assert replaced(now.config, "run.seed", 0) == small()
    assert window.transport.seed.text() == str(now.config.run.seed)


def test_one_can_go_back_to_the_run_whose_place_another_took(studio: Studio, window: MainWindow) -> None:
    assert not window.actions_by_name["go_back"].isEnabled()
    window.experiment.edit("training.d_steps", 2)
    studio.qtbot.keyClick(window, Key.Key_N)
    studio.until(lambda now: now.step == 1)
    window.experiment.load(small(data__name="ring8"), "Ring")
    studio.until(lambda now: now.run == 2)
    assert window.actions_by_name["go_back"].isEnabled()
    studio.qtbot.keyClick(window, Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    now = studio.until(lambda now: now.run == 3)
    assert (now.step, now.config) == (1, replaced(small(), "training.d_steps", 2))
    assert (window.experiment.title, window.experiment.is_changed) == ("Small", True)
    assert not window.experiment.pending


def test_what_a_long_run_has_reached_is_said_to_be_kept(
    studio: Studio, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "LONG_RUN_S", 0.0)
    studio.qtbot.keyClick(window, Key.Key_N)
    studio.until(lambda now: now.step == 1)
    studio.qtbot.keyClick(window, Key.Key_R)
    studio.until(lambda now: now.run == 2)
    said = window.messages.message()
    assert said is not None
    assert said.text == "The run before is kept as it was at iteration 1: Ctrl+Shift+R goes back to it."


def test_a_typed_seed_begins_that_run(studio: Studio, window: MainWindow) -> None:
    window.transport.seed.setFocus()
    window.transport.seed.selectAll()
    studio.qtbot.keyClicks(window.transport.seed, "77")
    studio.qtbot.keyClick(window.transport.seed, Key.Key_Return)
    assert studio.until(lambda now: now.run == 2).config.run.seed == 77


def _number(window: MainWindow, path: str) -> NumberEditor:
    editor = window.form.row(path).editor
    assert isinstance(editor, NumberEditor)
    return editor


def _choose(studio: Studio, window: MainWindow, path: str, value: str) -> None:
    editor = window.form.row(path).editor
    assert isinstance(editor, ChoiceEditor)
    combo: QComboBox = editor.combo
    combo.setFocus()
    wanted, now = combo.findData(value), combo.currentIndex()
    for _ in range(abs(wanted - now)):
        studio.qtbot.keyClick(combo, Key.Key_Down if wanted > now else Key.Key_Up)


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("training.d_steps", [Key.Key_Right] * 3),
        ("training.g_steps", [Key.Key_Right]),
        ("training.batch_size", [Key.Key_PageUp]),
        ("training.ema_decay", [Key.Key_PageDown]),
        ("training.instance_noise", [Key.Key_PageUp]),
        ("d_optimizer.lr", [Key.Key_PageUp, Key.Key_PageUp]),
        ("d_optimizer.beta1", [Key.Key_PageUp]),
        ("g_optimizer.lr", [Key.Key_PageDown]),
        ("g_optimizer.beta2", [Key.Key_PageDown]),
        ("run.speed_limit", [Key.Key_End]),
    ],
)
def test_a_slider_acts_at_the_next_step_of_a_running_run(
    open_studio: Callable[..., Studio], path: str, keys: list[Qt.Key]
) -> None:
    studio = open_studio(start=True)
    window = studio.window
    studio.until(lambda now: now.step > 3)
    slider = _number(window, path).slider
    assert slider is not None
    slider.setFocus()
    for key in keys:
        studio.qtbot.keyClick(slider, key)
    wanted = value_at(window.experiment.config, path)
    assert wanted != value_at(small(), path)
    now = studio.until(lambda now: value_at(now.config, path) == wanted)
    assert (now.run, now.running) == (1, True)
    assert now.history.events[-1].step <= now.step
    assert window.form.row(path).label.changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("loss.name", "minimax"),
        ("loss.name", "wasserstein_gp"),
        ("penalty.name", "r1"),
        ("d_optimizer.name", "sgd"),
        ("training.lr_schedule", "cosine"),
    ],
)
def test_a_choice_acts_at_the_next_step_of_a_running_run(
    open_studio: Callable[..., Studio], path: str, value: str
) -> None:
    studio = open_studio(start=True)
    studio.until(lambda now: now.step > 3)
    _choose(studio, studio.window, path, value)
    now = studio.until(lambda now: value_at(now.config, path) == value)
    assert now.run == 1
    assert any("→" in event.text for event in now.history.events)
    after = now.step
    studio.until(lambda now: now.step > after)


@pytest.mark.parametrize("leave", [Key.Key_Return, Key.Key_Escape])
def test_after_a_number_was_typed_the_keys_are_the_windows_again(
    studio: Studio, window: MainWindow, leave: Key
) -> None:
    field = _number(window, "d_optimizer.lr").number
    field.setFocus()
    field.selectAll()
    studio.qtbot.keyClicks(field, "0.002")
    studio.qtbot.keyClick(field, leave)
    assert not field.hasFocus()
    studio.qtbot.keyClick(window.focusWidget() or window, Key.Key_Space)
    studio.until(lambda now: now.running)


def test_presenter_mode_gives_the_charts_room_for_larger_words_and_takes_it_back(
    studio: Studio, window: MainWindow
) -> None:
    window.resize(1440, 900)
    before = window.splitter.sizes()
    studio.qtbot.keyClick(window, Key.Key_P)
    assert not window.form.isVisible()
    assert window.charts.width() >= 1.3 * before[2]
    studio.qtbot.keyClick(window, Key.Key_P)
    assert window.splitter.sizes() == before


def test_the_penalty_weight_is_live_once_there_is_a_penalty(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(small(penalty__name="r1"), start=True)
    field = _number(studio.window, "penalty.r1_gamma").number
    field.setFocus()
    field.selectAll()
    studio.qtbot.keyClicks(field, "0.5")
    studio.qtbot.keyClick(field, Key.Key_Return)
    assert (
        studio.until(lambda now: now.config.penalty == replaced(now.config, "penalty.r1_gamma", 0.5).penalty).run == 1
    )


def test_a_dragged_slider_is_one_edit_and_undo_takes_it_back(studio: Studio, window: MainWindow) -> None:
    slider = _number(window, "d_optimizer.lr").slider
    assert slider is not None
    middle = slider.height() // 2
    studio.qtbot.mousePress(slider, Left, pos=QPoint(slider.width() // 2, middle))
    for x in range(slider.width() // 2, slider.width() - 12, 3):
        studio.qtbot.mouseMove(slider, QPoint(x, middle))
    studio.qtbot.mouseRelease(slider, Left, pos=QPoint(slider.width() - 12, middle))
    studio.until(lambda now: now.config.d_optimizer.lr > 0.05)
    studio.qtbot.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    studio.until(lambda now: now.config == small())
    assert not window.experiment.is_changed


def test_a_value_out_of_bounds_is_refused_with_what_is_allowed(studio: Studio, window: MainWindow) -> None:
    row = window.form.row("training.d_steps")
    field = _number(window, "training.d_steps").number
    field.setFocus()
    field.selectAll()
    studio.qtbot.keyClicks(field, "99")
    studio.qtbot.keyClick(field, Key.Key_Return)
    assert "1 to 20" in row.note
    assert window.experiment.config == small()


def test_what_needs_a_reset_says_so_and_the_button_beside_it_does_it(studio: Studio, window: MainWindow) -> None:
    slider = _number(window, "generator.width").slider
    assert slider is not None
    slider.setFocus()
    studio.qtbot.keyClick(slider, Key.Key_PageUp)
    row = window.form.row("generator.width")
    assert row.note == "Applies on reset"
    assert studio.now.config.generator == small().generator
    assert row.reset_button is not None
    studio.qtbot.mouseClick(row.reset_button, Left)
    now = studio.until(lambda now: now.run == 2)
    assert now.config.generator == window.experiment.config.generator != small().generator
    assert row.note == ""


def test_a_double_click_on_a_label_puts_the_presets_value_back(studio: Studio, window: MainWindow) -> None:
    window.experiment.edit("training.d_steps", 7)
    label = window.form.row("training.d_steps").label
    assert label.changed
    studio.qtbot.mouseDClick(label, Left)
    assert window.experiment.config == small()
    assert not label.changed


def test_the_wheel_leaves_a_control_without_focus_alone(window: MainWindow) -> None:
    from PySide6.QtGui import QWheelEvent

    slider = _number(window, "training.d_steps").slider
    assert slider is not None
    slider.clearFocus()
    centre = QPointF(slider.rect().center())
    event = QWheelEvent(
        centre,
        slider.mapToGlobal(centre),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, event)
    assert window.experiment.config == small()


def test_the_speed_slider_limits_and_frees_the_pace(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(start=True)
    slider = studio.window.transport.speed.slider
    slider.setFocus()
    studio.qtbot.keyClick(slider, Key.Key_Home)
    assert studio.until(lambda now: now.config.run.speed_limit == 1.0).run == 1
    studio.qtbot.keyClick(slider, Key.Key_End)
    after = studio.until(lambda now: now.config.run.speed_limit == 0.0).step
    studio.until(lambda now: now.step > after + 20)


def test_an_experiment_goes_through_the_clipboard(studio: Studio, window: MainWindow) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    window.experiment.edit("loss.name", "hinge")
    studio.qtbot.keyClick(window, Key.Key_C, control)
    copied = window.experiment.config
    assert presets.loads(QGuiApplication.clipboard().text(), "test").config() == copied
    window.experiment.edit("loss.name", "minimax")
    studio.qtbot.keyClick(window, Key.Key_V, control)
    studio.until(lambda now: now.config == copied)
    assert window.experiment.config == copied


def test_pasted_nonsense_is_refused_and_everything_stays(studio: Studio, window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("k = 5")
    window.actions_by_name["paste"].trigger()
    assert window.messages.isVisible()
    assert window.experiment.config == small()


def drop(window: MainWindow, *files: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Left, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)


def test_a_dropped_preset_is_opened(studio: Studio, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(presets.dumps(small(loss__name="hinge"), title="Mine"), "utf-8")
    drop(window, file)
    assert studio.until(lambda now: now.run == 2).config.loss.name == "hinge"
    assert window.experiment.title == "Mine"


def test_a_dropped_file_of_points_becomes_the_data(studio: Studio, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    np.savetxt(file, np.random.default_rng(0).normal(5, 1, (200, 2)), delimiter=",")
    drop(window, file)
    now = studio.until(lambda now: now.run == 2)
    assert now.data_dim == 2
    assert now.extent[0][0] < 5 < now.extent[0][1]


@pytest.mark.parametrize("content", ["a,b\n1,x\n", "", "1,2,3\n"])
def test_a_broken_file_of_points_is_refused_and_the_run_stays(
    studio: Studio, window: MainWindow, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "broken.csv"
    file.write_text(content, "utf-8")
    drop(window, file)
    assert window.messages.isVisible()
    assert window.experiment.config == small()
    assert studio.now.run == 1


def test_other_files_and_several_at_once_are_refused(window: MainWindow, tmp_path: Path) -> None:
    drop(window, tmp_path / "picture.jpg")
    assert window.messages.isVisible()
    drop(window, tmp_path / "a.toml", tmp_path / "b.toml")
    assert window.experiment.config == small()


def test_a_saved_run_dropped_on_the_window_goes_on(studio: Studio, window: MainWindow, tmp_path: Path) -> None:
    from ganstudio.engine import checkpoint

    file = tmp_path / "run.gan.safetensors"
    checkpoint.save(file, run(small(loss__name="hinge"), 30))
    drop(window, file)
    now = studio.until(lambda now: now.run == 2)
    assert (now.step, now.config.loss.name, now.running) == (30, "hinge", False)
    assert window.experiment.config == now.config


def test_a_broken_checkpoint_is_refused_and_the_run_stays(studio: Studio, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "run.gan.safetensors"
    file.write_bytes(b"nonsense")
    drop(window, file)
    studio.qtbot.waitUntil(window.messages.isVisible, timeout=10_000)
    studio.qtbot.keyClick(window, Key.Key_N)
    assert studio.until(lambda now: now.step == 1).run == 1


def test_divergence_is_explained_and_halving_the_rates_goes_on(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(
        small(
            loss__name="wasserstein", d_optimizer__name="sgd", g_optimizer__name="sgd",
            d_optimizer__lr=1.0, g_optimizer__lr=1.0,
        ),
        start=True,
    )  # fmt: skip
    studio.qtbot.waitUntil(studio.window.messages.isVisible, timeout=30_000)
    studio.until(lambda now: not now.running)
    (calm,) = (one for one in studio.window.messages.findChildren(QAbstractButton) if "÷ 10" in one.text())
    studio.qtbot.mouseClick(calm, Left)
    studio.until(lambda now: now.config.d_optimizer.lr == 0.1)


def test_a_worker_error_is_shown_and_the_window_goes_on(
    studio: Studio, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "iterate", lambda self: 1 / 0)
        studio.qtbot.keyClick(window, Key.Key_N)
        studio.qtbot.waitUntil(window.messages.isVisible, timeout=10_000)
    studio.qtbot.keyClick(window, Key.Key_N)
    studio.until(lambda now: now.step == 1)


def test_closing_in_mid_run_ends_the_thread(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(start=True)
    studio.until(lambda now: now.step > 10)
    studio.window.close()
    assert not studio.window.bridge._session._thread.is_alive()  # type: ignore[attr-defined]


def test_the_windows_state_is_remembered(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat)
    first = open_studio(settings=settings).window
    first.resize(1200, 720)
    first.actions_by_name["light"].trigger()
    first.form.set_folded(["Networks"])
    first.stage.restore({"generator": "raw"})
    first.close()
    second = open_studio(settings=QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat)).window
    assert second.height() == 720  # the offscreen platform's screen is too narrow for the width
    assert second.form.folded() == ["Networks"]
    assert second.stage.watch().generator == "raw"
    assert str(settings.value("theme")) == "light"


@pytest.mark.parametrize("parts", ["", "{", "[]", '{"folded": 3}', '{"folded": [], "stage": {"layers_1d": 5}}'])
def test_a_damaged_state_opens_as_the_first_time(
    open_studio: Callable[..., Studio], tmp_path: Path, parts: str
) -> None:
    settings = QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat)
    settings.setValue("parts", parts)
    settings.setValue("geometry", "nonsense")
    assert open_studio(settings=settings).window.form.folded() == []


def test_presenter_mode_enlarges_type_and_hides_the_controls(studio: Studio, window: MainWindow) -> None:
    before = QApplication.font().pointSizeF()
    studio.qtbot.keyClick(window, Key.Key_P)
    assert not window.form.isVisible()
    assert QApplication.font().pointSizeF() > 1.3 * before
    studio.qtbot.keyClick(window, Key.Key_P)
    assert window.form.isVisible()
    assert QApplication.font().pointSizeF() == pytest.approx(before)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_can_be_chosen_while_it_trains(open_studio: Callable[..., Studio], theme: str) -> None:
    studio = open_studio(start=True)
    studio.window.actions_by_name[theme].trigger()
    assert studio.window.theme.name == theme
    after = studio.now.step
    studio.until(lambda now: now.step > after)


def test_a_hidden_stage_is_not_drawn(studio: Studio, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(window.stage, "show_snapshot", lambda snapshot: drawn.append(snapshot.step))
    window.stage.hide()
    studio.qtbot.keyClick(window, Key.Key_N)
    studio.until(lambda now: now.step == 1)
    assert drawn == []


def test_watched_by_the_window_a_run_is_the_same_as_alone(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(start=True)
    studio.until(lambda now: now.step > 60)
    studio.qtbot.keyClick(studio.window, Key.Key_Space)
    now = studio.until(lambda now: not now.running)
    assert_equal_histories(now.history, run(small(), now.step).history)


def test_every_action_does_something_and_says_what(window: MainWindow) -> None:
    for action in window.actions_by_name.values():
        assert action.toolTip()
        assert action.receivers("2triggered(bool)") > 0


def test_none_of_the_interpreters_singletons_is_dropped_by_drawing(
    open_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    """PySide6 6.12 under Python 3.11 drops a reference to None with every call: after seconds the program aborts."""
    import sys

    studio = open_studio(start=True)
    frames: list[int] = []
    studio.window.bridge.snapshot_ready.connect(lambda snapshot: frames.append(snapshot.step))
    before = sys.getrefcount(None)
    qtbot.waitUntil(lambda: len(frames) >= 100, timeout=60_000)
    assert sys.getrefcount(None) > before - 100


def test_at_first_the_focus_is_on_no_button_so_that_space_runs(studio: Studio, window: MainWindow) -> None:
    with studio.qtbot.waitActive(window):
        window.activateWindow()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert not isinstance(focus, QAbstractButton)
    studio.qtbot.keyClick(focus, Key.Key_Space)
    studio.until(lambda now: now.running)


def test_a_button_reached_with_tab_is_pressed_by_space(studio: Studio, window: MainWindow) -> None:
    with studio.qtbot.waitActive(window):
        window.activateWindow()
    window.transport.iterate_button.setFocus(Qt.FocusReason.TabFocusReason)
    studio.qtbot.keyClick(window.transport.iterate_button, Key.Key_Space)
    assert not studio.until(lambda now: now.step == 1).running


@pytest.mark.parametrize("number", [1, 3])
def test_number_keys_open_the_first_presets(studio: Studio, window: MainWindow, number: int) -> None:
    preset = presets.shipped()[number - 1]
    studio.qtbot.keyClick(window, str(number))  # type: ignore[arg-type]
    now = studio.until(lambda now: now.run == 2 and now.running)
    assert now.config == preset.config()
    assert window.experiment.title == preset.title


@pytest.mark.parametrize(("name", "steps"), [("advance_10", 10), ("advance_100", 100), ("advance", 37)])
def test_it_advances_by_so_many_iterations_and_pauses(
    studio: Studio, window: MainWindow, monkeypatch: pytest.MonkeyPatch, name: str, steps: int
) -> None:
    monkeypatch.setattr("ganstudio.ui.main_window.QInputDialog.getInt", lambda *arguments: (37, True))
    window.actions_by_name[name].trigger()
    now = studio.until(lambda now: now.step > 0 and not now.running)
    assert now.step == steps


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_it_is_usable_at_1100_by_700_also_with_large_type(window: MainWindow, scale: float) -> None:
    window.theme.set_scale(scale)
    QApplication.processEvents()
    window.resize(1100, 700)
    assert (window.width(), window.height()) == (1100, 700)
    window.theme.set_scale(1.0)


def test_the_readout_groups_digits_and_names_the_device(studio: Studio) -> None:
    import dataclasses

    text = studio.window.transport.described(
        dataclasses.replace(studio.now, step=12_480, running=True, steps_per_s=3210.4)
    )
    assert text == "it 12\u202f480 · 3\u202f210 it/s · cpu, eager"


def test_saving_writes_a_checkpoint_that_says_so(
    studio: Studio, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run"
    monkeypatch.setattr("ganstudio.ui.documents.QFileDialog.getSaveFileName", lambda *arguments: (str(target), ""))
    studio.qtbot.keyClick(window, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    file = tmp_path / "run.gan.safetensors"
    studio.qtbot.waitUntil(file.is_file, timeout=10_000)
    studio.qtbot.waitUntil(window.messages.isVisible, timeout=10_000)
    header = file.read_bytes()
    assert json.loads(header[8 : 8 + int.from_bytes(header[:8], "little")])["__metadata__"]["ganstudio"]


def test_closing_waits_for_a_run_that_is_being_saved(
    studio: Studio, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.gan.safetensors"
    monkeypatch.setattr("ganstudio.ui.documents.QFileDialog.getSaveFileName", lambda *arguments: (str(path), ""))
    window.documents.choose_and_save()
    assert not window.close()
    studio.qtbot.waitUntil(lambda: not window.isVisible(), timeout=30_000)
    assert path.is_file()


def test_a_run_that_cannot_be_saved_keeps_the_window_and_goes_on(
    studio: Studio, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "none" / "run.gan.safetensors"
    monkeypatch.setattr("ganstudio.ui.documents.QFileDialog.getSaveFileName", lambda *arguments: (str(path), ""))
    window.documents.choose_and_save()
    assert not window.close()
    studio.qtbot.waitUntil(lambda: bool(window.messages.others() or not window.documents.unsaved), timeout=30_000)
    shown = window.messages.message()
    assert shown is not None
    assert str(path) in shown.text
    assert shown.details == ""
    studio.qtbot.keyClick(window, Key.Key_N)
    studio.until(lambda now: now.step == 1)
    assert window.isVisible()


def test_a_name_without_its_ending_replaces_nothing_unasked(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("precious", "utf-8")
    typed = str(tmp_path / "mine")
    monkeypatch.setattr("ganstudio.ui.documents.QFileDialog.getSaveFileName", lambda *arguments: (typed, ""))
    monkeypatch.setattr("ganstudio.ui.documents.QMessageBox.question", lambda *arguments: QMessageBox.StandardButton.No)
    window.documents.choose_and_save_preset()
    assert (tmp_path / "mine.toml").read_text("utf-8") == "precious"


def test_a_title_of_any_kind_suggests_a_possible_file_name(
    studio: Studio, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def ask(_parent: object, _title: str, start: str, _kinds: str) -> tuple[str, str]:
        asked.append(Path(start))
        return "", ""

    monkeypatch.setattr("ganstudio.ui.documents.QFileDialog.getSaveFileName", ask)
    for title in ("k = 1: a/b\\c * 100 %?" + "x" * 500, "///"):
        window.experiment.load(small(), title)
        window.documents.choose_and_save_preset()
    first, second = asked
    assert first.name.startswith("k_1_a_b_c_100_x")
    assert len(first.name) < 80
    assert second.name == "untitled.toml"


def test_a_long_step_says_why_nothing_happens(window: MainWindow) -> None:
    window.bridge.running_changed.emit(RunningChanged(True))
    window.bridge.delayed.emit(4)
    shown = window.messages.message()
    assert shown is not None
    assert "4 s" in shown.text
    assert "k = 1" in shown.text


def test_a_preset_is_shown_with_its_averaged_generator(studio: Studio, window: MainWindow) -> None:
    window.stage.generator.set_value("raw")
    studio.until(lambda snapshot: snapshot.generator == "raw")
    window.experiment.load(small(data__name="ring8"), "Ring")
    studio.until(lambda snapshot: snapshot.layout == "plane" and snapshot.generator == "ema")


def test_where_the_first_run_cannot_begin_the_stage_says_why(qtbot: QtBot) -> None:
    config = small(data__name="points", data__file="nowhere.csv")
    window = build_window(config, title="None", start=False)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: "nowhere.csv" in window.stage.waiting_for, timeout=30_000)
    assert window.stage.waiting_for.startswith("The run could not begin")
    window.close()


def test_the_width_is_shared_for_its_size_until_the_person_shares_it(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: (window.splitter.sizes()[0], window.splitter.sizes()[2]) == (SPLIT[0], SPLIT[2]))
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: window.splitter.sizes()[0] == NARROW_SPLIT[0])
    window.splitter.splitterMoved.emit(400, 1)
    window.splitter.setSizes([400, 500, 200])
    window.resize(1440, 900)
    QApplication.processEvents()
    assert window.splitter.sizes()[0] != SPLIT[0]
