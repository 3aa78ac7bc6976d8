"""A slider's way and the values along it."""

from __future__ import annotations

import pytest

from ganstudio.engine.config import RunConfig, parts
from ganstudio.engine.params import Param, params_of
from ganstudio.engine.sections import Run, Training
from ganstudio.ui.scales import Scale, scale_of, shown


def _every_number() -> list[tuple[str, Param]]:
    owners: list[object] = [Training, Run]
    for part in parts().values():
        owners += list(part.registry) if part is not None else []
    assert RunConfig
    return [
        (f"{getattr(owner, '__name__', owner)}.{name}", declared)
        for owner in owners
        for name, declared in params_of(owner).items()
        if scale_of(declared) is not None
    ]


NUMBERS = _every_number()


@pytest.mark.parametrize(("name", "declared"), NUMBERS, ids=[name for name, _ in NUMBERS])
def test_every_position_of_every_slider_is_an_allowed_value(name: str, declared: Param) -> None:
    scale = scale_of(declared)
    assert scale is not None
    values = [scale.value(position / scale.positions) for position in range(scale.positions + 1)]
    for value in values:
        if not (declared.minimum_exclusive and declared.bounds and value == declared.bounds[0]):
            declared.checked(name, value)
    assert values == sorted(values)
    assert declared.bounds is not None
    assert (values[0], values[-1]) == declared.bounds


@pytest.mark.parametrize(("name", "declared"), NUMBERS, ids=[name for name, _ in NUMBERS])
def test_every_default_stands_on_its_slider_where_it_is(name: str, declared: Param) -> None:
    scale = scale_of(declared)
    assert scale is not None
    share = scale.share(float(declared.default))
    assert 0 <= share <= 1
    assert scale.value(share) == pytest.approx(declared.default, rel=0.05)


def test_sizes_between_powers_of_two_find_them() -> None:
    scale = Scale(2.0, 8192.0, "log", whole=True)
    values = {scale.value(position / scale.positions) for position in range(scale.positions + 1)}
    assert {2.0**power for power in range(1, 14)} <= values
    assert {3, 96, 3000} <= values


def test_logarithmic_sliders_are_even_in_ratios() -> None:
    scale = Scale(1e-6, 1.0, "log", whole=False)
    assert scale.value(0.5) == pytest.approx(1e-3)
    assert scale.share(1e-4) - scale.share(1e-5) == pytest.approx(scale.share(1e-1) - scale.share(1e-2))


def test_decays_are_even_in_nines() -> None:
    scale = Scale(0.0, 0.9999, "nines", whole=False)
    assert [scale.value(share) for share in (0, 0.25, 0.5, 0.75, 1)] == [0, 0.9, 0.99, 0.999, 0.9999]


def test_a_logarithmic_slider_with_zero_has_it_at_the_left_end() -> None:
    scale = Scale(0.0, 1e6, "log0", whole=False, floor=1.0)
    assert scale.value(0) == 0
    assert scale.value(0.001) == 1
    assert scale.share(0) == 0
    assert scale.share(0.5) == 0


def test_a_value_out_of_bounds_stands_at_the_end() -> None:
    scale = Scale(1.0, 20.0, "linear", whole=True)
    assert (scale.share(-3), scale.share(99)) == (0, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (2_000_000_000, "2000000000"), (0.5, "0.5"), (1e-5, "1e-5"), (0.0002, "0.0002"), (3.0, "3")],
)
def test_numbers_are_shown_as_one_types_them(value: float, text: str) -> None:
    assert shown(value) == text
    assert float(text) == value
