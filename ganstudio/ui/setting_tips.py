"""What a tool tip says of a setting, from its declaration."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from ganstudio.engine.params import Param
from ganstudio.ui.editors.choice_editor import words
from ganstudio.ui.scales import shown


def tip(declared: Param, preset_value: Any, changed: bool) -> str:
    """Return the tool tip of a setting: symbol, help, range, default, when it acts, and the preset's value."""
    head = f"<b>{escape(declared.title)}</b>"
    if declared.symbol and declared.symbol not in declared.title:
        head += f" <i>{escape(declared.symbol)}</i>"
    facts = []
    if declared.bounds is not None:
        low, high = declared.bounds
        facts.append(f"{'above ' if declared.minimum_exclusive else ''}{shown(low)} to {shown(high)}")
    if declared.unit:
        facts.append(escape(declared.unit))
    if declared.kind is not tuple and declared.editor not in ("file", "images"):
        facts.append(f"default {value_words(declared, declared.default)}")
    facts.append("acts at the next step" if declared.live else "applies on reset")
    lines = [head, _typed(declared.help), "<small>" + " · ".join(facts) + "</small>"]
    if changed:
        lines.append(preset_line(value_words(declared, preset_value)))
    return _framed(lines)


def entry_tip(title: str, summary: str, live: bool, preset_title: str, changed: bool) -> str:
    """Return the tool tip of a choice among entries: what the present one is."""
    when = "acts at the next step" if live else "applies on reset"
    lines = [f"<b>{escape(title)}</b>", escape(summary.replace("``", "")), f"<small>{when}</small>"]
    if changed:
        lines.append(preset_line(escape(preset_title)))
    return _framed(lines)


def preset_line(value: str) -> str:
    """Return the line that names the preset's value."""
    return f"<small>● the preset has <b>{value}</b>; double-click the name to put it back</small>"


def value_words(declared: Param, value: Any) -> str:
    """Return a value as it is written for people."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return shown(value)
    if isinstance(value, tuple):
        return "another drawing" if declared.editor == "drawing" else escape(", ".join(map(str, value)))[:60]
    return escape(words(value) if declared.choices else str(value) or "none")


def _typed(text: str) -> str:
    """Return a text in which what is to be typed stands between grave accents."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _framed(lines: list[str]) -> str:
    return "<div style='max-width: 340px'>" + "<br>".join(lines) + "</div>"
