"""Scores of class probabilities: how sure a classifier is of samples, and which classes they are of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CONFIDENT = 0.9

Probabilities = NDArray[np.float64]  # (n, K), each row sums to 1


def digit_score(probabilities: Probabilities) -> float:
    """Return exp E KL(p(y|x) ‖ p(y)), p(y) being the mean of p(y|x): 1 (nothing) to K (sure, and all classes).

    References
    ----------
    The inception score's form, with another classifier: Salimans et al., 2016, "Improved techniques for training
    GANs", section 4.
    """
    mean = probabilities.mean(axis=0)
    held = probabilities > 0  # 0 log 0 is 0
    ratio = np.divide(probabilities, mean, out=np.ones_like(probabilities), where=held)
    return float(np.exp(np.sum(probabilities * np.log(ratio)) / len(probabilities)))


def confident_share(probabilities: Probabilities) -> float:
    """Return the share of samples whose likeliest class has a probability of 0.9 or more."""
    return float(np.mean(probabilities.max(axis=1) >= CONFIDENT))


def class_shares(probabilities: Probabilities) -> NDArray[np.float64]:
    """Return the share of samples of each class, (K,); a sample is of its likeliest class."""
    classes = probabilities.shape[1]
    return np.bincount(probabilities.argmax(axis=1), minlength=classes) / len(probabilities)


def classes_found(probabilities: Probabilities) -> int:
    """Return how many classes have at least one confident sample."""
    sure = probabilities.max(axis=1) >= CONFIDENT
    return len(np.unique(probabilities[sure].argmax(axis=1)))


def relative_entropy(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Return KL(p ‖ q) of two discrete distributions, in nats; infinite if p has what q has not."""
    held = p > 0
    if (q[held] == 0).any():
        return float("inf")
    return float(np.sum(p[held] * np.log(p[held] / q[held])))
