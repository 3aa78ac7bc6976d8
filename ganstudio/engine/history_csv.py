"""A history as the text of a CSV file, piece by piece. This module does not import torch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ganstudio.engine.history import History

ROWS_AT_ONCE = 1_024


def csv_pieces(history: History, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[tuple[float, str]]:
    """Yield what share is done and the next lines, as the history stands when the first piece is asked for.

    A row per row of the first table, which has one for every iteration; the last row of an iteration carries what was
    measured at it, and a field is empty where a scalar was not.
    """
    tables = [(table, len(table)) for table in history.tables]  # what is appended later is left out
    yield 0.0, ",".join(("step", *(name for table, _ in tables for name in table.names))) + "\n"
    if not tables:
        return
    (main, length), *others = tables
    done = [0] * len(others)
    for start in range(0, length, rows_at_once):
        stop = min(start + rows_at_once, length)
        steps, values = main.rows(start, stop)
        # The last iteration's rows may go on in the next piece: it is measured there.
        end = int(steps[-1]) + (stop == length or int(main.rows(stop, stop + 1)[0][0]) > int(steps[-1]))
        columns = [_texts(values)]
        for index, (table, rows) in enumerate(others):
            at, measured = table.rows(done[index], min(rows, done[index] + rows_at_once + 1))
            count = int(np.searchsorted(at, end))
            done[index] += count
            places = np.searchsorted(steps, at[:count], side="right") - 1
            columns.append(_placed(places, _texts(measured[:count]), len(steps), len(table.names)))
        lines = [",".join(row) for row in zip(map(str, steps.tolist()), *columns, strict=True)]
        yield stop / length, "\n".join(lines) + "\n"


def _texts(values: np.ndarray) -> list[str]:
    """Return each row as text; nine digits tell every float32 from its neighbours."""
    form = ",".join(["%.9g"] * values.shape[1])
    return [form % tuple(row) for row in values.tolist()]


def _placed(places: np.ndarray, texts: list[str], rows: int, columns: int) -> list[str]:
    result = ["," * (columns - 1)] * rows
    for place, row in zip(places.tolist(), texts, strict=True):
        result[place] = row
    return result
