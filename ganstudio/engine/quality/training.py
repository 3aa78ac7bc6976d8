"""How the shipped digit classifier is made: ``ganstudio models make classifier``."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import save as to_bytes
from torch import Tensor

from ganstudio.engine import atomic, device
from ganstudio.engine.images import ImageSet, shipped
from ganstudio.engine.images.split import HELD_OUT_SHARE, SPLIT_SEED
from ganstudio.engine.quality.classifier import CLASSES, SIZE, DigitClassifier, prepared, read, weights_path
from ganstudio.engine.quality.scores import CONFIDENT, confident_share, digit_score

EPOCHS = 14
BATCH = 64
PEAK_LR = 3e-3
WEIGHT_DECAY = 0.01
ROTATION = 0.2  # radians; like the shear, the largest of a uniform draw
SHEAR = 0.2
ZOOM = 0.1
SHIFT = 0.14  # of half the width: two pixels
MIXED = 0.05  # share of a batch that is made of two digits
NOISE = 0.02  # share of a batch that is noise
LEAST_ROWS, MOST_ROWS = 4, 14  # of a digit that another one's top replaces


@dataclass(frozen=True, slots=True)
class Epoch:
    """How far the training is."""

    number: int  # from 1
    of: int
    loss: float  # mean cross-entropy of the epoch's batches, nats


def train_classifier(
    path: Path | None = None, *, seed: int = 0, epochs: int = EPOCHS, on_epoch: Callable[[Epoch], None] | None = None
) -> dict[str, Any]:
    """Train the digit classifier on the shipped digits and write its weights and, beside them, what was measured.

    AdamW, one cycle of the learning rate (Smith & Topin 2019), random affine changes. One image in twenty is made of
    two digits and labelled by their shares (mixup, Zhang et al. 2018; CutMix, Yun et al. 2019), one in fifty is noise,
    of no class more than another (outlier exposure, Hendrycks et al. 2019): without them the net is sure of blends of
    two digits and of noise, and the share of confident samples would not tell a good generator.
    Equal seeds give equal weights on one machine with one version of torch. The calling thread is set up for training.

    Parameters
    ----------
    path
        The weights' file; the shipped one by default. A ``.json`` of the same name is written too.
    seed
        Of the initial weights, the order of the images and their changes.
    epochs
        Passes over the training part.
    on_epoch
        Called after each.

    Returns
    -------
    dict
        What the JSON says.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    path = path or weights_path()
    device.prepare_thread()
    split = shipped.digits().split()
    images, labels = split.train.images, _labels(split.train)
    net = DigitClassifier()
    generator = device.random_generator(torch.device("cpu"), seed)
    initialize(net, generator)
    _fit(net, prepared(images), torch.from_numpy(labels), epochs, generator, on_epoch)
    content = to_bytes({name: tensor.contiguous() for name, tensor in net.state_dict().items()})
    stated = {
        "what": "GAN Studio's digit classifier: grey 28 × 28 in [0, 1] -> 64 features -> 10 classes",
        "made_by": "ganstudio models make classifier",
        "data": "10,000 MNIST digits, resources/datasets/mnist10k.npz",
        "split": {"held_out_share": HELD_OUT_SHARE, "seed": SPLIT_SEED, "stratified": True},
        "seed": seed,
        "epochs": epochs,
        "weights": sum(tensor.numel() for tensor in net.parameters()),
        "sha256": hashlib.sha256(content).hexdigest(),
        "torch": torch.__version__,
        "held_out": measured(net, split.held_out.images, _labels(split.held_out)),
        "train": measured(net, images, labels),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, content)
    atomic.write(path.with_suffix(".json"), (json.dumps(stated, indent=2, ensure_ascii=False) + "\n").encode())
    return stated


def _labels(images: ImageSet) -> NDArray[np.int64]:
    if images.labels is None:
        raise ValueError(f"{images.title}: without classes nothing can be classified")
    return images.labels


def measured(net: DigitClassifier, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> dict[str, float]:
    """Return what the classifier reads of labelled images (n, H, W, C), rounded to four digits."""
    probabilities = read(net, images).probabilities
    return {
        "images": len(images),
        "accuracy": round(float(np.mean(probabilities.argmax(1) == labels)), 4),
        f"share_with_confidence_{CONFIDENT}_or_more": round(confident_share(probabilities), 4),
        "digit_score": round(digit_score(probabilities), 4),
    }


def initialize(net: DigitClassifier, generator: torch.Generator) -> None:
    """Draw He-uniform weights (He et al. 2015) from ``generator``; biases are zero."""
    with torch.no_grad():
        for name, tensor in net.named_parameters():
            if name.endswith("bias"):
                tensor.zero_()
            else:
                bound = math.sqrt(6 / tensor[0].numel())
                tensor.uniform_(-bound, bound, generator=generator)


def _fit(
    net: DigitClassifier,
    images: Tensor,
    labels: Tensor,
    epochs: int,
    generator: torch.Generator,
    on_epoch: Callable[[Epoch], None] | None,
) -> None:
    steps = len(images) // BATCH
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=WEIGHT_DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LR, total_steps=epochs * steps)
    net.train()
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(images), generator=generator)[: steps * BATCH].view(steps, BATCH):
            targets = F.one_hot(labels[rows], CLASSES).float()
            x, y = mixed(moved(images[rows], generator), targets, generator)
            x, y = with_noise(x, y, generator)
            loss = F.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rate.step()
            total += loss.item()
        if on_epoch is not None:
            on_epoch(Epoch(epoch + 1, epochs, total / steps))
    net.eval()


def moved(x: Tensor, generator: torch.Generator) -> Tensor:
    """Return every image (B, 1, 28, 28) rotated, sheared, zoomed and shifted a little, each in its own way."""

    def draw(largest: float) -> Tensor:
        return (torch.rand(len(x), generator=generator) * 2 - 1) * largest

    angle, shear, zoom, right, down = draw(ROTATION), draw(SHEAR), 1 + draw(ZOOM), draw(SHIFT), draw(SHIFT)
    cos, sin = zoom * angle.cos(), zoom * angle.sin()
    matrix = torch.stack([cos, shear - sin, right, sin, cos, down], 1).view(-1, 2, 3)
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def mixed(x: Tensor, y: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return images (B, 1, 28, 28) and labels (B, 10) of which a share MIXED is made of two images of the batch.

    Half of those are blends, up to half and half; the others have another image's top rows.
    """
    count = len(x)
    other = torch.randperm(count, generator=generator)
    kind = torch.rand(count, 1, generator=generator)
    amount = torch.rand(count, 1, generator=generator)
    blend = torch.where(kind < MIXED / 2, amount / 2, 0)  # (B, 1), share of the other image
    x, x_other, y, y_other = x, x[other], y, y[other]
    rows = LEAST_ROWS + torch.floor(amount * (MOST_ROWS - LEAST_ROWS + 1))
    rows = torch.where((kind >= MIXED / 2) & (kind < MIXED), rows, 0)  # (B, 1)
    cut = torch.arange(SIZE).view(1, 1, SIZE, 1) < rows[..., None, None]
    x = torch.where(cut, x_other, torch.lerp(x, x_other, blend[..., None, None]))
    return x, torch.lerp(y, y_other, blend + rows / SIZE)


def with_noise(x: Tensor, y: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return images and labels of which a share NOISE is uniform noise of any contrast, of no class."""
    chosen = torch.rand(len(x), 1, generator=generator) < NOISE
    contrast = torch.rand(len(x), 1, 1, 1, generator=generator)
    noise = contrast * torch.rand(x.shape, generator=generator)
    return torch.where(chosen[..., None, None], noise, x), torch.where(chosen, 1 / CLASSES, y)
