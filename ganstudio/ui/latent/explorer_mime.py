"""Bookmarks under the mouse: from the shelf to the wells, to a walk, to the canvas."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from ganstudio.engine.latent import view_text
from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.view_state import ViewStateError

BOOKMARK_MIME = "application/x-ganstudio-bookmarks"
SIDE = 64  # of the picture that goes with the pointer


def mime_of(bookmarks: Sequence[Bookmark]) -> QMimeData:
    """Return places as what a drag carries; other programs get them as links."""
    entries = [{"name": mark.name, "state": view_text.to_mapping(mark.state)} for mark in bookmarks]
    mime = QMimeData()
    mime.setData(BOOKMARK_MIME, QByteArray(json.dumps(entries).encode()))
    mime.setText("\n".join(view_text.to_link(mark.state) for mark in bookmarks))
    return mime


def bookmarks_of(mime: QMimeData) -> list[Bookmark]:
    """Return the places that a drag carries, without their thumbnails; none of anything else."""
    try:
        if not mime.hasFormat(BOOKMARK_MIME):
            return []
        entries = json.loads(bytes(mime.data(BOOKMARK_MIME).data()))
        return [Bookmark(str(entry["name"]), view_text.from_mapping(entry["state"])) for entry in entries]
    except (ValueError, KeyError, TypeError, ViewStateError):
        return []


def carry(source: QWidget, bookmarks: Sequence[Bookmark], image: QImage | None) -> None:
    """Let the person drag places away from a widget, with a picture under the pointer; return when they let go."""
    drag = QDrag(source)
    drag.setMimeData(mime_of(bookmarks))
    if image is not None:
        drag.setPixmap(QPixmap.fromImage(image.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio)))
    drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.CopyAction)
