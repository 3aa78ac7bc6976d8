"""A folder of pictures, of any sizes and formats, with classes from its sub-folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from typing_extensions import override

from ganstudio.engine.images.classes import classes_of_folders
from ganstudio.engine.images.listing import Found
from ganstudio.engine.images.pictures import LARGEST_FILE, PictureError, read_picture, suffixes
from ganstudio.engine.images.problems import SkipList, system_words
from ganstudio.engine.images.sources import Batch, Source


def could_be_picture(file: Found) -> bool:
    """Whether a file's name does not rule out that it is a picture; one without an ending may be."""
    return not file.suffix or file.suffix in suffixes()


class FolderSource(Source):
    """The picture files below a folder."""

    def __init__(self, folder: Path, files: Sequence[Found], skipped: SkipList) -> None:
        self._folder = folder
        self._files = [file for file in files if could_be_picture(file)]
        for file in files:
            if not could_be_picture(file):
                skipped.add(file.name, f"{file.suffix} is no picture's ending")
        labels, class_names, notes = classes_of_folders([file.folders for file in self._files])
        self._labels = np.zeros(len(self._files), np.int64) if labels is None else labels
        fingerprint = [(file.name, file.size, file.mtime_ns) for file in self._files]
        super().__init__(folder.name or str(folder), len(self._files), class_names, fingerprint)
        self.skipped = skipped
        self.notes += notes

    @override
    def batches(self, size: int) -> Iterator[Batch]:
        for file, label in zip(self._files, self._labels, strict=True):
            try:
                if file.size > LARGEST_FILE:
                    raise PictureError(f"{file.size / 2**20:,.0f} MiB; up to {LARGEST_FILE // 2**20} MiB are read")
                if not file.size:
                    raise PictureError("empty")
                with (self._folder / file.name).open("rb") as stream:
                    pixels = read_picture(stream, size)
            except PictureError as error:
                self.skipped.add(file.name, str(error))
            except OSError as error:
                self.skipped.add(file.name, f"cannot be opened: {system_words(error)}")
            else:
                yield Batch(pixels[None], np.array([label]))
