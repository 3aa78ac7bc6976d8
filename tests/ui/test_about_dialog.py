from __future__ import annotations

import platform
import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

import ganstudio
from ganstudio import environment
from ganstudio.ui import about_dialog
from ganstudio.ui.about_dialog import AboutDialog


@pytest.fixture
def dialog(qtbot) -> AboutDialog:
    made = AboutDialog(None)
    qtbot.addWidget(made)
    return made


def test_it_names_the_versions_of_what_the_program_stands_on(dialog):
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    assert f"Version {ganstudio.__version__}" in shown
    assert platform.python_version() in shown
    assert any("MIT" in text for text in shown)
    assert {"PyTorch", "Qt", "PySide6", "NumPy", "Qt platform", "System"} <= shown


def test_copy_takes_every_line_of_the_table(dialog):
    dialog.copy_button.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == f"GAN Studio: {ganstudio.__version__}"
    assert "Qt platform: offscreen" in lines
    assert len(lines) == len(dialog.facts)
    assert dialog.copy_button.text() == "Copied"


def test_the_device_and_the_threads_are_named_once_torch_is_loaded(monkeypatch):
    import torch  # noqa: F401

    monkeypatch.setenv("GANSTUDIO_THREADS", "3")
    found = about_dialog.facts("cpu")
    assert found["Device"] == f"cpu: {environment.processor()}"
    assert found["Threads"].startswith("3 for training, of ")
    monkeypatch.delitem(sys.modules, "torch")
    assert "Device" not in about_dialog.facts("cpu")


def test_a_device_that_is_not_there_is_said_and_does_not_keep_the_dialog_from_opening(qtbot):
    import torch  # noqa: F401

    made = AboutDialog(None, "cuda:99")
    qtbot.addWidget(made)
    assert "cuda:99" in made.facts["Device"]
    assert made.grab().width() > 0
