"""The shipped digit classifier: what is said of it holds, and no other file passes for it."""

from __future__ import annotations

import hashlib
import json
import struct

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ganstudio.engine.images import shipped
from ganstudio.engine.quality.classifier import (
    LARGEST_BYTES,
    ClassifierError,
    DigitClassifier,
    load,
    prepared,
    read,
    statement,
    weights_path,
)
from ganstudio.engine.quality.scores import CONFIDENT, confident_share, digit_score


@pytest.fixture(scope="module")
def net() -> DigitClassifier:
    return load()


@pytest.fixture(scope="module")
def held_out():
    return shipped.digits().split().held_out


def test_the_stated_figures_are_those_of_the_shipped_weights_on_the_held_out_digits(net, held_out):
    stated = statement()["held_out"]
    probabilities = read(net, held_out.images).probabilities
    right = int(np.sum(probabilities.argmax(1) == held_out.labels))
    assert stated["images"] == len(held_out) == 1_000
    assert abs(right / 1_000 - stated["accuracy"]) <= 0.001  # another processor's rounding may turn one image
    assert abs(confident_share(probabilities) - stated["share_with_confidence_0.9_or_more"]) <= 0.002
    assert digit_score(probabilities) == pytest.approx(stated["digit_score"], abs=0.01)
    assert right >= 985


def test_the_statement_is_of_these_weights_and_they_are_small():
    content = weights_path().read_bytes()
    assert hashlib.sha256(content).hexdigest() == statement()["sha256"]
    assert len(content) <= LARGEST_BYTES
    assert statement()["weights"] == sum(tensor.numel() for tensor in DigitClassifier().parameters())


def test_noise_is_no_digit_and_blends_of_two_are_seldom_sure(net, held_out):
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (300, 28, 28, 1)).astype(np.uint8)
    assert confident_share(read(net, noise).probabilities) < 0.01
    other = rng.permutation(1_000)
    differ = held_out.labels != held_out.labels[other]
    blends = ((held_out.images.astype(int) + held_out.images[other]) // 2)[differ].astype(np.uint8)
    assert confident_share(read(net, blends).probabilities) < 0.2


def test_logits_are_the_features_through_the_last_layer(net, held_out):
    images = held_out.images[:40]
    reading = read(net, images)
    assert reading.features.shape == (40, 64)
    assert (reading.features >= 0).all()
    expected = net(prepared(images)).double().softmax(1).numpy()
    np.testing.assert_allclose(reading.probabilities, expected, atol=1e-6)
    np.testing.assert_allclose(reading.probabilities.sum(1), 1, atol=1e-12)


def test_padded_and_coloured_digits_read_as_plain_ones(net, held_out):
    images = held_out.images[:60]
    plain = read(net, images).probabilities
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))
    assert np.array_equal(read(net, padded).probabilities, plain)
    np.testing.assert_allclose(read(net, np.repeat(images, 3, axis=3)).probabilities, plain, atol=1e-4)


@pytest.mark.parametrize("size", [16, 20, 64])
def test_other_sizes_are_resized(size):
    image = np.full((2, size, size, 1), 102, np.uint8)
    x = prepared(image)
    assert x.shape == (2, 1, 28, 28)
    torch.testing.assert_close(x, torch.full_like(x, 0.4))


def test_reading_nothing_gives_nothing(net):
    reading = read(net, np.empty((0, 28, 28, 1), np.uint8))
    assert reading.features.shape == (0, 64)
    assert reading.probabilities.shape == (0, 10)


def test_loading_and_reading_leave_the_global_random_state_and_read_only_images_alone(held_out):
    images = held_out.images[:5].copy()
    images.setflags(write=False)
    before = torch.get_rng_state()
    assert not any(tensor.requires_grad for tensor in load().parameters())
    read(load(), images)
    assert torch.equal(torch.get_rng_state(), before)


def tensors() -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in load().state_dict().items()}


def missing(found: dict[str, torch.Tensor]) -> None:
    del found["conv2.bias"]


def unknown(found: dict[str, torch.Tensor]) -> None:
    found["extra"] = torch.zeros(1)


def another_shape(found: dict[str, torch.Tensor]) -> None:
    found["output.weight"] = torch.zeros(64, 10)


def another_type(found: dict[str, torch.Tensor]) -> None:
    found["hidden.bias"] = found["hidden.bias"].double()


def infinite(found: dict[str, torch.Tensor]) -> None:
    found["conv1.weight"][0, 0, 0, 0] = float("nan")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (missing, "conv2.bias missing or unknown"),
        (unknown, "extra missing or unknown"),
        (another_shape, r"output.weight is F32 \(64, 10\)"),
        (another_type, "hidden.bias is F64"),
        (infinite, "conv1.weight is not finite"),
    ],
)
def test_weights_that_are_not_the_classifiers_are_refused(tmp_path, change, reason):
    found = tensors()
    change(found)
    path = tmp_path / "weights.safetensors"
    save_file(found, path)
    with pytest.raises(ClassifierError, match=reason):
        load(path)


def test_files_that_hold_no_weights_are_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    whole = weights_path().read_bytes()
    header = json.dumps({"conv1.weight": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}).encode()
    contents = (b"", b"not weights", whole[:-100], b"\xff" * 8, struct.pack("<Q", len(header)) + header)
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(ClassifierError, match="not a whole safetensors file"):
            load(path)
    path.write_bytes(whole + bytes(LARGEST_BYTES))
    with pytest.raises(ClassifierError, match="more than the classifier can have"):
        load(path)


def test_a_missing_file_names_the_command_that_makes_it(tmp_path):
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(ClassifierError, match="ganstudio models make classifier"):
            load(path)


@pytest.mark.parametrize("content", [None, "{", "[1]"])
def test_a_statement_that_cannot_be_read_is_an_error(tmp_path, content):
    if content is not None:
        (tmp_path / "x.json").write_text(content)
    with pytest.raises(ClassifierError, match=r"x\.json"):
        statement(tmp_path / "x.safetensors")


def test_the_share_of_the_confident_is_named_by_its_threshold():
    assert f"share_with_confidence_{CONFIDENT}_or_more" in statement()["held_out"]
