"""Sizes of images: what a stack of halvings or doublings makes of them."""

from __future__ import annotations

from ganstudio.engine.params import ConfigError

SMALLEST = 4  # pixels a side of the smallest feature map
SMALL = 7  # halving goes on above it: 28 comes down to 7, powers of two to 4


def image_shape(name: str, sample_shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the channels and the side of square images (C, S, S), for the net of that name.

    Raises
    ------
    ConfigError
        If it is not the shape of square images of 1 or 3 channels with an even side of at least 8 pixels.
    """
    if len(sample_shape) == 3:
        channels, height, width = sample_shape
        if channels in (1, 3) and height == width and height >= 2 * SMALLEST and height % 2 == 0:
            return channels, height
    shape = " × ".join(map(str, sample_shape))
    raise ConfigError("name", name, f"a net for samples of {shape} numbers; this one is for square images of even size")


def halvings(side: int, most: int = 16, above: int = SMALL) -> int:
    """Return how often a side is halved: while it is even and more than ``above`` pixels, at most ``most`` times."""
    count = 0
    while side > above and side % 2 == 0 and count < most:
        side //= 2
        count += 1
    return count


def widths(width: int, count: int, widest: int | None = None) -> tuple[int, ...]:
    """Return the channels at ``count`` sizes from the smallest: ``width`` at the last, twice as many at each before."""
    doubled = [width * 2**power for power in reversed(range(count))]
    return tuple(doubled if widest is None else (max(width, min(each, widest)) for each in doubled))
