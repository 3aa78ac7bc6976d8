"""From what is typed to a config: a preset, then every value that was set."""

from __future__ import annotations

from collections.abc import Iterable

from ganstudio.commands.console import CommandError
from ganstudio.engine.config import RunConfig, parsed


def adjusted(config: RunConfig, settings: Iterable[str], **values: str | None) -> RunConfig:
    """Return ``config`` with every "a.b=c" of ``settings`` set, then every value given by a path with "__" for ".".

    Raises
    ------
    CommandError
        If a setting has no "=".
    ConfigError
        If a path or a value is not one that exists.
    """
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise CommandError(f"--set {setting}: write it as --set loss.name=hinge")
        config = parsed(config, path.strip(), text.strip())
    for key, value in values.items():
        if value is not None:
            config = parsed(config, key.replace("__", "."), value)
    return config
