"""Presets: experiments as commented TOML files, versioned. This module does not import torch.

The first comment line of a file says what to look for and the second where it comes from. Then follow ``version``,
``title``, ``order`` (the place in lists, optional) and the tables of :class:`~ganstudio.engine.config.RunConfig`, in
which everything that is left out takes its default.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ganstudio import paths
from ganstudio.engine.config import RunConfig, from_mapping, param_at, replaced, to_mapping, value_at
from ganstudio.engine.config import paths as setting_paths
from ganstudio.engine.params import ConfigError, shown

VERSION = 1
LARGEST_BYTES = 1_000_000
LAST = 1_000  # where a preset that names no ``order`` stands
LONGEST_TITLE = 200  # letters; what is beyond them is cut
SUFFIX = ".toml"

Document = dict[str, Any]

# From a version to the function that makes the next version of a document in place of it.
MIGRATIONS: dict[int, Callable[[Document], Document]] = {}


class PresetError(ValueError):
    """A preset that cannot be used; names the file, the line or the key, the value and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An experiment with its words.

    Parameters
    ----------
    name
        The file's name without its ending.
    summary, source
        What to look for, and the paper it comes from.
    order
        Its place in lists.
    path
        The file, or None if it came from text.
    problem
        Why the file could not be read, of a preset that is listed nevertheless; then it has no config.
    """

    name: str
    title: str
    summary: str = ""
    source: str = ""
    order: int = LAST
    path: Path | None = None
    where: str = ""
    problem: str = ""
    text: str = field(default="", repr=False)
    tables: Mapping[str, object] = field(default_factory=dict, repr=False, hash=False)

    def config(self) -> RunConfig:
        """Return the experiment's config.

        Raises
        ------
        PresetError
            If a table, a key or a value is not one that exists.
        """
        if self.problem:
            raise PresetError(self.problem)
        try:
            config = from_mapping(self.tables)
        except ConfigError as error:
            raise PresetError(f"{self.where}{_place(self.text, error.path)}: {error}") from None
        return config if self.path is None else _with_files_beside(config, self.path.parent)


def shipped() -> tuple[Preset, ...]:
    """Return the presets that come with the program, in teaching order; last those that cannot be read."""
    found = [_load_or_name(path) for path in paths.presets().glob(f"*{SUFFIX}")]
    return tuple(sorted(found, key=lambda preset: (preset.order, preset.name)))


def default() -> Preset:
    """Return the preset that the program starts with: the first of the shipped ones."""
    return shipped()[0]


def _load_or_name(path: Path) -> Preset:
    """Return the preset in a file; of one that cannot be read, its name and its problem: the others are of use."""
    try:
        return load(path)
    except PresetError as error:
        return Preset(name=path.stem, title=path.stem, order=LAST + 1, path=path, problem=str(error))


def find(name_or_path: str | Path) -> Preset:
    """Return the shipped preset of that name, or the one in that file.

    Raises
    ------
    PresetError
        If there is neither, or if it cannot be used.
    """
    wanted = str(name_or_path)
    known = {path.stem: path for path in paths.presets().glob(f"*{SUFFIX}")}
    if wanted in known:
        return load(known[wanted])
    path = Path(wanted)
    if path.suffix == SUFFIX or path.name != wanted or _is_file(path):
        return load(path)
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}? " if near else ""
    raise PresetError(f"no preset is called {wanted!r}; {meant}there are " + ", ".join(item.name for item in shipped()))


def load(path: str | Path) -> Preset:
    """Return the preset in a file.

    Raises
    ------
    PresetError
        If the file cannot be read, is not UTF-8, is larger than 1 MB or is not a preset.
    """
    path = Path(path)
    try:
        path = path.expanduser()
        if path.exists() and not (path.is_file() or path.is_dir()):  # to read a pipe is to wait for ever
            raise PresetError(f"{path}: not a file")
        status = path.stat()
        return _load(path, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise PresetError(f"{path}: {error.strerror or error}") from error
    except RuntimeError as error:  # of a home of nobody
        raise PresetError(f"{path}: {error}") from error


@lru_cache(maxsize=256)
def _load(path: Path, mtime_ns: int, size: int) -> Preset:
    """Return the preset in a file as it was last written, so that a list that is asked for again is not read again."""
    del mtime_ns, size  # parts of the cache's key
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise PresetError(f"{path}: larger than 1 MB, so it is not a preset")
    try:
        text = content.decode("utf-8-sig")  # some editors put a byte-order mark first
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PresetError(f"{path}, line {line}: not UTF-8 text") from error
    return _read(text, str(path), path)


def loads(text: str, where: str) -> Preset:
    """Return the preset in a text; ``where`` is what messages call its origin ("the clipboard").

    Raises
    ------
    PresetError
        If it is not a preset.
    """
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_BYTES:
        raise PresetError(f"{where}: larger than 1 MB, so it is not a preset")
    return _read(text, where, None)


def dumps(config: RunConfig, title: str, summary: str = "", source: str = "", order: int | None = None) -> str:
    """Return an experiment as the text of a preset; :func:`loads` gives back an equal config."""
    import tomli_w

    document: Document = {"version": VERSION}
    if order is not None:
        document["order"] = order
    document |= {"title": _one_line(title)} | to_mapping(config)
    return f"# {_one_line(summary)}".rstrip() + f"\n# {_one_line(source)}".rstrip() + "\n" + tomli_w.dumps(document)


def _with_files_beside(config: RunConfig, folder: Path) -> RunConfig:
    """Return the config with the names of files and folders that lie in the preset's own folder made whole."""
    for path in tuple(setting_paths(config)):
        if path.endswith(".name") or param_at(config, path).editor not in ("file", "images"):
            continue
        name = value_at(config, path)
        if name and not Path(name).is_absolute() and (_is_file(folder / name) or _is_folder(folder / name)):
            config = replaced(config, path, str((folder / name).resolve()))
    return config


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # of a name that is too long, say
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _read(text: str, where: str, path: Path | None) -> Preset:
    try:
        document = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, and that of a number with thousands of digits
        raise PresetError(f"{where}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise PresetError(f"{where}: not a preset: nested too deeply") from error
    document = _migrated(document, where, text)
    name = path.stem if path else where
    title = _one_line(_checked(document, "title", str, name, where, text))[:LONGEST_TITLE] or name
    order = _checked(document, "order", int, LAST, where, text)
    summary, source = _comments(text)
    return Preset(
        name=name,
        title=title,
        summary=summary,
        source=source,
        order=order,
        path=path,
        where=where,
        text=text,
        tables=document,
    )


def _migrated(document: Document, where: str, text: str) -> Document:
    version = document.pop("version", None)
    if version is None:
        raise PresetError(f"{where}: not a preset: it has no version; the present one is version = {VERSION}")
    known = isinstance(version, int) and not isinstance(version, bool) and version >= 1
    if not known:
        allowed = f"a whole number from 1 to {VERSION}"
        raise PresetError(f"{where}{_place(text, 'version')}: version = {shown(version)}: allowed is {allowed}")
    if version > VERSION:
        raise PresetError(
            f"{where}{_place(text, 'version')}: version = {shown(version)}: "
            f"this program reads up to version {VERSION}; "
            "a newer GAN Studio wrote it"
        )
    for number in range(version, VERSION):
        document = MIGRATIONS[number](document)
    return document


def _checked(document: Document, key: str, kind: type, default: Any, where: str, text: str) -> Any:
    value = document.pop(key, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        allowed = {str: "text", int: "a whole number"}[kind]
        raise PresetError(f"{where}{_place(text, key)}: {key} = {shown(value)}: allowed is {allowed}")
    return value


def _comments(text: str) -> tuple[str, str]:
    """Return the words of the first two lines, where they are comments."""
    lines = [*text.splitlines()[:2], "", ""]
    first, second = (line.lstrip("# ").rstrip() if line.startswith("#") else "" for line in lines[:2])
    return first, second


def _place(text: str, path: str) -> str:
    """Return ", line N" for a setting such as "loss.name" or a table, or nothing where it is not to be found."""
    table, _, key = path.rpartition(".")
    present = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.\-]+)\s*\]", line):
            present = header[1]
            if present == path:
                return f", line {number}"
        elif assigned := re.match(r"\s*([\w.\-]+)\s*=", line):
            name = f"{present}.{assigned[1]}" if present else assigned[1]
            if name == path or (name == table and key):
                return f", line {number}"
    return ""


def _one_line(text: str) -> str:
    """Return text without line breaks and control characters, which a TOML comment must not hold."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
