"""Training samples as large as a model's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]


def real_pictures(model: LatentModel, count: int) -> tuple[NDArray, Array | None]:
    """Return training samples drawn at random, always the same ones, and their class weights or None.

    Of a net that still grows, they are shrunk to its present size.

    Raises
    ------
    ValueError
        If the data cannot be read, or are not of the model's shape.
    """
    from ganstudio.ui.latent.explorer_references import real_sample

    images, classes = real_sample(model, count)
    if len(images) < 2:
        raise ValueError("the training data cannot be read: there is nothing real to compare with")
    if not model.is_image or images.shape[1:3] == model.shape[1:]:
        return images, classes
    height, width = model.shape[1:]
    down, across = images.shape[1] // height, images.shape[2] // width
    if down * height != images.shape[1] or across * width != images.shape[2]:
        raise ValueError(f"the training images are {images.shape[1:]}, the model's {model.shape}")
    parts = images.reshape(len(images), height, down, width, across, -1)
    return np.rint(parts.mean((2, 4), dtype=np.float32)).astype(np.uint8), classes
