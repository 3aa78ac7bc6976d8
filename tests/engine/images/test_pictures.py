"""One picture file: every kind of it, and those that mean harm."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from ganstudio.engine.images import pictures
from ganstudio.engine.images.pictures import PictureError, formats, read_picture, suffixes
from tests.engine.images.making import huge_png

# Pillow warns of odd metadata; the program ignores that once and for all, which pytest undoes from test to test.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def saved(image: Image.Image, kind: str, **options: object) -> io.BytesIO:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    stream.seek(0)
    return stream


def read_back(image: Image.Image, kind: str = "PNG", **options: object) -> np.ndarray:
    return read_picture(saved(image, kind, **options), 32)


def test_grey_and_rgb_come_as_they_are():
    grey = np.arange(48, dtype=np.uint8).reshape(6, 8)
    assert read_back(Image.fromarray(grey)).tolist() == grey[..., None].tolist()
    color = np.arange(144, dtype=np.uint8).reshape(6, 8, 3)
    assert read_back(Image.fromarray(color)).tolist() == color.tolist()


def test_transparency_is_put_on_white():
    clear, half, solid = read_back(
        Image.fromarray(np.array([[[9, 9, 9, 0], [0, 0, 0, 128], [10, 20, 30, 255]]], np.uint8))
    )[0]
    assert clear.tolist() == [255, 255, 255]
    assert half.tolist() == [127, 127, 127]
    assert solid.tolist() == [10, 20, 30]


def test_grey_with_transparency_and_a_transparent_palette_are_put_on_white():
    assert read_back(Image.new("LA", (2, 2), (0, 0)))[0, 0].tolist() == [255, 255, 255]
    palette = Image.new("P", (2, 2), 1)
    palette.putpalette([10, 20, 30, 40, 50, 60])
    assert read_back(palette)[0, 0].tolist() == [40, 50, 60]
    assert read_back(palette, transparency=1)[0, 0].tolist() == [255, 255, 255]


def test_sixteen_bits_become_eight():
    deep = np.array([[0, 257, 32_896, 65_535]], np.uint16)
    assert read_back(Image.fromarray(deep))[0, :, 0].tolist() == [0, 1, 128, 255]


def test_numbers_of_32_bits_are_read_where_their_range_is_a_pictures():
    assert read_back(Image.fromarray(np.array([[0, 7, 255]], np.int32)), "TIFF")[0, :, 0].tolist() == [0, 7, 255]
    assert read_back(Image.fromarray(np.array([[0, 0.5, 1]], np.float32)), "TIFF")[0, :, 0].tolist() == [0, 128, 255]
    with pytest.raises(PictureError, match="values from -1 to 70000"):
        read_back(Image.fromarray(np.array([[-1, 70_000]], np.int32)), "TIFF")
    with pytest.raises(PictureError, match="not numbers"):
        read_back(Image.fromarray(np.array([[np.nan, 1]], np.float32)), "TIFF")


def test_black_and_white_cmyk_and_other_colour_spaces_become_grey_or_rgb():
    assert read_back(Image.new("1", (4, 4), 1))[0, 0].tolist() == [255]
    assert read_back(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "TIFF")[8, 8].tolist() == [255, 0, 0]
    from_jpeg = read_back(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=100)
    assert np.abs(from_jpeg[8, 8].astype(int) - [255, 0, 0]).max() <= 3
    assert read_back(Image.new("RGB", (4, 4), (9, 8, 7)), "PPM")[0, 0].tolist() == [9, 8, 7]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    frames = [Image.new("RGB", (8, 8), color) for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = read_back(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert pixels[4, 4].tolist() == [255, 0, 0]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(orientation):
    upright = np.zeros((16, 32, 3), np.uint8)
    upright[:8, :16] = 255  # bright at the upper left
    turns = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = read_back(Image.fromarray(np.ascontiguousarray(turns[orientation])), exif=exif)
    assert np.array_equal(pixels, upright)


def test_damaged_exif_turns_nothing():
    stream = saved(Image.new("RGB", (16, 8), (9, 9, 9)), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read_picture(stream, 32).shape == (8, 16, 3)


def test_a_huge_picture_is_refused_by_its_header_before_it_is_decoded():
    content = huge_png()
    tracemalloc.start()
    with pytest.raises(PictureError, match=r"too large: .*400,000,000|too large: 20,000 × 20,000"):
        read_picture(io.BytesIO(content), 32)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_a_picture_that_pillow_would_open_but_is_too_large_here_names_its_size(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1000)
    with pytest.raises(PictureError, match="too large: 40 × 30 pixels"):
        read_back(Image.new("L", (40, 30)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_truncated_picture_is_damaged(kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    content = saved(noise, kind).getvalue()
    for share in (0.9, 0.5, 0.05):
        with pytest.raises(PictureError):
            read_picture(io.BytesIO(content[: int(len(content) * share)]), 32)


def test_a_truncated_jpeg_says_so():
    content = saved(Image.effect_noise((200, 200), 50), "JPEG").getvalue()
    with pytest.raises(PictureError, match=r"damaged: .*truncated"):
        read_picture(io.BytesIO(content[: len(content) // 2]), 32)


@pytest.mark.parametrize(
    "content", [b"", b"hello, world\n", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"\xff\xd8\xff\xe0", b"\0" * 5000]
)
def test_what_is_no_picture_is_told(content):
    with pytest.raises(PictureError, match=r"not a picture|damaged"):
        read_picture(io.BytesIO(content), 32)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "TGA", "PCX", "ICO", "PPM"])
def test_bytes_changed_by_chance_never_raise_anything_else(kind):
    random = np.random.default_rng(0)
    good = saved(Image.effect_noise((24, 24), 50), kind).getvalue()
    for _ in range(60):
        content = bytearray(good)
        for place in random.integers(0, len(content), 6):
            content[place] = random.integers(256)
        with suppress(PictureError):
            pixels = read_picture(io.BytesIO(bytes(content)), 32)
            assert pixels.dtype == np.uint8
            assert pixels.shape[2] in (1, 3)


def test_a_large_jpeg_is_decoded_no_finer_than_is_needed():
    stream = saved(Image.new("RGB", (1600, 800), (1, 2, 3)), "JPEG")
    assert read_picture(stream, 32).shape == (100, 200, 3)  # an eighth, still twice 32 on the shorter side


def test_postscript_is_never_run():
    assert "EPS" not in formats()
    assert not {".eps", ".ps", ".pdf", ".txt"} & suffixes()
    assert {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"} <= suffixes()
    with pytest.raises(PictureError, match="not a picture"):
        read_picture(io.BytesIO(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n"), 32)


def test_pillow_is_imported_no_sooner_than_a_file_is_read():
    code = "import sys, ganstudio.engine.images.scanning; print('PIL' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["False", "False"]
