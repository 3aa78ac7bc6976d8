"""The quality panel: what it measures of digits and of other images, and its floors."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from ganstudio.engine.images import shipped
from ganstudio.engine.quality import sliced_wasserstein
from ganstudio.engine.quality.panel import QualityPanel
from ganstudio.engine.quality.texts import texts

ANY = {f"metric/{name}" for name in ("swd", "precision", "recall", "density", "coverage", "duplicates")}
DIGITS = {
    f"metric/{name}" for name in ("digit_score", "frechet", "confident", "class_kl", "classes_found", "asked_class")
}


@pytest.fixture(scope="module", autouse=True)
def few_patches():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sliced_wasserstein, "PATCHES", 2_048)
        yield


@pytest.fixture(scope="module")
def split():
    return shipped.digits().split(2_000)


@pytest.fixture(scope="module")
def panel(split) -> QualityPanel:
    held_out = split.held_out.first(400)
    return QualityPanel(split.train.images, held_out.images, True, 0, held_out.labels)


@pytest.fixture(scope="module")
def emoji_panel() -> QualityPanel:
    split = shipped.emoji().split()
    return QualityPanel(split.train.images[::4], split.held_out.images[::2], False)


def test_floors_of_digits_are_near_the_best_that_can_be(panel):
    floors = panel.floors()
    assert set(floors) == ANY | DIGITS
    assert floors["metric/asked_class"] > 0.98
    assert floors["metric/confident"] > 0.93
    assert floors["metric/digit_score"] > 9
    assert floors["metric/class_kl"] < 0.02
    assert floors["metric/classes_found"] == 10
    assert floors["metric/frechet"] < 3
    assert floors["metric/precision"] > 0.85
    assert floors["metric/recall"] > 0.85
    assert floors["metric/density"] == pytest.approx(1, abs=0.15)
    assert floors["metric/coverage"] > 0.9
    assert floors["metric/duplicates"] < 20


def test_other_images_have_only_what_is_honest_for_them(emoji_panel):
    floors = emoji_panel.floors()
    assert set(floors) == ANY
    judged = emoji_panel.judge(emoji_panel._reference[:100])
    assert judged.class_histogram is None
    assert emoji_panel.class_histogram() is None
    assert floors["metric/coverage"] > 0.85


def test_every_number_has_a_title_and_an_estimator_that_says_how_many(panel, emoji_panel):
    for of in (panel, emoji_panel):
        assert set(of.texts) == set(of.floors())
        for name, text in of.texts.items():
            assert text.title
            assert f"{of.count:,} samples" in text.estimator, name
            assert text.estimator.endswith(".")
    assert set(texts(is_digits=True)) == ANY | DIGITS
    assert not any("FID" in text.title for text in texts(is_digits=True).values())


def test_missing_classes_show_in_histogram_kl_recall_and_score(panel, split):
    ones = split.train.images[split.train.labels == 1][:150]
    sevens = split.train.images[split.train.labels == 7][:150]
    judged = panel.judge(np.concatenate([ones, sevens]))
    assert judged.class_histogram is not None
    assert judged.class_histogram[[1, 7]].sum() > 0.97
    floors = panel.floors()
    assert judged.values["metric/class_kl"] > 1
    assert judged.values["metric/digit_score"] < 2.5
    assert judged.values["metric/recall"] < 0.5
    assert judged.values["metric/precision"] > 0.9
    assert judged.values["metric/frechet"] > 10 * floors["metric/frechet"]
    assert judged.values["metric/classes_found"] <= 4


def test_noise_is_worse_than_the_floor_in_every_way(panel):
    noise = np.random.default_rng(0).integers(0, 256, (100, 28, 28, 1)).astype(np.uint8)
    found, floors = panel.measure(noise), panel.floors()
    for name in ("confident", "digit_score", "precision", "density", "coverage", "classes_found"):
        assert found[f"metric/{name}"] < floors[f"metric/{name}"]
    for name in ("frechet", "swd", "class_kl"):
        assert found[f"metric/{name}"] > floors[f"metric/{name}"]


def test_one_sample_repeated_is_all_duplicates(panel):
    found = panel.measure(np.repeat(panel._held_out[:1], 80, axis=0))
    assert found["metric/duplicates"] == 80
    assert found["metric/recall"] == 0


def test_the_share_of_the_class_asked_for_counts_only_where_one_was_asked_for(panel, split):
    images, labels = split.train.images[:200], split.train.labels[:200]
    assert "metric/asked_class" not in panel.measure(images)
    assert panel.measure(images, labels)["metric/asked_class"] > 0.98
    assert panel.measure(images, (labels + 1) % 10)["metric/asked_class"] < 0.02


def test_of_too_many_samples_some_are_taken_evenly(panel, split):
    images = split.train.images[:1_200]  # three times as many as are judged
    assert panel.count == 400
    assert panel.measure(images) == panel.measure(images[::3])


def test_equal_panels_give_equal_numbers_and_looking_draws_nothing(split):
    images = split.held_out.images[:60]
    before, numpys = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002 - the one that must not move
    first, again = (QualityPanel(split.train.images[::10], images, True, 3) for _ in range(2))
    assert first.measure(images) == again.measure(images) == first.measure(images.copy())
    assert first.floors() == again.floors()
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpys)  # noqa: NPY002


def test_floors_are_of_as_many_as_asked_and_of_none_where_nothing_is_held_out(panel, split):
    few = panel.floors(50)
    assert few != panel.floors()
    assert few == panel.floors(50)
    assert few["metric/frechet"] > panel.floors()["metric/frechet"]  # biased upwards, the more the fewer
    alone = QualityPanel(split.train.images[:30], split.held_out.images[:0], True)
    assert alone.floors() == {}
    assert alone.count == 1_000
    assert "metric/precision" in alone.measure(split.train.images[:30])


def test_a_reader_of_floors_cannot_change_them(panel):
    panel.floors()["metric/swd"] = -1.0
    assert panel.floors()["metric/swd"] > 0


def test_the_reference_is_no_run_of_one_class(panel):
    # The shipped digits are sorted; the first images of the reference must not all be zeros.
    assert len(np.unique(panel._reading.probabilities[:60].argmax(1))) == 10
    assert np.allclose(panel.class_histogram(), 0.1, atol=0.03)


def test_a_copy_of_a_training_image_is_nearer_than_held_out_images_are(panel, split):
    found = panel.nearest(split.train.images[[5, 77]], k=2)
    assert found.indices[:, 0].tolist() == [5, 77]
    assert panel.nearer_than(found.distances[:, 0]).tolist() == [0, 0]
    assert panel.nearer_than(np.array([1.0])).tolist() == [1]
    middle = panel.nearer_than(np.median(panel.nearest(panel._held_out).distances, keepdims=True)[0])
    assert middle == pytest.approx(0.5, abs=0.02)


def test_colour_and_padding_are_measured_too(split):
    padded = np.pad(split.train.images[:100], ((0, 0), (2, 2), (2, 2), (0, 0)))
    digits = QualityPanel(padded[:60], padded[60:], True)
    assert digits.floors()["metric/confident"] > 0.85
    coloured = QualityPanel(np.repeat(padded[:60], 3, 3), np.repeat(padded[60:], 3, 3), True)
    assert coloured.floors()["metric/digit_score"] == pytest.approx(digits.floors()["metric/digit_score"], rel=1e-3)


def test_images_smaller_than_a_patch_have_no_sliced_distance():
    images = np.random.default_rng(0).integers(0, 256, (40, 4, 4, 1)).astype(np.uint8)
    assert set(QualityPanel(images[:20], images[20:], False).floors()) == ANY - {"metric/swd"}


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((10, 28, 28, 1)),
        np.zeros((10, 32, 32, 1), np.uint8),
        np.zeros((10, 28, 28), np.uint8),
        np.zeros((5, 28, 28, 1), np.uint8),
        np.zeros((10, 28, 28, 3), np.uint8),
    ],
    ids=["floats", "another size", "no channels", "too few", "colour"],
)
def test_images_that_are_not_like_the_data_are_refused(panel, images):
    with pytest.raises(ValueError, match="images"):
        panel.measure(images)


def test_one_class_for_each_image_is_needed(panel, split):
    with pytest.raises(ValueError, match="asked: 3 classes"):
        panel.measure(split.train.images[:10], np.zeros(3, np.int64))


def test_a_set_of_too_few_images_is_refused():
    with pytest.raises(ValueError, match="at least 6"):
        QualityPanel(np.zeros((5, 28, 28, 1), np.uint8), np.zeros((0, 28, 28, 1), np.uint8), True)


def test_texts_are_read_without_torch():
    code = "import sys, ganstudio.engine.quality.texts as t; t.texts(is_digits=True); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
