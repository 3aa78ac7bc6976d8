"""Sets of images: reading, describing and splitting them. Nothing here imports torch.

:func:`~ganstudio.engine.images.scanning.scan` makes an :class:`ImageSet` of a person's own files,
:func:`~ganstudio.engine.images.shipped.shipped` one of the sets that come with the program. Pillow is imported when a
file is read, no sooner.
"""

from __future__ import annotations

from ganstudio.engine.images.image_set import ImageSet, ImageSplit, Skipped
from ganstudio.engine.images.settings import ScanSettings

__all__ = ["ImageSet", "ImageSplit", "ScanSettings", "Skipped"]
