"""What a viewer sees of a run on images, from small nets whose answers are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganstudio.engine.losses import losses
from ganstudio.engine.priors import priors
from ganstudio.engine.probes import Scene, probes
from ganstudio.engine.probes import image_tiles as tiles_module
from ganstudio.engine.probes.image_strip import MOST_FRAMES
from ganstudio.engine.probes.image_tiles import COLUMNS, COUNT, SLICE_MULTIPLE, as_pixels, enlarged, evaluated
from ganstudio.engine.snapshot import Growth, RealSheet, Saliency, Sheet, Strip

CLASSES = 3


class Pictures:
    """Images of one grey each: class k is at k/2 − 0.5; class 2 is rare."""

    shape = (1, 8, 8)
    class_names = ("low", "middle", "high")

    def __init__(self, classes: int = CLASSES) -> None:
        self.classes = classes

    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return self.sample_labelled(count, generator)[0]

    def sample_labelled(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        u = torch.rand(count, generator=generator)
        labels = (u > 0.5).long() + (u > 0.999).long()
        return (labels / 2 - 0.5).view(-1, 1, 1, 1).expand(-1, *self.shape).clone(), labels


class Flat(nn.Module):
    """G: the first latent as a grey, plus the class weights' index; counts its images."""

    def __init__(self, side: int = 8) -> None:
        super().__init__()
        self.side, self.made = side, 0
        self.shift = nn.Parameter(torch.zeros(()))

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        self.made += len(z)
        grey = 0.1 * z[:, 0] + self.shift
        if y is not None:
            grey = 0.01 * grey + y @ (torch.arange(y.shape[1]) / 2 - 0.5)
        return grey.view(-1, 1, 1, 1).expand(-1, 1, self.side, self.side)


class Mean(nn.Module):
    """D: the sum over the upper half of the image, times three."""

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return 3 * x[:, :, : x.shape[2] // 2].sum(dim=(1, 2, 3))[:, None]


def scene(
    *, G: nn.Module | None = None, loss: str = "non_saturating", conditional: bool = False, **other: Any
) -> Scene:
    g = G or Flat()
    data: Any = Pictures()
    made = Scene(
        G=g,
        D=other.pop("D", Mean()),
        loss=losses.get(loss)(),
        prior=priors.get("normal")(dim=5),
        distribution=data,
        mean=np.zeros(1),
        scale=1.0,
        extent=(),
        device=torch.device("cpu"),
        seed=1,
        classes=CLASSES if conditional else 0,
        generators={"ema": g, "raw": Flat()},
    )
    for name, value in other.items():
        setattr(made, name, value)
    return made


def look(at: Scene, *names: str, step: int = 0, training: bool = False) -> dict[str, Any]:
    at.step, at.is_training = step, training
    at.made.clear()
    with torch.no_grad():
        for entry in probes:
            if entry.layout == "images":
                entry().follow(at)
        return {name: probes.get(name)().look(at) for name in sorted(names)}


def test_a_sheet_is_g_of_the_same_latents_and_d_of_them() -> None:
    at = scene()
    first, second = (look(at, "sheet")["sheet"] for _ in range(2))
    assert isinstance(first, Sheet)
    assert first.images.shape == (COUNT, 8, 8, 1)
    assert first.images.dtype == np.uint8
    np.testing.assert_array_equal(first.images, second.images)
    grey = 0.1 * at.latents(COUNT)[:, 0].numpy()
    np.testing.assert_allclose(first.images[:, 0, 0, 0], np.rint((grey + 1) * 127.5), atol=1)
    np.testing.assert_allclose(first.scores, 1 / (1 + np.exp(-3 * 32 * grey)), rtol=1e-4)
    assert first.classes is None


def test_while_training_a_sheet_is_renewed_in_slices_and_says_when() -> None:
    at = scene()
    look(at, "sheet", training=True)
    at.kept["fake tiles"]._slices.took(tiles_module.SLICE_S, 16)  # as if 16 images took the time of one look
    renewed = at.G.made
    with torch.no_grad():
        at.G.shift += 0.3
    sheet = look(at, "sheet", step=7, training=True)["sheet"]
    assert (sheet.steps[:16] == 7).all()
    assert (sheet.steps[16:] == 0).all()
    assert at.G.made - renewed < COUNT
    whole = look(at, "sheet", step=8)["sheet"]
    assert (whole.steps == 8).all(), "a run that stands still is shown as it is"
    assert (sheet.steps[:16] == 7).all(), "what was handed out is never written again"


def test_slices_go_round_and_are_whole_groups() -> None:
    slices = tiles_module.Slices(20)
    assert slices.take(whole=False) == slice(0, 20), "first everything"
    slices.took(tiles_module.SLICE_S * 20 / 9, 20)
    taken = [slices.take(whole=False) for _ in range(4)]
    assert taken == [slice(0, 8), slice(8, 16), slice(16, 20), slice(0, 8)]
    slices.took(10.0, 8)
    assert slices.take(whole=False).stop - 8 == SLICE_MULTIPLE, "a few, however long they take"


def test_another_generator_is_shown_at_once_as_a_whole() -> None:
    at = scene()
    look(at, "sheet", "saliency", training=True)
    at.G, at.choice = at.generators["raw"], "raw"
    with torch.no_grad():
        at.G.shift += 0.5
    sheet = look(at, "sheet", "saliency", step=3, training=True)["sheet"]
    assert (sheet.steps == 3).all()


def test_rows_of_a_conditional_sheet_are_classes_with_the_same_latents() -> None:
    at = scene(conditional=True)
    results = look(at, "sheet", "real_sheet")
    sheet, reals = results["sheet"], results["real_sheet"]
    np.testing.assert_array_equal(sheet.classes, np.repeat(np.arange(CLASSES), COLUMNS))
    assert sheet.class_names == Pictures.class_names
    rows = sheet.images[:, 0, 0, 0].reshape(CLASSES, COLUMNS).astype(int)
    assert np.abs(np.diff(rows - rows[:, :1], axis=0)).max() <= 1, "but for rounding"
    assert (np.diff(rows, axis=0) > 50).all()
    assert isinstance(reals, RealSheet)
    assert (np.diff(reals.classes) >= 0).all()
    np.testing.assert_array_equal(np.bincount(reals.classes)[:2], COLUMNS)
    np.testing.assert_array_equal(reals.images[:, 0, 0, 0], np.rint((reals.classes / 2 + 0.5) * 127.5))


def test_a_rare_class_ends_its_row_early_and_ends_the_search() -> None:
    reals = look(scene(conditional=True), "real_sheet")["real_sheet"]
    assert 0 < (reals.classes == 2).sum() <= COLUMNS


def test_a_smaller_stage_is_enlarged_in_whole_pixels_and_reals_are_as_d_sees_them() -> None:
    class Growing(Mean):
        def prepare(self, x: Tensor) -> Tensor:
            return nn.functional.avg_pool2d(x, 2)

    at = scene(G=Flat(4), D=Growing(), growth=(0, 1.0))
    results = look(at, "sheet", "real_sheet", "growth", "saliency", "strip")
    assert results["sheet"].images.shape == (COUNT, 8, 8, 1)
    assert results["saliency"].magnitude.shape == (COUNT, 8, 8)
    assert results["strip"].images.shape[1:] == (6, 8, 8, 1)
    growth = results["growth"]
    assert isinstance(growth, Growth)
    assert (growth.stage, growth.resolution, growth.resolutions) == (0, 4, (4, 8))
    at.G.side = 8
    larger = look(at, "sheet", step=9, training=True)["sheet"]
    assert (larger.steps == 9).all(), "after a change of size nothing of the old one is left"


def test_growth_ends_with_the_last_stage() -> None:
    growth = look(scene(growth=(7, 0.3)), "growth")["growth"]
    assert (growth.stage, growth.alpha, growth.resolution) == (1, 1.0, 8)


def test_nothing_grows_where_no_model_does() -> None:
    assert look(scene(), "growth")["growth"] is None


def test_saliency_is_the_gradient_of_ds_own_output() -> None:
    results = look(scene(), "saliency")
    saliency = results["saliency"]
    assert isinstance(saliency, Saliency)
    np.testing.assert_allclose(saliency.signed[:, :4], 3.0)
    np.testing.assert_allclose(saliency.magnitude[:, 4:], 0.0)


@pytest.mark.parametrize("loss", losses.names())
def test_a_constant_that_a_loss_leaves_free_is_not_seen(loss: str) -> None:
    class Shifted(Mean):
        def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
            return super().forward(x) + 30.0

    plain, shifted = (look(scene(loss=loss, D=D), "sheet", "real_sheet") for D in (Mean(), Shifted()))
    free = losses.get(loss).offset_free
    same = all(np.allclose(plain[name].scores, shifted[name].scores, atol=1e-3) for name in plain)
    assert same == free
    if free:
        middle = plain["sheet"].scores.mean() + plain["real_sheet"].scores.mean()
        assert abs(middle) < 1e-3, "0 is half-way between the two sheets"


def test_a_strip_keeps_log_spaced_frames_of_both_generators_under_a_bound() -> None:
    at = scene()
    for step in range(400):
        look(at, step=step, training=True)
    strip = look(at, "strip", step=400, training=True)["strip"]
    assert isinstance(strip, Strip)
    steps = strip.steps
    assert steps[0] == 0
    assert (np.diff(steps) > 0).all()
    late = steps[steps >= 8]
    assert (late[1:] / late[:-1] < 1.6).all()
    assert len(strip.images) == len(steps) < 20
    again = look(at, "strip", step=401, training=True)["strip"]
    assert again.images is strip.images, "nothing is copied while there is no new frame"
    at.choice = "raw"
    assert (look(at, "strip", step=402)["strip"].steps == steps).all()
    for step in 2 ** np.arange(9, 60):
        look(at, step=int(step))
    assert len(look(at, "strip", step=2**60)["strip"].steps) <= MOST_FRAMES


def test_a_strip_forgets_a_future_that_was_given_up() -> None:
    at = scene()
    for step in (0, 10, 100, 1000):
        look(at, step=step)
    assert look(at, "strip", step=20)["strip"].steps.tolist() == [0, 10, 20]


def test_looking_moves_no_running_statistics_and_leaves_the_nets_as_they_train() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5))
    net[1].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    modes = [part.training for part in net.modules()]
    with evaluated(net, lambda x: x):
        net(torch.randn(4, 1, 8, 8))
        assert not any(part.training for part in net.modules())
    assert [part.training for part in net.modules()] == modes
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])


def test_pixels_are_rounded_and_what_is_no_number_is_grey() -> None:
    x = torch.tensor([-2.0, -1.0, 0.0, 1.0, torch.nan, torch.inf]).view(1, 1, 1, 6).expand(1, 3, 6, 6)
    pixels = as_pixels(x, 12)
    assert pixels.shape == (1, 12, 12, 3)
    assert pixels[0, 0, ::2, 0].tolist() == [0, 0, 128, 255, 128, 255]
    assert enlarged(np.zeros((1, 28, 28)), 32).shape == (1, 28, 28), "no whole factor"
