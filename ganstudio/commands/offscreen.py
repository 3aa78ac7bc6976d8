"""Qt without a display: an application that paints into memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.commands import system_libraries
from ganstudio.commands.console import CommandError, NoPictureError, note

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget


def application() -> QApplication:
    """Return the application, made to paint offscreen if there is none yet.

    Raises
    ------
    NoPictureError
        If Qt cannot be loaded here; says which package is missing.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ganstudio import app

    try:
        made = app.application()
        _hush()
        return made
    except ImportError as error:
        lacking = system_libraries.missing(system_libraries.PAINTING)
        text = f"Qt cannot paint here without {', '.join(lacking)}: {system_libraries.remedy(lacking)}"
        raise NoPictureError(text if lacking else f"Qt cannot be loaded: {error}", code=1) from error


def _hush() -> None:
    """Keep Qt from telling, for every widget, that a window that nobody sees takes no hints from a window manager."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def handle(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if "propagateSizeHints" not in text:
            note(f"Qt: {text}")

    qInstallMessageHandler(handle)


def check_target(path: Path) -> None:
    """Refuse a picture's name before any work is done.

    Raises
    ------
    CommandError
        If it does not end in .png or its folder does not exist.
    """
    if path.suffix.lower() != ".png":
        raise CommandError(f"-o {path}: must end in .png")
    if not path.absolute().parent.is_dir():
        raise CommandError(f"-o {path}: there is no folder {path.parent}")


def save(widget: QWidget, path: Path) -> None:
    """Write a picture of a widget as a PNG, as a whole.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    from PySide6.QtCore import QBuffer, QByteArray

    from ganstudio.engine import atomic

    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    atomic.write(path, bytes(content.data()))
