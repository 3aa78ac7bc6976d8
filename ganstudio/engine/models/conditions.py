"""How nets for images are told the class: the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.engine.params import ConfigError, param

if TYPE_CHECKING:
    import torch
    from torch import nn

EMBEDDED = 16  # numbers of a class's learnt vector
G_CONDITIONS = ("none", "embedding", "concatenation")
D_CONDITIONS = ("none", "projection", "concatenation")


def g_condition(embedding: str) -> Any:
    """Return the setting for how G is told the class; ``embedding`` says what that way does in the net at hand."""
    return param(
        "none",
        f"How G is told the class: not at all, by embedding ({embedding}), or by concatenation (the class weights "
        "appended to z).",
        title="Condition",
        choices=G_CONDITIONS,
    )


def d_condition() -> Any:
    """Return the setting for how D is told the class."""
    return param(
        "none",
        "How D is told the class: not at all, by projection (v·h(x) + e(y)·h(x): the class picks a direction among D's "
        "last features), or by concatenation (one constant map per class beside the image).",
        title="Condition",
        choices=D_CONDITIONS,
    )


def known_classes(condition: str, classes: int) -> int:
    """Return how many classes a net with this condition is told: none for an unconditional one.

    Raises
    ------
    ConfigError
        If it is to be told the class and the data have none.
    """
    if condition == "none":
        return 0
    if classes == 0:
        raise ConfigError("condition", condition, "none, as the data have no classes")
    return classes


def told(condition: str, classes: int) -> tuple[int, int]:
    """Return how many classes D's last layer projects on, and how many constant maps it is given: one of them is 0."""
    known = known_classes(condition, classes)
    return (0, known) if condition == "concatenation" else (known, 0)


def appended_embedding(condition: str, classes: int, generator: torch.Generator) -> tuple[nn.Module, int]:
    """Return what tells a generator the class beside z, and by how many numbers z grows."""
    from ganstudio.engine.nets.filling import normal_linear
    from ganstudio.engine.nets.heads import Alone, Appended

    if condition == "none":
        return Alone(), 0
    if condition == "concatenation":
        return Appended(None), classes
    return Appended(normal_linear(classes, EMBEDDED, generator, 1.0, bias=False)), EMBEDDED
