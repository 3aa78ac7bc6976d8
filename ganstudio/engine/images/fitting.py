"""Pictures of any size brought to one, and to grey or RGB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.images.pictures import pillow
from ganstudio.engine.images.settings import ScanSettings

Pixels = NDArray[np.uint8]  # (n, h, w, 1 or 3)

LUMA = np.array([19_595, 38_470, 7_471], np.uint32)  # ITU-R 601-2 in 1/65536, as Pillow has it


def fitted(pixels: Pixels, settings: ScanSettings) -> Pixels:
    """Return images (n, h, w, c) at the size that is wanted, (n, size, size, c)."""
    size = settings.size
    if pixels.shape[1:3] == (size, size):
        return pixels
    return np.stack([_fitted(picture, size, settings.fit) for picture in pixels])


def _fitted(picture: Pixels, size: int, fit: str) -> Pixels:
    height, width = picture.shape[:2]
    if fit == "stretch":
        return _resized(picture, size, size)
    if fit == "crop":
        side = min(height, width)
        left, top = (width - side) // 2, (height - side) // 2
        return _resized(picture[top : top + side, left : left + side], size, size)
    return _padded(picture, size)


def _padded(picture: Pixels, size: int) -> Pixels:
    """Return a picture in the middle of a square of its border's colour; shrunk if it is larger."""
    height, width = picture.shape[:2]
    scale = min(1.0, size / max(height, width))
    if scale < 1:
        wide, high = max(1, round(width * scale)), max(1, round(height * scale))
        picture = _resized(picture, wide, high)
        height, width = high, wide
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    square = np.empty((size, size, picture.shape[2]), np.uint8)
    square[:] = np.median(border, axis=0).astype(np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = picture
    return square


def _resized(picture: Pixels, width: int, height: int) -> Pixels:
    Image = pillow()
    grey = picture.shape[2] == 1
    source = Image.fromarray(np.ascontiguousarray(picture[:, :, 0] if grey else picture))
    shrinks = source.width > width or source.height > height
    way = Image.Resampling.LANCZOS if shrinks else Image.Resampling.BICUBIC
    made = np.asarray(source.resize((width, height), way), np.uint8)
    return made[:, :, None] if grey else made


def colored(pixels: Pixels, channels: int) -> Pixels:
    """Return images (n, h, w, 1 or 3) with so many channels."""
    if pixels.shape[3] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=3)
    return ((pixels @ LUMA + 0x8000) >> 16).astype(np.uint8)[..., None]


def is_grey(pixels: Pixels) -> bool:
    """Whether no pixel of the images has a colour."""
    if pixels.shape[3] == 1:
        return True
    first = pixels[..., :1]
    return bool((pixels[..., 1:] == first).all())
