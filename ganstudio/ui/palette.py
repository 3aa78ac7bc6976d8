"""The colours of the window and of every plot, from the one palette file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ganstudio import paths

ThemeName = Literal["dark", "light"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``. ``score_low``, ``score_mid`` and ``score_high`` span D's diverging map."""

    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    warning: str
    error: str
    real: str
    fake: str
    d: str
    g: str
    optimum: str
    score_low: str
    score_mid: str
    score_high: str


@cache
def palette(theme: ThemeName) -> Palette:
    """Return the palette of a theme."""
    with (paths.resources() / "palette.toml").open("rb") as file:
        return Palette(**tomllib.load(file)[theme])
