"""The form: every setting has a row, made from its declaration, and behaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ganstudio.engine import messages as m
from ganstudio.engine.config import param_at, parts, paths, replaced
from ganstudio.engine.params import params_of
from ganstudio.ui import theme
from ganstudio.ui.config_form import ConfigForm
from ganstudio.ui.editors.choice_editor import ChoiceEditor
from ganstudio.ui.editors.device_editor import DeviceEditor
from ganstudio.ui.editors.drawing_editor import DrawingEditor
from ganstudio.ui.editors.file_editor import FileEditor
from ganstudio.ui.editors.flag_editor import FlagEditor
from ganstudio.ui.editors.number_editor import NumberEditor
from ganstudio.ui.experiment import Experiment
from ganstudio.ui.slider import Slider
from tests.engine.configs import small

Key = Qt.Key
Left = Qt.MouseButton.LeftButton


@pytest.fixture
def sent() -> list[m.Command]:
    return []


@pytest.fixture
def form(qtbot: QtBot, sent: list[m.Command]) -> ConfigForm:
    experiment = Experiment(small(), sent.append)
    experiment.saw_started(small())
    made = ConfigForm(experiment)
    qtbot.addWidget(made)
    made.resize(made.sizeHint().width(), 800)
    made.show()
    return made


def number(form: ConfigForm, path: str) -> NumberEditor:
    editor = form.row(path).editor
    assert isinstance(editor, NumberEditor)
    return editor


def slider(form: ConfigForm, path: str) -> Slider:
    found = number(form, path).slider
    assert found is not None
    return found


def rows_there_must_be(form: ConfigForm) -> set[str]:
    config = form.experiment.config
    return {path for path in paths(config) if path.endswith(".name") or param_at(config, path).editor != "hidden"}


FAMILIES = {section: part for section, part in parts().items() if part is not None}


@pytest.mark.parametrize("section", FAMILIES)
def test_every_setting_of_every_entry_has_a_row(form: ConfigForm, section: str) -> None:
    for entry in FAMILIES[section].registry:
        form.experiment.exchange(section, entry())
        assert set(form._rows()) == rows_there_must_be(form)
        for path, row in form._rows().items():
            assert row.label.title
            assert row.label.toolTip(), path


def test_exchanging_an_entry_makes_only_its_own_rows_anew(form: ConfigForm) -> None:
    before = dict(form._rows())
    form.experiment.edit("d_optimizer.name", "rmsprop")
    after = form._rows()
    kept = {path for path in before if after.get(path) is before[path]}
    assert kept == {path for path in before if not path.startswith("d_optimizer.") or path == "d_optimizer.name"}


def test_keys_on_a_slider_edit_and_showing_a_value_sends_nothing(
    form: ConfigForm, qtbot: QtBot, sent: list[m.Command]
) -> None:
    qtbot.keyClick(slider(form, "training.d_steps"), Key.Key_Right)
    assert sent == [m.Tune(replaced(small(), "training.d_steps", 2))]
    edited: list[object] = []
    for row in form._rows().values():
        row.edited.connect(lambda path, value: edited.append((path, value)))
    form.experiment.load(small(training__ema_decay=0.5, g_optimizer__lr=0.01), "Other")
    assert edited == []
    assert number(form, "g_optimizer.lr").number.text() == "0.01"


def test_a_click_on_a_slider_jumps_there_and_a_double_click_goes_back(form: ConfigForm, qtbot: QtBot) -> None:
    bar = slider(form, "training.d_steps")
    at = QPoint(bar.width() - 9, bar.height() // 2)
    qtbot.mouseClick(bar, Left, pos=at)
    assert form.experiment.config.training.d_steps == 20
    assert form.row("training.d_steps").label.changed
    qtbot.mouseDClick(bar, Left, pos=at)
    assert form.experiment.config == small()
    assert bar.value() == 0


def test_a_number_is_typed_in_full_precision(form: ConfigForm, qtbot: QtBot) -> None:
    field = number(form, "d_optimizer.lr").number
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.00123")
    qtbot.keyClick(field, Key.Key_Return)
    assert form.experiment.config.d_optimizer.lr == 0.00123  # type: ignore[attr-defined]
    assert field.text() == "0.00123"


@pytest.mark.parametrize("text", ["abc", "", "0", "2", "nan", "1e999"])
def test_what_cannot_be_used_is_refused_with_the_range_and_escape_brings_the_old_back(
    form: ConfigForm, qtbot: QtBot, text: str
) -> None:
    row = form.row("d_optimizer.lr")
    field = number(form, "d_optimizer.lr").number
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)
    assert "from 1e-06 to 1" in row.note
    assert form.experiment.config == small()
    qtbot.keyClick(field, Key.Key_Escape)
    assert row.note == ""
    assert float(field.text()) == small().d_optimizer.lr  # type: ignore[attr-defined]


def test_a_fraction_is_no_count(form: ConfigForm, qtbot: QtBot) -> None:
    field = number(form, "training.d_steps").number
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2.5")
    qtbot.keyClick(field, Key.Key_Return)
    assert "whole number from 1 to 20" in form.row("training.d_steps").note


def test_a_flag_and_a_choice_are_edited_with_the_keyboard(form: ConfigForm, qtbot: QtBot) -> None:
    flag, choice = form.row("training.standardize").editor, form.row("generator.activation").editor
    assert isinstance(flag, FlagEditor)
    assert isinstance(choice, ChoiceEditor)
    qtbot.keyClick(flag.box, Key.Key_Space)
    assert not form.experiment.config.training.standardize
    before = form.experiment.config.generator
    qtbot.keyClick(choice.combo, Key.Key_Down)
    assert form.experiment.config.generator != before


def test_a_device_can_be_typed(form: ConfigForm, qtbot: QtBot) -> None:
    editor = form.row("run.device").editor
    assert isinstance(editor, DeviceEditor)
    editor._line.selectAll()
    qtbot.keyClicks(editor._line, "cuda:7")
    qtbot.keyClick(editor._line, Key.Key_Return)
    assert form.experiment.config.run.device == "cuda:7"
    assert form.row("run.device").note == "Applies on reset"


def test_a_file_that_is_not_there_is_refused(form: ConfigForm, qtbot: QtBot, tmp_path: Path) -> None:
    form.experiment.edit("data.name", "points")
    editor = form.row("data.file").editor
    assert isinstance(editor, FileEditor)
    qtbot.keyClicks(editor.line, str(tmp_path / "no.csv"))
    qtbot.keyClick(editor.line, Key.Key_Return)
    assert "no file" in form.row("data.file").note


DRAWN = [
    entry.name
    for entry in FAMILIES["data"].registry
    if any(declared.editor == "drawing" for declared in params_of(entry).values())
]


def test_there_is_a_drawing_for_the_line_and_one_for_the_plane() -> None:
    assert len(DRAWN) == 2


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_has_a_button_that_asks_for_it(form: ConfigForm, qtbot: QtBot, name: str) -> None:
    form.experiment.edit("data.name", name)
    editors = [row.editor for row in form.blocks["data"].rows.values() if isinstance(row.editor, DrawingEditor)]
    assert len(editors) == 1
    with qtbot.waitSignal(form.drawing_asked) as asked:
        qtbot.mouseClick(editors[0].button, Left)
    assert asked.args == ["data"]


@pytest.mark.parametrize("focused", [True, False])
def test_the_wheel_changes_a_control_only_with_the_focus(form: ConfigForm, focused: bool) -> None:
    bar, combo = slider(form, "training.d_steps"), form.row("loss.name").editor
    assert isinstance(combo, ChoiceEditor)
    for widget in (bar, combo.combo):
        if focused:
            widget.setFocus()
        else:
            widget.clearFocus()
        centre = QPointF(widget.rect().center())
        event = QWheelEvent(
            centre, widget.mapToGlobal(centre), QPoint(), QPoint(0, 120 if widget is bar else -120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
    changed = form.experiment.config.training.d_steps != 1, form.experiment.config.loss != small().loss
    assert changed == (focused, focused)


def test_what_waits_is_said_at_the_row_and_below_and_either_button_resets(
    form: ConfigForm, qtbot: QtBot, sent: list[m.Command]
) -> None:
    assert not form.pending_bar.isVisible()
    qtbot.keyClick(slider(form, "generator.width"), Key.Key_PageUp)
    assert form.row("generator.width").note == "Applies on reset"
    assert form.pending_bar.words.text() == "1 change waits"
    assert "Width 8 →" in form.pending_bar.words.toolTip()
    qtbot.mouseClick(form.pending_bar.discard_button, Left)
    assert form.experiment.config == small()
    assert not form.pending_bar.isVisible()
    qtbot.keyClick(slider(form, "generator.width"), Key.Key_PageUp)
    qtbot.mouseClick(form.pending_bar.reset_button, Left)
    assert sent == [m.Reset(form.experiment.config)]


def test_what_is_to_be_typed_stands_out_in_a_tool_tip(form: ConfigForm) -> None:
    said = form.row("training.steps").label.toolTip()
    assert "<code>ganstudio train</code>" in said
    assert "`" not in said


def test_the_tool_tip_says_what_the_declaration_says(form: ConfigForm) -> None:
    form.experiment.edit("training.d_steps", 3)
    tip = form.row("training.d_steps").label.toolTip()
    for words in ("k, D steps", "Wasserstein critics want about five", "1 to 20", "default 1", "acts at the next step"):
        assert words in tip
    assert "the preset has <b>1</b>" in tip
    assert "applies on reset" in form.row("generator.width").label.toolTip()


def test_sections_fold_and_are_remembered(form: ConfigForm, qtbot: QtBot) -> None:
    networks = next(section for section in form.sections if section.title == "Networks")
    qtbot.mouseClick(networks.header, Left)
    assert not form.row("generator.width").isVisible()
    assert form.folded() == ["Networks"]
    form.set_folded([])
    assert form.row("generator.width").isVisible()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_is_clipped_at_any_size_of_type(form: ConfigForm, qapp: QApplication, scale: float) -> None:
    theme.apply(qapp, "dark", 10 * scale)
    form.resize(form.sizeHint().width(), 800)
    form.experiment.edit("d_optimizer.lr", 0.0001)
    qapp.processEvents()
    assert form.scroll_area.widget().width() <= form.scroll_area.viewport().width()
    for widget in form.findChildren(QPushButton) + form.findChildren(QToolButton):
        if widget.isVisible():
            assert widget.width() >= widget.minimumSizeHint().width(), widget.text()
    for label in form.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.minimumSizeHint().width(), label.text()
    field = number(form, "d_optimizer.lr").number
    assert field.fontMetrics().horizontalAdvance("0.0001") <= field.width() - 12
