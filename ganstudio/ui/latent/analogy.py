"""The guided analogy: which exemplars go into the wells, and what was measured of the result."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent import exemplars
from ganstudio.engine.latent.bookmarks import Bookmark
from ganstudio.engine.latent.exemplars import Labels, Quality
from ganstudio.engine.latent.view_state import ViewState

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.models import LatentModel
    from ganstudio.engine.latent.nearest import NearestIndex

Indices = NDArray[np.int64]

LEAST_BANK = 512  # samples that exemplars are looked for among
WHO = {
    "asked": "of the class that the model was asked for",
    "classifier": "that the shipped classifier reads as such with 90 % or more",
    "neighbours": "whose five nearest training images nearly all have that label",
    "nobody": "as there are no classes, of any kind",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is carried over: a quality, from one class to another; without a quality, the class itself.

    ``third`` is the class that is added to, where the class itself is carried over: ``first`` − ``second`` + ``third``.
    """

    quality: Quality | None
    first: int
    second: int
    third: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analogy:
    """The wells' exemplars, as rows of a bank, and what is known of them."""

    question: Question
    bank: Bank
    rows: tuple[Indices, Indices, Indices]
    source: str
    names: tuple[str, ...]

    def marks(self, state: ViewState) -> tuple[list[Bookmark], list[Bookmark], list[Bookmark]]:
        """Return the wells' places; ``state`` gives what a bank does not hold."""
        made = []
        for rows, words in zip(self.rows, self.words(), strict=True):
            made.append([self._mark(int(row), words, state) for row in rows])
        return made[0], made[1], made[2]

    def words(self) -> tuple[str, str, str]:
        """Return what each well holds, in words."""
        question, name = self.question, self.name
        if question.quality is None:
            return name(question.first), name(question.second), name(question.third)
        quality = question.quality
        much, little = f"{quality.much} {name(question.first)}", f"{quality.little} {name(question.first)}"
        return much, little, f"{quality.little} {name(question.third)}"

    def name(self, label: int) -> str:
        """Return a class's name; nothing where there are no classes."""
        return self.names[label] if label < len(self.names) else "sample"

    def _mark(self, row: int, words: str, state: ViewState) -> Bookmark:
        bank = self.bank
        y = None if bank.classes is None else bank.classes[row]
        place = replace(state, g=bank.g[row], offsets=(), style=None, class_weights=y)
        return Bookmark(words, place, bank.images[row])

    def measured(self, index: int) -> float:
        """Return the mean of the quality in a well; nan without a quality."""
        quality = self.question.quality
        return float("nan") if quality is None else float(quality.measure(self.bank.images[self.rows[index]]).mean())


def quality_choices(model: LatentModel) -> tuple[Quality, ...]:
    """Return what can be measured of the model's pictures."""
    return exemplars.OF_STROKES if model.weights.config.data.name == "digits" else exemplars.OF_PICTURES


def class_names(model: LatentModel, index: NearestIndex | None, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes that samples of a model can be told to be of; none where nobody knows any."""
    if model.classes:
        return model.class_names
    if _is_digits(model):
        return tuple("0123456789")
    return names if index is not None and index.labels is not None else ()


def found(bank: Bank, index: NearestIndex | None, names: tuple[str, ...], question: Question) -> Iterator[object]:
    """Yield the :class:`Analogy` that answers a question, at the end; None before, so that it can be interrupted.

    Raises
    ------
    ValueError
        If the bank has no sure sample of one of the kinds.
    """
    labels = yield from _labels(bank, index)
    images, quality = bank.images[: len(labels.labels)], question.quality
    if quality is None:
        rows = tuple(exemplars.typical(labels, label) for label in (question.first, question.second, question.third))
    else:
        values = quality.measure(images)
        yield None
        rows = (
            exemplars.chosen(labels, values, question.first, much=True),
            exemplars.chosen(labels, values, question.first, much=False),
            exemplars.chosen(labels, values, question.third, much=False),
        )
    made = Analogy(question=question, bank=bank, rows=cast(Any, rows), source=labels.source, names=names)
    for chosen, words in zip(rows, made.words(), strict=True):
        if not len(chosen):
            raise ValueError(f"none of {len(images)} samples is surely of the kind “{words}”; choose another class")
    yield made


def _labels(bank: Bank, index: NearestIndex | None) -> Generator[object, None, Labels]:
    """Return (at the end of the iteration) what the bank's samples are taken for."""
    model, images = bank.model, bank.images
    if bank.classes is not None:
        return exemplars.asked(bank.classes)
    if _is_digits(model):
        steps = exemplars.read_as_digits(images)
    elif index is not None and index.labels is not None and index.samples.shape[1:] == images.shape[1:]:
        steps = exemplars.nearest_labels(images, index)
    else:
        return exemplars.unlabelled(len(images))
    labels = None
    for found_now in steps:
        labels = found_now
        yield None
    return cast(Labels, labels)


def verdict(analogy: Analogy, pictures: NDArray) -> Iterator[str]:
    """Yield what was measured of the result's pictures (n, …), in a sentence or two."""
    question, parts = analogy.question, []
    if question.quality is not None:
        quality = question.quality
        before, goal, without = (analogy.measured(index) for index in (2, 0, 1))
        after, title = float(quality.measure(pictures).mean()), quality.title.capitalize()
        words = f"{title}: C {before:.2f} → result {after:.2f} (A {goal:.2f}, B {without:.2f})"
        parts.append(words.replace("-", "−"))
    if _is_digits(analogy.bank.model):
        *_, labels = exemplars.read_as_digits(pictures)
        parts.append(_reading(analogy, cast(Labels, labels), len(pictures)))
    yield " · ".join(parts)


def _reading(analogy: Analogy, labels: Labels, count: int) -> str:
    if analogy.question.quality is None:
        seen = np.bincount(labels.labels, minlength=10)
        order = [int(label) for label in np.argsort(-seen, kind="stable") if seen[label]]
        return "read as " + ", ".join(f"{analogy.name(label)} ({seen[label]} of {count})" for label in order[:3])
    same = int((labels.labels == analogy.question.third).sum())
    return f"{same} of {count} read as {analogy.name(analogy.question.third)}"


def _is_digits(model: LatentModel) -> bool:
    return model.weights.config.data.name == "digits"
