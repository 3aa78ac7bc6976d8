"""Handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from typing_extensions import override

from ganstudio.engine.distributions import distributions
from ganstudio.engine.distributions.images import ImageDistribution
from ganstudio.engine.images import ImageSplit, shipped
from ganstudio.engine.params import param

ALL = "all"


@distributions.register("digits")
@dataclass(frozen=True, kw_only=True, slots=True)
class Digits(ImageDistribution):
    """MNIST's handwritten digits, 28 × 28 grey: 10,000 in ten classes, a tenth held out (LeCun et al. 1998)."""

    title: ClassVar[str] = "Digits (MNIST)"
    order: ClassVar[int] = 56

    size: str = param(
        "28",
        "Pixels on a side. 32 has two black ones more around: nets that double their size from 4 × 4 end there.",
        title="Image size",
        choices=("28", "32"),
    )
    digit: str = param(
        ALL,
        "All ten digits, or one of them alone; then there are no classes.",
        choices=(ALL, *shipped.DIGITS),
    )
    count: int = param(
        10_000,
        "Images to train with at most, of every digit its share. With few of them D learns them by heart; the held-out "
        "ones tell.",
        title="At most",
        bounds=(1, 10_000),
        scale="log",
        unit="images",
    )

    @override
    def sets(self) -> ImageSplit:
        return _sets(self.size, self.digit, self.count)

    @property
    @override
    def flip_ok(self) -> bool:
        return False


@lru_cache(maxsize=4)
def _sets(size: str, digit: str, count: int) -> ImageSplit:
    whole = shipped.padded_digits() if size == "32" else shipped.digits()
    if digit == ALL:
        return whole.split(count)
    train, held_out = whole.split()
    index = shipped.DIGITS.index(digit)
    return ImageSplit(train.of_class(index).first(count), held_out.of_class(index))
