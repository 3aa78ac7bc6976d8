"""Paths through latent space: key frames, closed loops and constant visual speed. This module does not import torch."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.interpolation import NO_LENGTH, exponential, lerp, logarithm, slerp, turned
from ganstudio.engine.latent.noise import hash64, normals
from ganstudio.engine.latent.sphere import orthonormal

Array = NDArray[np.float32]
Floats = NDArray[np.float64]
Way = Literal["slerp", "spline", "lerp"]

PROBES = 16  # pictures per segment from which the visual speed is measured


class Path(Protocol):
    """A way through latent space, at times from 0 to 1."""

    def at(self, t: Floats) -> Array:
        """Return the canonical coordinates at times (n,): (n, d) float32."""

    def class_weights(self, t: Floats) -> Array | None:
        """Return the classes' weights at times (n,): (n, K), or None."""

    @property
    def closed(self) -> bool:
        """Whether it ends where it began."""

    @property
    def segments(self) -> int:
        """How many pieces it has: a measure of its length."""


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """From key frame to key frame.

    Parameters
    ----------
    keys
        (n, d), n ≥ 1; each takes the same time.
    way
        ``slerp``: great circles, length evenly; ``spline``: a smooth curve on the sphere through every key; ``lerp``:
        straight lines, which leave the shell, for comparison.
    closed
        Whether it goes back from the last key frame to the first.
    classes
        (n, K) weights of the classes at the key frames, mixed evenly between them; or None.
    """

    keys: Array
    way: Way = "slerp"
    closed: bool = False
    classes: Array | None = None

    def __post_init__(self) -> None:
        if self.keys.ndim != 2 or len(self.keys) < 1:
            raise ValueError("a walk needs at least one key frame")
        if self.classes is not None and len(self.classes) != len(self.keys):
            raise ValueError("a walk needs class weights at every key frame, or at none")

    @property
    def segments(self) -> int:
        """How many pieces there are between key frames."""
        return len(self.keys) if self.closed and len(self.keys) > 1 else len(self.keys) - 1

    def at(self, t: Floats) -> Array:
        """Return the canonical coordinates at times (n,): (n, d) float32. Key frames are met exactly."""
        segment, within = self._place(t)
        result = np.empty((len(segment), self.keys.shape[1]), np.float32)
        if self.segments == 0:
            result[:] = self.keys[0]
            return result
        count = len(self.keys)
        controls = _controls(self.keys, self.closed) if self.way == "spline" and self._is_curved() else None
        for index in np.unique(segment):
            mine = segment == index
            a, b = self.keys[index], self.keys[(index + 1) % count]
            if controls is not None:
                result[mine] = _spline(a, b, controls[index], within[mine])
            else:
                result[mine] = (lerp if self.way == "lerp" else slerp)(a, b, within[mine])
        return result

    def class_weights(self, t: Floats) -> Array | None:
        """Return the classes' weights at times (n,): (n, K), or None."""
        if self.classes is None:
            return None
        segment, within = self._place(t)
        share = within[:, None]
        following = self.classes[(segment + 1) % len(self.classes)]
        return ((1 - share) * self.classes[segment] + share * following).astype(np.float32)

    def _place(self, t: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Return the segment (n,) and the share of it that has passed (n,)."""
        t = np.asarray(t, np.float64)
        if self.segments == 0:
            return np.zeros(t.shape, np.int64), np.zeros(t.shape)
        along = np.clip(t, 0, 1) * self.segments
        segment = np.minimum(along.astype(np.int64), self.segments - 1)
        return segment, along - segment

    def _is_curved(self) -> bool:
        lengths = np.linalg.norm(self.keys, axis=1)
        return len(self.keys) > 2 and self.keys.shape[1] > 1 and bool((lengths > NO_LENGTH).all())


def _controls(keys: Array, closed: bool) -> list[tuple[Floats, Floats]]:
    """Return the two inner Bézier points of every segment, unit vectors, from Catmull–Rom tangents on the sphere."""
    units = keys.astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    count = len(units)
    before, after = np.roll(units, 1, 0), np.roll(units, -1, 0)
    forward, backward = logarithm(units, after), logarithm(units, before)
    tangents = (forward - backward) / 2
    if not closed:
        tangents[0], tangents[-1] = forward[0], -backward[-1]
    out, into = exponential(units, tangents / 3), exponential(units, -tangents / 3)
    return [(out[index], into[(index + 1) % count]) for index in range(count)]


def _spline(a: Array, b: Array, control: tuple[Floats, Floats], t: Floats) -> Array:
    """Return points of one segment: De Casteljau's construction with great circles (Shoemake 1985)."""
    lengths = np.linalg.norm(a.astype(np.float64)), np.linalg.norm(b.astype(np.float64))
    s = t[:, None]
    points = [a / lengths[0], control[0], control[1], b / lengths[1]]
    while len(points) > 1:
        points = [turned(one, other, s) for one, other in itertools.pairwise(points)]
    smooth = s * s * (3 - 2 * s)  # the length's speed is zero at every key frame: no kink, no overshoot
    curve = points[0] * ((1 - smooth) * lengths[0] + smooth * lengths[1])
    return np.where(s == 0, a, np.where(s == 1, b, curve)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class NoiseLoop:
    """A closed circle on which every point is a draw of N(0, I): g = cos φ · a + sin φ · b, with b ⟂ a and ‖b‖ = ‖a‖.

    b is a rotated copy of a, so every point is one too, and N(0, I) does not change by a rotation. The length is the
    same everywhere. With d = 1 there is nothing orthogonal; b is then an independent draw.
    """

    a: Array
    b: Array
    classes: Array | None = None
    closed: bool = True
    segments: int = 4

    @classmethod
    def around(cls, start: Array, seed: int, classes: Array | None = None) -> NoiseLoop:
        """Return the loop from ``start`` (d,) in a direction drawn from the seed, with class weights (K,) or None."""
        other = normals(hash64(seed, 0x100B), len(start)).reshape(-1)
        if len(start) == 1 or np.linalg.norm(start) < NO_LENGTH:
            return cls(start, other, classes)
        direction = orthonormal(np.stack((start, other)))[1]
        return cls(start, (np.linalg.norm(start.astype(np.float64)) * direction).astype(np.float32), classes)

    def at(self, t: Floats) -> Array:
        """Return the canonical coordinates at times (n,), of which 0 and 1 are the same place: (n, d) float32."""
        angle = 2 * np.pi * np.asarray(t, np.float64)[:, None]
        whole = np.isin(angle, (0, 2 * np.pi))
        return np.where(whole, self.a, np.cos(angle) * self.a + np.sin(angle) * self.b).astype(np.float32)

    def class_weights(self, t: Floats) -> Array | None:
        """Return the class weights, the same at all times (n,): (n, K), or None."""
        return None if self.classes is None else np.repeat(self.classes[None], len(t), 0)


@dataclass(frozen=True, slots=True, eq=False)
class Retiming:
    """Times at which equal steps are equally visible, from the distances of pictures along a path.

    Parameters
    ----------
    times
        (n,), increasing from 0 to 1, of the probed pictures.
    passed
        (n,) share of the visible change that lies before each, from 0 to 1.

    Notes
    -----
    Straight paths are nearly geodesics of such nets (Shao et al. 2018, arXiv:1711.08014), so that only the speed is
    worth changing.
    """

    times: Floats
    passed: Floats

    @classmethod
    def measured(cls, times: Floats, pictures: NDArray) -> Retiming:
        """Return the re-timing for pictures (n, …) rendered at ``times`` (n,); of no change at all, none."""
        flat = np.asarray(pictures).reshape(len(times), -1).astype(np.float32)
        steps = np.linalg.norm(np.diff(flat, axis=0), axis=1).astype(np.float64)
        total = steps.sum()
        if not np.isfinite(total) or total <= 0:
            return cls(times, times)
        # A floor keeps time strictly increasing where a stretch does not change at all.
        steps = np.maximum(steps, 1e-3 * total / len(steps))
        return cls(times, np.concatenate(([0.0], np.cumsum(steps) / steps.sum())))

    def __call__(self, t: Floats) -> Floats:
        """Return the path's times for even times (n,)."""
        return np.interp(t, self.passed, self.times)


def probe_times(path: Path) -> Floats:
    """Return the times at which pictures tell the visual speed: 16 per segment, and the end."""
    return np.linspace(0, 1, PROBES * max(path.segments, 1) + 1)


def frame_times(count: int, *, closed: bool) -> Floats:
    """Return the times of ``count`` frames; in a closed path the last is not the first again, so that it runs on."""
    return np.arange(count) / (count if closed else max(count - 1, 1))


def stroke(points: Sequence[tuple[float, float]], keys: int) -> Floats:
    """Return ``keys`` map points (n, 2), evenly along a line drawn by hand."""
    drawn = np.asarray(points, np.float64).reshape(-1, 2)
    if len(drawn) == 0:
        raise ValueError("a drawn path needs at least one point")
    lengths = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(drawn, axis=0), axis=1))))
    if lengths[-1] == 0:
        return np.repeat(drawn[:1], keys, 0)
    even = np.linspace(0, lengths[-1], keys)
    return np.stack([np.interp(even, lengths, drawn[:, axis]) for axis in (0, 1)], -1)
