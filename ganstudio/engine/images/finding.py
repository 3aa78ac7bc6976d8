"""What a path leads to: which kind of source, found by looking at names and first bytes."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ganstudio.engine.images.array_files import ArrayError, open_npy
from ganstudio.engine.images.array_source import npy_source, npz_source
from ganstudio.engine.images.cifar_source import CifarSource, kind_of
from ganstudio.engine.images.folder_source import FolderSource, could_be_picture
from ganstudio.engine.images.idx_source import IdxSource, axes_of, is_idx
from ganstudio.engine.images.listing import Found, files_below
from ganstudio.engine.images.pictures import suffixes
from ganstudio.engine.images.problems import SkipList, refused, system_words, unusable
from ganstudio.engine.images.sources import Source, Watch
from ganstudio.engine.images.zip_source import ZipSource, names_in

ALLOWED_FILE = "a ZIP of pictures, a .npz or .npy file, an IDX file (MNIST) or a CIFAR .bin file"
ALLOWED = f"a folder of pictures, {ALLOWED_FILE}"
NPY_MAGIC, ZIP_MAGICS = b"\x93NUMPY", (b"PK\x03\x04", b"PK\x05\x06")
CONTAINERS = (".zip", ".npz", ".gz", ".bin", ".idx")
TEST_PART = re.compile(r"(^|[^a-z])(t10k|test|test_batch)([^a-z]|$)", re.IGNORECASE)


def source_of(path: str, watch: Watch) -> Source:
    """Return the source that a path leads to, after a look at names and headers alone.

    Raises
    ------
    ConfigError
        Of the setting ``data.path``, if it leads to nothing that can be used.
    ScanCancelled
        If that was asked for.
    """
    place, mode = _place(path)
    try:
        if stat.S_ISDIR(mode):
            return _source_in_folder(place, watch)
        if not stat.S_ISREG(mode):  # to read a pipe is to wait for ever
            raise refused(path, f"{ALLOWED}; this is a pipe or a device")
        return _source_in_file(place)
    except OSError as error:
        raise refused(path, f"what can be read; the system says: {system_words(error)}") from None


def may_hold_images(path: Path) -> bool:
    """Whether a path's name, and the header of a .npy file, leave it open that a set of images is there."""
    suffix = path.suffix.lower()
    if path.is_dir() or suffix in CONTAINERS or "ubyte" in path.name:
        return True
    if suffix != ".npy":
        return False
    try:
        return len(open_npy(path).shape) in (3, 4)
    except (ArrayError, OSError):
        return False


def _place(path: str) -> tuple[Path, int]:
    """Return the path made whole, and what it leads to."""
    if not path.strip():
        raise refused(path, f"{ALLOWED}; choose one")
    try:
        place = Path(path).expanduser().resolve()
        return place, place.stat().st_mode
    except (RuntimeError, ValueError) as error:  # a home of nobody, a NUL within, links in a circle
        raise refused(path, f"the name of a folder or a file; the system says: {error}") from None
    except FileNotFoundError:
        raise refused(path, "a folder or a file that exists; there is none of this name") from None
    except OSError as error:
        raise refused(path, f"what can be read; the system says: {system_words(error)}") from None


def _source_in_file(path: Path) -> Source:
    with path.open("rb") as stream:
        head = stream.read(8)
    suffix = path.suffix.lower()
    if not head:
        raise unusable(path, ALLOWED_FILE, "there is nothing: it is empty")
    if head.startswith(NPY_MAGIC) or suffix == ".npy":
        return npy_source(path)
    if head.startswith(ZIP_MAGICS) or suffix in (".zip", ".npz"):
        names = names_in(path) if head.startswith(ZIP_MAGICS) else []
        arrays = suffix == ".npz" or (bool(names) and all(name.endswith(".npy") for name in names))
        return npz_source(path) if arrays else _checked(path, ZipSource(path))
    if kind_of(path) is not None and not is_idx(path):
        return CifarSource([path])
    if is_idx(path) or "ubyte" in path.name or "idx" in path.name:
        return IdxSource(path)
    if suffix == ".bin":
        return CifarSource([path])  # says what is wrong with it
    found = "there is one picture; choose its folder" if suffix in suffixes() else "there is something else"
    raise unusable(path, ALLOWED_FILE, found)


def _source_in_folder(folder: Path, watch: Watch) -> Source:
    skipped = SkipList()
    files = files_below(folder, skipped, watch)
    if any(file.suffix in suffixes() for file in files):
        return FolderSource(folder, files, skipped)
    bins = [file for file in files if file.suffix == ".bin" and kind_of(folder / file.name) is not None]
    if bins:
        return _listing(skipped, CifarSource([folder / name for name in _training(bins, skipped)]))
    images = [file for file in files if _is_data_file(folder, file) and axes_of(folder / file.name) > 1]
    if images:
        return _idx_in_folder(folder, images, skipped)
    if any(could_be_picture(file) for file in files):
        return FolderSource(folder, files, skipped)
    raise _nothing_in(folder, files, skipped)


def _is_data_file(folder: Path, file: Found) -> bool:
    """Whether a file is an IDX file by its name and its first bytes."""
    named = "ubyte" in file.name or file.suffix in (".gz", ".idx")
    return named and is_idx(folder / file.name)


def _idx_in_folder(folder: Path, images: Sequence[Found], skipped: SkipList) -> Source:
    names = _training(images, skipped)
    if len(names) > 1:
        found = f"there are {len(names)}: {', '.join(names[:6])}"
        raise unusable(folder, "one file of IDX images, or choose one of them", found)
    return _listing(skipped, IdxSource(folder / names[0]))


def _listing(skipped: SkipList, source: Source) -> Source:
    source.skipped = skipped
    return source


def _training(files: Sequence[Found], skipped: SkipList) -> list[str]:
    """Return the names of the files without the test part, if there is another one; whoever wants it chooses it."""
    test = [file.name for file in files if TEST_PART.search(Path(file.name).name)]
    if len(test) == len(files):
        return [file.name for file in files]
    for name in test:
        skipped.add(name, "the test part; choose the file itself to train on it")
    return [file.name for file in files if file.name not in test]


def _nothing_in(folder: Path, files: Sequence[Found], skipped: SkipList) -> Exception:
    if not files:
        found = (
            f"there are none that can be opened ({skipped.count:,} cannot)" if skipped.count else "there are no files"
        )
    else:
        kinds = Counter(file.suffix or "no ending" for file in files).most_common(3)
        found = f"{len(files):,} files are none ({', '.join(f'{count:,} × {kind}' for kind, count in kinds)})"
    return unusable(folder, "a folder with picture files, or CIFAR's or MNIST's files", found)


def _checked(path: Path, source: Source) -> Source:
    if not source.count:
        raise unusable(path, "a ZIP with picture files", "there is no picture")
    return source
