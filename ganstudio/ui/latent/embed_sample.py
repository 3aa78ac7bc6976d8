"""What the view *Embed* shows: samples of both kinds, projected, and how many cells lack generated ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.embed import Embedding, extent_of, fitted, thumbnails
from ganstudio.ui.latent.real_pictures import real_pictures

if TYPE_CHECKING:
    from ganstudio.engine.latent.bank import Bank
    from ganstudio.engine.latent.models import LatentModel

Array = NDArray[np.float32]
Indices = NDArray[np.int64]
Extent = tuple[tuple[float, float], tuple[float, float]]
Space = Literal["pixels", "features"]

SAMPLES = 1_024  # of each kind
LEAST = 3  # real samples in a cell from which one without generated samples counts as a hole
CHUNK = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmbedSample:
    """Real and generated samples in one plane.

    Parameters
    ----------
    space, axes_of
        Of what the axes are: ``pixels`` or D's ``features``; of ``both`` kinds of samples or of ``real`` ones.
    embedding
        The projection.
    fake, real, other
        Where generated samples (n, 2), real ones (m, 2) and as many other real ones lie.
    fake_images, real_images
        Their pictures (n, H, W, C), (m, H, W, C).
    g, classes
        The generated ones' latents (n, d) and class weights (n, K) or None.
    extent
        What holds all of them.
    step
        Of the model that made them.
    """

    space: Space
    axes_of: str
    embedding: Embedding
    fake: Array
    real: Array
    other: Array
    fake_images: NDArray
    real_images: NDArray
    g: Array
    classes: Array | None
    extent: Extent
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The plane in equal cells: which sample each shows, and where there are real ones but no generated ones.

    ``fake`` and ``real`` (rows, columns) are the sample nearest to the cell's middle, −1 for none; ``holes`` (rows,
    columns) is true where at least three real samples lie and none is generated. ``counted`` cells have as many real
    ones; ``by_chance`` of them would be holes if as many other real samples were shown instead of generated ones.
    """

    fake: Indices
    real: Indices
    holes: NDArray[np.bool_]
    counted: int
    by_chance: int


def cells_of(sample: EmbedSample, columns: int, rows: int) -> Cells:
    """Return the cells of a plane of ``columns`` × ``rows``."""
    real, other, fake = (
        _counts(points, sample.extent, columns, rows) for points in (sample.real, sample.other, sample.fake)
    )
    there = real >= LEAST
    return Cells(
        fake=thumbnails(sample.fake, sample.extent, columns, rows),
        real=thumbnails(sample.real, sample.extent, columns, rows),
        holes=there & (fake == 0),
        counted=int(there.sum()),
        by_chance=int((there & (other == 0)).sum()),
    )


def _counts(points: Array, extent: Extent, columns: int, rows: int) -> Indices:
    (left, right), (low, high) = extent
    column = np.floor((points[:, 0].astype(np.float64) - left) / (right - left) * columns).astype(np.int64)
    row = np.floor((high - points[:, 1].astype(np.float64)) / (high - low) * rows).astype(np.int64)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    return np.bincount(row[inside] * columns + column[inside], minlength=rows * columns).reshape(rows, columns)


def embedded(
    bank: Bank, *, space: Space = "pixels", axes_of: str = "both", before: Embedding | None = None
) -> Iterator[EmbedSample | None]:
    """Yield the projection of a bank's samples and of as many real ones; before it, None now and then.

    ``before`` is the last one: axes that point the other way are turned round, so that the picture does not flip.

    Raises
    ------
    ValueError
        If there are no real samples, or D's features are asked for of a model without D.
    """
    size = min(bank.size, SAMPLES)
    fake_images = bank.images[:size]
    real_images, classes = real_pictures(bank.model, 2 * SAMPLES)
    yield None
    if space == "features":
        fake = bank.features[:size]
        parts = []
        for start in range(0, len(real_images), CHUNK):
            parts.append(_features(bank.model, real_images[start : start + CHUNK], _part(classes, start)))
            yield None
        real = np.concatenate(parts)
    else:
        fake, real = fake_images, real_images
    embedding = _turned(fitted(real[::2], fake if axes_of == "both" else fake[:0]), before)
    yield None
    # They are sorted as the data are, often by class: every second one makes two equal halves.
    places = embedding.project(fake), embedding.project(real[::2]), embedding.project(real[1::2])
    yield EmbedSample(
        space=space,
        axes_of=axes_of,
        embedding=embedding,
        fake=places[0],
        real=places[1],
        other=places[2],
        fake_images=fake_images,
        real_images=real_images[::2],
        g=bank.g[:size],
        classes=None if bank.classes is None else bank.classes[:size],
        extent=extent_of(*places),
        step=bank.model.step,
    )


def _features(model: LatentModel, images: NDArray, classes: Array | None) -> Array:
    import torch

    from ganstudio.engine.latent.features import d_features

    y = None if classes is None else torch.tensor(classes)
    with torch.inference_mode():
        return d_features(model, model.seen(images), y)[1].float().numpy()


def _part(classes: Array | None, start: int) -> Array | None:
    return None if classes is None else classes[start : start + CHUNK]


def _turned(embedding: Embedding, before: Embedding | None) -> Embedding:
    """Return the embedding with its axes along those of the last one, if they are of the same space."""
    if before is None or before.axes.shape != embedding.axes.shape:
        return embedding
    signs = np.where((embedding.axes * before.axes).sum(1, keepdims=True) < 0, np.float32(-1), np.float32(1))
    return Embedding(embedding.mean, embedding.axes * signs, embedding.explained)
