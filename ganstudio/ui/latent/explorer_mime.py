"""Bookmarks under the mouse: from the shelf to the wells, to a walk, to the canvas."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData

from ganstudio.engine.latent import view_text
from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.view_state import ViewStateError

BOOKMARK_MIME = "application/x-ganstudio-bookmarks"
LATENT_MIME = "application/x-ganstudio-latent"  # one state alone, as view_text.to_json writes it


def mime_of(bookmarks: Sequence[Bookmark]) -> QMimeData:
    """Return places as what a drag carries; other programs get them as links."""
    entries = [{"name": mark.name, "state": view_text.to_mapping(mark.state)} for mark in bookmarks]
    mime = QMimeData()
    mime.setData(BOOKMARK_MIME, QByteArray(json.dumps(entries).encode()))
    if bookmarks:
        mime.setData(LATENT_MIME, QByteArray(view_text.to_json(bookmarks[0].state).encode()))
    mime.setText("\n".join(view_text.to_link(mark.state) for mark in bookmarks))
    return mime


def bookmarks_of(mime: QMimeData) -> list[Bookmark]:
    """Return the places that a drag carries, without their thumbnails; none of anything else."""
    try:
        if mime.hasFormat(LATENT_MIME) and not mime.hasFormat(BOOKMARK_MIME):
            return [Bookmark("", view_text.from_json(bytes(mime.data(LATENT_MIME).data()).decode()))]
        if not mime.hasFormat(BOOKMARK_MIME):
            return []
        entries = json.loads(bytes(mime.data(BOOKMARK_MIME).data()))
        return [Bookmark(str(entry["name"]), view_text.from_mapping(entry["state"])) for entry in entries]
    except (ValueError, KeyError, TypeError, ViewStateError):
        return []
