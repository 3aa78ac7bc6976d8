"""Flips of real images, and differentiable augmentation of everything that D sees.

With few images D learns them by heart. Differentiable augmentation shows it changed ones, real and generated alike, in
its own updates and in the generator's; since the changes are differentiable, G's gradient passes through them, and
since both kinds are changed in the same way, G does not learn the changes.

Nothing here draws from torch's global random generator. What is random is drawn first (:func:`draws`), and applied by
functions of it alone (:func:`applied`), which a compiled step can trace.

References
----------
Zhao et al., 2020, "Differentiable Augmentation for Data-Efficient GAN Training", section 3 and appendix.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ganstudio.engine.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

POLICIES = ("colour", "translation", "cutout")
DRAWS = 7  # random numbers per image: three for colour, two for translation, two for cutout
SHIFT = 1 / 8  # of the side: the farthest translation
HOLE = 1 / 2  # of the side: the square that cutout blanks


def flip(x: Tensor, generator: torch.Generator) -> Tensor:
    """Return images (B, C, H, W), each mirrored left to right with probability ½."""
    mirrored = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) < 0.5
    return torch.where(mirrored, x.flip(3), x)


def augment(x: Tensor, policy: Collection[str], generator: torch.Generator) -> Tensor:
    """Return images (B, C, H, W) changed by ``policy``, some of :data:`POLICIES`, each image by draws of its own."""
    return applied(x, policy, draws(len(x), generator)) if policy else x


def draws(count: int, generator: torch.Generator) -> Tensor:
    """Return the random numbers for ``count`` images, evenly from 0 to 1: (B, 7), on the generator's device."""
    return torch.rand(count, DRAWS, generator=generator, device=generator.device)


def applied(x: Tensor, policy: Collection[str], drawn: Tensor) -> Tensor:
    """Return images (B, C, H, W) changed by ``policy`` as the numbers drawn for them, (B, 7), say."""
    if "colour" in policy:
        x = coloured(x, drawn[:, :3])
    if "translation" in policy:
        x = translated(x, drawn[:, 3:5])
    if "cutout" in policy:
        x = cut_out(x, drawn[:, 5:7])
    return x


def coloured(x: Tensor, drawn: Tensor) -> Tensor:
    """Change brightness by up to ±½, saturation by a factor from 0 to 2, contrast by one from ½ to 1½."""
    brightness, saturation, contrast = drawn[:, :, None, None, None].unbind(1)  # (B, 1, 1, 1) each
    x = x + (brightness - 0.5)
    if x.shape[1] > 1:  # a grey image has no saturation
        grey = x.mean(1, keepdim=True)
        x = grey + (x - grey) * (2 * saturation)
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (contrast + 0.5)


def translated(x: Tensor, drawn: Tensor) -> Tensor:
    """Move by whole pixels, up to an eighth of the side each way; what comes in is 0, the middle of the range."""
    rows = _shifts(x.shape[2], drawn[:, 0])  # (B, H, H)
    columns = _shifts(x.shape[3], drawn[:, 1])  # (B, W, W)
    # Matrices of zeros and ones rather than indices: their gradients, of any order, are matrix products too.
    return rows[:, None] @ x @ columns[:, None].transpose(2, 3)


def cut_out(x: Tensor, drawn: Tensor) -> Tensor:
    """Set a square of half the side to 0, its middle anywhere in the image; outside the image it is cut off."""
    rows = _within_hole(x.shape[2], drawn[:, 0])[:, None, :, None]
    columns = _within_hole(x.shape[3], drawn[:, 1])[:, None, None, :]
    return x.masked_fill(rows & columns, 0)


def _shifts(side: int, drawn: Tensor) -> Tensor:
    farthest = int(side * SHIFT + 0.5)
    shift = (drawn * (2 * farthest + 1)).floor() - farthest  # -farthest … farthest, all alike likely
    index = torch.arange(side, device=drawn.device)
    return (index[None, :, None] - index[None, None, :] == shift[:, None, None]).to(drawn.dtype)


def _within_hole(side: int, drawn: Tensor) -> Tensor:
    size = int(side * HOLE + 0.5)
    first = (drawn * (side + 1 - size % 2)).floor() - size // 2
    index = torch.arange(side, device=drawn.device)
    return (index >= first[:, None]) & (index < first[:, None] + size)
