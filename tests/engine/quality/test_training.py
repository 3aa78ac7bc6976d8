"""Making the digit classifier."""

from __future__ import annotations

import json

import pytest
import torch

from ganstudio.engine.images import shipped
from ganstudio.engine.quality import training
from ganstudio.engine.quality.classifier import DigitClassifier, load, weights_path


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.slow
def test_one_epoch_learns_most_of_it_and_writes_both_files(tmp_path):
    path = tmp_path / "models" / "classifier.safetensors"
    seen = []
    stated = training.train_classifier(path, seed=3, epochs=1, on_epoch=seen.append)
    assert stated["held_out"]["accuracy"] > 0.9
    assert [(epoch.number, epoch.of) for epoch in seen] == [(1, 1)]
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == stated
    held_out = shipped.digits().split().held_out
    assert training.measured(load(path), held_out.images, held_out.labels) == stated["held_out"]


def test_equal_seeds_give_equal_weights(monkeypatch, tmp_path):
    few = shipped.digits().first(600)
    monkeypatch.setattr(training.shipped, "digits", lambda: few)
    before = torch.get_rng_state()
    contents = []
    for index, seed in enumerate((0, 0, 1)):
        path = tmp_path / f"{index}.safetensors"
        training.train_classifier(path, seed=seed, epochs=1)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1] != contents[2]
    assert torch.equal(torch.get_rng_state(), before)


def test_the_shipped_weights_are_written_where_they_are_looked_for():
    assert weights_path().name == "digit_classifier.safetensors"
    assert weights_path().with_suffix(".json").is_file()


def test_initial_weights_have_he_s_variance():
    net = DigitClassifier()
    training.initialize(net, generator())
    assert float(net.hidden.weight.detach().var()) == pytest.approx(2 / net.hidden.in_features, rel=0.05)
    assert not net.hidden.bias.any()


def test_moving_keeps_a_digit_and_its_ink_about_where_they_are():
    disc = torch.zeros(64, 1, 28, 28)
    disc[:, :, 10:18, 10:18] = 1
    moved = training.moved(disc, generator())
    assert moved.shape == disc.shape
    assert not torch.equal(moved[0], moved[1])
    ink = moved.sum((1, 2, 3)) / 64
    assert (ink > 0.7).all()
    assert (ink < 1.4).all()
    rows = (moved.sum((1, 3)) * torch.arange(28)).sum(1) / moved.sum((1, 2, 3))
    assert ((rows - 13.5).abs() < 3).all()


def test_mixed_images_are_labelled_by_the_shares_of_their_parts(monkeypatch):
    monkeypatch.setattr(training, "MIXED", 1.0)
    classes = torch.arange(400) % 2
    x = classes.float().view(-1, 1, 1, 1).expand(-1, 1, 28, 28)  # all dark or light: the mean tells the share
    y = torch.nn.functional.one_hot(classes, 10).float()
    mixed_x, mixed_y = training.mixed(x, y, generator())
    torch.testing.assert_close(mixed_y.sum(1), torch.ones(400))
    torch.testing.assert_close(mixed_x.mean((1, 2, 3)), mixed_y[:, 1])
    assert len(torch.unique(mixed_y[:, 1])) > 100
    assert torch.all((mixed_y[:, 1] - classes).abs() <= 0.5 + 1e-6)


def test_unmixed_images_stay_as_they_are(monkeypatch):
    monkeypatch.setattr(training, "MIXED", 0.0)
    monkeypatch.setattr(training, "NOISE", 0.0)
    x, y = torch.rand(8, 1, 28, 28), torch.eye(10)[:8]
    mixed_x, mixed_y = training.with_noise(*training.mixed(x, y, generator()), generator())
    assert torch.equal(mixed_x, x)
    assert torch.equal(mixed_y, y)


def test_noise_is_of_no_class(monkeypatch):
    monkeypatch.setattr(training, "NOISE", 1.0)
    x, y = training.with_noise(torch.zeros(8, 1, 28, 28), torch.eye(10)[:8], generator())
    assert torch.equal(y, torch.full((8, 10), 0.1))
    assert (x.std((1, 2, 3)) > 0).all()
    assert (x >= 0).all()
    assert (x <= 1).all()
