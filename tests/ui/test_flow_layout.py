"""Widgets in rows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui.flow_layout import FlowLayout

SIZES = ((40, 20), (50, 30), (60, 20))


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    layout = FlowLayout(made, across=6, down=5)
    layout.setContentsMargins(3, 2, 3, 2)
    for size in SIZES:
        box = QWidget(made)
        box.setObjectName("box")
        box.setFixedSize(*size)
        layout.addWidget(box)
    return made


def places(page: QWidget) -> list[tuple[int, int, int, int]]:
    layout = page.layout()
    assert layout is not None
    return [item.geometry().getRect() for index in range(layout.count()) if (item := layout.itemAt(index))]  # type: ignore[misc]


def laid_out(page: QWidget, width: int) -> list[tuple[int, int, int, int]]:
    page.resize(width, page.layout().heightForWidth(width))  # type: ignore[union-attr]
    page.show()
    return places(page)


def test_what_fits_is_in_one_row(page: QWidget) -> None:
    width = 40 + 6 + 50 + 6 + 60 + 2 * 3
    assert laid_out(page, width) == [(3, 2, 40, 20), (49, 2, 50, 30), (105, 2, 60, 20)]
    assert page.height() == 30 + 2 * 2


def test_what_does_not_begins_the_next_row_below_the_highest_of_the_one_before(page: QWidget) -> None:
    assert laid_out(page, 40 + 6 + 50 + 2 * 3) == [(3, 2, 40, 20), (49, 2, 50, 30), (3, 37, 60, 20)]
    assert page.height() == 30 + 5 + 20 + 2 * 2


def test_a_widget_wider_than_the_row_has_one_to_itself(page: QWidget) -> None:
    assert [place[:2] for place in laid_out(page, 30)] == [(3, 2), (3, 27), (3, 62)]


def test_hidden_widgets_take_no_room(page: QWidget) -> None:
    page.findChild(QWidget, "box").hide()
    assert laid_out(page, 200)[1:] == [(3, 2, 50, 30), (59, 2, 60, 20)]


def test_it_asks_for_the_room_of_the_largest_widget(page: QWidget) -> None:
    layout = page.layout()
    assert layout is not None
    assert layout.hasHeightForWidth()
    assert layout.minimumSize() == layout.sizeHint() == QSize(60 + 2 * 3, 30 + 2 * 2)
    assert layout.itemAt(3) is None


def test_a_widget_can_be_taken_out(page: QWidget) -> None:
    layout = page.layout()
    assert layout is not None
    first = page.findChild(QWidget, "box")
    layout.removeWidget(first)
    assert layout.count() == 2
    assert layout.takeAt(5) is None
