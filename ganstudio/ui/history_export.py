"""Writes a run's history to a CSV file, a piece at a time, so that the window stays live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QObject, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog, QWidget

from ganstudio.engine import atomic
from ganstudio.engine.history import History
from ganstudio.engine.history_csv import csv_pieces


class HistoryExport(QObject):
    """One export; it deletes itself when it is done.

    Signals
    -------
    finished
        The file was written, or the person cancelled.
    failed
        It could not be written; what was there before is kept.
    """

    finished = Signal()
    failed = Signal(str)

    def __init__(self, history: History, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._history = history
        self._pieces: Iterator[tuple[float, str]] = iter(())
        self._open = ExitStack()
        self._file: BinaryIO | None = None
        self._progress: QProgressDialog | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._write_piece)
        self.failed.connect(self._say)

    def ask(self) -> None:
        """Ask where to, and write."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Export history", str(Path(folder) / "history.csv"), "CSV (*.csv)"
        )
        if name:
            self.write(Path(name))
        else:
            self._end()

    def write(self, path: Path) -> None:
        """Write the history as it is now to ``path``; it takes the file's place only when it is whole."""
        try:
            self._file = self._open.enter_context(atomic.replacing(path))
        except OSError as error:
            self._fail(error)
            return
        self._pieces = csv_pieces(self._history)
        self._progress = QProgressDialog(f"Writing {path.name} …", "Cancel", 0, 100, self._window)
        self._progress.setWindowModality(Qt.WindowModality.WindowModal)
        self._progress.setMinimumDuration(600)
        self._progress.canceled.connect(self._cancel)
        self._timer.start(0)

    def _write_piece(self) -> None:
        try:
            piece = next(self._pieces, None)
            if piece is None:
                self._timer.stop()
                self._open.close()
                self._end()
                return
            share, text = piece
            if self._file is not None and self._progress is not None:
                self._file.write(text.encode())
                self._progress.setValue(min(99, round(100 * share)))
        except OSError as error:
            self._fail(error)

    def _cancel(self) -> None:
        self._abandon(InterruptedError())
        self._end()

    def _fail(self, error: OSError) -> None:
        self._abandon(error)
        self.failed.emit(f"The history was not written: {error.strerror or error}. What was there before is kept.")
        self._end()

    def _abandon(self, error: BaseException) -> None:
        """Leave the file's context with an error, so that the old file stays."""
        self._timer.stop()
        try:
            self._open.__exit__(type(error), error, None)
        except OSError:
            return  # the same error again, or one of cleaning up after it

    def _say(self, text: str) -> None:
        QMessageBox.warning(self._window, "Export history", text)

    def _end(self) -> None:
        if self._progress is not None:
            self._progress.canceled.disconnect(self._cancel)
            self._progress.deleteLater()
            self._progress = None
        self.finished.emit()
        self.deleteLater()
