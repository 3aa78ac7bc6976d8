"""The metrics of image models, behind the same face as those of points: what runs along measures either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ganstudio.engine.distributions.images import ImageDistribution
    from ganstudio.engine.quality.panel import QualityPanel

MEASURED_IMAGES = 1_000  # generated images of one measurement


class ImagePanel:
    """Every metric that is defined for a set of images, with what held-out real images read.

    The reference is prepared when something is first measured: it takes a second or two.
    """

    def __init__(self, data: ImageDistribution, seed: int) -> None:
        self._data, self._seed = data, seed
        self._prepared: QualityPanel | None = None

    def measure(self, images: NDArray[np.uint8], asked: NDArray[np.int64] | None = None) -> dict[str, float]:
        """Return the value of every metric for images (n, H, W, C); ``asked`` (n,) are the classes asked for.

        Of digits also the share of samples that the classifier takes for each class: "metric/class_share_0" to "_9".
        """
        found = self._panel().judge(images, asked)
        return dict(found.values) | _shares(found.class_histogram)

    def floors(self, count: int) -> dict[str, float]:
        """Return what held-out real images read, by name; there are only so many of them, whatever ``count``."""
        return dict(self._panel().floors()) | _shares(self._panel().class_histogram())

    def _panel(self) -> QualityPanel:
        if self._prepared is None:
            from ganstudio.engine.quality.panel import QualityPanel

            data = self._data
            self._prepared = QualityPanel(
                data.train.images,
                data.held_out.images,
                is_digits=data.name == "digits",
                seed=self._seed,
                held_out_labels=data.held_out.labels,
            )
        return self._prepared


def _shares(histogram: NDArray[np.float64] | None) -> dict[str, float]:
    if histogram is None:
        return {}
    return {f"metric/class_share_{index}": float(share) for index, share in enumerate(histogram)}
