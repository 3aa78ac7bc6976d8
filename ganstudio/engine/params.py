"""One declaration of a setting: default, bounds, scale, unit, symbol, help, live or not.

Every reader uses the same declaration: validation, the window's controls, the command line and the documentation.
This module does not import torch.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Literal

type_names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", tuple: "a list"}


def shown(value: object) -> str:
    """Return a value as a message names it: cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


class ConfigError(ValueError):
    """A setting that cannot be used; names the setting, its value and what is allowed."""

    def __init__(self, path: str, value: object, allowed: str) -> None:
        self.path, self.value, self.allowed = path, value, allowed
        super().__init__(f"{path} = {shown(value)}: allowed is {allowed}")

    def under(self, prefix: str) -> ConfigError:
        """Return the same error with its path below ``prefix``."""
        return ConfigError(f"{prefix}.{self.path}", self.value, self.allowed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Param:
    """What is known of one setting besides its value.

    ``live`` settings take effect at the next step; any other one applies on reset. ``scale`` is that of its
    slider. ``minimum_exclusive`` forbids the lower bound itself. ``editor`` names a special editor, if it needs one.
    """

    title: str
    help: str
    kind: type
    default: Any
    bounds: tuple[float, float] | None = None
    minimum_exclusive: bool = False
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""
    symbol: str = ""
    live: bool = False
    choices: tuple[str, ...] | None = None
    editor: Literal["", "file", "images", "drawing", "hidden"] = ""

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        if self.choices is not None:
            return "one of " + ", ".join(self.choices)
        name = type_names.get(self.kind, self.kind.__name__)
        if self.bounds is None:
            return name
        low, high = self.bounds
        return f"{name} {'above' if self.minimum_exclusive else 'from'} {low:.10g} to {high:.10g}"

    def checked(self, path: str, value: object) -> Any:
        """Return ``value`` in this setting's type.

        Raises
        ------
        ConfigError
            If it has the wrong type, is not finite, is out of bounds or is not one of the choices.
        """
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            try:
                value = float(value)
            except OverflowError:
                raise ConfigError(path, value, self.allowed) from None
        if self.kind is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        if self.kind is tuple and isinstance(value, list):
            value = _as_tuple(value)
        if not isinstance(value, self.kind) or (self.kind is not bool and isinstance(value, bool)):
            raise ConfigError(path, value, self.allowed)
        if isinstance(value, float) and not math.isfinite(value):
            raise ConfigError(path, value, self.allowed)
        if self.choices is not None and value not in self.choices:
            raise ConfigError(path, value, self.allowed)
        if self.bounds is not None and isinstance(value, int | float):
            low, high = self.bounds
            if not low <= value <= high or (self.minimum_exclusive and value == low):
                raise ConfigError(path, value, self.allowed)
        return value


def _as_tuple(value: object) -> object:
    return tuple(_as_tuple(item) for item in value) if isinstance(value, list) else value


def param(
    default: Any,
    help: str,  # noqa: A002 - the field's own word for it
    *,
    title: str = "",
    bounds: tuple[float, float] | None = None,
    minimum_exclusive: bool = False,
    scale: Literal["linear", "log"] = "linear",
    unit: str = "",
    symbol: str = "",
    live: bool = False,
    choices: tuple[str, ...] | None = None,
    editor: Literal["", "file", "images", "drawing", "hidden"] = "",
) -> Any:
    """Declare a setting: a dataclass field that knows its bounds, scale, unit, symbol and help."""
    declared = Param(
        title=title,
        help=help,
        kind=type(default),
        default=default,
        bounds=bounds,
        minimum_exclusive=minimum_exclusive,
        scale=scale,
        unit=unit,
        symbol=symbol,
        live=live,
        choices=choices,
        editor=editor,
    )
    return field(default=default, metadata={"param": declared})


def params_of(owner: object) -> Mapping[str, Param]:
    """Return the declared settings of a dataclass or of one of its instances, by field name."""
    return _params_of(owner if isinstance(owner, type) else type(owner))


@cache
def _params_of(owner: type) -> Mapping[str, Param]:
    found = {}
    for item in dataclasses.fields(owner):
        declared = item.metadata.get("param")
        if declared is not None:
            title = declared.title or item.name.replace("_", " ").capitalize()
            found[item.name] = dataclasses.replace(declared, title=title)
    return MappingProxyType(found)


class Settings:
    """Base of every frozen dataclass of settings: values are checked and brought to their type when it is made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, declared in params_of(self).items():
            object.__setattr__(self, name, declared.checked(name, getattr(self, name)))


class Entry(Settings):
    """Base of a registered thing (a loss, a penalty, a distribution …) with settings of its own."""

    __slots__ = ()

    name: ClassVar[str] = ""  # set by the registry
    title: ClassVar[str] = ""
    order: ClassVar[int] = 50  # where it stands in lists; equal ones by name

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the docstring."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0]
