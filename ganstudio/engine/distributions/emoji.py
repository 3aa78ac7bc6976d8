"""Emoji."""

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
GROUPS = ("smileys", "people", "animals", "food", "travel", "activities", "objects", "symbols")  # shipped.EMOJI's order


@distributions.register("emoji")
@dataclass(frozen=True, kw_only=True, slots=True)
class Emoji(ImageDistribution):
    """Emoji of Noto on white, 32 × 32 in colour: 3,511 of them in eight uneven classes, a tenth held out."""

    title: ClassVar[str] = "Emoji (Noto)"
    order: ClassVar[int] = 57

    group: str = param(
        ALL,
        "All eight groups, or one of them alone; then there are no classes. Two thirds of all emoji are people.",
        choices=(ALL, *GROUPS),
    )
    count: int = param(
        10_000,
        "Images to train with at most, of every group its share. With few of them D learns them by heart; the held-out "
        "ones tell.",
        title="At most",
        bounds=(1, 10_000),
        scale="log",
        unit="images",
    )

    @override
    def sets(self) -> ImageSplit:
        return _sets(self.group, self.count)

    @property
    @override
    def flip_ok(self) -> bool:
        return True


@lru_cache(maxsize=4)
def _sets(group: str, count: int) -> ImageSplit:
    if group == ALL:
        return shipped.emoji().split(count)
    train, held_out = shipped.emoji().split()
    index = GROUPS.index(group)
    return ImageSplit(train.of_class(index).first(count), held_out.of_class(index))
