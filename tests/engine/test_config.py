"""Configurations as values."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import Any

import pytest

from ganstudio.engine.config import (
    Change,
    RunConfig,
    changes,
    from_mapping,
    param_at,
    parsed,
    parts,
    paths,
    replaced,
    to_mapping,
    tuned,
    value_at,
)
from ganstudio.engine.params import ConfigError, params_of

EXCHANGES = [(section, name) for section, part in parts().items() if part is not None for name in part.registry.names()]

OTHER_VALUES: dict[str, Any] = {
    "run.device": "cpu",
    "data.file": "p.csv",
    "data.path": "pictures",
    "data.heights": (1.0, 2.0),
    "data.points": ((0.0, 1.0),),
    "data.low": -8.0,  # below the other edge
}


def other_value(path: str, config: RunConfig) -> Any:
    """Return a value of this setting that is allowed and not its present one."""
    declared, value = param_at(config, path), value_at(config, path)
    if path in OTHER_VALUES:
        return OTHER_VALUES[path]
    if declared.choices is not None:
        return next(choice for choice in declared.choices if choice != value)
    if declared.kind is bool:
        return not value
    if declared.kind in (int, float):
        assert declared.bounds is not None
        low, high = declared.bounds
        middle = value + (high - value) / 2 if value < high else value - (value - low) / 2
        return int(middle) if declared.kind is int else middle
    raise AssertionError(f"no other value for {path}")


def configs() -> list[RunConfig]:
    return [replaced(RunConfig(), f"{section}.name", name) for section, name in EXCHANGES]


CONFIGS = configs()
SETTINGS = sorted(
    {
        (f"{section}.name", name, path)
        for (section, name), config in zip(EXCHANGES, CONFIGS, strict=True)
        for path in paths(config)
        if path.startswith(f"{section}.") and not path.endswith(".name")
    }
    | {("data.name", "two_gaussians", path) for path in paths(RunConfig()) if path.startswith(("training.", "run."))}
)


@pytest.mark.parametrize("config", CONFIGS, ids=[".".join(pair) for pair in EXCHANGES])
def test_every_entry_survives_the_round_trip_through_plain_values(config: RunConfig) -> None:
    plain = json.loads(json.dumps(to_mapping(config)))
    assert from_mapping(plain) == config
    assert hash(from_mapping(plain)) == hash(config)


@pytest.mark.parametrize(("part", "name", "path"), SETTINGS, ids=lambda value: value)
def test_every_setting_can_be_replaced_read_back_typed_and_undone(part: str, name: str, path: str) -> None:
    config = replaced(RunConfig(), part, name)
    value = other_value(path, config)
    edited = replaced(config, path, value)
    assert value_at(edited, path) == value
    assert edited != config
    assert [change.path for change in changes(config, edited)] == [path]
    assert from_mapping(json.loads(json.dumps(to_mapping(edited)))) == edited
    text = value if isinstance(value, str) else json.dumps(value)
    assert parsed(config, path, text) == edited
    assert replaced(edited, path, value_at(config, path)) == config


def test_an_empty_mapping_is_the_default() -> None:
    assert from_mapping({}) == RunConfig()


def test_a_part_without_a_name_is_the_default_one() -> None:
    assert from_mapping({"data": {"sd": 0.25}}).data == dataclasses.replace(RunConfig().data, sd=0.25)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("mapping", "path", "allowed"),
    [
        ({"date": {}}, "date", "one of the tables data, prior"),
        ({"data": 3}, "data", "a table of settings"),
        ({"loss": {"name": "hinges"}}, "loss.name", "hinge"),
        ({"loss": {"name": "hinge", "clip": 1}}, "loss.clip", "one of the settings (it has none)"),
        ({"training": {"k": 5}}, "training.k", "one of the settings d_steps, g_steps"),
        ({"training": {"d_steps": 0}}, "training.d_steps", "a whole number from 1 to 20"),
        ({"run": {"seed": -1}}, "run.seed", "a whole number from 0 to"),
        ({"training": {"name": "adam"}}, "training.name", "one of the settings d_steps"),
        ({"data": {"name": "drawn_1d", "heights": [1, "x"]}}, "data.heights[1]", "a finite number from 0 on"),
    ],
)
def test_an_error_names_the_path_the_value_and_what_is_allowed(mapping: dict, path: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_mapping(mapping)
    assert caught.value.path == path
    assert allowed in caught.value.allowed


@pytest.mark.parametrize("path", ["", "loss", "loss.", "loss.clip", "training.k", "nothing.here", "loss.name.x"])
def test_a_path_that_does_not_exist_is_an_error_wherever_it_is_used(path: str) -> None:
    config = RunConfig()
    for use in (value_at, param_at):
        with pytest.raises(ConfigError, match=r"training\.d_steps"):
            use(config, path)
    with pytest.raises(ConfigError):
        replaced(config, path, 1)
    with pytest.raises(ConfigError):
        parsed(config, path, "1")


def test_exchanging_an_entry_keeps_the_settings_that_both_have() -> None:
    config = replaced(replaced(RunConfig(), "d_optimizer.lr", 0.02), "prior.dim", 7)
    config = replaced(replaced(config, "d_optimizer.name", "sgd"), "prior.name", "sphere")
    assert value_at(config, "d_optimizer.lr") == 0.02
    assert value_at(config, "prior.dim") == 7


def test_exchanging_an_entry_drops_a_value_that_the_new_one_does_not_allow() -> None:
    config = replaced(replaced(RunConfig(), "prior.dim", 1), "prior.name", "sphere")
    assert value_at(config, "prior.dim") == 2


def test_exchanging_the_data_does_not_carry_over_a_width_of_another_scale() -> None:
    config = replaced(replaced(RunConfig(), "data.sd", 0.7), "data.name", "ring8")
    assert value_at(config, "data.sd") == 0.01


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("training.d_steps", "5", 5),
        ("training.d_steps", "5.0", 5),
        ("training.steps", "1e4", 10_000),
        ("d_optimizer.lr", "3e-4", 3e-4),
        ("d_optimizer.lr", "1", 1.0),
        ("training.standardize", "False", False),
        ("training.standardize", "true", True),
        ("loss.name", "hinge", "hinge"),
        ("run.device", "cuda:1", "cuda:1"),
        ("generator.activation", "tanh", "tanh"),
    ],
)
def test_text_becomes_the_value_that_it_writes(path: str, text: str, value: object) -> None:
    assert value_at(parsed(RunConfig(), path, text), path) == value


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("training.d_steps", "five"),
        ("training.d_steps", "1.5"),
        ("training.d_steps", ""),
        ("training.d_steps", "nan"),
        ("training.d_steps", "inf"),
        ("training.d_steps", "99"),
        ("d_optimizer.lr", "nan"),
        ("training.standardize", "yes"),
        ("generator.activation", "sine"),
        ("loss.name", "hinges"),
    ],
)
def test_text_that_writes_no_such_value_is_an_error_with_the_path(path: str, text: str) -> None:
    with pytest.raises(ConfigError, match="allowed is") as caught:
        parsed(RunConfig(), path, text)
    assert caught.value.path == path


@pytest.mark.parametrize("text", ["", "1, 2", "[1,", "{}", "[[1]]", "[-1, 2]", "3"])
def test_a_list_is_typed_as_json_and_checked(text: str) -> None:
    config = replaced(RunConfig(), "data.name", "drawn_1d")
    with pytest.raises(ConfigError, match=r"data\.heights"):
        parsed(config, "data.heights", text)
    assert value_at(parsed(config, "data.heights", "[1, 2.5]"), "data.heights") == (1.0, 2.5)


def test_equal_configs_have_no_changes() -> None:
    assert changes(RunConfig(), from_mapping(to_mapping(RunConfig()))) == ()


def test_changes_name_old_and_new_and_whether_they_are_live() -> None:
    old = RunConfig()
    new = replaced(replaced(replaced(old, "training.d_steps", 5), "generator.width", 32), "run.seed", 9)
    assert changes(old, new) == (
        Change("generator.width", 64, 32, live=False),
        Change("training.d_steps", 1, 5, live=True),
        Change("run.seed", 0, 9, live=False),
    )


def test_an_exchanged_entry_is_one_change() -> None:
    old = RunConfig()
    new = replaced(replaced(old, "loss.name", "wasserstein_clip"), "loss.clip", 0.1)
    assert changes(old, new) == (Change("loss.name", "non_saturating", "wasserstein_clip", live=True),)
    assert changes(old, replaced(old, "data.name", "ring8"))[0].live is False


def test_tuning_takes_over_what_is_live_and_nothing_else() -> None:
    running = RunConfig()
    edited = running
    for path, value in {
        "training.d_steps": 5,
        "loss.name": "wasserstein_clip",
        "loss.clip": 0.1,
        "d_optimizer.lr": 0.5,
        "d_optimizer.beta1": 0.0,
        "generator.width": 32,
        "data.name": "ring8",
        "run.seed": 4,
    }.items():
        edited = replaced(edited, path, value)
    result = tuned(running, edited)
    assert {change.path for change in changes(running, result)} == {
        "training.d_steps",
        "loss.name",
        "d_optimizer.lr",
        "d_optimizer.beta1",
    }
    assert result.loss == edited.loss
    assert {change.path for change in changes(result, edited)} == {"generator.width", "data.name", "run.seed"}
    assert all(not change.live for change in changes(result, edited))


def test_tuning_to_the_same_config_changes_nothing() -> None:
    assert tuned(RunConfig(), RunConfig()) == RunConfig()


def test_paths_name_every_value() -> None:
    named = set(paths(RunConfig()))
    assert {"data.name", "data.sd", "loss.real_weight", "training.d_steps", "run.seed"} <= named
    assert all(value_at(RunConfig(), path) is not None for path in named)


def test_every_declared_setting_is_a_path() -> None:
    config = RunConfig()
    declared = {f"{section}.{name}" for section in parts() for name in params_of(getattr(config, section))}
    assert declared == {path for path in paths(config) if not path.endswith(".name")}


def test_the_light_modules_do_not_import_torch() -> None:
    modules = "config, history, mailbox, messages, params, registry, snapshot"
    code = f"import sys\nfrom ganstudio.engine import {modules}\nsys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own interpreter
