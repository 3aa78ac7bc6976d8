"""The small digit classifier that comes with the program: its net, its weights' file, and what it says of images.

The weights are made by :func:`ganstudio.engine.quality.training.train_classifier`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn.utils import skip_init
from typing_extensions import override

from ganstudio import paths

CLASSES = 10
FEATURES = 64
SIZE = 28
PADDED = 32  # digits with two black pixels around
LARGEST_BYTES = 2**20
BATCH = 250  # few enough for the caches of a processor
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


class ClassifierError(ValueError):
    """A file that cannot be used as the digit classifier; names the file and what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


class DigitClassifier(nn.Module):
    """Three convolutions of 3 × 3, two of them followed by max-pooling, and two linear layers: 115,000 weights.

    The weights are not set: :func:`load` reads them, training draws them.
    """

    def __init__(self, channels: int = 16) -> None:
        super().__init__()
        self.conv1 = skip_init(nn.Conv2d, 1, channels, 3, padding=1)
        self.conv2 = skip_init(nn.Conv2d, channels, 2 * channels, 3, padding=1)
        self.conv3 = skip_init(nn.Conv2d, 2 * channels, 2 * channels, 3, padding=1)
        self.hidden = skip_init(nn.Linear, 2 * channels * (SIZE // 4) ** 2, FEATURES)
        self.output = skip_init(nn.Linear, FEATURES, CLASSES)

    def features(self, x: Tensor) -> Tensor:
        """Return the penultimate layer, after its ReLU: (n, 1, 28, 28) in [0, 1] -> (n, 64)."""
        x = F.relu(F.max_pool2d(self.conv1(x), 2))  # (n, 16, 14, 14)
        x = F.relu(F.max_pool2d(self.conv2(x), 2))  # (n, 32, 7, 7)
        x = F.relu(self.conv3(x))
        return F.relu(self.hidden(x.flatten(1)))

    @override
    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (n, 1, 28, 28) in [0, 1] -> (n, 10)."""
        return self.output(self.features(x))


class Reading(NamedTuple):
    """What the classifier says of images."""

    features: NDArray[np.float64]  # (n, 64), the penultimate layer
    probabilities: NDArray[np.float64]  # (n, 10)


def read(net: DigitClassifier, images: NDArray[np.uint8]) -> Reading:
    """Return features and class probabilities of images (n, H, W, C)."""
    features, probabilities = [], []
    with torch.no_grad():
        for start in range(0, len(images), BATCH):
            found = net.features(prepared(images[start : start + BATCH]))
            features.append(found)
            probabilities.append(net.output(found).double().softmax(1))
    if not features:
        return Reading(np.empty((0, FEATURES)), np.empty((0, CLASSES)))
    return Reading(torch.cat(features).double().numpy(), torch.cat(probabilities).numpy())


def prepared(images: NDArray[np.uint8]) -> Tensor:
    """Return images (n, H, W, C) as the classifier takes them: (n, 1, 28, 28), grey in [0, 1].

    Digits padded to 32 × 32 lose the padding; any other size is resized, bilinear and antialiased.
    """
    pixels = torch.from_numpy(np.array(images, order="C")).permute(0, 3, 1, 2).float() / 255  # (n, C, H, W)
    if pixels.shape[1] == 3:
        pixels = (pixels * torch.tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
    size = tuple(pixels.shape[2:])
    if size == (PADDED, PADDED):
        edge = (PADDED - SIZE) // 2
        pixels = pixels[:, :, edge:-edge, edge:-edge]
    elif size != (SIZE, SIZE):
        pixels = F.interpolate(pixels, (SIZE, SIZE), mode="bilinear", antialias=True).clamp(0, 1)
    # In the usual layout: with one channel, "contiguous" also means channels last, in which sums round otherwise.
    return pixels.clone(memory_format=torch.contiguous_format)


def weights_path() -> Path:
    """Return where the shipped weights are."""
    return paths.resources() / "models" / "digit_classifier.safetensors"


def statement(path: Path | None = None) -> Mapping[str, Any]:
    """Return what the JSON beside the weights says of them: how they were made and what was measured.

    Raises
    ------
    ClassifierError
        If there is no such file or it cannot be read.
    """
    path = (path or weights_path()).with_suffix(".json")
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ClassifierError(path, f"cannot be read ({error})") from None
    if not isinstance(stated, dict):
        raise ClassifierError(path, "not a JSON object")
    return stated


def load(path: Path | None = None) -> DigitClassifier:
    """Return the classifier with the weights of a safetensors file, the shipped one by default; never to be trained.

    Raises
    ------
    ClassifierError
        If the file is missing, too large, damaged, or does not hold exactly this net's weights, all finite.
    """
    path = path or weights_path()
    try:
        size = path.stat().st_size if path.is_file() else None
    except OSError as error:
        raise ClassifierError(path, error.strerror or "cannot be read") from None
    if size is None:
        raise ClassifierError(path, "no such file; `ganstudio models make classifier` makes it")
    if size > LARGEST_BYTES:
        raise ClassifierError(path, f"{size} bytes is more than the classifier can have ({LARGEST_BYTES})")
    net = DigitClassifier()
    net.load_state_dict(_weights(path, {name: tuple(tensor.shape) for name, tensor in net.state_dict().items()}))
    return net.requires_grad_(False).eval()


def _weights(path: Path, wanted: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Read the tensors of these names and shapes; everything about them is checked before any is used."""
    try:
        with safe_open(path, framework="pt") as file:
            found = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            if found.keys() != wanted.keys():
                different = ", ".join(sorted(found.keys() ^ wanted.keys()))
                raise ClassifierError(path, f"not the classifier's weights: {different[:200]} missing or unknown")
            for name, tensor in found.items():
                shape, dtype = tuple(tensor.get_shape()), tensor.get_dtype()
                if shape != wanted[name] or dtype != "F32":
                    raise ClassifierError(path, f"{name} is {dtype} {shape}; F32 {wanted[name]} is needed")
            tensors = {name: file.get_tensor(name) for name in wanted}
    except (SafetensorError, OSError) as error:
        raise ClassifierError(path, f"not a whole safetensors file ({error})") from None
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ClassifierError(path, f"{name} is not finite")
    return tensors
