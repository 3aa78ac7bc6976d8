"""One picture file: whatever Pillow reads, as grey or RGB bytes. Written for files that mean harm."""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from functools import cache
from types import ModuleType
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 64_000_000  # of one picture; three bytes each, and several copies while it is converted
LARGEST_FILE = 512 * 2**20  # bytes
# These run another program (Ghostscript), are read on Windows alone, or are only known by name.
REFUSED_FORMATS = {"EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG", "PDF", "PALM", "FPX", "MIC"}
# What Pillow's readers raise at files that are broken or made to harm.
DECODING_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    EOFError,
    MemoryError,
    RuntimeError,
    AssertionError,
    struct.error,
    zlib.error,
)


class PictureError(ValueError):
    """A file that is no picture, or none that can be used; the text says why."""


@cache
def pillow() -> ModuleType:
    """Return Pillow's Image module: its warning of an overlarge picture is an error, others are nothing."""
    from PIL import Image

    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
    return Image


@cache
def formats() -> tuple[str, ...]:
    """Return the formats that are opened."""
    image = pillow()
    image.init()
    return tuple(sorted(set(image.OPEN) - REFUSED_FORMATS))


@cache
def suffixes() -> frozenset[str]:
    """Return the endings of file names that belong to pictures, in small letters."""
    known = pillow().registered_extensions()
    return frozenset(suffix.lower() for suffix, name in known.items() if name in formats())


def read_picture(file: IO[bytes], size: int) -> NDArray[np.uint8]:
    """Return the first frame of a picture, upright, on white where it is transparent: (h, w, 1 or 3).

    Parameters
    ----------
    file
        Open for reading, at its beginning.
    size
        The side, in pixels, to which it will be brought: a JPEG is decoded no finer than twice that.

    Raises
    ------
    PictureError
        If it cannot be used. Its size is looked at before anything is decoded.
    """
    Image = pillow()
    try:
        with Image.open(file, formats=formats()) as image:
            _check_size(image.size)
            _draft(image, size)
            return _pixels(_upright(image))
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        found = re.search(r"\((\d+) pixels\)", str(error))
        raise _too_large(f"{int(found[1]):,} pixels" if found else "too many pixels") from None
    except Image.UnidentifiedImageError:
        raise PictureError("not a picture in a format that can be read") from None
    except MemoryError:
        raise PictureError("needs more memory than there is") from None
    except DECODING_ERRORS as error:
        raise PictureError(f"damaged: {_words(error)}") from None


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise _too_large(f"{width:,} × {height:,} pixels")
    if width < 1 or height < 1:
        raise PictureError(f"{width} × {height} pixels: nothing to see")


def _too_large(found: str) -> PictureError:
    return PictureError(f"too large: {found}; up to {MOST_PIXELS // 10**6} million are read")


def _draft(image: Image, size: int) -> None:
    """Have a JPEG decoded at a half, a quarter or an eighth, if that still is twice the size on its shorter side."""
    scale = 2 * size / min(image.size)
    if scale < 1:
        width, height = image.size
        image.draft(None, (max(1, round(width * scale)), max(1, round(height * scale))))


def _upright(image: Image) -> Image:
    """Return the picture turned as its EXIF orientation says; damaged EXIF says nothing."""
    from PIL import ImageOps

    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except DECODING_ERRORS:
        return image


def _pixels(image: Image) -> NDArray[np.uint8]:
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return _deep(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _on_white(image)
    if image.mode not in ("L", "RGB"):
        image = image.convert("L" if image.mode == "1" else "RGB")  # palette, CMYK, YCbCr, HSV
    pixels = np.asarray(image, np.uint8)
    return pixels if pixels.ndim == 3 else pixels[:, :, None]


def _on_white(image: Image) -> NDArray[np.uint8]:
    above = image.convert("RGBA")
    white: Image = pillow().new("RGB", above.size, "white")
    white.paste(above, mask=above.getchannel("A"))
    return np.asarray(white, np.uint8)


def _deep(image: Image) -> NDArray[np.uint8]:
    """Return a picture of 16 or 32 bits, or of floating-point numbers, in 8 bits of grey."""
    values = np.asarray(image)
    if not np.isfinite(values).all():
        raise PictureError("holds values that are not numbers")
    low, high = float(values.min()), float(values.max())
    if image.mode == "F" and low >= 0 and high <= 1:
        scale = 255.0
    elif low >= 0 and high <= 255 and not image.mode.startswith("I;"):
        scale = 1.0
    elif low >= 0 and high <= 65_535 and image.mode != "F":
        scale = 1 / 257
    else:
        raise PictureError(f"values from {low:g} to {high:g}; 0 to 1, to 255 or to 65,535 is understood")
    return np.rint(values * scale).astype(np.uint8)[:, :, None]


def _words(error: BaseException) -> str:
    """Return what Pillow says of a damaged file, short."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return text if len(text) <= 120 else text[:119] + "…"
