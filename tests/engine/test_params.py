"""Declarations of settings."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import Any, ClassVar

import pytest

from ganstudio.engine.optimizers import optimizers
from ganstudio.engine.params import ConfigError, Entry, Param, Settings, param, params_of
from ganstudio.engine.sections import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Oven(Settings):
    heat: float = param(200.0, "How hot.", bounds=(0, 300), minimum_exclusive=True, unit="°C", symbol="T", live=True)
    trays: int = param(2, "How many.", title="Baking trays", bounds=(1, 4))
    fan: bool = param(False, "Whether air moves.")
    mode: str = param("top", "Where the heat comes from.", choices=("top", "bottom"))
    plan: tuple[float, ...] = param((), "Heat over time.", editor="drawing")


def test_a_declaration_carries_everything_that_readers_need() -> None:
    heat = params_of(Oven)["heat"]
    assert (heat.default, heat.kind, heat.bounds) == (200, float, (0, 300))
    assert (heat.unit, heat.symbol, heat.live) == ("°C", "T", True)
    assert heat.help == "How hot."


def test_a_title_is_made_from_the_name_unless_given() -> None:
    titles = {name: declared.title for name, declared in params_of(Oven()).items()}
    assert titles == {"heat": "Heat", "trays": "Baking trays", "fan": "Fan", "mode": "Mode", "plan": "Plan"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"heat": 180}, {"heat": 180.0}),
        ({"trays": 3.0}, {"trays": 3}),
        ({"plan": [1.0, [2.0, 3.0]]}, {"plan": (1.0, (2.0, 3.0))}),
    ],
)
def test_values_are_brought_to_their_type(given: dict[str, Any], expected: dict[str, object]) -> None:
    ((name, value),) = expected.items()
    made = getattr(Oven(**given), name)
    assert made == value
    assert type(made) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("heat", 0.0, "a number above 0 to 300"),
        ("heat", 301.0, "a number above 0 to 300"),
        ("heat", float("nan"), "a number above 0 to 300"),
        ("heat", float("inf"), "a number above 0 to 300"),
        ("heat", "hot", "a number above 0 to 300"),
        ("heat", True, "a number above 0 to 300"),
        ("trays", 2.5, "a whole number from 1 to 4"),
        ("trays", 5, "a whole number from 1 to 4"),
        ("trays", True, "a whole number from 1 to 4"),
        ("fan", 1, "true or false"),
        ("mode", "side", "one of top, bottom"),
        ("mode", None, "one of top, bottom"),
        ("plan", 3.0, "a list"),
    ],
)
def test_an_error_names_the_setting_its_value_and_what_is_allowed(name: str, value: Any, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Oven(**{name: value})
    assert (caught.value.path, caught.value.allowed) == (name, allowed)
    assert caught.value.value is value
    assert str(caught.value) == f"{name} = {value!r}: allowed is {allowed}"


def test_an_error_can_be_placed_under_a_table() -> None:
    error = ConfigError("heat", 0, "more").under("oven")
    assert (error.path, str(error)) == ("oven.heat", "oven.heat = 0: allowed is more")


def test_a_very_long_value_is_cut_in_the_message_only() -> None:
    error = ConfigError("plan", "x" * 1000, "less")
    assert len(str(error)) < 120
    assert error.value == "x" * 1000


def test_bounds_themselves_are_allowed_unless_excluded() -> None:
    assert Oven(trays=1).trays == 1
    assert Oven(trays=4).trays == 4
    assert Oven(heat=300).heat == 300


def test_settings_are_frozen_values() -> None:
    assert Oven(trays=3) == Oven(trays=3.0)  # type: ignore[arg-type]
    assert hash(Oven(trays=3)) == hash(Oven(trays=3))
    with pytest.raises(FrozenInstanceError):
        Oven().trays = 1  # type: ignore[misc]


def test_the_summary_of_an_entry_is_its_first_line() -> None:
    class Sample(Entry):
        """Short.

        Long.
        """

        title: ClassVar[str] = "Sample"

    assert Sample.summary() == "Short."


def test_an_unbounded_setting_says_its_type() -> None:
    assert Param(title="", help="", kind=int, default=0).allowed == "a whole number"


def test_a_number_too_large_for_a_float_is_refused() -> None:
    adam = optimizers.get("adam")
    with pytest.raises(ConfigError, match=r"lr = 999.*…: allowed is a number"):
        adam(lr=int("9" * 400))  # type: ignore[call-arg]


def test_large_bounds_are_said_in_full() -> None:
    assert params_of(Run)["seed"].allowed == "a whole number from 0 to 2147483647"
