"""What is read from a field of scores: its contour, and the score at one point."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.snapshot import Field
from ganstudio.ui.views.contour import contour


def level_line(field: Field, level: float) -> NDArray[np.float64]:
    """Return segments (n, 4) in data units where D equals ``level``, up to the edges of the plot."""
    x, y = (_with_edges(*side, count) for side, count in zip(field.extent, field.score.shape[::-1], strict=True))
    score = np.empty((len(y), len(x)))
    score[1:-1, 1:-1] = field.score
    score[0, 1:-1], score[-1, 1:-1] = field.score[0], field.score[-1]
    score[:, 0], score[:, -1] = score[:, 1], score[:, -2]
    return contour(x, y, score, level)


def score_at(field: Field, x: float, y: float) -> float:
    """Return D at the centre of the cell that holds a point, NaN where there is none."""
    (left, right), (bottom, top) = field.extent
    rows, columns = field.score.shape
    column = math.floor((x - left) / (right - left) * columns)
    row = math.floor((y - bottom) / (top - bottom) * rows)
    return float(field.score[row, column]) if 0 <= row < rows and 0 <= column < columns else math.nan


def _with_edges(low: float, high: float, cells: int) -> NDArray[np.float64]:
    """Return the centres of ``cells`` equal cells and the two ends of their range."""
    return np.concatenate([[low], low + (np.arange(cells) + 0.5) * (high - low) / cells, [high]])
