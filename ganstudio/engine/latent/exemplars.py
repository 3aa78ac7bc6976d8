"""Exemplars for an analogy: samples of one class that have much, or little, of something that can be measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.nearest import NearestIndex, purity

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Indices = NDArray[np.int64]
Floats = NDArray[np.float64]

EXEMPLARS = 3  # of each kind: single ones are unstable, means of three work (Radford et al. 2016, section 6.3.2)
SURE = 0.9  # probability, or share of neighbours, from which a label counts
VOTERS = 5  # nearest training images that are asked for their label
CHUNK = 128  # images between two places where labelling can be interrupted
TAIL = 0.02  # share of the most extreme samples of a class that are passed over: there, odd ones gather


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What images (n,) are taken for: ``labels`` (n,), and how surely, ``confidence`` (n,) from 0 to 1.

    ``source`` says who judged: ``asked`` (the class that the model was given), ``classifier``, ``neighbours`` (the
    share of the five nearest training images that have the label), or ``nobody``: there are no classes.
    """

    labels: Indices
    confidence: Array
    source: str


@dataclass(frozen=True, slots=True)
class Quality:
    """Something that can be measured of an image: a name, words for much and for little of it, and how."""

    name: str
    title: str
    much: str
    little: str
    measure: Callable[[Bytes], Floats]
    explained: str


def boldness(images: Bytes) -> Floats:
    """Return the mean brightness of images (n, H, W, C), from 0 to 1: of light strokes on black, how much ink."""
    return images.reshape(len(images), -1).mean(1, dtype=np.float64) / 255


def slant(images: Bytes) -> Floats:
    """Return by how many pixels the ink of images (n, H, W, C) moves to the right per pixel upwards: (n,).

    Least squares of x on y, weighted by brightness: −μ₁₁ / μ₀₂ of the picture's moments. 0 without ink.
    """
    ink = images.mean(-1, dtype=np.float64)
    height, width = ink.shape[1:]
    y, x = np.arange(height)[:, None], np.arange(width)[None]
    total = np.maximum(ink.sum((1, 2)), 1e-9)
    at_x, at_y = (ink * x).sum((1, 2)) / total, (ink * y).sum((1, 2)) / total
    dx, dy = x - at_x[:, None, None], y - at_y[:, None, None]
    down = (ink * dy * dy).sum((1, 2))
    return np.where(down > 1e-9, -(ink * dx * dy).sum((1, 2)) / np.maximum(down, 1e-9), 0.0)


_BRIGHTNESS = "mean brightness of all pixels, from 0 to 1"
_SLANT = Quality("slant", "slant", "right-leaning", "left-leaning", slant, "pixels to the right per pixel upwards")
OF_STROKES = (Quality("boldness", "stroke", "bold", "thin", boldness, _BRIGHTNESS), _SLANT)  # light ones, on black
OF_PICTURES = (Quality("brightness", "brightness", "bright", "dark", boldness, _BRIGHTNESS), _SLANT)


def asked(class_weights: Array) -> Labels:
    """Return the classes that a model was given, (n, K) weights, as labels."""
    return Labels(class_weights.argmax(1), class_weights.max(1), "asked")


def unlabelled(count: int) -> Labels:
    """Return labels of images that have none: all are of one class."""
    return Labels(np.zeros(count, np.int64), np.ones(count, np.float32), "nobody")


def read_as_digits(images: Bytes, chunk: int = CHUNK) -> Iterator[Labels | None]:
    """Yield what the shipped classifier reads in images (n, H, W, C), at the end; before, None after every chunk.

    Raises
    ------
    ClassifierError
        If its weights cannot be used.
    """
    from ganstudio.engine.quality import classifier

    net = classifier.load()
    parts = []
    for start in range(0, len(images), chunk):
        parts.append(classifier.read(net, images[start : start + chunk]).probabilities)
        yield None
    found = np.concatenate([*parts, np.zeros((0, classifier.CLASSES))])
    yield Labels(found.argmax(1), found.max(1, initial=0).astype(np.float32), "classifier")


def nearest_labels(images: Bytes, index: NearestIndex, chunk: int = CHUNK) -> Iterator[Labels | None]:
    """Yield the label that most of the nearest training images have, at the end; before, None after every chunk.

    Raises
    ------
    ValueError
        If the training images have no labels.
    """
    if index.labels is None:
        raise ValueError("the training images have no labels")
    labels, sure = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for start in range(0, len(images), chunk):
        near = index.query(images[start : start + chunk], VOTERS)
        votes = index.labels[near.indices]
        labels.append(np.array([np.bincount(row).argmax() for row in votes], np.int64))
        sure.append(purity(index.labels, near))
        yield None
    yield Labels(np.concatenate(labels), np.concatenate(sure), "neighbours")


def chosen(found: Labels, values: Floats, label: int, *, much: bool, count: int = EXEMPLARS) -> Indices:
    """Return the rows of ``count`` samples of a class with the most, or the least, of a quality ``values`` (n,).

    Only those count whose label is sure; the outermost two in a hundred of them are passed over. Fewer come back where
    there are not as many.
    """
    rows = np.flatnonzero((found.labels == label) & (found.confidence >= SURE))
    order = rows[np.argsort(-values[rows] if much else values[rows], kind="stable")]
    first = min(int(TAIL * len(order)), max(0, len(order) - count))
    return order[first : first + count]


def typical(found: Labels, label: int, count: int = EXEMPLARS) -> Indices:
    """Return the rows of the ``count`` samples that are most surely of a class, the surest first."""
    rows = np.flatnonzero((found.labels == label) & (found.confidence >= SURE))
    return rows[np.argsort(-found.confidence[rows], kind="stable")][:count]
