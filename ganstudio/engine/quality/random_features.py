"""Features of images of any kind, from convolutions with random weights: nothing is learnt and nothing downloaded."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

CHANNELS = (32, 64, 128)
GRID = 2
COMPONENTS = 64
LARGEST = 32  # pixels; larger images are halved first
BATCH = 250


class RandomFeatures:
    """Means of random filters' responses, reduced to 64 principal components of the reference images.

    Three layers of 3 × 3 convolutions whose filters are random, sum to zero (so that flat parts say nothing) and have
    length 1, each followed by a ReLU and halved by averaging; from each layer the mean responses in the four quarters
    of the image, scaled to an equal total variance. They answer to edges, strokes and texture and to where they are; of
    images larger than 32 pixels, halves are taken first.

    Measured on the shipped emoji and digits, blur and noise lower density and coverage in these features. Among
    principal components of the pixels they raise density, for those see only what is smooth.

    Parameters
    ----------
    reference
        (N, H, W, C) images; the components and scales are theirs.
    seed
        Of the filters.

    References
    ----------
    Random weights as an embedding for these metrics: Naeem et al., 2020, "Reliable fidelity and diversity metrics for
    generative models", section 4.2; why they work: Saxe et al., 2011, "On random weights and unsupervised feature
    learning".
    """

    def __init__(self, reference: NDArray[np.uint8], seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self._filters: list[Tensor] = []
        inputs = reference.shape[3]
        for outputs in CHANNELS:
            filters = torch.randn(outputs, inputs * 9, generator=generator)
            filters -= filters.mean(1, keepdim=True)
            filters /= filters.norm(dim=1, keepdim=True)
            self._filters.append(filters.view(outputs, inputs, 3, 3))
            inputs = outputs
        layers = self._responses(reference)
        spread = torch.stack([layer.var(0).sum().sqrt() for layer in layers])
        self._scales = torch.where(spread > 0, 1 / spread, 0)  # images all alike have no spread
        joined = self._joined(layers)
        self._mean = joined.mean(0)
        centred = joined - self._mean
        _, vectors = torch.linalg.eigh(centred.T @ centred)  # ascending eigenvalues
        self._components = vectors.flip(1)[:, :COMPONENTS]

    def __call__(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the features of images (n, H, W, C): (n, 64)."""
        return ((self._joined(self._responses(images)) - self._mean) @ self._components).numpy()

    def _joined(self, layers: list[Tensor]) -> Tensor:
        return torch.cat([layer * scale for layer, scale in zip(layers, self._scales, strict=True)], 1)

    def _responses(self, images: NDArray[np.uint8]) -> list[Tensor]:
        """Return the mean responses of each layer's filters, (n, 4 · filters)."""
        parts: list[list[Tensor]] = [[] for _ in CHANNELS]
        for start in range(0, len(images), BATCH):
            batch = torch.from_numpy(np.array(images[start : start + BATCH], order="C"))
            x = batch.permute(0, 3, 1, 2).float() / 127.5 - 1
            while min(x.shape[2:]) > LARGEST:
                x = F.avg_pool2d(x, 2)
            for part, filters in zip(parts, self._filters, strict=True):
                if min(x.shape[2:]) < GRID:
                    x = F.interpolate(x, (GRID, GRID))
                x = F.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), filters))
                part.append(F.adaptive_avg_pool2d(x, GRID).flatten(1).double())
                x = F.avg_pool2d(x, 2)
        return [torch.cat(part) for part in parts]
