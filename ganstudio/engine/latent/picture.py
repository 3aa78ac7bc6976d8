"""PNG files that know where they are from: drop one back and be at exactly that place. Imports no torch."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine import atomic
from ganstudio.engine.latent import view_text
from ganstudio.engine.latent.view_state import ViewState, ViewStateError

Bytes = NDArray[np.uint8]

KEYWORD = "gan-studio"  # of the tEXt chunk
LARGEST_FILE_BYTES = 256 * 2**20
MOST_PIXELS = 2**26


class PictureError(ValueError):
    """A picture that cannot be read; names the file and what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


def encoded(image: Bytes, state: ViewState | None = None) -> bytes:
    """Return an image (H, W, 1 or 3) as a PNG file's bytes; with ``state``, a ``tEXt`` chunk carries it."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if state is not None:
        info.add_text(KEYWORD, view_text.to_json(state))
    buffer = io.BytesIO()
    opened(image).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def save(path: Path, image: Bytes, state: ViewState | None = None) -> None:
    """Write an image (H, W, 1 or 3) as a PNG file, with the state that it shows.

    Raises
    ------
    OSError
        If it cannot be written. An earlier file stays as it was.
    """
    atomic.write(path, encoded(image, state))


def read(path: Path) -> tuple[Bytes, ViewState | None]:
    """Return a picture (H, W, 3) and the state that it carries, None if it carries none.

    Raises
    ------
    PictureError
        If the file is not a picture, is too large, or carries a damaged state.
    """
    from PIL import Image, UnidentifiedImageError

    path = Path(path)
    try:
        if not path.is_file():
            raise PictureError(path, "not a file" if path.exists() else "no such file")
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise PictureError(path, f"more than {LARGEST_FILE_BYTES} bytes")
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureError(path, f"{picture.width} × {picture.height} pixels are too many")
            picture.load()
            text = _text(picture)
            image = np.array(picture.convert("RGB"))
    except UnidentifiedImageError:
        raise PictureError(path, "not a picture of a known kind") from None
    except Image.DecompressionBombError:
        raise PictureError(path, "too many pixels") from None
    except (OSError, SyntaxError) as error:  # Pillow's words for a damaged file
        raise PictureError(path, getattr(error, "strerror", None) or f"damaged ({error})") from None
    except ValueError as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError(path, f"damaged ({error})") from None
    try:
        return image, None if text is None else view_text.from_json(text)
    except ViewStateError as error:
        raise PictureError(path, f"the place that it carries cannot be read: {error}") from None


def _text(picture: Any) -> str | None:
    text = getattr(picture, "text", {}).get(KEYWORD)
    return str(text) if text is not None else None


def opened(image: Bytes) -> Any:
    """Return an image (H, W, 1 or 3) as Pillow's."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(image[..., 0] if image.shape[-1] == 1 else image))


def fitted(image: Bytes, shape: tuple[int, ...]) -> Bytes:
    """Return a picture (H, W, 3) as a model's images are: cut to their proportions, resized, grey if they are.

    ``shape`` is the model's (C, H, W); the answer is (H, W, C).
    """
    from PIL import Image

    channels, height, width = shape
    whole = opened(image)
    scale = max(width / whole.width, height / whole.height)
    cut_width, cut_height = width / scale, height / scale
    left, top = (whole.width - cut_width) / 2, (whole.height - cut_height) / 2
    box = (left, top, left + cut_width, top + cut_height)
    small = whole.resize((width, height), Image.Resampling.LANCZOS, box)
    if channels == 1:
        return np.array(small.convert("L"))[..., None]
    return np.array(small.convert("RGB"))
