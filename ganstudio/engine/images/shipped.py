"""The sets that come with the program; see resources/datasets/LICENSES.md."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from ganstudio import paths
from ganstudio.engine.images.image_set import ImageSet

DIGITS = tuple(str(digit) for digit in range(10))
EMOJI = (
    "Smileys & Emotion",
    "People & Body",
    "Animals & Nature",
    "Food & Drink",
    "Travel & Places",
    "Activities",
    "Objects",
    "Symbols",
)


@lru_cache(maxsize=1)
def digits() -> ImageSet:
    """Return 10,000 of MNIST's digits, 28 × 28 grey."""
    return _load("mnist10k", DIGITS, "MNIST digits")


@lru_cache(maxsize=1)
def emoji() -> ImageSet:
    """Return 3,511 of Noto's emoji on white, 32 × 32 RGB."""
    return _load("emoji32", EMOJI, "Noto emoji")


@lru_cache(maxsize=1)
def padded_digits() -> ImageSet:
    """Return the digits with two black pixels around: 32 × 32, as nets that double their size from 4 × 4 want them."""
    plain = digits()
    return replace(plain, images=np.pad(plain.images, ((0, 0), (2, 2), (2, 2), (0, 0))))


def _load(name: str, class_names: tuple[str, ...], title: str) -> ImageSet:
    with np.load(paths.resources() / "datasets" / f"{name}.npz", allow_pickle=False) as file:
        images, labels = file["images"], file["labels"].astype(np.int64)
    if images.ndim == 3:
        images = images[..., None]
    images.setflags(write=False)
    return ImageSet(images=images, labels=labels, class_names=class_names, title=title)
