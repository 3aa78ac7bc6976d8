"""A painter that an exception leaves active brings the whole program down, with the run in it."""

from __future__ import annotations

import ast
from pathlib import Path

import ganstudio


def test_every_painter_is_ended_whatever_happens() -> None:
    held: list[str] = []
    for file in Path(ganstudio.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        ended = {id(item.context_expr) for node in ast.walk(tree) if isinstance(node, ast.With) for item in node.items}
        held += [
            f"{file.name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "QPainter"
            and id(node) not in ended
        ]
    assert not held, f"not in a with statement: {', '.join(held)}"
