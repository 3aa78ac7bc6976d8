"""A view state as text, exactly: JSON, and a link to paste into a message. This module does not import torch."""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.latent.view_state import (
    MOST_OFFSETS,
    MapMode,
    MapView,
    Offset,
    ViewState,
    ViewStateError,
    frozen,
)

Array = NDArray[np.float32]

FORMAT = "ganstudio view"
VERSION = 1
LINK = "gan-studio:"
LARGEST_TEXT = 4 * 2**20


def to_mapping(state: ViewState) -> dict[str, Any]:
    """Return the state as JSON values; arrays as base64 of their little-endian float32, so nothing is rounded."""
    view = state.map
    return {
        "format": FORMAT,
        "version": VERSION,
        "g": _packed(state.g),
        "class_weights": _packed(state.class_weights),
        "offsets": [[item.name, _packed(item.vector), item.amount] for item in state.offsets],
        "on_shell": state.on_shell,
        "tau": None if math.isinf(state.tau) else state.tau,
        "psi": state.psi,
        "seed": state.seed,
        "model": state.model,
        "step": state.step,
        "style": _packed(state.style),
        "style_from": state.style_from,
        "map": {
            "mode": view.mode,
            "centre": list(view.centre),
            "zoom": view.zoom,
            "origin": _packed(view.origin),
            "axes": _packed(view.axes),
            "flat": view.flat,
            "anchors": _packed(view.anchors),
        },
    }


def from_mapping(document: object) -> ViewState:
    """Return the state that :func:`to_mapping` described.

    Raises
    ------
    ViewStateError
        If the document is not one; says what is wrong.
    """
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise ViewStateError("not a view of GAN Studio's latent explorer")
    version = _get(document, "version", int)
    if version > VERSION:
        raise ViewStateError(f"a view of version {version}; this program reads versions up to {VERSION}")
    tau = document.get("tau")
    view = _get(document, "map", dict)
    centre = _get(view, "centre", list)
    if len(centre) != 2:
        raise ViewStateError("the map's centre is not two numbers")
    offsets = _get(document, "offsets", list)
    if not all(isinstance(item, list) and len(item) == 3 for item in offsets):
        raise ViewStateError("an offset is not a name, a direction and an amount")
    g = _unpacked(document.get("g"), "latent")
    if g is None:
        raise ViewStateError("there is no latent")
    step = document.get("step")
    return ViewState(
        g=g,
        class_weights=_unpacked(document.get("class_weights"), "class weights"),
        offsets=tuple(_offset(*item) for item in offsets[: MOST_OFFSETS + 1]),
        on_shell=_get(document, "on_shell", bool),
        tau=math.inf if tau is None else _number(tau, "tau"),
        psi=_number(document.get("psi"), "psi"),
        seed=_get(document, "seed", int),
        model=_get(document, "model", str),
        step=None if step is None else _get(document, "step", int),
        style=_unpacked(document.get("style"), "style"),
        style_from=_get(document, "style_from", int),
        map=MapView(
            mode=cast(MapMode, _get(view, "mode", str)),
            centre=(_number(centre[0], "centre"), _number(centre[1], "centre")),
            zoom=_number(view.get("zoom"), "zoom"),
            origin=_unpacked(view.get("origin"), "map's origin"),
            axes=_unpacked(view.get("axes"), "map's axes"),
            flat=_get(view, "flat", bool),
            anchors=_unpacked(view.get("anchors"), "map's anchors"),
        ),
    )


def to_json(state: ViewState) -> str:
    """Return the state as one line of plain ASCII."""
    return json.dumps(to_mapping(state), separators=(",", ":"))


def from_json(text: str) -> ViewState:
    """Return the state that :func:`to_json` wrote, bit for bit.

    Raises
    ------
    ViewStateError
        If the text is not one.
    """
    if len(text) > LARGEST_TEXT:
        raise ViewStateError(f"a text of {len(text)} characters is no view")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ViewStateError("not JSON") from None
    return from_mapping(document)


def to_link(state: ViewState) -> str:
    """Return the state as a link to paste into a message: ``gan-studio:`` and letters."""
    return LINK + base64.urlsafe_b64encode(zlib.compress(to_json(state).encode(), 9)).decode()


def from_link(link: str) -> ViewState:
    """Return the state of a link.

    Raises
    ------
    ViewStateError
        If it is not one.
    """
    link = link.strip()
    if not link.startswith(LINK):
        raise ViewStateError(f"a link to a view starts with {LINK}")
    unpacker = zlib.decompressobj()
    try:
        packed = base64.b64decode(link.removeprefix(LINK), altchars=b"-_", validate=True)
        text = unpacker.decompress(packed, LARGEST_TEXT).decode()  # never more than that, whatever the link says
    except (ValueError, zlib.error, binascii.Error):
        raise ViewStateError("the link is damaged") from None
    if not unpacker.eof:
        raise ViewStateError("the link is cut off, or too long to be a view")
    return from_json(text)


def _packed(array: Array | None) -> dict[str, Any] | None:
    if array is None:
        return None
    return {"shape": list(array.shape), "f32": base64.b64encode(array.astype("<f4").tobytes()).decode()}


def _unpacked(item: object, what: str) -> Array | None:
    if item is None:
        return None
    try:
        values = np.frombuffer(base64.b64decode(cast(Any, item)["f32"], validate=True), "<f4")
        shape = [int(size) for size in cast(Any, item)["shape"]]
        if len(shape) > 2 or any(size < 1 for size in shape):
            raise ValueError
        return frozen(values.reshape(shape), what)
    except ViewStateError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ViewStateError(f"the {what} is damaged") from None


def _offset(name: object, vector: object, amount: object) -> Offset:
    direction = _unpacked(vector, "direction")
    if not isinstance(name, str) or direction is None:
        raise ViewStateError("an offset is not a name, a direction and an amount")
    return Offset(name, direction, _number(amount, "offset"))


def _get(document: Mapping[str, Any], key: str, kind: type) -> Any:
    value = document.get(key)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ViewStateError(f"it has no usable {key!r}")
    return value


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ViewStateError(f"{what} is not a number")
    try:
        return float(value)
    except OverflowError:
        raise ViewStateError(f"{what} is not a finite number") from None
