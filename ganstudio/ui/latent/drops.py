"""What is dropped on a part of the page: places, however they were dragged."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from ganstudio.engine.latent import view_text
from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.view_state import ViewStateError
from ganstudio.ui.latent.explorer_mime import bookmarks_of
from ganstudio.ui.latent.thumbnails import LATENT_MIME


def places_of(mime: QMimeData) -> list[Bookmark]:
    """Return the places that a drag carries: bookmarks of the shelf, or a thumbnail's one place; none of the rest."""
    marks = bookmarks_of(mime)
    if marks or not mime.hasFormat(LATENT_MIME):
        return marks
    try:
        return [Bookmark("", view_text.from_json(bytes(mime.data(LATENT_MIME).data()).decode()))]
    except (UnicodeDecodeError, ViewStateError):
        return []
