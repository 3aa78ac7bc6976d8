"""What every number of quality is called, and how it is estimated. This module does not import torch."""

from __future__ import annotations

from typing import NamedTuple

JUDGED = 1_000  # samples a measurement looks at, at most


class Text(NamedTuple):
    """A title, and a line for a tool tip: estimator, counts, source."""

    title: str
    estimator: str


def texts(*, is_digits: bool, judged: int = JUDGED, referred: int = JUDGED) -> dict[str, Text]:
    """Return title and estimator of every number that is defined for a set, by its name ("metric/swd").

    Parameters
    ----------
    is_digits
        Whether the images are digits, for which the program has a classifier.
    judged, referred
        How many samples are looked at, and how many training images they are compared with one by one:
        ``QualityPanel.count`` and ``QualityPanel.reference_count``.
    """
    samples = f"{judged:,} samples"
    space = "the digit classifier's 64 features" if is_digits else "64 principal components of random convolutions"
    balls = f"{samples} and {referred:,} training images in {space}, 5 nearest neighbours"
    result = _of_digits(samples) if is_digits else {}
    result |= {
        "metric/swd": Text(
            "Sliced Wasserstein distance × 10³",
            "W1 between 7 × 7 patches of each level of a Laplacian pyramid, standardised by the data's: 16,384 patches "
            f"of {samples}, 512 projections, mean of the levels. Karras et al. 2018, section 5.",
        ),
        "metric/precision": Text(
            "Precision",
            f"Share of samples inside the real images' neighbourhoods; {balls}. Kynkäänniemi et al. 2019.",
        ),
        "metric/recall": Text(
            "Recall",
            f"Share of real images inside the samples' neighbourhoods; {balls}. Kynkäänniemi et al. 2019.",
        ),
        "metric/density": Text(
            "Density",
            f"Mean number of real neighbourhoods around a sample, over k; {balls}. Naeem et al. 2020.",
        ),
        "metric/coverage": Text(
            "Coverage",
            f"Share of real images whose neighbourhood has a sample in it; {balls}. Naeem et al. 2020.",
        ),
        "metric/duplicates": Text(
            "Duplicates",
            f"Of {samples}, those as near to another, pixel by pixel, as the nearest 1 % of as many real images are to "
            "one another. After Arora & Zhang 2018.",
        ),
    }
    return result


def _of_digits(samples: str) -> dict[str, Text]:
    by = "by the digit classifier"
    return {
        "metric/digit_score": Text(
            "Digit score",
            f"exp E KL(p(y|x) ‖ p(y)) of {samples} {by}, 1 to 10: the inception score's form (Salimans et al. 2016), "
            "with another classifier and not to be compared with it.",
        ),
        "metric/frechet": Text(
            "Fréchet distance, digit features",
            f"Squared distance of the Gaussians fitted to 64 features of {samples} and of the training images, taken "
            f"{by}; biased upwards, as the floor shows. Not an FID, which has Inception's features.",
        ),
        "metric/confident": Text(
            "Confident samples",
            f"Share of {samples} whose likeliest class has a probability of 0.9 or more {by}.",
        ),
        "metric/class_kl": Text(
            "KL of the classes",
            f"KL(samples' shares ‖ data's shares) in nats; {samples}, each of its likeliest class {by}.",
        ),
        "metric/classes_found": Text(
            "Classes found",
            f"Classes with at least one of {samples} of confidence 0.9 or more {by}.",
        ),
        "metric/asked_class": Text(
            "Of the class asked for",
            f"Share of {samples} whose likeliest class {by} is the one the generator was given.",
        ),
    }
