"""A line that is cut where there is no room for it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui.eliding_label import ElidingLabel

TEXT = "A caption that is rather longer than the room that there is for it"


@pytest.fixture
def label(qtbot: QtBot) -> ElidingLabel:
    made = ElidingLabel()
    qtbot.addWidget(made)
    made.setText(TEXT)
    made.show()
    return made


def drawn(label: ElidingLabel) -> str:
    return QLabel.text(label)


def test_what_fits_is_shown_whole(label: ElidingLabel) -> None:
    label.resize(label.fontMetrics().horizontalAdvance(TEXT) + 2, 30)
    assert drawn(label) == TEXT


def test_what_does_not_ends_in_an_ellipsis_and_stays_known(label: ElidingLabel) -> None:
    label.resize(label.fontMetrics().horizontalAdvance(TEXT) // 2, 30)
    assert drawn(label).endswith("…")
    assert TEXT.startswith(drawn(label)[:-1])
    assert label.fontMetrics().horizontalAdvance(drawn(label)) <= label.width()
    assert label.text() == TEXT


def test_larger_type_is_cut_sooner(label: ElidingLabel) -> None:
    label.resize(label.fontMetrics().horizontalAdvance(TEXT) + 2, 30)
    font = label.font()
    font.setPointSizeF(2 * font.pointSizeF())
    label.setFont(font)
    assert drawn(label).endswith("…")


def test_a_long_text_does_not_widen_what_it_is_in(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    label = ElidingLabel()
    row.addWidget(label, 1)
    page.resize(120, 40)
    page.show()
    label.setText(20 * TEXT)
    assert page.minimumSizeHint().width() < 120
    assert page.width() == 120
    assert drawn(label).endswith("…")


def test_marks_of_rich_text_are_shown_as_they_are(label: ElidingLabel) -> None:
    label.resize(300, 30)
    label.setText("<b>p</b> < q")
    assert drawn(label) == "<b>p</b> < q"
