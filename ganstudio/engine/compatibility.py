"""Which entries suit the data of a run, and what is exchanged when other data are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ganstudio.engine.config import Part, RunConfig, parts, replaced
from ganstudio.engine.models import discriminators, generators
from ganstudio.engine.params import ConfigError

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Distribution

FITTING_Z = {"images": 64, "plane": 2, "line": 2}  # dimensions of z for nets that are exchanged with the data's kind


def fitted(config: RunConfig) -> RunConfig:
    """Return ``config`` with what its data cannot do exchanged: nets made for other data, changes made to images.

    Nets that fit stay as they are, and with them the latents.
    """
    try:
        layout = config.data.layout
    except ConfigError:  # a person's own points, and no file yet: nobody knows what they will be
        return config
    exchanged = config
    for section in ("generator", "discriminator"):
        if layout not in getattr(config, section).layouts:
            name = choices_of(config, section)[0]
            exchanged = replaced(exchanged, f"{section}.name", name)
    if exchanged.generator is not config.generator:
        exchanged = replaced(exchanged, "prior.dim", FITTING_Z[layout])
    if layout != "images":
        exchanged = replaced(replaced(exchanged, "training.augment", "none"), "training.mirror", False)
    if exchanged.generator.grows != exchanged.discriminator.grows:
        other = "discriminator" if exchanged.generator is config.generator else "generator"
        exchanged = _grown_alike(exchanged, other)
    return exchanged


def _grown_alike(config: RunConfig, section: str) -> RunConfig:
    """Return ``config`` with that player's net one that grows if, and only if, the other's does."""
    other = config.generator if section == "discriminator" else config.discriminator
    declared = cast(Part, parts()[section])
    (name, *_) = (
        name for name in choices_of(config, section) if cast(Any, declared.registry.get(name)).grows == other.grows
    )
    return replaced(config, f"{section}.name", name)


def choices_of(config: RunConfig, section: str) -> tuple[str, ...]:
    """Return the names of the entries of a part that fit the config's data, the plainest first."""
    declared = cast(Part, parts()[section])
    try:
        layout = config.data.layout
    except ConfigError:
        layout = "plane"
    return tuple(
        name
        for name in declared.registry.names()
        if layout in getattr(declared.registry.get(name), "layouts", (layout,))
    )


def classes_told(config: RunConfig, data: Distribution) -> int:
    """Return how many classes the nets are told, 0 if none.

    Raises
    ------
    ConfigError
        If a net is not made for such data, or wants classes that the data do not have.
    """
    for section, model, family in (
        ("generator", config.generator, generators),
        ("discriminator", config.discriminator, discriminators),
    ):
        if data.layout not in model.layouts:
            fitting = ", ".join(entry.name for entry in family if data.layout in entry.layouts)
            raise ConfigError(f"{section}.name", model.name, f"for these data one of {fitting}")
        if model.conditional and not data.classes:
            raise ConfigError(f"{section}.condition", "", "none: these data have no classes")
    if config.generator.grows != config.discriminator.grows:
        raise ConfigError("discriminator.name", config.discriminator.name, "a net that grows if, and only if, G does")
    return data.classes if config.generator.conditional or config.discriminator.conditional else 0


def check_live(config: RunConfig, data: Distribution) -> None:
    """Refuse live settings that mean nothing for the data.

    Raises
    ------
    ConfigError
        If images are to be changed where there are none.
    """
    for name, neutral in (("augment", "none"), ("mirror", False)):
        value = getattr(config.training, name)
        if data.layout != "images" and value != neutral:
            raise ConfigError(f"training.{name}", value, f"{neutral}: these data are not images")
