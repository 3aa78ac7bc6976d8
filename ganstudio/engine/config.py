"""A run's configuration: a frozen value. An edit is :func:`replaced`, a comparison is ``==``.

This module does not import torch; the families whose entries need it are imported when an entry is asked for.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ganstudio.engine.params import ConfigError, Param, Settings, params_of
from ganstudio.engine.sections import Run, Training

if TYPE_CHECKING:
    from ganstudio.engine.distributions import Distribution
    from ganstudio.engine.losses import Loss
    from ganstudio.engine.models import DiscriminatorModel, GeneratorModel
    from ganstudio.engine.optimizers import Optimizer
    from ganstudio.engine.params import Entry
    from ganstudio.engine.penalties import Penalty
    from ganstudio.engine.priors import Prior
    from ganstudio.engine.registry import Registry

S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Part:
    """A field of :class:`RunConfig` that holds an entry of a family; ``live`` if it can be exchanged in mid-run."""

    title: str
    module: str
    registry_name: str
    live: bool

    @property
    def registry(self) -> Registry[Entry]:
        """The family's registry."""
        return cast("Registry[Entry]", getattr(importlib.import_module(self.module), self.registry_name))


def part(default: str, title: str, module: str, registry_name: str, *, live: bool = False) -> Any:
    """Declare a field that holds an entry of a family, by default the one named ``default``."""
    declared = Part(title, f"ganstudio.engine.{module}", registry_name, live)
    return field(default_factory=lambda: declared.registry.get(default)(), metadata={"part": declared})


@dataclass(frozen=True, kw_only=True, slots=True)
class RunConfig:
    """Everything that determines a run.

    Notes
    -----
    Paths such as ``loss.name`` or ``d_optimizer.lr`` name one value; see :func:`replaced`.
    """

    data: Distribution = part("two_gaussians", "Data", "distributions", "distributions")
    prior: Prior = part("normal", "Latent prior", "priors", "priors")
    generator: GeneratorModel = part("mlp", "Generator", "models", "generators")
    discriminator: DiscriminatorModel = part("mlp", "Discriminator", "models", "discriminators")
    loss: Loss = part("non_saturating", "Loss", "losses", "losses", live=True)
    penalty: Penalty = part("none", "Penalty on D", "penalties", "penalties", live=True)
    d_optimizer: Optimizer = part("adam", "Optimiser of D", "optimizers", "optimizers", live=True)
    g_optimizer: Optimizer = part("adam", "Optimiser of G", "optimizers", "optimizers", live=True)
    training: Training = field(default_factory=Training)
    run: Run = field(default_factory=Run)


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs between two configs. ``live`` if it needs no reset."""

    path: str
    old: object
    new: object
    live: bool


def parts() -> dict[str, Part | None]:
    """Return the fields of :class:`RunConfig`; the families' with their :class:`Part`, the plain ones with None."""
    return {item.name: item.metadata.get("part") for item in dataclasses.fields(RunConfig)}


def to_mapping(config: RunConfig) -> dict[str, dict[str, Any]]:
    """Return the config as plain values: a table per part, with ``name`` where it is an entry of a family."""
    result = {}
    for section, declared in parts().items():
        owner = getattr(config, section)
        values = {name: getattr(owner, name) for name in params_of(owner)}
        result[section] = ({"name": owner.name} if declared else {}) | values
    return result


def from_mapping(mapping: Mapping[str, object]) -> RunConfig:
    """Build a config from plain values; what is missing takes its default.

    Raises
    ------
    ConfigError
        If a table, a key or a value is not one that exists; names it and what is allowed.
    """
    known = parts()
    for section in mapping:
        if section not in known:
            raise ConfigError(section, mapping[section], "one of the tables " + ", ".join(known))
    built = {section: _build(section, known[section], mapping.get(section)) for section in known}
    return RunConfig(**{section: value for section, value in built.items() if value is not None})


def _build(section: str, declared: Part | None, table: object) -> Any:
    if table is None:
        return None
    if not isinstance(table, Mapping):
        raise ConfigError(section, table, "a table of settings")
    values = dict(table)
    try:
        if declared is None:
            if section == "training":
                return _made(Training, values)
            return _made(Run, values)
        if "name" not in values:
            values["name"] = _default(section).name
        return _made(declared.registry.get(values.pop("name")), values)
    except ConfigError as error:
        raise error.under(section) from None


def _default(section: str) -> Any:
    (item,) = (item for item in dataclasses.fields(RunConfig) if item.name == section)
    return cast(Any, item).default_factory()


def _made(owner: type[S], values: Mapping[str, object]) -> S:
    known = params_of(owner)
    for key in values:
        if key not in known:
            raise ConfigError(key, values[key], "one of the settings " + (", ".join(known) or "(it has none)"))
    return owner(**values)


def param_at(config: RunConfig, path: str) -> Param:
    """Return the declaration of the setting at ``path`` ("training.d_steps").

    Raises
    ------
    ConfigError
        If there is no such setting.
    """
    section, _, name = path.partition(".")
    if section not in parts() or name not in params_of(getattr(config, section)):
        raise ConfigError(path, "", "one of " + ", ".join(paths(config)))
    return params_of(getattr(config, section))[name]


def paths(config: RunConfig) -> Iterator[str]:
    """Yield the path of every value of a config, an entry's own name included."""
    for section, table in to_mapping(config).items():
        for name in table:
            yield f"{section}.{name}"


def value_at(config: RunConfig, path: str) -> Any:
    """Return the value at ``path``.

    Raises
    ------
    ConfigError
        If there is none.
    """
    section, _, name = path.partition(".")
    known = parts()
    if section in known:
        owner = getattr(config, section)
        if name in params_of(owner) or (name == "name" and known[section] is not None):
            return getattr(owner, name)
    raise ConfigError(path, "", "one of " + ", ".join(paths(config)))


def replaced(config: RunConfig, path: str, value: object) -> RunConfig:
    """Return ``config`` with the value at ``path`` replaced.

    A new ``name`` exchanges the entry; settings that both entries have, with equal defaults, keep their values.

    Raises
    ------
    ConfigError
        If the path or the value is not one that exists.
    """
    value_at(config, path)
    section, _, name = path.partition(".")
    mapping = to_mapping(config)
    table = mapping[section]
    declared = parts()[section]
    if declared is not None and name == "name":
        try:
            wanted = params_of(declared.registry.get(cast(str, value)))
        except ConfigError as error:
            raise error.under(section) from None
        had = params_of(getattr(config, section))
        table = {
            key: kept for key, kept in table.items() if key in wanted and _carries(had.get(key), wanted[key], kept)
        }
    new = _build(section, declared, table | {name: value})
    return dataclasses.replace(config, **{section: new})


def _carries(had: Param | None, wanted: Param, value: object) -> bool:
    # Another default is another scale: the width that suits two Gaussians would melt a ring of eight into one blob.
    if had is None or had.default != wanted.default:
        return False
    try:
        wanted.checked("", value)
    except ConfigError:
        return False
    return True


def parsed(config: RunConfig, path: str, text: str) -> RunConfig:
    """Return ``config`` with the value at ``path`` read from ``text``, as typed after ``--set``.

    Raises
    ------
    ConfigError
        If the path does not exist or the text is not such a value.
    """
    if path not in (known := tuple(paths(config))):
        raise ConfigError(path, text, "one of the settings " + ", ".join(known))
    if path.endswith(".name"):
        return replaced(config, path, text)
    declared = param_at(config, path)
    try:
        if declared.kind is bool:
            return replaced(config, path, {"true": True, "false": False}[text.lower()])
        if declared.kind in (int, float):
            return replaced(config, path, float(text))
        if declared.kind is tuple:
            return replaced(config, path, json.loads(text))
    except (KeyError, ValueError, RecursionError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(path, text, declared.allowed) from None
    return replaced(config, path, text)


def changes(old: RunConfig, new: RunConfig) -> tuple[Change, ...]:
    """Return every value that differs. Where an entry was exchanged, that is one change, of its name."""
    found: list[Change] = []
    before, after = to_mapping(old), to_mapping(new)
    for section, declared in parts().items():
        if declared and before[section]["name"] != after[section]["name"]:
            found.append(Change(f"{section}.name", before[section]["name"], after[section]["name"], declared.live))
            continue
        known = params_of(getattr(new, section))
        for name, value in after[section].items():
            if value != before[section][name]:
                found.append(Change(f"{section}.{name}", before[section][name], value, known[name].live))
    return tuple(found)


def tuned(running: RunConfig, edited: RunConfig) -> RunConfig:
    """Return ``running`` with every live setting as in ``edited``; what needs a reset stays as it runs."""
    result = running
    for change in changes(running, edited):
        if change.live:
            section = change.path.partition(".")[0]
            if change.path.endswith(".name"):
                result = dataclasses.replace(result, **{section: getattr(edited, section)})
            else:
                result = replaced(result, change.path, change.new)
    return result
