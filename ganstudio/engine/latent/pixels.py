"""Between the nets' images, (n, C, H, W) float32 in [-1, 1], and those that are looked at, (n, H, W, C) uint8."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Bytes = NDArray[np.uint8]


def to_bytes(images: Tensor) -> Bytes:
    """Return images of the nets as bytes: -1 is 0, 1 is 255; what is not a number is black."""
    scaled = images.detach().add(1).mul_(127.5).nan_to_num_(0.0).round_().clamp_(0, 255)
    return scaled.to(torch.uint8).movedim(1, -1).contiguous().cpu().numpy()


def to_unit(images: Bytes) -> Tensor:
    """Return images of bytes as the nets have them."""
    return torch.from_numpy(np.ascontiguousarray(images)).movedim(-1, 1).to(torch.float32).div_(127.5).sub_(1)
