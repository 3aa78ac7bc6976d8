"""What the window asks the render worker for: iterators over results, each a short piece of work.

Hand one to :meth:`~ganstudio.engine.latent.renderer.Renderer.submit` in a lambda.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.latent.bank import Bank
from ganstudio.engine.latent.coordinates import diversified
from ganstudio.engine.latent.directions import Directions
from ganstudio.engine.latent.directions.align import aligned
from ganstudio.engine.latent.directions.effect import filmstrip, sigma_eff
from ganstudio.engine.latent.directions.local import Local, local_steps
from ganstudio.engine.latent.models import LatentModel, StyleMix
from ganstudio.engine.latent.scores import REFERENCES, ScoreReference
from ganstudio.engine.latent.surface import Surface
from ganstudio.engine.latent.tiles import Chunks, TileKey, centres
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.engine.latent.walk import Path, Retiming, frame_times, probe_times

Array = NDArray[np.float32]
Pictures = NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """The picture under the hand: ``g`` (d,) its canonical coordinates, ``z`` (d,) what G ate, ``logit`` of D or nan.

    ``judged`` is the logit of the D that ranks are taken by, which is that of ``judge``, maybe an earlier snapshot.
    ``shown`` is an image (H, W, C) uint8, or a point (dim,) in data units; ``length`` is that of g after the diversity.
    """

    state: ViewState
    g: Array
    z: Array
    shown: NDArray
    logit: float
    length: float
    judged: float = math.nan
    judge: LatentModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Pictures number ``start`` and on, ``pictures`` (n, …), of ``total`` that were asked for."""

    start: int
    total: int
    pictures: Pictures


@dataclass(frozen=True, slots=True, eq=False)
class TileBatch:
    """Tiles that are made: ``pictures`` (n, …), one per key."""

    keys: tuple[TileKey, ...]
    pictures: Pictures


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strip:
    """A slider's filmstrip: ``pictures`` (thumbs, …) from −3 to 3 times ``sigma``, in units of g."""

    index: int
    name: str
    sigma: float
    pictures: Pictures


def how_of(state: ViewState) -> dict[str, object]:
    """Return what a state says of how latents are looked at, as keyword arguments of ``LatentModel.render``."""
    style = None if state.style is None else StyleMix(state.style, state.style_from)
    return {"tau": state.tau, "psi": state.psi, "style": style}


def picture(
    model: LatentModel, state: ViewState, judge: LatentModel | None = None, *, scored: bool = True
) -> Iterator[Picture]:
    """Yield the state's picture at once; if ``scored``, again with D's logit, and the ``judge``'s, by default D."""
    g = state.point()
    y = None if state.class_weights is None else torch.tensor(state.class_weights)
    style = None if state.style is None else StyleMix(state.style, state.style_from)
    with torch.inference_mode():
        at = torch.tensor(g)[None]
        psi = 1.0 if model.style_layers else state.psi  # which is truncated in its own space
        length = float(diversified(at, state.tau, psi).double().norm())
        z = model.z(at, tau=state.tau, psi=psi)[0].numpy()
        made = model.images(at, y, tau=state.tau, psi=state.psi, style=style)
    shown = model.shown(made)[0]
    yield Picture(state=state, g=g, z=z, shown=shown, logit=math.nan, length=length)
    if scored and model.D is not None:
        with torch.inference_mode():
            logit = float(model.logits(made, y)[0])
            judged = logit if judge is None or judge is model else float(judge.logits(made, y)[0])
        known = {"judged": judged, "judge": judge or model}
        yield Picture(state=state, g=g, z=z, shown=shown, logit=logit, length=length, **known)  # type: ignore[arg-type]


def pictures(
    model: LatentModel, g: Array, y: Array | None = None, *, state: ViewState | None = None, chunk: int = 16
) -> Iterator[Batch]:
    """Yield the pictures of latents (n, d) in chunks, with the diversity of ``state``; y is (K,), (n, K) or None."""
    how = {} if state is None else how_of(state)
    if y is None and state is not None:
        y = state.class_weights
    chunks = Chunks(len(g), chunk)
    for part in chunks:
        started = time.perf_counter()
        weights = y if y is None or y.ndim == 1 else y[part]
        made = model.render(g[part], weights, **how)  # type: ignore[arg-type]
        chunks.took(time.perf_counter() - started)
        yield Batch(start=part.start, total=len(g), pictures=made)


def tiles(
    model: LatentModel, surface: Surface, keys: Sequence[TileKey], state: ViewState, *, chunk: int = 16
) -> Iterator[TileBatch]:
    """Yield the tiles' pictures in chunks, in the order of ``keys``."""
    x, y = centres(keys)
    g, weights = surface.at(x, y), surface.class_weights(x, y)
    for batch in pictures(model, g, weights, state=state, chunk=chunk):
        part = tuple(keys[batch.start : batch.start + len(batch.pictures)])
        yield TileBatch(part, batch.pictures)


def strips(
    model: LatentModel, state: ViewState, directions: Directions, *, first: int = 0, target: float | None = None
) -> Iterator[Strip]:
    """Yield the filmstrips of sliders, the one with number ``first`` at first; each step is equally visible."""
    y = None if state.class_weights is None else torch.tensor(state.class_weights)
    f = model.generator(y, **how_of(state))  # type: ignore[arg-type]
    order = [first, *(index for index in range(directions.count) if index != first)]
    g = state.point()
    for index in order[: directions.count]:
        vector = directions.vectors[index : index + 1]
        known = {} if target is None else {"target": target}
        sigma = sigma_eff(f, g, vector, on_shell=state.on_shell, **known)
        places = filmstrip(g, vector, sigma, on_shell=state.on_shell)[0]
        made = model.render(places, state.class_weights, **how_of(state))  # type: ignore[arg-type]
        yield Strip(index=index, name=directions.names[index], sigma=float(sigma[0]), pictures=made)


def retimed(model: LatentModel, path: Path, state: ViewState | None = None) -> Iterator[Retiming | None]:
    """Yield the re-timing of a path to constant visual speed; before it, None as often as it can be interrupted."""
    times = probe_times(path)
    made = []
    for batch in pictures(model, path.at(times), path.class_weights(times), state=state):
        made.append(batch.pictures)
        yield None
    yield Retiming.measured(times, np.concatenate(made))


def frames(
    model: LatentModel,
    path: Path,
    count: int,
    *,
    retiming: Retiming | None = None,
    state: ViewState | None = None,
    chunk: int = 8,
) -> Iterator[NDArray]:
    """Yield the frames of a path one by one: what export writes. They are made a few at a time."""
    times = frame_times(count, closed=path.closed)
    if retiming is not None:
        times = retiming(times)
    for batch in pictures(model, path.at(times), path.class_weights(times), state=state, chunk=chunk):
        yield from batch.pictures


def local_directions(model: LatentModel, state: ViewState, before: Directions | None = None) -> Iterator[Local | None]:
    """Yield the local directions at a state, in the order and with the signs of those ``before``; None until then."""
    y = None if state.class_weights is None else torch.tensor(state.class_weights)
    f = model.generator(y, **how_of(state))  # type: ignore[arg-type]
    for found in local_steps(f, state.point()):
        if found is not None and before is not None:
            found = replace(found, directions=aligned(found.directions, before))
        yield found


def score_reference(
    model: LatentModel, bank: Bank, reals: NDArray, y: Array | None = None, *, chunk: int = 16
) -> Iterator[ScoreReference | None]:
    """Yield what D's ranks are taken among: the bank's samples, and real ones (n, …) with class weights (n, K) or None.

    Both must be of the same model; before the result, it yields None as often as it can be interrupted.
    """
    logits = []
    for start in range(0, len(reals), chunk):
        part = None if y is None else y[start : start + chunk]
        logits.append(model.judged(reals[start : start + chunk], part))
        yield None
    yield ScoreReference.of(bank.logits[:REFERENCES], np.concatenate([*logits, np.zeros(0, np.float32)]))


def latents(model: LatentModel, g: Array, *, tau: float = math.inf, psi: float = 1.0) -> Array:
    """Return what G eats at g (n, d), (n, d): for files."""
    with torch.inference_mode():
        psi = 1.0 if model.style_layers else psi
        return model.z(torch.tensor(g), tau=tau, psi=psi).numpy()
