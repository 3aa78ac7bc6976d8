"""Files for the tests of images."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from ganstudio.engine.images import ImageSet, ScanSettings
from ganstudio.engine.images.scanning import scan

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def picture(
    path: Path, color: tuple[int, ...] | int = RED, size: tuple[int, int] = (20, 20), mode: str = "RGB"
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(path)
    return path


def folder_of(folder: Path, count: int = 3) -> Path:
    for index in range(count):
        picture(folder / f"{index:03}.png", (index, 100, 0))
    return folder


def read(path: Path | str, **settings: object) -> ImageSet:
    return scan(str(path), ScanSettings(**{"size": 16} | settings))  # type: ignore[arg-type]


def reasons(images: ImageSet) -> dict[str, str]:
    return {item.name: item.reason for item in images.skipped}


def huge_png(side: int = 20_000) -> bytes:
    """Return a whole PNG of so many black pixels on a side; packed, it is small."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = b"\0" * (1 + side // 8)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png(color: tuple[int, ...] | int = RED, size: tuple[int, int] = (20, 20), mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size, color).save(stream, "PNG")
    return stream.getvalue()


def idx(path: Path, array: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
