"""Where one stands in latent space: one immutable record.

This module does not import torch.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float32]
MapMode = Literal["lattice", "around", "anchors", "square", "classes"]

LARGEST_DIM = 4_096
LARGEST_CLASSES = 4_096
MOST_OFFSETS = 64


class ViewStateError(ValueError):
    """A text that is no view state; says what is wrong with it."""


def frozen(values: ArrayLike, what: str = "latent") -> Array:
    """Return a copy of ``values`` as read-only float32.

    Raises
    ------
    ViewStateError
        If they are not finite numbers.
    """
    try:
        array = np.array(values, np.float32, order="C")
    except (TypeError, ValueError):
        raise ViewStateError(f"the {what} is not made of numbers") from None
    if not np.isfinite(array).all():
        raise ViewStateError(f"the {what} is not finite")
    array.flags.writeable = False
    return array


class _Value:
    """Comparison and hash of a frozen dataclass that holds arrays: by their shape and bits."""

    __slots__ = ()

    def _key(self) -> tuple[Hashable, ...]:
        return tuple(_comparable(getattr(self, item.name)) for item in dataclasses.fields(cast(Any, self)))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


def _comparable(value: Any) -> Hashable:
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else cast(Hashable, value)


@dataclass(frozen=True, slots=True, eq=False)
class Offset(_Value):
    """A slider that is not at zero: ``amount`` times the unit ``vector`` (d,) is added to g.

    The vector itself is kept, not only its name: a direction found at another snapshot, or at another place, is
    another vector, and a saved state returns to exactly the same picture.
    """

    name: str
    vector: Array
    amount: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "vector", frozen(self.vector, "direction"))
        if self.vector.ndim != 1 or not math.isfinite(self.amount):
            raise ViewStateError(f"the offset {self.name!r} is not a direction and a finite amount")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapView(_Value):
    """What the map shows.

    Parameters
    ----------
    mode
        ``lattice`` (endless, every point a draw of the prior), ``around`` (the sphere around ``origin``), ``anchors``
        (between three or four of them), ``square`` (the whole prior of one or two dimensions), ``classes`` (columns
        are classes, rows are latents).
    centre
        Map coordinates (x to the right, y down) of the middle of the view.
    zoom
        Pixels per map unit.
    origin, axes
        (d,) and (2, d), of ``around``; None: the state's own g, and two axes drawn from its seed.
    flat
        In ``around``: the flat plane instead of the sphere, to show how it leaves the shell.
    anchors
        (3 or 4, d), of ``anchors``.
    """

    mode: MapMode = "lattice"
    centre: tuple[float, float] = (0.0, 0.0)
    zoom: float = 96.0
    origin: Array | None = None
    axes: Array | None = None
    flat: bool = False
    anchors: Array | None = None

    def __post_init__(self) -> None:
        if self.mode not in get_args(MapMode):
            raise ViewStateError(f"map mode {self.mode!r}: allowed is one of " + ", ".join(get_args(MapMode)))
        if not all(map(math.isfinite, self.centre)) or not 0 < self.zoom < math.inf:
            raise ViewStateError("the map's centre and zoom are not finite numbers")
        for name, ndim in (("origin", 1), ("axes", 2), ("anchors", 2)):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, frozen(value, f"map's {name}"))
                if np.ndim(value) != ndim:
                    raise ViewStateError(f"the map's {name} has {np.ndim(value)} axes, not {ndim}")
        if self.axes is not None and len(self.axes) != 2:
            raise ViewStateError(f"the map has {len(self.axes)} axes, not 2")
        if self.anchors is not None and len(self.anchors) not in (3, 4):
            raise ViewStateError(f"the map has {len(self.anchors)} anchors, not 3 or 4")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewState(_Value):
    """A place in latent space and how it is looked at. Every gesture makes a new one (``dataclasses.replace``).

    Parameters
    ----------
    g
        (d,) canonical coordinates, a point of N(0, I).
    class_weights
        (K,) weights of the classes, on the simplex; None for a model without classes.
    offsets
        Sliders that are not at zero, in the order in which they were first moved.
    on_shell
        Whether offsets are followed by a retraction to ‖g‖.
    tau, psi
        Diversity: quantile truncation at ±τ (∞: none) and scaling by ψ; see ``coordinates.diversified``.
    seed
        Of the lattice, of the rows of the class grid, of random axes.
    model, step
        Which model: its fingerprint ("": whichever is open) and the training step of its snapshot (None: the newest).
    style, style_from
        Of a style-based model: another latent (d,) whose style takes over from this layer on; None for no mixing.
    map
        What the map shows.

    Raises
    ------
    ViewStateError
        If the parts do not fit together.
    """

    g: Array
    class_weights: Array | None = None
    offsets: tuple[Offset, ...] = ()
    on_shell: bool = True
    tau: float = math.inf
    psi: float = 1.0
    seed: int = 0
    model: str = ""
    step: int | None = None
    style: Array | None = None
    style_from: int = 0
    map: MapView = dataclasses.field(default_factory=MapView)

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", frozen(self.g))
        if self.g.ndim != 1 or not 1 <= len(self.g) <= LARGEST_DIM:
            raise ViewStateError(f"the latent has shape {self.g.shape}, not (d,) with d from 1 to {LARGEST_DIM}")
        if self.class_weights is not None:
            object.__setattr__(self, "class_weights", _simplex(self.class_weights))
        if math.isnan(self.tau) or self.tau <= 0 or not 0 <= self.psi < math.inf:
            raise ViewStateError(
                f"diversity τ = {self.tau}, ψ = {self.psi}: allowed is τ above 0 and a finite ψ from 0"
            )
        if self.style is not None:
            object.__setattr__(self, "style", frozen(self.style, "style"))
        if len(self.offsets) > MOST_OFFSETS:
            raise ViewStateError(f"{len(self.offsets)} offsets: allowed are {MOST_OFFSETS}")
        arrays = [("offset", offset.vector) for offset in self.offsets]
        arrays += [(name, getattr(self.map, name)) for name in ("origin", "axes", "anchors")]
        if self.style is not None:
            arrays.append(("style", self.style))
        for name, array in arrays:
            if array is not None and array.shape[-1] != self.dim:
                raise ViewStateError(f"the {name} has {array.shape[-1]} dimensions, the latent {self.dim}")

    @property
    def dim(self) -> int:
        """The latent's dimension d."""
        return len(self.g)

    def point(self) -> Array:
        """Return the canonical coordinates of the picture: g with its offsets, (d,) float32."""
        return moved(self.g, self.offsets, on_shell=self.on_shell)

    def with_offset(self, name: str, vector: ArrayLike, amount: float) -> ViewState:
        """Return the state with the slider ``name`` at ``amount``; zero takes it away."""
        offset = Offset(name, cast(Array, vector), float(amount))
        kept = tuple(offset if old.name == name else old for old in self.offsets)
        if all(old.name != name for old in self.offsets):
            kept = (*kept, offset)
        return dataclasses.replace(self, offsets=tuple(old for old in kept if old.amount != 0))

    def settled(self) -> ViewState:
        """Return the state whose g is this one's point: the same picture, all sliders at zero."""
        return dataclasses.replace(self, g=self.point(), offsets=())


def one_hot(index: int, classes: int) -> Array:
    """Return the weights (K,) of one class."""
    weights = np.zeros(classes, np.float32)
    weights[index] = 1
    return weights


def moved(g: Array, offsets: Sequence[Offset], *, on_shell: bool) -> Array:
    """Return g (d,) plus every offset, brought back to the length of g where ``on_shell`` and anything has moved."""
    if not offsets:
        return g
    there = g.astype(np.float64)
    for offset in offsets:
        there += offset.amount * offset.vector.astype(np.float64)
    return frozen(retracted(there, float(np.linalg.norm(g.astype(np.float64)))) if on_shell else there)


def retracted(g: NDArray, radius: float | NDArray) -> NDArray:
    """Return points (…, d) scaled to the length ``radius`` (broadcast over …); one without direction stays."""
    lengths = np.linalg.norm(g, axis=-1, keepdims=True)
    wanted = np.broadcast_to(np.asarray(radius, np.float64)[..., None], lengths.shape)
    return np.where(lengths > 1e-12, g * (wanted / np.maximum(lengths, 1e-12)), g)


def _simplex(weights: ArrayLike) -> Array:
    array = frozen(weights, "class weights")
    if array.ndim != 1 or not 1 <= len(array) <= LARGEST_CLASSES or (array < 0).any():
        raise ViewStateError(f"class weights: allowed are 1 to {LARGEST_CLASSES} numbers that are not negative")
    if abs(float(array.sum(dtype=np.float64)) - 1) > 1e-4:
        raise ViewStateError(f"class weights sum to {float(array.sum()):.6g}, not to 1")
    return array
