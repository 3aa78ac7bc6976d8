"""All that can be said of the quality of generated images of one set, against floors of real ones."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.quality import classifier, scores
from ganstudio.engine.quality.coverage import NEIGHBOURS, Manifold
from ganstudio.engine.quality.frechet import Gaussian, fitted, frechet_distance
from ganstudio.engine.quality.neighbours import NearestImages, Neighbours, duplicates, twin_distance
from ganstudio.engine.quality.random_features import RandomFeatures
from ganstudio.engine.quality.sliced_wasserstein import PATCH, SlicedWasserstein
from ganstudio.engine.quality.texts import JUDGED, Text, texts

REFERENCE = 10_000  # training images that anything is taken of, at most
COMPONENTS_OF = 3_000  # of these, those that the random features' principal components are of
LEAST = NEIGHBOURS + 1  # images without which nothing can be said

Images = NDArray[np.uint8]  # (n, H, W, C)


class Judgement(NamedTuple):
    """What was measured of one set of samples."""

    values: dict[str, float]  # by name ("metric/swd"); those that are not defined are left out
    class_histogram: NDArray[np.float64] | None  # (10,), share of samples of each class; None where not digits


class QualityPanel:
    """Every measure of quality that is defined for a set of images.

    What is taken of the training images is taken when it is first needed, and kept. Nothing here draws from a global
    random generator: equal panels give equal numbers for equal images on one machine with as many threads. One thread
    at a time may use a panel.

    Parameters
    ----------
    train
        (N, H, W, C) uint8, N ≥ 6: what the generator learns from. May be mapped from a file; at most 10,000 of them
        are read but for the search for nearest images.
    held_out
        Real images that the generator never saw, for the floors; may be empty.
    is_digits
        Whether these are the ten digits, light on dark, for which there is a classifier.
    seed
        Of the choice of reference images, of projections and of random filters.
    held_out_labels
        Digit of every held-out image; with them there is a floor of ``metric/asked_class``.

    Raises
    ------
    ValueError
        If the images are not bytes of one shape, or too few.
    ClassifierError
        When digits are first measured, if the classifier's weights cannot be used.
    """

    def __init__(
        self,
        train: Images,
        held_out: Images,
        is_digits: bool,
        seed: int = 0,
        held_out_labels: NDArray[np.int64] | None = None,
    ) -> None:
        _check(train, train.shape[1:])
        if len(held_out):
            _check(held_out, train.shape[1:])
        self.is_digits = is_digits
        self._train = train
        self._seed = seed
        rng = np.random.default_rng(seed)
        # Sets are often sorted by class, so whoever takes the first of them needs another order.
        self._held_order = rng.permutation(len(held_out))
        self._held_out = held_out
        self._held_out_labels = held_out_labels
        self._order = rng.permutation(len(train))[:REFERENCE]
        self._floors: dict[int, dict[str, float]] = {}
        self._nearest = NearestImages(train)

    @property
    def count(self) -> int:
        """How many samples are judged of those given: 1,000, or as many as are held out, so that floors are fair."""
        return min(JUDGED, len(self._held_out)) if len(self._held_out) >= LEAST else JUDGED

    @property
    def reference_count(self) -> int:
        """How many training images the samples are compared with one by one."""
        return min(self.count, len(self._order))

    @property
    def texts(self) -> dict[str, Text]:
        """Title and estimator of every number, by its name."""
        return texts(is_digits=self.is_digits, judged=self.count, referred=self.reference_count)

    def measure(self, images: Images, asked: NDArray[np.int64] | None = None) -> dict[str, float]:
        """Return the values of :meth:`judge`."""
        return self.judge(images, asked).values

    def judge(self, images: Images, asked: NDArray[np.int64] | None = None) -> Judgement:
        """Measure samples (n, H, W, C) of the training images' shape, n ≥ 6; of more than ``count``, evenly some.

        Parameters
        ----------
        images
            The samples.
        asked
            The digit that each was to be, where the generator was given one.

        Raises
        ------
        ValueError
            If the images are of another shape or too few, or there is not one class for each.
        """
        _check(images, self._train.shape[1:])
        if asked is not None and len(asked) != len(images):
            raise ValueError(f"asked: {len(asked)} classes; one for each of {len(images)} images is needed")
        if len(images) > self.count:
            chosen = np.arange(self.count) * len(images) // self.count
            images, asked = images[chosen], None if asked is None else asked[chosen]
        values: dict[str, float] = {}
        histogram = None
        if self.is_digits:
            reading = classifier.read(self._classifier, images)
            features = reading.features
            histogram = scores.class_shares(reading.probabilities)
            values |= self._of_digits(reading, histogram, asked)
        else:
            features = self._random_features(images)
        if min(images.shape[1:3]) >= PATCH:
            values["metric/swd"] = self._sliced_wasserstein(images)
        found = self._manifold.compare(features)
        values |= {f"metric/{name}": value for name, value in found._asdict().items()}
        values["metric/duplicates"] = float(duplicates(images, self._twin_distance))
        return Judgement({name: value for name, value in values.items() if np.isfinite(value)}, histogram)

    def floors(self, count: int | None = None) -> dict[str, float]:
        """Return what as many held-out real images read as samples are judged, by name; kept for the next call.

        Parameters
        ----------
        count
            How many images to measure, where it is not ``self.count``.

        Returns
        -------
        dict
            Empty where fewer than six images are held out.
        """
        count = min(count or self.count, self.count, len(self._held_out))
        if count < LEAST:
            return {}
        if count not in self._floors:
            rows = np.sort(self._held_order[:count])
            asked = self._held_out_labels[rows] if self._held_out_labels is not None and self.is_digits else None
            self._floors[count] = self.measure(np.asarray(self._held_out[rows]), asked)
        return dict(self._floors[count])

    def class_histogram(self) -> NDArray[np.float64] | None:
        """Return the data's own shares of the classes as the classifier sees them, (10,); None where not digits."""
        return self._data_shares.copy() if self.is_digits else None

    def nearest(self, images: Images, k: int = 1) -> Neighbours:
        """Return the k nearest of all training images, pixel by pixel; indices are into ``train``."""
        return self._nearest(images, k)

    def nearer_than(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return, for distances to the nearest training image, the share of held-out images that are nearer to theirs.

        Near 0, a sample is closer to a training image than real images that were never seen are: perhaps a copy.
        """
        known = self._held_out_distances
        return np.searchsorted(known, distances) / max(1, len(known))

    def _of_digits(
        self, reading: classifier.Reading, histogram: NDArray[np.float64], asked: NDArray[np.int64] | None
    ) -> dict[str, float]:
        sure = reading.probabilities
        values = {
            "metric/digit_score": scores.digit_score(sure),
            "metric/frechet": frechet_distance(fitted(reading.features), self._gaussian),
            "metric/confident": scores.confident_share(sure),
            "metric/class_kl": scores.relative_entropy(histogram, self._data_shares),
            "metric/classes_found": float(scores.classes_found(sure)),
        }
        if asked is not None:
            values["metric/asked_class"] = float(np.mean(sure.argmax(axis=1) == asked))
        return values

    @cached_property
    def _classifier(self) -> classifier.DigitClassifier:
        return classifier.load()

    @cached_property
    def _reference(self) -> Images:
        """The training images that features are taken of, in an order of chance."""
        rows = np.sort(self._order)  # a file is read from front to back
        return np.asarray(self._train[rows])[np.argsort(np.argsort(self._order))]

    @cached_property
    def _reading(self) -> classifier.Reading:
        return classifier.read(self._classifier, self._reference)

    @cached_property
    def _gaussian(self) -> Gaussian:
        return fitted(self._reading.features)

    @cached_property
    def _data_shares(self) -> NDArray[np.float64]:
        return scores.class_shares(self._reading.probabilities)

    @cached_property
    def _random_features(self) -> RandomFeatures:
        return RandomFeatures(self._reference[:COMPONENTS_OF], self._seed)

    @cached_property
    def _manifold(self) -> Manifold:
        if self.is_digits:
            return Manifold(self._reading.features[: self.reference_count])
        return Manifold(self._random_features(self._reference[: self.reference_count]))

    @cached_property
    def _sliced_wasserstein(self) -> SlicedWasserstein:
        return SlicedWasserstein(self._reference, self._seed)

    @cached_property
    def _twin_distance(self) -> float:
        few = len(self._reference) < self.count <= len(self._held_out)  # nearest ones are nearer among more
        images = np.asarray(self._held_out[np.sort(self._held_order[: self.count])]) if few else self._reference
        return twin_distance(images[: self.count])

    @cached_property
    def _held_out_distances(self) -> NDArray[np.float64]:
        rows = np.sort(self._held_order[:JUDGED])
        if not len(rows):
            return np.empty(0)
        return np.sort(self._nearest(np.asarray(self._held_out[rows])).distances[:, 0])


def _check(images: Images, shape: tuple[int, ...]) -> None:
    if images.ndim != 4 or images.dtype != np.uint8 or images.shape[1:] != shape or images.shape[3] not in (1, 3):
        raise ValueError(f"images: {images.dtype} {images.shape}; uint8 (n, H, W, 1 or 3) of one size are needed")
    if len(images) < LEAST:
        raise ValueError(f"{len(images)} images; at least {LEAST} are needed")
