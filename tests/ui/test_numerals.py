"""How numbers are written."""

from __future__ import annotations

import pytest

from ganstudio.ui.numerals import signed, thousands


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (12_480, "12\u202f480"), (10**6, "1\u202f000\u202f000")]
)
def test_thousands_are_parted_by_narrow_spaces(number: int, text: str) -> None:
    assert thousands(number) == text


def test_a_sign_is_always_there_and_minus_is_no_hyphen() -> None:
    assert [signed(value) for value in (0.21849, -0.21849, -1e-9)] == ["+0.218", "\u22120.218", "\u22121e\u221209"]
