"""Going where D finds a sample more real, and how much a sample changes with its latent."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.engine.latent.model_file import _Budget
from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.refine import STEPS, refined
from ganstudio.engine.latent.sensitivity import sensitivities
from tests.engine.latent.nets import linear, perceptron


def test_refining_raises_the_logit_and_stays_on_the_shell() -> None:
    model, g = perceptron(smooth=True), samples(4, 1, 6)[0]
    found = list(refined(model, g))
    assert [step.step for step in found] == list(range(STEPS + 1))
    np.testing.assert_array_equal(found[0].g, g)
    assert found[-1].logit > found[0].logit
    lengths = [np.linalg.norm(step.g) for step in found]
    np.testing.assert_allclose(lengths, np.linalg.norm(g), rtol=1e-5)


def test_refining_ends_where_there_is_no_slope() -> None:
    assert len(list(refined(perceptron(), np.zeros(6, np.float32)))) == 1


def test_the_sensitivity_of_a_linear_generator_is_the_norm_of_its_matrix() -> None:
    model = linear()
    exact = float(model.weights.g["layer.weight"].norm())
    found = sensitivities(model, samples(9, 3, 6), probes=256)
    np.testing.assert_allclose(found, exact, rtol=0.1)
    np.testing.assert_allclose(sensitivities(model, samples(9, 3, 6)), exact, rtol=0.7)  # with the usual few probes


def test_the_sensitivity_of_a_latent_does_not_depend_on_the_others() -> None:
    model, g = perceptron(), samples(9, 3, 6)
    alone = [float(sensitivities(model, g[index : index + 1])[0]) for index in range(3)]
    assert sensitivities(model, g) == pytest.approx(alone, rel=1e-3)


def test_opening_a_model_does_not_have_torch_import_its_compiler() -> None:
    assert not hasattr(_Budget.__torch_dispatch__, "__wrapped__")
