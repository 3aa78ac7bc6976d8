"""Wide lines made of fine ones, against those of Qt."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ganstudio.ui.views import strokes
from ganstudio.ui.views.primitives import draw_curve, draw_lines, draw_strokes

WHITE, BLACK = QColor(255, 255, 255), QColor(0, 0, 0)


def painted(paint, ratio: float = 1.0) -> np.ndarray:
    """Return how much of each pixel is covered, (rows, columns), on a ground of 120 × 80 logical pixels."""
    image = QImage(round(120 * ratio), round(80 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(BLACK)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, 0] / 255


@pytest.mark.parametrize("width", [1.0, 1.6, 2.4, 3.7])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_level_curve_is_as_wide_as_it_should_be_and_even(width, ratio):
    x = np.arange(10.0, 111.0, 2.0)
    columns = painted(lambda p: draw_curve(p, x, np.full_like(x, 40.3), WHITE, width), ratio).sum(axis=0)
    inner = columns[round(14 * ratio) : round(106 * ratio)]
    assert inner.mean() == pytest.approx(width * ratio, rel=0.12)
    assert np.ptp(inner) < 0.1


@pytest.mark.parametrize("width", [1.6, 3.0])
def test_a_bent_curve_covers_what_the_same_one_of_qt_covers(width):
    x = np.arange(10.0, 111.0, 2.0)
    y = 40 + 25 * np.sin(x / 9)

    def of_qt(painter):
        painter.setPen(QPen(WHITE, width))
        draw_lines(painter, strokes.polyline(x, y))

    ours, theirs = painted(lambda p: draw_curve(p, x, y, WHITE, width)), painted(of_qt)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.15)
    assert np.abs(ours - theirs).mean() < 0.02


def test_a_curve_breaks_where_it_is_no_number():
    x = np.arange(10.0, 111.0, 2.0)
    y = np.full_like(x, 40.5)
    y[:5] = y[20:30] = np.nan
    covered = painted(lambda p: draw_curve(p, x, y, WHITE, 2.0)).max(axis=0) > 0
    assert not covered[:18].any()
    assert not covered[51:68].any()
    assert covered[22:48].all()
    assert covered[72:108].all()


def test_curves_of_one_point_or_none_are_nothing():
    for n in (0, 1):
        assert painted(lambda p, n=n: draw_curve(p, np.zeros(n), np.zeros(n), WHITE, 2.0)).sum() == 0


def test_strokes_of_any_direction_are_as_wide_as_those_of_qt():
    angle = np.linspace(0, 2 * np.pi, 9)[:-1]
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ends = np.hstack([(60, 40) + 10 * way, (60, 40) + 35 * way])

    def of_qt(painter):
        painter.setPen(QPen(WHITE, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        draw_lines(painter, ends)

    ours, theirs = painted(lambda p: draw_strokes(p, ends, WHITE, 2.4)), painted(of_qt)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.15)
    assert painted(lambda p: draw_strokes(p, np.empty((0, 4)), WHITE, 2.4)).sum() == 0
