"""Arrays of numbers of any kind as bytes of pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

ALLOWED_VALUES = "whole numbers from 0 to 255 or 65,535, or numbers from 0 to 1, −1 to 1 or 0 to 255"
Convert = Callable[[NDArray], NDArray[np.uint8]]


def conversion(dtype: np.dtype, parts: Callable[[], Iterable[NDArray]]) -> Convert:
    """Return what makes bytes of the array's values.

    Parameters
    ----------
    dtype
        The array's type.
    parts
        Gives the array's parts, one after the other, to find its range where the type does not tell.

    Raises
    ------
    ValueError
        If the values are none of a picture's; says what they are.
    """
    if dtype == np.uint8:
        return lambda values: values
    if dtype.kind == "b":
        return lambda values: values.astype(np.uint8) * np.uint8(255)
    if dtype.kind not in "iuf":
        raise ValueError(f"the type is {dtype}")
    low, high = _range(parts())
    if dtype.kind != "f":
        if low >= 0 and high <= 255:
            return lambda values: values.astype(np.uint8)
        if low >= 0 and high <= 65_535:
            return _linear(1 / 257, 0.0)
    elif low >= 0 and high <= 1:
        return _linear(255.0, 0.0)
    elif low >= -1 and high <= 1:
        return _linear(127.5, 1.0)
    elif low >= 0 and high <= 255:
        return _linear(1.0, 0.0)
    raise ValueError(f"the values reach from {low:g} to {high:g}")


def _linear(scale: float, shift: float) -> Convert:
    return lambda values: np.rint((values.astype(np.float64) + shift) * scale).astype(np.uint8)


def _range(parts: Iterable[NDArray]) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    for part in parts:
        if part.dtype.kind == "f" and not np.isfinite(part).all():
            raise ValueError("some values are not finite")
        if part.size:
            low, high = min(low, float(part.min())), max(high, float(part.max()))
    return low, high
