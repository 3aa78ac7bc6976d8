"""Scores of class probabilities with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.engine.quality.scores import (
    class_shares,
    classes_found,
    confident_share,
    digit_score,
    relative_entropy,
)


def test_sure_and_even_over_k_classes_scores_k():
    for k in (2, 5, 10):
        assert digit_score(np.tile(np.eye(k), (7, 1))) == pytest.approx(k)


def test_unsure_or_all_of_one_class_scores_1():
    assert digit_score(np.full((50, 10), 0.1)) == pytest.approx(1)
    assert digit_score(np.tile(np.eye(10)[3], (50, 1))) == pytest.approx(1)


def test_the_score_is_exp_of_the_mutual_information():
    p = np.random.default_rng(0).dirichlet(np.full(10, 0.3), size=200)
    mean = p.mean(0)
    information = -np.sum(mean * np.log(mean)) + np.sum(p * np.log(p), axis=1).mean()  # H(y) - H(y|x)
    assert digit_score(p) == pytest.approx(np.exp(information))


def test_confidence_counts_from_nine_tenths_on():
    p = np.array([[0.9, 0.1], [0.1, 0.9], [0.89, 0.11], [0.5, 0.5]])
    assert confident_share(p) == 0.5
    assert classes_found(p) == 2
    assert classes_found(p[2:]) == 0


def test_shares_count_the_likeliest_class():
    p = np.eye(4)[[0, 0, 1, 3]] * 0.6 + 0.1
    assert class_shares(p).tolist() == [0.5, 0.25, 0, 0.25]


def test_relative_entropy_of_known_distributions():
    even = np.full(4, 0.25)
    assert relative_entropy(even, even) == 0
    assert relative_entropy(np.array([1.0, 0, 0, 0]), even) == pytest.approx(np.log(4))
    p, q = np.array([0.5, 0.5, 0]), np.array([0.25, 0.25, 0.5])
    assert relative_entropy(p, q) == pytest.approx(np.log(2))
    assert relative_entropy(q, p) == np.inf
