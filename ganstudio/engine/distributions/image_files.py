"""The person's own images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from typing_extensions import override

from ganstudio.engine.distributions import distributions
from ganstudio.engine.distributions.images import ImageDistribution
from ganstudio.engine.images import ImageSet, ImageSplit, ScanSettings
from ganstudio.engine.images.scanning import scan
from ganstudio.engine.images.settings import COLORS, FITS, SIZES
from ganstudio.engine.params import param

MOST = 10_000_000


@distributions.register("image_files")
@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFiles(ImageDistribution):
    """Your own images: a folder of pictures, a ZIP of them, a .npz or .npy file, MNIST's or CIFAR's files.

    They are read at first use and kept on the disk; that takes a while for many. Whatever needs them raises ConfigError
    if they cannot be read. A setting without a path is legal: this can be chosen before the images are.
    """

    title: ClassVar[str] = "Own images"
    order: ClassVar[int] = 63

    path: str = param(
        "",
        "A folder of pictures (sub-folders are classes), a ZIP of them, a .npz or .npy file of images, an IDX file "
        "(MNIST, Fashion-MNIST, EMNIST) or CIFAR's binary files.",
        title="Images",
        editor="images",
    )
    size: str = param(
        "32",
        "Pixels on a side, of every image. Twice the side takes about four times the time.",
        title="Image size",
        choices=tuple(map(str, SIZES)),
    )
    fit: str = param(
        "crop",
        "What becomes of other proportions. Crop: the largest square in the middle. Pad: shrunk if too large, never "
        "enlarged, with the border's colour around. Stretch: squeezed into the square.",
        choices=FITS,
    )
    color: str = param(
        "as_is",
        "Grey, RGB, or as is: grey if every picture is. One channel is faster than three.",
        title="Colour",
        choices=COLORS,
    )
    mirror: bool = param(
        False,
        "An image and its mirror image are equally good, left for right. True of faces and landscapes, not of letters.",
        title="May be mirrored",
    )
    count: int = param(
        MOST,
        "Images to train with at most, of every class its share. With few of them D learns them by heart; the held-out "
        "ones tell.",
        title="At most",
        bounds=(1, MOST),
        scale="log",
        unit="images",
    )

    @property
    def scan_settings(self) -> ScanSettings:
        """What becomes of the pictures when they are read."""
        return ScanSettings(size=int(self.size), fit=self.fit, color=self.color)

    @override
    def opened(self) -> OpenedImages:
        return OpenedImages(split=_split(scan(self.path, self.scan_settings), self.count), mirror=self.mirror)

    @override
    def sets(self) -> ImageSplit:
        return self.opened().split

    @property
    @override
    def flip_ok(self) -> bool:
        return self.mirror


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class OpenedImages(ImageDistribution):
    """Images as they were when they were read."""

    split: ImageSplit
    mirror: bool

    @override
    def sets(self) -> ImageSplit:
        return self.split

    @property
    @override
    def flip_ok(self) -> bool:
        return self.mirror


@lru_cache(maxsize=4)
def _split(images: ImageSet, limit: int) -> ImageSplit:
    return images.split(limit)
