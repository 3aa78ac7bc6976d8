"""The second part of the explorer: places that are kept, and files that were opened."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, Signal

from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.latent.explorer_place import ExplorerPlace, same_picture

MOST_RECENTS = 8
RECENTS_KEY = "latent/recents"


class ExplorerShelf(ExplorerPlace):
    """The bookmarks and the model files opened last; signals are those of :class:`Explorer`."""

    bookmarks_changed = Signal()
    recents_changed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.bookmarks: list[Bookmark] = []

    def add_bookmark(
        self,
        state: ViewState | None = None,
        thumbnail: NDArray[np.uint8] | None = None,
        name: str = "",
        group: str = "",
    ) -> None:
        """Keep a place, by default the present one, with its picture."""
        if self.model is None:
            return
        state = self._stamped(state or self.state)
        picture = self.picture
        if thumbnail is None and picture is not None and same_picture(picture.state, state) and self.model.is_image:
            thumbnail = picture.shown
        self.keep(Bookmark(name, state, thumbnail, group))

    def keep(self, mark: Bookmark) -> None:
        """Put a place on the shelf as it is; its picture is made if it has none and the model can show it."""
        mark = mark if mark.name else dataclasses.replace(mark, name=self._next_name())
        self.bookmarks.append(mark)
        self.bookmarks_changed.emit()
        if mark.thumbnail is None and self.model is not None and not self._misfit(mark.state) and self.model.is_image:
            self._picture(mark)

    def _picture(self, mark: Bookmark) -> None:
        """Have the picture of a place on the shelf made."""
        model = self.model

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import picture

            yield next(picture(model, mark.state))  # type: ignore[arg-type]

        def take(made: object) -> None:
            at = next((index for index, held in enumerate(self.bookmarks) if held is mark), None)
            if at is not None:  # it may have been removed, or renamed
                self.bookmarks[at] = dataclasses.replace(mark, thumbnail=made.shown)  # type: ignore[attr-defined]
                self.bookmarks_changed.emit()

        self.submit(Lane.BACKGROUND, make, f"bookmark {id(mark)}", take)

    def _next_name(self) -> str:
        return f"place {len(self.bookmarks) + 1}"

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """Put other bookmarks on the shelf."""
        self.bookmarks = list(bookmarks)
        self.bookmarks_changed.emit()

    def recents(self) -> list[Path]:
        """Return the model files opened last that are still there, the newest first."""
        if self._settings is None:
            return []
        try:
            known = json.loads(str(self._settings.value(RECENTS_KEY, "[]")))
            return [Path(name) for name in known if Path(name).is_file()]
        except (ValueError, TypeError):
            return []  # written by hand

    def remember(self, path: Path) -> None:
        """Put a file in front of the recents."""
        if self._settings is not None:
            names = [str(path.absolute()), *(str(old) for old in self.recents() if old != path.absolute())]
            self._settings.setValue(RECENTS_KEY, json.dumps(names[:MOST_RECENTS]))
            self.recents_changed.emit()
