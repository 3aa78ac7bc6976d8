"""What is taken away: sheets, animated pictures, films, latents. All files appear whole or not at all. No torch here.

What takes long is an iterator that yields after each frame how many are written: it can be interrupted there, and
closing it leaves nothing behind.
"""

from __future__ import annotations

import importlib
import io
import math
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine import atomic
from ganstudio.engine.latent import view_text
from ganstudio.engine.latent.picture import opened
from ganstudio.engine.latent.view_state import ViewState, ViewStateError

Bytes = NDArray[np.uint8]

GAP = 2
FILM_SIDE = 512  # pixels that a film is enlarged to, by a whole factor
GIF_SIDE = 256
MOST_GIF_FRAMES = 1_500
QUALITY = 8  # of 10, imageio-ffmpeg's scale


class ExportError(ValueError):
    """Something that cannot be exported; says why."""


def sheet(images: Bytes, columns: int | None = None, *, gap: int = GAP, background: int = 0) -> Bytes:
    """Return images (n, H, W, C) side by side in rows: one image, with ``gap`` pixels between them.

    Raises
    ------
    ExportError
        If there are none.
    """
    if len(images) == 0:
        raise ExportError("there are no images to put on a sheet")
    count, height, width, channels = images.shape
    columns = min(columns or math.ceil(math.sqrt(count)), count)
    rows = math.ceil(count / columns)
    size = (rows * (height + gap) - gap, columns * (width + gap) - gap, channels)
    result = np.full(size, background, np.uint8)
    for index, image in enumerate(images):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        result[top : top + height, left : left + width] = image
    return result


def enlarged(image: Bytes, side: int) -> Bytes:
    """Return an image (H, W, C) enlarged by the largest whole factor that keeps it within ``side`` pixels."""
    factor = max(1, side // max(image.shape[:2]))
    return image.repeat(factor, 0).repeat(factor, 1)


def save_npz(path: Path, g: NDArray, z: NDArray, images: NDArray, classes: NDArray | None = None) -> None:
    """Write latents g (n, d), what G ate z (n, d), images, and class weights, as a compressed ``.npz``.

    Raises
    ------
    OSError
        If it cannot be written. An earlier file stays as it was.
    """
    arrays = {"g": g, "z": z, "images": images} | ({} if classes is None else {"class_weights": classes})
    with atomic.replacing(path) as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def save_state(path: Path, state: ViewState) -> None:
    """Write a state as JSON.

    Raises
    ------
    OSError
        If it cannot be written. An earlier file stays as it was.
    """
    atomic.write(path, view_text.to_json(state).encode() + b"\n")


def read_state(path: Path) -> ViewState:
    """Return the state of a JSON file.

    Raises
    ------
    ViewStateError
        If it is not one, or cannot be read.
    """
    try:
        if path.stat().st_size > view_text.LARGEST_TEXT:
            raise ViewStateError(f"{path} is too large to be a view")
        return view_text.from_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ViewStateError(f"{path} cannot be read: {error}") from None


def save_gif(
    path: Path, frames: Iterable[Bytes], *, fps: float = 25.0, side: int = GIF_SIDE, loop: bool = True
) -> Iterator[int]:
    """Write frames (H, W, C) as an animated GIF, yielding how many are done; the file appears at the end.

    A GIF counts in hundredths of a second, so that ``fps`` is rounded to 100/n.

    Raises
    ------
    ExportError
        If there are no frames, or more than 1,500.
    OSError
        If it cannot be written.
    """
    from PIL import Image

    made: list[Any] = []
    for frame in frames:
        if len(made) == MOST_GIF_FRAMES:
            raise ExportError(f"a GIF of more than {MOST_GIF_FRAMES} frames is too large: make a film of it")
        whole = opened(enlarged(frame, side))
        made.append(whole if whole.mode == "L" else whole.quantize(256, Image.Quantize.MEDIANCUT))
        yield len(made)
    if not made:
        raise ExportError("there are no frames")
    buffer = io.BytesIO()
    duration = max(2, round(100 / fps)) * 10  # milliseconds; viewers slow down what is faster than 50 per second
    options: dict[str, Any] = {"loop": 0} if loop else {}
    made[0].save(
        buffer, "GIF", save_all=True, append_images=made[1:], duration=duration, disposal=1, optimize=False, **options
    )
    atomic.write(path, buffer.getvalue())


def save_frames(folder: Path, frames: Iterable[Bytes], *, side: int = FILM_SIDE) -> Iterator[int]:
    """Write frames (H, W, C) as PNG files 00001.png … in a new folder, yielding how many are done.

    The folder appears at the end, with all of them.

    Raises
    ------
    ExportError
        If there are no frames, or there is something in the folder already.
    OSError
        If it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} is there already and is not empty: choose a new folder")
    count = 0
    with tempfile.TemporaryDirectory(prefix=".gan-studio-", dir=folder.parent, ignore_cleanup_errors=True) as holder:
        part = Path(holder) / "frames"
        part.mkdir()
        for frame in frames:
            count += 1
            opened(enlarged(frame, side)).save(part / f"{count:05d}.png")
            yield count
        if count == 0:
            raise ExportError("there are no frames")
        if folder.exists():
            folder.rmdir()
        part.replace(folder)


def can_film() -> bool:
    """Return whether films can be written here: whether imageio-ffmpeg is installed and has its ffmpeg."""
    try:
        importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        return False
    return True


def save_film(path: Path, frames: Iterable[Bytes], *, fps: float = 30.0, side: int = FILM_SIDE) -> Iterator[int]:
    """Write frames (H, W, C) as an MP4 film (H.264), yielding how many are done; the file appears at the end.

    Frames are handed to ffmpeg one by one: none is kept.

    Raises
    ------
    ExportError
        If there are no frames, they differ in size, or there is no ffmpeg here; say then that a GIF needs none.
    OSError
        If it cannot be written.
    """
    if not can_film():
        raise ExportError("films need ffmpeg, which comes with the package imageio-ffmpeg; a GIF needs nothing")
    with tempfile.TemporaryDirectory(prefix=".gan-studio-", dir=path.parent, ignore_cleanup_errors=True) as folder:
        part = Path(folder) / "film.mp4"
        yield from _filmed(part, frames, fps, side)
        part.replace(path)


def _filmed(part: Path, frames: Iterable[Bytes], fps: float, side: int) -> Iterator[int]:
    ffmpeg = importlib.import_module("imageio_ffmpeg")
    writer: Any = None
    count, shape = 0, (0, 0, 0)
    try:
        for frame in frames:
            picture = _even(enlarged(frame, side))
            if writer is None:
                shape = picture.shape
                writer = ffmpeg.write_frames(
                    str(part), (shape[1], shape[0]), fps=fps, quality=QUALITY, macro_block_size=2, codec="libx264",
                    ffmpeg_log_level="error",
                )  # fmt: skip
                writer.send(None)
            if picture.shape != shape:
                raise ExportError(f"frame {count + 1} is {picture.shape}, the first was {shape}")
            try:
                writer.send(np.ascontiguousarray(picture))
            except OSError as error:  # ffmpeg has ended
                raise ExportError(f"ffmpeg gave up: {str(error).strip().splitlines()[-1]}") from None
            count += 1
            yield count
    except BaseException:
        with suppress(Exception):  # what is left of a film that nobody wants does not matter
            if writer is not None:
                writer.close()
        raise
    if writer is None:
        raise ExportError("there are no frames")
    writer.close()


def _even(image: Bytes) -> Bytes:
    """Return an image as RGB with even sides, as H.264 wants them; an odd one repeats its last row or column."""
    colour = image.repeat(3, -1) if image.shape[-1] == 1 else image
    pad = ((0, colour.shape[0] % 2), (0, colour.shape[1] % 2), (0, 0))
    return np.pad(colour, pad, mode="edge")
